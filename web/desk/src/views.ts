// Saved views: kept in this browser, apart for each person who signs in here.

import { keep, kept } from './kept';

export interface SavedView {
  name: string;
  /** As in the address, from the # on. */
  address: string;
}

export function readViews(subject: string): SavedView[] {
  const views: unknown = kept(localStorage, 'views', subject, []);
  return Array.isArray(views) ? views.filter(isView) : [];
}

export const keepViews = (subject: string, views: readonly SavedView[]) => keep(localStorage, 'views', subject, views);

function isView(value: unknown): value is SavedView {
  const { name, address } = Object(value) as Record<string, unknown>;
  return typeof name === 'string' && typeof address === 'string' && address.startsWith('#/');
}
