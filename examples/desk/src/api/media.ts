// Where an attachment can be read. Regie keeps an address or the gateway's own name, never the file.

/** What the demo serves, and the development server passes on; a desk of yours has its gateway's store here. */
const OURS = '/demo/media/';

export interface Source {
  address: string;
  /** Served where the desk is: to read it tells nobody anything new. All else is loaded only when its reader asks. */
  ours: boolean;
}

export function sourceOf(attachment: { url?: string | null; reference?: string | null }): Source | null {
  const { url, reference } = attachment;
  if (reference && /^[\w.-]+$/.test(reference.slice(OURS.length)) && reference.startsWith(OURS)) {
    return { address: reference, ours: true };
  }
  return url && URL.canParse(url) && new URL(url).protocol === 'https:' ? { address: url, ours: false } : null;
}
