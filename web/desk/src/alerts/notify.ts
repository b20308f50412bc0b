// Notifications of the desktop, for a page that nobody has before them.

import { opening, usePlaces } from '../place';

export const mayNotify = () => 'Notification' in window && Notification.permission === 'granted';

/** Asks the person, by the browser; whether they agree. */
export async function askToNotify(): Promise<boolean> {
  return 'Notification' in window && (await Notification.requestPermission()) === 'granted';
}

export function notify(words: string, conversationId: string) {
  if (!mayNotify()) return;
  const told = new Notification(words, { tag: conversationId });
  told.onclick = () => {
    window.focus();
    usePlaces().go(opening(usePlaces().get(), conversationId));
    told.close();
  };
}
