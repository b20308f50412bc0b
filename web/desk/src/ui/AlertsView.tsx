// What asked for attention while one was here, and what one wishes to be told of.

import { useEffect, useId, useState } from 'react';
import { type Alert, HOUR_MS, type Wishes } from '../alerts/alert';
import type { AlertCenter } from '../alerts/center';
import { askToNotify, mayNotify } from '../alerts/notify';
import { chime } from '../alerts/sound';
import type { AttentionReason } from '../gql/graphql';
import { useReadable } from '../store';
import { useText } from '../text';
import { clock, until, useNow } from '../time';

interface Props {
  center: AlertCenter;
  onChoose: (id: string) => void;
}

export function AlertsView({ center, onChoose }: Props) {
  const { t, lang } = useText();
  const alerts = useReadable(center.alerts);
  const now = useNow();
  // Who looks at them has seen them.
  useEffect(() => {
    if (alerts.unseen > 0 && !document.hidden) center.seen();
  }, [alerts, center, now]);
  return (
    <>
      <div className="heading">
        <h2 id="alerts" tabIndex={-1}>
          {t.alerts.heading}
        </h2>
        {alerts.all.length > 0 && (
          <button type="button" className="quiet" onClick={center.clear}>
            {t.alerts.clear}
          </button>
        )}
      </div>
      <WishForm center={center} />
      <div className="scroller">
        {alerts.all.length === 0 && <p className="empty">{t.alerts.none}</p>}
        <ul className="alerts" aria-label={t.alerts.heading}>
          {alerts.all.map((alert) => (
            <li key={alert.id}>
              <time dateTime={new Date(alert.at).toISOString()}>{clock(new Date(alert.at).toISOString(), lang, now)}</time>
              <button type="button" className="row alert" data-conversation={alert.conversationId} onClick={() => onChoose(alert.conversationId)}>
                <span className="chip">{t.attention[alert.reason]}</span>
                {alert.times !== undefined && <span className="quiet">{t.alerts.times(alert.times)}</span>}
                <span className="name">{alert.customer ?? t.list.unnamed}</span>
                <span className="quiet">{[alert.subject, alert.agent?.name].filter(Boolean).join(' · ')}</span>
              </button>
              {alert.agent && <Mute of={alert} center={center} />}
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

function Mute({ of: { agent }, center }: { of: Alert; center: AlertCenter }) {
  const { t } = useText();
  const { agents } = useReadable(center.wishes);
  if (!agent || agents[agent.id]) return null;
  return (
    <button
      type="button"
      className="quiet"
      onClick={() => center.wish({ agents: { ...agents, [agent.id]: { name: agent.name, until: Date.now() + HOUR_MS } } })}
    >
      {t.alerts.muteAgent(agent.name)}
    </button>
  );
}

function WishForm({ center }: { center: AlertCenter }) {
  const { t } = useText();
  const id = useId();
  const now = useNow();
  const wishes = useReadable(center.wishes);
  const [refused, setRefused] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const wish = (change: Partial<Wishes>) => center.wish(change);
  const toggle = (reason: AttentionReason) => {
    const { without } = wishes;
    wish({ without: without.includes(reason) ? without.filter((one) => one !== reason) : [...without, reason] });
  };
  const desktop = async (isOn: boolean) => {
    const may = !isOn || mayNotify() || (await askToNotify());
    setRefused(!may);
    wish({ desktop: isOn && may });
  };
  const quiet = wishes.quietUntil > now;
  const muted = Object.entries(wishes.agents).filter(([, agent]) => agent.until > now);

  return (
    <section className="wishes" aria-label={t.alerts.wishes}>
      <div className="asked">
        <label className="check">
          <input
            type="checkbox"
            checked={wishes.sound}
            onChange={(event) => {
              wish({ sound: event.target.checked });
              if (event.target.checked) chime();
            }}
          />
          {t.alerts.sound}
        </label>
        <label className="check">
          <input type="checkbox" checked={wishes.desktop} onChange={(event) => void desktop(event.target.checked)} />
          {t.alerts.desktop}
        </label>
        <button type="button" aria-pressed={quiet} onClick={() => wish({ quietUntil: quiet ? 0 : Date.now() + HOUR_MS })}>
          {quiet ? t.alerts.quiet(until(new Date(wishes.quietUntil).toISOString(), now)) : t.alerts.quietHour}
        </button>
        <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setIsOpen(!isOpen)}>
          {t.alerts.kinds}
          {wishes.without.length > 0 && <span className="count"> −{wishes.without.length}</span>}
        </button>
      </div>
      <p role="status" className="problem">
        {refused && t.alerts.refused}
      </p>
      {isOpen && (
        <fieldset id={id} className="conditions">
          <legend className="visually-hidden">{t.alerts.kinds}</legend>
          {(Object.entries(t.attention) as [AttentionReason, string][]).map(([reason, word]) => (
            <label key={reason} className="check">
              <input type="checkbox" checked={!wishes.without.includes(reason)} onChange={() => toggle(reason)} />
              {word}
            </label>
          ))}
        </fieldset>
      )}
      {muted.length > 0 && (
        <ul className="chosen-conditions" aria-label={t.alerts.muted}>
          {muted.map(([agentId, { name, until: instant }]) => (
            <li key={agentId}>
              <button
                type="button"
                className="condition"
                onClick={() => wish({ agents: Object.fromEntries(Object.entries(wishes.agents).filter(([one]) => one !== agentId)) })}
              >
                {t.alerts.unmute(name, until(new Date(instant).toISOString(), now))} <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
