// Why something was not done: in the person's words.

import type { Act, Trouble } from '../live/useAct';
import type { ErrorCode, RefusalFragment } from '../gql/graphql';
import { type Dictionary } from '../text/en';
import { useText } from '../text';

export function TroubleNotice({ act }: { act: Act }) {
  const { t } = useText();
  const { trouble } = act;
  return (
    <div className="trouble" role="alert">
      {trouble && (
        <>
          <p>{words(trouble, t)}</p>
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

function words(trouble: Trouble, t: Dictionary): string {
  // A server newer than this desk may know a code that it does not.
  if (trouble.kind === 'refused') {
    return [t.codes[trouble.refusal.code] ?? trouble.refusal.message, detail(trouble.refusal, t)].join(' ').trim();
  }
  const { code, message } = trouble.fault;
  return code === null ? t.act.unreachable : (t.codes[code as ErrorCode] ?? message);
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
