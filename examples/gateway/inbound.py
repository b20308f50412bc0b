"""From a webhook to Regie: all of it, or the provider is asked to deliver it again."""

import json
import logging
import time
from typing import Any

import shapes
from begin import begun
from calls import Act, Call
from config import Config
from counts import Counts
from regie import Answer, Outcome, Regie
from state import State

log = logging.getLogger("gateway.inbound")


class Inbound:
    def __init__(self, config: Config, regie: Regie, state: State, counts: Counts) -> None:
        self._place = shapes.Place(config.queue_id, config.workstream_id, config.phone_number_id)
        self._give_up_seconds = config.give_up_hours * 3600
        self._regie = regie
        self._state = state
        self._counts = counts

    def take(self, webhook: Any) -> bool:
        """Whether Regie has all that the webhook brings, as far as it can have it.

        Everything that can be done is done, also where something else has to come again: repeating is safe.
        """
        # What is answered to these messages is found after the place where we begin.
        if not begun(self._regie, self._state):
            return False
        left, faulty = self._do(webhook)
        if faulty:
            self._state.keep_aside(json.dumps(webhook))
        return not left

    def take_aside(self) -> None:
        """Once more what was kept aside: this may be the program that was mended."""
        kept = self._state.aside()
        if not kept or not begun(self._regie, self._state):
            return
        for webhook in kept:
            left, faulty = self._do(json.loads(webhook))
            if not left and not faulty:
                self._state.drop_aside(webhook)

    def _do(self, webhook: Any) -> tuple[list[Call], list[Call]]:
        """What has to come again, and what Regie cannot take as we ask for it."""
        left: list[Call] = []
        faulty: list[Call] = []
        for brought in shapes.read(webhook, self._place):
            if isinstance(brought, Call):
                left.append(brought)
            else:
                self._counts.add("skipped", why=brought.why)
                log.info("skipped: %s id=%s", brought.why, brought.provider_id)
        # Once more for an edit that stands before its message, as long as that brings us further.
        before = len(left) + 1
        while left and len(left) < before:
            before = len(left)
            left = self._try(left, faulty)
        return left, faulty

    def _try(self, calls: list[Call], faulty: list[Call]) -> list[Call]:
        """What has to come again; adds what is faulty."""
        left = []
        for index, call in enumerate(calls):
            answer = self._regie.call(call.act.value.document, call.act.value.field, input=call.input)
            self._counts.add("calls", act=call.act.name.lower(), outcome=answer.outcome.value, code=answer.code)
            match answer.outcome:
                case Outcome.TAKEN:
                    self._keep(call, answer)
                case Outcome.REFUSED:
                    self._say(logging.ERROR, "refused", call, answer)
                case Outcome.FAULTY:
                    self._say(logging.ERROR, "a fault of ours, kept aside", call, answer)
                    faulty.append(call)
                case Outcome.LATER if self._is_too_old(call, answer):
                    self._say(logging.WARNING, "given up", call, answer)
                case Outcome.LATER:
                    self._say(logging.WARNING, "not yet", call, answer)
                    left.append(call)
                case Outcome.UNREACHABLE:
                    # The others would wait for nothing.
                    self._say(logging.WARNING, "no answer", call, answer)
                    return left + calls[index:]
        return left

    def _keep(self, call: Call, answer: Answer) -> None:
        """Whom the conversation answers, before the webhook is answered."""
        if call.act is Act.RECEIVE and answer.payload is not None:
            conversation = answer.payload["conversation"]
            if conversation is None:
                return
            customer = conversation["customer"]
            # Also of a duplicate: we may have ended before we kept it. But what is delivered again of somebody who was
            # erased must not bring their number back.
            if customer["erasedAt"] is None:
                self._state.keep_address(conversation["id"], customer["id"], call.input["customer"]["key"])

    def _is_too_old(self, call: Call, answer: Answer) -> bool:
        """What is about a message from before our time, or one that was erased, would come again for days."""
        old = call.at is not None and call.at < time.time() - self._give_up_seconds
        return old and answer.code == "MESSAGE_NOT_FOUND"

    @staticmethod
    def _say(level: int, what: str, call: Call, answer: Answer) -> None:
        log.log(level, "%s: %s id=%s code=%s", what, call.act.name.lower(), call.provider_id, answer.code)
