"""From Regie to customers: each message once, in order, and what became of it told to Regie."""

import logging
import random
import threading
import time
from datetime import datetime, timezone
from typing import Any

from begin import begun
from calls import CHANNEL, NOTIFICATIONS, Act
from config import Config
from counts import Counts
from provider import Later, Provider, Refused, Sent, parts, reaction
from regie import Outcome, Regie, StreamEnded
from state import State

log = logging.getLogger("gateway.outbound")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0


class Pause:
    """Waits longer after each failure, and never in step with others."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._next = FIRST_PAUSE

    def wait(self) -> None:
        self._stopping.wait(self._next * random.uniform(0.5, 1.0))
        self._next = min(self._next * 2, LONGEST_PAUSE)

    def reset(self) -> None:
        self._next = FIRST_PAUSE


class Outbound:
    def __init__(self, config: Config, regie: Regie, provider: Provider, state: State, counts: Counts) -> None:
        self._config = config
        self._regie = regie
        self._provider = provider
        self._state = state
        self._counts = counts
        self._stopping = threading.Event()

    def run(self) -> None:
        """Sends until it is stopped. Of the processes that share a state file one does; the others stand by."""
        while not self._stopping.is_set() and not self._state.become_sender():
            self._stopping.wait(1.0)
        pause = Pause(self._stopping)
        while not self._stopping.is_set():
            try:
                if begun(self._regie, self._state):
                    after = self._state.cursor()
                    for data in self._regie.follow(NOTIFICATIONS, after=after, language=self._config.language):
                        pause.reset()
                        self._take(data["notifications"])
                        if self._stopping.is_set():
                            return
            except StreamEnded as ended:
                self._ended(ended.code)
            except Exception as error:
                log.error("the stream was not read: %s", type(error).__name__)
            pause.wait()

    def stop(self) -> None:
        """Ends `run`, after the message that is being sent."""
        self._stopping.set()
        self._regie.stop()

    def _ended(self, code: str) -> None:
        if self._stopping.is_set():
            return
        self._counts.add("streams_ended", code=code)
        if code in ("CURSOR_EXPIRED", "CURSOR_INVALID"):
            # Longer away than Regie keeps events, or it was restored, or what we kept is damaged. We begin as for the
            # first time; what was answered before that and never sent is PENDING, and somebody has to look for it.
            log.error("what to send is not known any more since the cursor that was kept: %s", code)
            self._state.forget_cursor()
        else:
            log.warning("the stream ended: %s", code or "it was cut")

    def _take(self, notice: dict[str, Any]) -> None:
        """Does what a notice asks for, and only then keeps its cursor."""
        kind, conversation = notice["__typename"], notice["conversationId"]
        if kind == "MessageNotice" and notice["message"]["visibility"] == "PUBLIC":
            self._send(conversation, notice["message"])
        elif kind == "ReactionNotice":
            self._react(conversation, notice["message"])
        if not self._stopping.is_set():
            self._state.keep_cursor(notice["cursor"])

    def _send(self, conversation: str, message: dict[str, Any]) -> None:
        if (address := self._address(conversation)) is None:
            return
        for number, part in enumerate(parts(message)):
            # A message may come twice: after a stop between sending and keeping the cursor.
            known = self._state.sent(message["id"], number)
            if known is None:
                began = time.time()
                result = self._patiently_sent(part, address)
                if result is None:
                    return
                if isinstance(result, Refused):
                    log.error("not to be delivered: %s code=%s", message["id"], result.code)
                    why = {"errorCode": result.code, "errorDescription": result.description}
                    self._report(message["id"], began, {"state": "FAILED", **why})
                    return
                known = result.external_id, began
                self._state.keep_sent(message["id"], number, *known)
            external, at = known
            self._report(message["id"], at, {"state": "SENT", "externalId": external})

    def _react(self, conversation: str, message: dict[str, Any]) -> None:
        """Shows the customer how the organisation reacts. Twice is as good as once, so nothing is kept of it."""
        part, address = reaction(message), self._address(conversation)
        if part is not None and address is not None:
            result = self._patiently_sent(part, address)
            if isinstance(result, Refused):
                log.error("no reaction to be delivered: %s code=%s", message["id"], result.code)

    def _address(self, conversation: str) -> str | None:
        """Whom what is written there goes to."""
        address = self._state.address(conversation)
        if address is None:
            log.error("whom to send to is not known: %s", conversation)
            self._counts.add("sent", outcome="no address")
        return address

    def _patiently_sent(self, part: dict[str, Any], address: str) -> Sent | Refused | None:
        """What the provider says in the end; none: we stop before."""
        pause = Pause(self._stopping)
        while not self._stopping.is_set():
            result = self._provider.send(part, address)
            self._counts.add("sent", outcome=type(result).__name__.lower())
            if not isinstance(result, Later):
                return result
            log.warning("not sent yet: %s", result.code)
            pause.wait()
        return None

    def _report(self, message: str, at: float, what: dict[str, Any]) -> None:
        """Tells Regie what became of a message, and by what id the provider will speak of it."""
        # In whole seconds, as the provider's times are: a failure of the same second is not earlier.
        when = datetime.fromtimestamp(int(at), timezone.utc).isoformat()
        asked = {"channel": CHANNEL, "message": {"messageId": message}, "at": when, **what}
        pause = Pause(self._stopping)
        while not self._stopping.is_set():
            answer = self._regie.call(Act.DELIVERY.value.document, Act.DELIVERY.value.field, input=asked)
            self._counts.add("calls", act="report", outcome=answer.outcome.value, code=answer.code)
            if answer.outcome is Outcome.TAKEN:
                return
            # A message of Regie's own id that it does not know was erased since.
            if answer.outcome in (Outcome.REFUSED, Outcome.FAULTY) or answer.code == "MESSAGE_NOT_FOUND":
                log.error("not recorded: %s code=%s", message, answer.code)
                return
            log.warning("not recorded yet: %s code=%s", message, answer.code)
            pause.wait()
