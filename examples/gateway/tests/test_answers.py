"""What an answer of Regie means for the webhook that waits for it."""

import unittest
from typing import Any

from regie import Outcome, meaning


def payload(*codes: str, path: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"data": {"act": {"errors": [{"code": code, "path": ["input", *path]} for code in codes]}}}


def failed(code: str) -> dict[str, Any]:
    return {"errors": [{"message": "words", "extensions": {"code": code}}]}


class Answers(unittest.TestCase):
    def means(self, outcome: Outcome, code: str, status: int, body: Any) -> None:
        answer = meaning(status, body, "act")
        self.assertEqual((answer.outcome, answer.code), (outcome, code), status)

    def test_taken(self) -> None:
        self.means(Outcome.TAKEN, "", 200, payload())
        self.means(Outcome.TAKEN, "", 200, {"data": {"act": {"asOf": "c41"}}})

    def test_what_comes_again(self) -> None:
        for code in ("MESSAGE_NOT_FOUND", "RATE_LIMITED", "INTERNAL", "TARGET_NOT_FOUND", "ROLE_REQUIRED"):
            self.means(Outcome.LATER, code, 200, payload(code))
        for status, code in ((401, "UNAUTHENTICATED"), (429, "RATE_LIMITED"), (500, "INTERNAL"), (200, "INTERNAL")):
            self.means(Outcome.LATER, code, status, failed(code))

    def test_what_took_too_long_comes_again_whatever_its_code(self) -> None:
        self.means(Outcome.LATER, "INVALID_INPUT", 408, failed("INVALID_INPUT"))
        self.means(Outcome.LATER, "LIMIT_EXCEEDED", 503, failed("LIMIT_EXCEEDED"))

    def test_what_none_of_our_requests_passes_is_for_an_operator(self) -> None:
        for status in (405, 406, 415):
            self.means(Outcome.LATER, "INVALID_INPUT", status, failed("INVALID_INPUT"))

    def test_a_request_that_regie_cannot_take_is_a_fault_of_ours(self) -> None:
        for status, code in (
            (200, "INVALID_INPUT"),
            (400, "INVALID_INPUT"),
            (200, "LIMIT_EXCEEDED"),
            (400, "LIMIT_EXCEEDED"),
            (413, "LIMIT_EXCEEDED"),
        ):
            self.means(Outcome.FAULTY, code, status, failed(code))

    def test_what_repeating_does_not_mend(self) -> None:
        for code in ("INVALID_INPUT", "CONVERSATION_CLOSED", "INVALID_STATE", "A_CODE_OF_TOMORROW"):
            self.means(Outcome.REFUSED, code, 200, payload(code))
        self.means(Outcome.REFUSED, "INVALID_INPUT", 200, payload("INVALID_INPUT", path=("text",)))

    def test_what_is_not_valid_of_the_configuration_is_for_an_operator(self) -> None:
        for field in ("queueId", "workstreamId"):
            self.means(Outcome.LATER, "INVALID_INPUT", 200, payload("INVALID_INPUT", path=(field,)))

    def test_what_is_no_answer(self) -> None:
        nothing: tuple[Any, ...] = (None, [], {}, {"data": None}, {"data": {"act": None}}, {"data": {"act": {"errors": None}}})
        for body in nothing:
            self.assertIs(meaning(200, body, "act").outcome, Outcome.UNREACHABLE, body)
