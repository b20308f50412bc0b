// A time that grows, counted here: Regie gives instants, never durations.

import { clock } from '../frame';
import { useReadable } from '../store';
import { since } from '../time';

export const Since = ({ instant }: { instant: string }) => <time dateTime={instant}>{since(instant, useReadable(clock))}</time>;
