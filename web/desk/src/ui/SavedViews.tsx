// Views that somebody keeps under a name, in this browser; each is an address, and so is the one that is shown.

import { type FormEvent, useId, useState } from 'react';
import { readPlace, usePlaces, writePlace } from '../place';
import { useReadable } from '../store';
import { useText } from '../text';
import { keepViews, readViews } from '../views';

export function SavedViews({ me }: { me: string }) {
  const { t } = useText();
  const id = useId();
  const places = usePlaces();
  const place = useReadable(places);
  const [views, setViews] = useState(() => readViews(me));
  const [name, setName] = useState('');
  const [copied, setCopied] = useState(false);
  const address = writePlace({ ...place, kept: [], open: null });

  const change = (next: typeof views) => {
    setViews(next);
    keepViews(me, next);
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    const called = name.trim();
    if (!called) return;
    change([...views.filter((one) => one.name !== called), { name: called, address }]);
    setName('');
  };
  const copy = async () => {
    await navigator.clipboard.writeText(new URL(address, location.href).href);
    setCopied(true);
  };

  return (
    <details className="saved">
      <summary>{t.views.saved}</summary>
      <div className="saved-body">
        {views.length === 0 && <p className="quiet">{t.views.none}</p>}
        <ul>
          {views.map((one) => (
            <li key={one.name}>
              <button
                type="button"
                className="quiet"
                aria-current={one.address === address}
                onClick={() => {
                  const { view, ongoing, past } = readPlace(one.address);
                  places.go({ view, ongoing, past });
                }}
              >
                {one.name}
              </button>
              <button type="button" className="quiet" onClick={() => change(views.filter((other) => other !== one))}>
                {t.views.forget}
                <span className="visually-hidden"> {one.name}</span>
              </button>
            </li>
          ))}
        </ul>
        <form className="choice" onSubmit={save}>
          <label htmlFor={id}>{t.views.name}</label>
          <span className="add">
            <input id={id} maxLength={60} value={name} onChange={(event) => setName(event.target.value)} />
            <button type="submit">{t.views.save}</button>
          </span>
        </form>
        <button type="button" onClick={() => void copy()}>
          {t.views.copy}
        </button>
        <span role="status" className="quiet">
          {copied && t.views.copied}
        </span>
      </div>
    </details>
  );
}
