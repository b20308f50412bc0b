// What a message has beside its text, each as a card. A picture, sound or film shows in its card where the page may load
// it; all else is a link that says nothing of where it was opened.

import { type ReactNode, useState } from 'react';
import { attachmentOrigins, type Source, sourceOf } from '../api/media';
import type { AttachmentFragment } from '../gql/graphql';
import { useText } from '../text';
import type { Dictionary } from '../text/en';
import { duration } from '../time';

const ORIGINS = attachmentOrigins();

export function Attachments({ of }: { of: readonly AttachmentFragment[] }) {
  const { t } = useText();
  if (of.length === 0) return null;
  return (
    <ul className="attachments" aria-label={t.attachment.heading}>
      {of.map((attachment, place) => (
        <li key={place} data-kind={attachment.kind}>
          <Card of={attachment} />
        </li>
      ))}
    </ul>
  );
}

function Card({ of }: { of: AttachmentFragment }) {
  const { t } = useText();
  const source = sourceOf(of, ORIGINS);
  const name = nameOf(of, t);
  const shown = source?.kind === 'shown' ? source : null;
  switch (of.kind) {
    case 'IMAGE':
    case 'STICKER':
      return (
        <>
          {shown && <Picture source={shown} name={name} />}
          <Linked source={source}>
            <Named of={of} />
          </Linked>
        </>
      );
    case 'AUDIO':
    case 'VIDEO': {
      const Player = of.kind === 'AUDIO' ? 'audio' : 'video';
      return (
        <>
          <Linked source={source}>
            <Named of={of} />
          </Linked>
          {shown && <Player controls preload="none" src={shown.address} aria-label={name} />}
        </>
      );
    }
    case 'LOCATION':
      return of.latitude == null || of.longitude == null ? (
        <Named of={of} />
      ) : (
        <Elsewhere href={`https://www.openstreetmap.org/?mlat=${of.latitude}&mlon=${of.longitude}#map=17/${of.latitude}/${of.longitude}`}>
          <Named of={of} />
          <span className="quiet">{` ${of.latitude.toFixed(4)}, ${of.longitude.toFixed(4)}`}</span>
        </Elsewhere>
      );
    default:
      return (
        <Linked source={source}>
          <Named of={of} />
        </Linked>
      );
  }
}

function Picture({ source, name }: { source: Source; name: string }) {
  const { t } = useText();
  const [fails, fail] = useState(false);
  if (fails) return <span className="quiet">{t.attachment.failed}</span>;
  return <img src={source.address} alt={name} referrerPolicy="no-referrer" loading="lazy" onError={() => fail(true)} />;
}

const Linked = ({ source, children }: { source: Source | null; children: ReactNode }) =>
  source ? <Elsewhere href={source.address}>{children}</Elsewhere> : children;

function Elsewhere({ href, children }: { href: string; children: ReactNode }) {
  const { t } = useText();
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span className="visually-hidden"> {t.attachment.newTab}</span>
    </a>
  );
}

/** Its kind, what it is called, and how long or large it is. */
function Named({ of }: { of: AttachmentFragment }) {
  const { t } = useText();
  const called = of.kind === 'FILE' ? (of.fileName ?? of.label) : (of.label ?? of.fileName);
  const more = [
    of.durationSeconds != null && duration(of.durationSeconds * 1000),
    of.kind === 'FILE' && of.size != null && sizeOf(of.size),
  ].filter(Boolean);
  return (
    <span className="named">
      <span className="kind">{t.attachment.kind[of.kind]}</span>
      {called && ` ${called}`}
      {more.length > 0 && <span className="quiet">{` ${more.join(', ')}`}</span>}
    </span>
  );
}

/** What it is in words, for who does not see it. */
export const nameOf = ({ kind, label, fileName }: Pick<AttachmentFragment, 'kind' | 'label' | 'fileName'>, t: Dictionary) =>
  [t.attachment.kind[kind], label ?? fileName].filter(Boolean).join(': ');

function sizeOf(bytes: number): string {
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}
