"""The organisation behind Regie in the tests: it picks, answers, and a supervisor reads what became of everything."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running import Regie
from tests.samples import Json

PLAN = """
[supervisors]
monitor = true

[[queues]]
name = "Service"

[[workstreams]]
name = "Messages"
monitoring_notice = "NONE"

[[agents]]
subject = "anna"
name = "Anna"
capacity = 50
queues = ["Service"]
"""

OF_A_SOURCE = """query OfASource { ongoingConversations(first: 50) { nodes { id customer { name } } } }"""
CUSTOMER = """query Customer($id: ID!) { conversation(id: $id) { customer { id } } }"""
IDS = """query Ids($id: ID!) {
  conversation(id: $id) { transcript(first: 100) { nodes { id externalId text author } } }
}"""
TRANSCRIPT = """query Transcript($id: ID!) {
  conversation(id: $id) {
    customer { name }
    transcript(first: 100) {
      nodes {
        id author text editedAt removedAt sentAt replyTo { id }
        attachments { kind mediaType fileName reference url size latitude longitude label }
        reactions { author reaction }
        delivery { state errorCode errorDescription }
      }
    }
  }
}"""


def act(name: str) -> str:
    kind = name[0].upper() + name[1:]
    return f"mutation Act($input: {kind}Input!) {{ {name}(input: $input) {{ errors {{ code message }} }} }}"


@dataclass(frozen=True)
class Source:
    """A gateway's token, for looking at what it has."""

    name: str
    tokens: tuple[str, ...]


class Floor:
    def __init__(self, regie: Regie, folder: Path) -> None:
        plan = folder / "plan.toml"
        plan.write_text(PLAN)
        ids = regie.organisation(plan)
        self.queue_id, self.workstream_id = ids["queue Service"], ids["workstream Messages"]
        self._regie = regie
        self._supervisor = regie.token("sam", "supervisor", "--queues", self.queue_id, "--permissions", "all")
        self._agent = regie.token("anna", "agent")
        self._administrator = regie.token("ada", "admin")
        self._do(self._agent, "setPresence", {"presence": "AVAILABLE"})

    def source(self, name: str, processes: int) -> Source:
        tokens = (
            self._regie.token(f"{name}-{number}", "gateway", "--channels", "whatsapp", "--source", name)
            for number in range(processes)
        )
        return Source(name, tuple(tokens))

    def conversations(self, source: Source) -> dict[str, str]:
        """The ids of a source's conversations, by the name of the customer."""
        nodes = self._regie.ask(source.tokens[0], OF_A_SOURCE)["ongoingConversations"]["nodes"]
        found = {node["customer"]["name"]: node["id"] for node in nodes}
        assert len(found) == len(nodes), "a customer has two conversations"
        return found

    def pick(self, conversation: str) -> None:
        self._do(self._agent, "pickConversation", {"conversationId": conversation})

    def end(self, conversation: str) -> None:
        self._do(self._agent, "endConversation", {"conversationId": conversation})

    def answer(self, conversation: str, text: str, attachments: list[Json]) -> None:
        more = {"attachments": attachments} if attachments else {}
        said = {"conversationId": conversation, "text": text, "visibility": "PUBLIC", **more}
        self._do(self._agent, "sendMessage", said)

    def note(self, conversation: str, text: str) -> None:
        """What no customer may ever get."""
        said = {"conversationId": conversation, "text": text, "visibility": "INTERNAL"}
        self._do(self._agent, "sendMessage", said)

    def react(self, message: str, emoji: str | None) -> None:
        self._do(self._agent, "reactToMessage", {"message": {"messageId": message}, "reaction": emoji})

    def ids(self, source: Source, conversation: str) -> dict[str, Json]:
        """The messages of a conversation as its gateway sees them, by Regie's ids."""
        found = self._regie.ask(source.tokens[0], IDS, id=conversation)["conversation"]
        return {node["id"]: node for node in found["transcript"]["nodes"]}

    def erase(self, source: Source, conversation: str) -> None:
        """Handles a conversation to its end, and erases its customer."""
        self.pick(conversation)
        self.end(conversation)
        self._do(self._agent, "closeConversation", {"conversationId": conversation})
        seen = self._regie.ask(source.tokens[0], CUSTOMER, id=conversation)["conversation"]
        self._do(self._administrator, "eraseCustomer", {"customerId": seen["customer"]["id"]})

    def read(self, source: Source, conversation: str) -> dict[str, Json]:
        """What a supervisor who monitors sees, by the provider's ids; what has none, by its text."""
        self._do(self._supervisor, "monitorConversation", {"conversationId": conversation})
        found = self._regie.ask(self._supervisor, TRANSCRIPT, id=conversation)["conversation"]
        seen = self.ids(source, conversation)

        def name(message_id: str) -> str:
            known = seen.get(message_id)
            return "INTERNAL" if known is None else str(known["externalId"] or known["text"])

        state: dict[str, Any] = {}
        for node in found["transcript"]["nodes"]:
            answered = node.pop("replyTo")
            node["replyTo"] = None if answered is None else name(answered["id"])
            if node["author"] != "CUSTOMER":
                # When it was written differs from run to run.
                del node["sentAt"]
            key = name(node.pop("id"))
            assert key not in state, key
            state[key] = node
        return state

    def _do(self, token: str, name: str, given: Json) -> None:
        self._regie.ask(token, act(name), input=given)
