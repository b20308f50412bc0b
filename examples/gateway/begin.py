"""Where sending begins: where the event log stands before the first webhook is taken."""

import logging

from regie import Regie
from state import State

log = logging.getLogger("gateway.begin")


def begun(regie: Regie, state: State) -> bool:
    """Whether there is a cursor to go on from. Where there is none, the place where the log stands now becomes it.

    Called before the first message is brought in: its answer must lie after the cursor.
    """
    if state.cursor() is not None:
        return True
    answer = regie.position()
    if answer.payload is None:
        log.warning("where to begin is not known yet: code=%s", answer.code)
        return False
    state.begin_at(answer.payload["asOf"])
    return True
