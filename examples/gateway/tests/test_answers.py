"""What an answer of Regie means for the webhook that waits for it."""

import unittest
from typing import Any

from regie import Outcome, meaning


def payload(*codes: str) -> dict[str, Any]:
    return {"data": {"act": {"errors": [{"code": code, "message": "words"} for code in codes]}}}


class Answers(unittest.TestCase):
    def test_taken(self) -> None:
        self.assertIs(meaning(payload(), "act").outcome, Outcome.TAKEN)

    def test_what_comes_again(self) -> None:
        for code in ("MESSAGE_NOT_FOUND", "RATE_LIMITED", "INTERNAL", "TARGET_NOT_FOUND", "ROLE_REQUIRED"):
            answer = meaning(payload(code), "act")
            self.assertEqual((answer.outcome, answer.code), (Outcome.LATER, code))
        for code in ("UNAUTHENTICATED", "RATE_LIMITED", "INTERNAL", "LIMIT_EXCEEDED"):
            body = {"errors": [{"message": "words", "extensions": {"code": code}}]}
            answer = meaning(body, "act")
            self.assertEqual((answer.outcome, answer.code), (Outcome.LATER, code))

    def test_what_repeating_does_not_mend(self) -> None:
        for code in ("INVALID_INPUT", "CONVERSATION_CLOSED", "A_CODE_OF_TOMORROW"):
            answer = meaning(payload(code), "act")
            self.assertEqual((answer.outcome, answer.code), (Outcome.REFUSED, code))

    def test_what_is_no_answer(self) -> None:
        nothing: tuple[Any, ...] = (None, [], {}, {"data": None}, {"data": {"act": None}}, {"data": {"act": {"errors": None}}})
        for body in nothing:
            self.assertIs(meaning(body, "act").outcome, Outcome.UNREACHABLE, body)
