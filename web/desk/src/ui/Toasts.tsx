// Alerts as they come, over whatever is shown; heard from a live region, and counted in the title of the page.

import { useEffect } from 'react';
import type { Alert } from '../alerts/alert';
import type { AlertCenter } from '../alerts/center';
import { useReadable } from '../store';
import { useText } from '../text';
import type { Dictionary } from '../text/en';

/** An alert in one sentence. */
export const wordsOf = (alert: Alert, t: Dictionary) =>
  [`${t.attention[alert.reason]}: ${alert.customer ?? t.list.unnamed}`, alert.agent?.name].filter(Boolean).join(', ');

export function Toasts({ center, onChoose }: { center: AlertCenter; onChoose: (id: string) => void }) {
  const { t } = useText();
  const toasts = useReadable(center.toasts);
  const { unseen } = useReadable(center.alerts);
  useEffect(() => center.speak((alert) => wordsOf(alert, t)), [center, t]);
  useEffect(() => {
    document.title = unseen > 0 ? `(${unseen}) ${t.title}` : t.title;
    return () => void (document.title = t.title);
  }, [unseen, t]);

  return (
    <div className="toasts" role="log" aria-label={t.alerts.heading}>
      {toasts.map((alert) => (
        <p key={alert.id} className="toast">
          <button
            type="button"
            className="quiet"
            onClick={() => {
              center.dismiss(alert);
              onChoose(alert.conversationId);
            }}
          >
            {wordsOf(alert, t)}
          </button>
          <button type="button" className="quiet" aria-label={`${t.act.dismiss}: ${wordsOf(alert, t)}`} onClick={() => center.dismiss(alert)}>
            <span aria-hidden="true">×</span>
          </button>
        </p>
      ))}
    </div>
  );
}
