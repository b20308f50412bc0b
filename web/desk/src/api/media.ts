// Where an attachment can be read. Regie keeps an address or the gateway's own name, never the file.

/** What a demo serves beside the page. */
const OURS = '/demo/media/';

export type Source =
  /** Of a place whose files are shown: this server, or an origin that the operator names. */
  | { readonly kind: 'shown'; readonly address: string }
  /** Of somebody else: a link. To open it tells its host that somebody reads. */
  | { readonly kind: 'linked'; readonly address: string };

type Given = { url?: string | null; reference?: string | null };

/** The page says for which origins its content security policy lets media in. */
export const attachmentOrigins = (): readonly string[] =>
  document.querySelector<HTMLMetaElement>('meta[name="regie-attachment-origins"]')?.content.split(' ') ?? [];

export function sourceOf({ url, reference }: Given, origins: readonly string[]): Source | null {
  if (reference?.startsWith(OURS) && /^[\w.-]+$/.test(reference.slice(OURS.length))) {
    return { kind: 'shown', address: reference };
  }
  if (!url || !URL.canParse(url)) return null;
  const { protocol, origin } = new URL(url);
  if (protocol !== 'https:') return null;
  return { kind: origins.includes(origin) ? 'shown' : 'linked', address: url };
}
