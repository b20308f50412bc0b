// Something that is kept going for as long as it is shown, and what stands in its way.

import { useCallback, useEffect, useState } from 'react';
import { type Begin, keepGoing, type Trouble } from './keepGoing';

export interface Kept {
  trouble: Trouble | null;
  /** Begins again, for a person who asks for it. */
  again: () => void;
}

/** `begin` must stay the same function for as long as the same is meant. */
export function useKept(begin: Begin): Kept {
  const [trouble, tell] = useState<Trouble | null>(null);
  const [asked, ask] = useState(0);
  useEffect(() => {
    tell(null);
    return keepGoing(begin, tell);
  }, [begin, asked]);
  const again = useCallback(() => ask((times) => times + 1), []);
  return { trouble, again };
}
