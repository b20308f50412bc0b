// The time on the wall, in the organisation's zone: a screen that stands still is seen to.

import { localeOf, useText } from '../text';
import { useNow } from '../time';

export function WallClock({ zone }: { zone: string }) {
  const { lang } = useText();
  const time = new Intl.DateTimeFormat(localeOf(lang), { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return <span className="wall-clock">{time.format(useNow())}</span>;
}
