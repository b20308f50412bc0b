// What somebody has half written in a conversation, and for whom: it survives a look elsewhere and a reload of the tab.

import { useEffect, useState } from 'react';
import type { Visibility } from '../gql/graphql';
import { keep, kept } from '../kept';

interface Draft {
  text: string;
  wish: Visibility;
}

export function useDraft(conversationId: string, me: string, wishAtFirst: Visibility) {
  const name = `draft:${conversationId}`;
  const [{ text, wish }, set] = useState<Draft>(() => kept(sessionStorage, name, me, { text: '', wish: wishAtFirst }));
  useEffect(() => keep(sessionStorage, name, me, text.trim() ? { text, wish } : null), [name, me, text, wish]);
  return {
    text,
    wish,
    /** It is sent, whether or not its conversation is still in sight. */
    sent: () => {
      keep(sessionStorage, name, me, null);
      set((draft) => ({ ...draft, text: '' }));
    },
    setText: (changed: string) => set((draft) => ({ ...draft, text: changed })),
    setWish: (change: Visibility | ((before: Visibility) => Visibility)) =>
      set((draft) => ({ ...draft, wish: typeof change === 'function' ? change(draft.wish) : change })),
  };
}
