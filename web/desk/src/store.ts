// Values that can be watched, for React.

import { useSyncExternalStore } from 'react';
import type { Readable } from 'regie-client';

export { Store } from 'regie-client';

export const useReadable = <T,>(readable: Readable<T>): T => useSyncExternalStore(readable.subscribe, readable.get);
