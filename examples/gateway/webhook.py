"""The HTTP server: the provider's webhook, `/metrics` and `/health`."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from config import Config
from counts import Counts

log = logging.getLogger("gateway.webhook")

MOST_BYTES = 4 * 1024 * 1024
"""The provider sends up to 3 MB."""


def signed(body: bytes, header: str | None, secret: bytes) -> bool:
    """Whether the provider signed these very bytes. Compared in constant time."""
    expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), (header or "").encode())


def challenge(query: str, verify_token: str) -> str | None:
    """What the provider gets when it registers the webhook; none: it is not the provider."""
    asked = parse_qs(query)

    def first(name: str) -> str:
        return asked.get(name, [""])[0]

    if first("hub.mode") != "subscribe":
        return None
    if not hmac.compare_digest(first("hub.verify_token").encode(), verify_token.encode()):
        return None
    return first("hub.challenge")


class Server(ThreadingHTTPServer):
    """Takes webhooks until it is shut down; those that it has begun are finished."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, config: Config, take: Callable[[Any], bool], counts: Counts) -> None:
        self.config, self.take, self.counts = config, take, counts
        super().__init__((config.host, config.port), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 20
    """Seconds that a client may say nothing."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        match address.path:
            case "/webhook":
                answer = challenge(address.query, self.server.config.verify_token)
                self._answer(403 if answer is None else 200, answer or "")
            case "/metrics":
                self._answer(200, self.server.counts.text())
            case "/health":
                self._answer(200, "ok\n")
            case _:
                self._answer(404)

    def do_POST(self) -> None:
        if urlsplit(self.path).path != "/webhook":
            return self._answer(404)
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            return self._answer(411)
        if int(length) > MOST_BYTES:
            return self._answer(413)
        body = self.rfile.read(int(length))
        status = self._take(body)
        self.server.counts.add("webhooks", status=str(status))
        self._answer(status)

    def _take(self, body: bytes) -> int:
        """The status that the webhook is answered with: 200 says that it need not come again."""
        if not signed(body, self.headers.get("X-Hub-Signature-256"), self.server.config.app_secret):
            return 401
        try:
            webhook = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        try:
            return 200 if self.server.take(webhook) else 503
        except Exception as error:
            # Its words may be a customer's; its type and place are ours.
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
            log.error("a webhook was not taken: %s at %s", type(error).__name__, place)
            return 503

    def _answer(self, status: int, text: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if status == 503:
            self.send_header("Retry-After", "5")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The address of a GET has the verify token in it, so requests are counted and not logged."""
