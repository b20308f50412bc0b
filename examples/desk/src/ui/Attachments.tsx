// What a message has beside its text. A picture of another host is loaded only when its reader asks, since loading it
// would tell that host that somebody reads; sound and film load when they are played.

import { useState } from 'react';
import { type Source, sourceOf } from '../api/media';
import type { AttachmentFragment } from '../gql/graphql';
import { useText } from '../text';
import type { Dictionary } from '../text/en';
import { duration } from '../time';

export function Attachments({ of }: { of: readonly AttachmentFragment[] }) {
  const { t } = useText();
  if (of.length === 0) return null;
  return (
    <ul className="attachments" aria-label={t.attachment.heading}>
      {of.map((attachment, place) => (
        <li key={place} data-kind={attachment.kind}>
          <Attachment of={attachment} />
        </li>
      ))}
    </ul>
  );
}

function Attachment({ of }: { of: AttachmentFragment }) {
  const { t } = useText();
  const source = sourceOf(of);
  const name = nameOf(of, t);
  switch (of.kind) {
    case 'IMAGE':
    case 'STICKER':
      return source ? <Picture source={source} of={of} name={name} /> : <Named of={of} />;
    case 'AUDIO':
    case 'VIDEO': {
      if (!source) return <Named of={of} />;
      const Player = of.kind === 'AUDIO' ? 'audio' : 'video';
      return (
        <>
          <Named of={of} />
          <Player controls preload="none" src={source.address} aria-label={name} />
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
      return source ? (
        <Elsewhere href={source.address}>
          <Named of={of} />
        </Elsewhere>
      ) : (
        <Named of={of} />
      );
  }
}

function Picture({ source, of, name }: { source: Source; of: AttachmentFragment; name: string }) {
  const { t } = useText();
  const [asked, ask] = useState(source.ours);
  const [fails, fail] = useState(false);
  if (fails) {
    return (
      <>
        <Named of={of} /> <span className="quiet">{t.attachment.failed}</span>
      </>
    );
  }
  if (!asked) {
    return (
      <button type="button" onClick={() => ask(true)}>
        {t.attachment.show(name)}
      </button>
    );
  }
  return <img src={source.address} alt={name} referrerPolicy="no-referrer" onError={() => fail(true)} />;
}

function Elsewhere({ href, children }: { href: string; children: React.ReactNode }) {
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
