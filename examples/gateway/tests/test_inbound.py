"""What is kept of what a webhook brings, before it is answered; Regie is played."""

import logging
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest.mock import Mock

from counts import Counts
from inbound import Inbound
from regie import Answer, Outcome
from state import State
from tests import samples

NOOR = "31612345678"
HELLO = samples.webhook(samples.messages(samples.said(NOOR, "m", 1_790_000_000, "Hello?")))


def received(erased_at: str | None = None) -> Answer:
    """The answer to a message that is a duplicate."""
    customer = {"id": "cust_1", "erasedAt": erased_at}
    payload: dict[str, Any] = {"conversation": {"id": "conv_1", "customer": customer}, "duplicate": True, "errors": []}
    return Answer(Outcome.TAKEN, payload=payload)


class Kept(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = State(Path(folder.name) / "gateway.db")
        self.addCleanup(self.state.close)
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.regie = Mock()
        self.regie.position.return_value = Answer(Outcome.TAKEN, payload={"asOf": "c41"})
        self.regie.call.return_value = received()
        config: Any = Mock(give_up_hours=24, queue_id="queue_1", workstream_id="ws_1")
        config.phone_number_id = samples.NUMBER_ID
        self.inbound = Inbound(config, self.regie, self.state, Counts())

    def test_whom_to_answer_also_of_a_duplicate(self) -> None:
        """This gateway may have ended after Regie took the message, and before it kept whose it is."""
        self.assertTrue(self.inbound.take(HELLO))
        self.assertEqual(self.state.address("conv_1"), NOOR)

    def test_nothing_of_a_duplicate_whose_customer_was_erased(self) -> None:
        self.regie.call.return_value = received("2026-09-22T08:00:00Z")
        self.assertTrue(self.inbound.take(HELLO))
        self.assertIsNone(self.state.address("conv_1"))

    def test_where_to_begin_before_the_first_message(self) -> None:
        self.regie.position.return_value = Answer(Outcome.UNREACHABLE, "TimeoutError")
        self.assertFalse(self.inbound.take(HELLO))
        self.regie.call.assert_not_called()
        self.regie.position.return_value = Answer(Outcome.TAKEN, payload={"asOf": "c41"})
        self.assertTrue(self.inbound.take(HELLO))
        self.assertEqual(self.state.cursor(), "c41")

    def test_where_to_go_on_stays(self) -> None:
        self.state.keep_cursor("c7")
        self.assertTrue(self.inbound.take(HELLO))
        self.assertEqual(self.state.cursor(), "c7")
        self.regie.position.assert_not_called()

    def test_a_request_that_is_at_fault_until_it_is_mended(self) -> None:
        self.regie.call.return_value = Answer(Outcome.FAULTY, "INVALID_INPUT")
        for _ in range(2):
            self.assertTrue(self.inbound.take(HELLO), "it must not hold the rest back")
        self.assertEqual(len(self.state.aside()), 1)
        self.inbound.take_aside()
        self.assertEqual(len(self.state.aside()), 1)
        self.regie.call.return_value = received()
        self.inbound.take_aside()
        self.assertEqual(self.state.aside(), [])
        self.assertEqual(self.state.address("conv_1"), NOOR)
