// Why something was not done: in the person's words, with the code that support will ask for.

import type { Act, Trouble } from '../api/useAct';
import type { RefusalFragment } from '../gql/graphql';
import { type Dictionary } from '../text/en';
import { useText } from '../text';

export function TroubleNotice({ act }: { act: Act }) {
  const { t } = useText();
  const { trouble } = act;
  return (
    <div className="trouble" role="alert">
      {trouble && (
        <>
          <p>
            {words(trouble, t)} {trouble.kind !== 'unreachable' && <code>{codeIn(trouble)}</code>}
          </p>
          <p className="buttons">
            {trouble.kind !== 'refused' && (
              <button type="button" onClick={() => void act.again()}>
                {t.act.again}
              </button>
            )}
            <button type="button" className="quiet" onClick={act.clear}>
              {t.act.dismiss}
            </button>
          </p>
        </>
      )}
    </div>
  );
}

const codeIn = (trouble: Exclude<Trouble, { kind: 'unreachable' }>) =>
  trouble.kind === 'refused' ? trouble.refusal.code : trouble.code;

function words(trouble: Trouble, t: Dictionary): string {
  switch (trouble.kind) {
    case 'unreachable':
      return t.act.unreachable;
    case 'failed':
      // A server newer than this desk may know a code that it does not.
      return t.codes[trouble.code] ?? trouble.message;
    case 'refused':
      return [t.codes[trouble.refusal.code] ?? trouble.refusal.message, detail(trouble.refusal, t)].join(' ').trim();
  }
}

/** What a refusal says beyond its code. */
function detail(refusal: RefusalFragment, t: Dictionary): string {
  switch (refusal.__typename) {
    case 'AlreadyAssigned':
      return refusal.agent ? t.detail.heldBy(refusal.agent.name) : '';
    case 'CapacityExceeded':
      return t.detail.units(refusal.requiredUnits, refusal.consumedUnits, refusal.totalUnits);
    case 'PresenceNotAllowed':
      return t.detail.presence(t.presence[refusal.presence]);
    case 'InvalidState':
      return t.detail.state(t.state[refusal.state]);
    default:
      return '';
  }
}
