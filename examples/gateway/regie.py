"""Regie: one GraphQL call and what its answer means for us, and the stream of what to send."""

import json
import socket
import ssl
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import Enum
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from calls import POSITION
from config import Config

PATIENCE = 40.0
"""Seconds for an answer. Regie gives a call up after 30 by itself."""
SILENCE = 75.0
"""Seconds without a sign of life after which a stream is taken for dead. Regie gives one every 30."""

MENDED_BY_AN_OPERATOR = frozenset(
    {"ROLE_REQUIRED", "OUT_OF_SCOPE", "TARGET_NOT_FOUND", "QUEUE_KIND_MISMATCH", "CHANNEL_NOT_SUPPORTED"}
)
"""Refusals of our token or configuration, not of the message: once mended, the same call is taken."""
COMES_LATER = frozenset({"MESSAGE_NOT_FOUND", "RATE_LIMITED", "INTERNAL"})
"""What repeating mends by itself. The message that an edit, a reaction or a status is about may be on its way."""
OUR_CONFIGURATION = ("queueId", "workstreamId")
"""Fields whose values are our configuration: what is not valid of them is no fault of the message."""
OUR_REQUEST = frozenset({(status, code) for status in (200, 400, 413) for code in ("INVALID_INPUT", "LIMIT_EXCEEDED")})
"""Status and code of a request that Regie cannot take as we write it. With another status the same codes are about the
way there (408, 503), or about each and every request of ours (405, 406, 415)."""


class Outcome(Enum):
    """What came of a call."""

    TAKEN = "taken"
    LATER = "later"
    """Not now; repeating the very same is safe, and right."""
    UNREACHABLE = "unreachable"
    """No answer, so other calls have none either. It may have been taken: repeating is safe."""
    REFUSED = "refused"
    """Repeating does not mend it: it is the message itself."""
    FAULTY = "faulty"
    """Repeating does not mend it, a better program may: the request is not what Regie can take."""


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    code: str = ""
    """Regie's code, or what was wrong on the way. No word of what anybody wrote."""
    payload: dict[str, Any] | None = None


class StreamEnded(Exception):
    """A stream ended. `code` is Regie's, or empty where the connection was cut."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class Regie:
    """Safe to use by several threads: each call has a connection of its own."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._stream: socket.socket | None = None
        self._stream_lock = threading.Lock()
        self._stopped = False

    def call(self, document: str, payload: str, **variables: Any) -> Answer:
        """Sends an operation, and says what came of it by the field `payload` of its data."""
        connection = self._connection(PATIENCE)
        try:
            response = self._post(connection, document, variables, "application/json")
            body = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            return Answer(Outcome.UNREACHABLE, type(error).__name__)
        finally:
            connection.close()
        return meaning(response.status, body, payload)

    def position(self) -> Answer:
        """Where the event log stands now, as `asOf` of the payload."""
        return self.call(POSITION.document, POSITION.field)

    def follow(self, document: str, **variables: Any) -> Generator[dict[str, Any], None, None]:
        """The data of each event of a subscription, by server-sent events, until it ends with `StreamEnded`."""
        connection = self._connection(SILENCE)
        try:
            response = self._post(connection, document, variables, "text/event-stream")
            if response.headers.get_content_type() != "text/event-stream":
                raise StreamEnded(_first_code(json.loads(response.read())) or f"HTTP_{response.status}")
            for event, data in _events(response):
                if event == "complete":
                    raise StreamEnded
                message = json.loads(data)
                if code := _first_code(message):
                    raise StreamEnded(code)
                yield message["data"]
            raise StreamEnded
        except (OSError, HTTPException, ValueError) as error:
            raise StreamEnded from error
        finally:
            with self._stream_lock:
                self._stream = None
            connection.close()

    def stop(self) -> None:
        """Ends the stream that is being read, from another thread; none begins any more."""
        with self._stream_lock:
            self._stopped = True
            if self._stream is not None:
                try:
                    self._stream.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _connection(self, timeout: float) -> HTTPConnection:
        address = urlsplit(self._config.regie_url)
        if address.scheme == "https":
            context = ssl.create_default_context()
            return HTTPSConnection(address.netloc, timeout=timeout, context=context)
        return HTTPConnection(address.netloc, timeout=timeout)

    def _post(
        self, connection: HTTPConnection, document: str, variables: dict[str, Any], accept: str
    ) -> HTTPResponse:
        # As UTF-8 and not as \u escapes, of which a long text would make more than Regie takes.
        body = json.dumps({"query": document, "variables": variables}, ensure_ascii=False).encode()
        headers = {
            "Authorization": f"Bearer {self._token()}",
            "Content-Type": "application/json",
            "Accept": accept,
        }
        connection.connect()
        if accept == "text/event-stream":
            with self._stream_lock:
                if self._stopped:
                    raise ConnectionAbortedError
                self._stream = connection.sock
        connection.request("POST", urlsplit(self._config.regie_url).path + "/graphql", body, headers)
        return connection.getresponse()

    def _token(self) -> str:
        file = self._config.regie_token_file
        return file.read_text().strip() if file else self._config.regie_token


def meaning(status: int, body: Any, payload: str) -> Answer:
    """What an answer means: the status of HTTP first, then the two lists called `errors`."""
    if code := _first_code(body):
        # The request failed. But for a fault of ours in it, that mends itself, or an operator does it: too many at
        # once, too slow, a token that has ended, a fault of the server.
        return Answer(Outcome.FAULTY if (status, code) in OUR_REQUEST else Outcome.LATER, code)
    try:
        done = body["data"][payload]
        # What a query answers has no such list.
        refusals = [(str(error["code"]), error["path"]) for error in done.get("errors", [])]
    except (AttributeError, KeyError, TypeError):
        return Answer(Outcome.UNREACHABLE, "NOT_AN_ANSWER")
    if not refusals:
        return Answer(Outcome.TAKEN, payload=done)
    code, path = refusals[0]
    is_ours = code == "INVALID_INPUT" and any(field in path for field in OUR_CONFIGURATION)
    if is_ours or code in COMES_LATER or code in MENDED_BY_AN_OPERATOR:
        return Answer(Outcome.LATER, code)
    return Answer(Outcome.REFUSED, code)


def _first_code(body: Any) -> str:
    """The code of the first top-level error; empty: there is none."""
    errors = body.get("errors") if isinstance(body, dict) else None
    if not errors:
        return ""
    try:
        return str(errors[0]["extensions"]["code"])
    except (KeyError, TypeError, IndexError):
        return "UNKNOWN"


def _events(lines: HTTPResponse) -> Iterator[tuple[str, str]]:
    """Name and data of each server-sent event. Comments, the sign of life among them, are passed over."""
    event, data = "message", list[str]()
    for raw in lines:
        line = raw.decode().rstrip("\r\n")
        if not line:
            if data or event != "message":
                yield event, "\n".join(data)
            event, data = "message", []
        elif line.startswith("event:"):
            event = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
