"""gql (PyPI): queries and mutations over HTTP by aiohttp, subscriptions over graphql-transport-ws.

The same steps as scenario.mjs, in another language and with another implementation of the protocols.
"""

import asyncio
import os

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport


class Socket(WebsocketsTransport):
    """gql 4 looks for `Sec-WebSocket-Protocol` in exactly these letters, though the names of HTTP headers have no
    case, and else falls back to an older protocol. It asked for one protocol only, and was accepted."""

    async def _after_connect(self) -> None:
        self.subprotocol = self.GRAPHQLWS_SUBPROTOCOL


BASE = os.environ["BASE_URL"]
LIMIT = 30  # seconds for any one answer

ONGOING = gql("query { ongoingConversations(first: 100) { asOf edges { node { id state } } } }")
QUEUE = gql(
    """mutation {
      createQueue(input: { name: "Returns" }) { queue { id } errors { code message } }
      createWorkstream(input: { name: "Chat" }) { workstream { id } errors { code message } }
      updateSupervisorSettings(input: { supervisorForceClose: true }) { errors { code message } }
    }"""
)
START = gql(
    """mutation Start($queue: ID!, $workstream: ID!) {
      startConversation(input: { channel: LIVE_CHAT, queueId: $queue, workstreamId: $workstream }) {
        conversation { id } errors { code message }
      }
    }"""
)
WRITE = gql(
    """mutation Write($id: ID!, $text: String!) {
      receiveCustomerMessage(input: { conversationId: $id, text: $text }) {
        messageId errors { code message }
      }
    }"""
)
CLOSE = gql(
    """mutation Close($id: ID!, $key: String!) {
      forceCloseConversation(input: { conversationId: $id, reason: "a test", idempotencyKey: $key }) {
        conversation { statusReason } asOf errors { code message }
      }
    }"""
)
CHANGES = gql(
    """subscription Changes($after: LogCursor) {
      conversationChanges(after: $after) {
        ... on ConversationChangeEvent {
          cursor change { __typename ... on MessagePosted { messageId } } conversation { id }
        }
      }
    }"""
)


def http(role: str) -> Client:
    headers = {"Authorization": f"Bearer {os.environ[role]}"}
    return Client(transport=AIOHTTPTransport(url=f"{BASE}/graphql", headers=headers))


async def ask(client: Client, document, **variables):
    """The data, of which no payload refused anything."""
    request = document
    request.variable_values = variables
    data = await client.execute_async(request)
    for payload in data.values():
        assert not payload.get("errors"), payload
    return data


async def messages(conversation: str, after: str, count: int) -> tuple[list[str], str]:
    """The ids of the next so many messages of the conversation, and the last cursor."""
    transport = Socket(
        url=f"{BASE.replace('http', 'ws', 1)}/graphql",
        init_payload={"authorization": f"Bearer {os.environ['SUPERVISOR']}"},
        subprotocols=[Socket.GRAPHQLWS_SUBPROTOCOL],
    )
    found: list[str] = []
    async with Client(transport=transport) as session:
        request = CHANGES
        request.variable_values = {"after": after}
        async for data in session.subscribe(request):
            event = data["conversationChanges"]
            ours = event.get("conversation", {}).get("id") == conversation
            if ours and event["change"]["__typename"] == "MessagePosted":
                found.append(event["change"]["messageId"])
                after = event["cursor"]
            if len(found) == count:
                break
    return found, after


async def main() -> None:
    supervisor, gateway = http("SUPERVISOR"), http("GATEWAY")
    made = await ask(http("ADMINISTRATOR"), QUEUE)
    places = {
        "queue": made["createQueue"]["queue"]["id"],
        "workstream": made["createWorkstream"]["workstream"]["id"],
    }
    conversation = (await ask(gateway, START, **places))["startConversation"]["conversation"]["id"]
    ongoing = (await ask(supervisor, ONGOING))["ongoingConversations"]
    assert conversation in [edge["node"]["id"] for edge in ongoing["edges"]]

    after, expected = ongoing["asOf"], []
    for text in ("Hello?", "Is anybody there?"):
        written = await ask(gateway, WRITE, id=conversation, text=text)
        expected.append(written["receiveCustomerMessage"]["messageId"])
    # One, then a new connection from its cursor: the other, and no gap between.
    first, after = await asyncio.wait_for(messages(conversation, after, 1), LIMIT)
    second, after = await asyncio.wait_for(messages(conversation, after, 1), LIMIT)
    assert first + second == expected, (first, second, expected)

    closing = {"id": conversation, "key": f"gql-close-{conversation}"}
    once = (await ask(supervisor, CLOSE, **closing))["forceCloseConversation"]
    again = (await ask(supervisor, CLOSE, **closing))["forceCloseConversation"]
    assert once["conversation"]["statusReason"] == "FORCE_CLOSED_BY_SUPERVISOR"
    assert once["asOf"] == again["asOf"], "a repeat is answered from the first outcome"
    print("gql: query, mutation, subscription and resume")


asyncio.run(main())
