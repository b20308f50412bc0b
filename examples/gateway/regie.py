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


class Outcome(Enum):
    """What came of a call."""

    TAKEN = "taken"
    LATER = "later"
    """Not now; repeating the very same is safe, and right."""
    UNREACHABLE = "unreachable"
    """No answer, so other calls have none either. It may have been taken: repeating is safe."""
    REFUSED = "refused"
    """Repeating does not mend it."""


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
        """Sends a mutation, and says what came of it by the field `payload` of its data."""
        connection = self._connection(PATIENCE)
        try:
            response = self._post(connection, document, variables, "application/json")
            body = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            return Answer(Outcome.UNREACHABLE, type(error).__name__)
        finally:
            connection.close()
        return meaning(body, payload)

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


def meaning(body: Any, payload: str) -> Answer:
    """What an answer means: the two lists called `errors` say it, whatever the status of HTTP."""
    if code := _first_code(body):
        # The request failed: too many, a token that has ended, a fault. None of it is the message's fault.
        return Answer(Outcome.LATER, code)
    try:
        done = body["data"][payload]
        codes = [str(error["code"]) for error in done["errors"]]
    except (KeyError, TypeError):
        return Answer(Outcome.UNREACHABLE, "NOT_AN_ANSWER")
    if not codes:
        return Answer(Outcome.TAKEN, payload=done)
    if codes[0] in COMES_LATER or codes[0] in MENDED_BY_AN_OPERATOR:
        return Answer(Outcome.LATER, codes[0])
    return Answer(Outcome.REFUSED, codes[0])


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
