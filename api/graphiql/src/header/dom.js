// The few things the bar does with the document.

export const element = (id) => document.getElementById(id);

/** Writes only what is new, so that a screen reader hears it once. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** `SUPERVISOR` or `CONVERSATION_FORCE_CLOSE` as words. */
export const words = (name) => name.toLowerCase().replaceAll('_', ' ');

export const list = (values) => (values.length > 0 ? values.map(words).join(', ') : 'none');
