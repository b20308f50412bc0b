"""The calls of Regie that this gateway makes, as GraphQL documents."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

CHANNEL = "WHATSAPP"


@dataclass(frozen=True)
class Operation:
    """A document that asks for one field; a mutation takes `$input`."""

    field: str
    document: str


def _mutation(field: str, selection: str) -> Operation:
    name = field[0].upper() + field[1:]
    document = (
        f"mutation {name}($input: {name}Input!) {{ {field}(input: $input) {{ {selection} errors {{ code path }} }} }}"
    )
    return Operation(field, document)


class Act(Enum):
    """What a webhook may ask of Regie."""

    RECEIVE = _mutation("receiveFromCustomer", "conversation { id customer { id erasedAt } } messageId duplicate")
    EDIT = _mutation("editCustomerMessage", "messageId applied")
    REMOVE = _mutation("removeCustomerMessage", "messageId applied")
    REACT = _mutation("reactToMessage", "messageId applied")
    DELIVERY = _mutation("recordDelivery", "messageId applied")


@dataclass(frozen=True)
class Call:
    """One call, made of one message or status of a webhook."""

    act: Act
    input: dict[str, Any]
    provider_id: str
    """The provider's id of the message or status that it was made of: the only thing of it that is ever logged."""
    at: float | None
    """When that was, in seconds since 1970; none: it does not say."""


POSITION = Operation("ongoingConversations", "query Begin { ongoingConversations(first: 1) { asOf } }")
"""Where the event log stands."""

NOTIFICATIONS = """
subscription Out($after: LogCursor, $language: Language!) {
  notifications(after: $after) {
    __typename
    cursor
    conversationId
    ... on MessageNotice {
      message {
        id
        author
        visibility
        text(language: $language)
        replyTo { externalId }
        attachments { kind url reference fileName label latitude longitude }
      }
    }
    ... on ReactionNotice { message { id author externalId reactions { author reaction } } }
  }
}
"""
