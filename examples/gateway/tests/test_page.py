"""docs/gateway.md: each operation of the page with the variables of the page, against a real server."""

import json
import os
import re
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest.mock import Mock

from regie import Regie as Client
from tests.floor import Floor
from tests.running import Regie

BINARY = os.environ.get("REGIE")
PAGE = Path(__file__).parents[3] / "docs/gateway.md"


def operations() -> dict[str, tuple[str, list[Any]]]:
    """Each operation by its name: its text, and the variables that follow it."""
    found: dict[str, tuple[str, list[Any]]] = {}
    name = ""
    for language, block in re.findall(r"```(graphql|json)\n(.*?)```", PAGE.read_text(), re.DOTALL):
        if language == "graphql":
            name = block.split()[1].partition("(")[0]
            found[name] = (block, [])
        else:
            found[name][1].append(json.loads(block))
    return found


@unittest.skipIf(BINARY is None or not PAGE.exists(), "REGIE names no binary")
class Page(unittest.TestCase):
    def test_its_operations_do_what_it_says(self) -> None:
        assert BINARY is not None
        with tempfile.TemporaryDirectory() as folder:
            regie = Regie(str(Path(BINARY).resolve()), Path(folder))
            try:
                self.run_them(regie, Floor(regie, Path(folder)))
            finally:
                regie.stop()

    def run_them(self, regie: Regie, floor: Floor) -> None:
        page = operations()
        names = ["Receive", "Edit", "Remove", "React", "Delivery", "Rate", "Begin", "Out"]
        self.assertEqual(list(page), names)
        source = floor.source("page", 1)

        def ask(name: str, number: int = 0, **changed: Any) -> Any:
            text, variables = page[name]
            given = {"input": variables[number]["input"] | changed}
            (payload,) = regie.ask(source.tokens[0], text, **given).values()
            return payload

        begin = regie.ask(source.tokens[0], page["Begin"][0])["ongoingConversations"]["asOf"]
        received = ask("Receive", queueId=floor.queue_id, workstreamId=floor.workstream_id)
        self.assertTrue(received["started"])
        again = ask("Receive", queueId=floor.queue_id, workstreamId=floor.workstream_id)
        self.assertTrue(again["duplicate"])
        conversation = received["conversation"]["id"]
        floor.pick(conversation)
        floor.answer(conversation, "We look at it.", [])

        config = Mock(regie_url=regie.url, regie_token=source.tokens[0], regie_token_file=None)
        stream = Client(config).follow(page["Out"][0], after=begin)
        notices = (data["notifications"] for data in stream)
        notice = next(one for one in notices if one["__typename"] == "MessageNotice")
        stream.close()
        self.assertEqual(notice["conversationId"], conversation)
        self.assertEqual(notice["message"]["text"], "We look at it.")

        self.assertTrue(ask("Delivery", message={"messageId": notice["message"]["id"]})["applied"])
        self.assertTrue(ask("Delivery", 1)["applied"])
        for name in ("Edit", "Remove", "React"):
            self.assertTrue(ask(name)["applied"], name)
            self.assertFalse(ask(name)["applied"], name)
        floor.end(conversation)
        for _ in range(2):
            # A refusal is an error: the key makes the second one harmless.
            self.assertEqual(ask("Rate", conversationId=conversation)["conversation"]["id"], conversation)
