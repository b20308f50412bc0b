"""What runs in the tests against Regie: the server itself, gateways as processes, and a provider of our own."""

import hashlib
import hmac
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests import samples

GATEWAY = Path(__file__).parent.parent / "gateway.py"
PATIENCE = 45.0


def wait_for(what: str, is_so: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What `is_so` answers, once it is something."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := is_so():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {patience} s: {what}")


class Process:
    """A process with its log in a file, ended by SIGTERM."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        self._file = log.open("ab")
        self.process = subprocess.Popen(command, env=environment, stdout=self._file, stderr=self._file)

    def address(self) -> str:
        """Where it listens, as its log says."""

        def said() -> str | None:
            assert self.process.poll() is None, self.log.read_text()
            found = re.findall(r"listening on (http://127\.0\.0\.1:\d+)", self.log.read_text())
            return found[-1] if found else None

        return str(wait_for(f"{self.log.name} listens", said))

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            self._file.close()


class Regie:
    """A server on a database of its own."""

    def __init__(self, binary: str, folder: Path) -> None:
        self._binary = binary
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("REGIE_")},
            "REGIE_JWT_SECRET": secrets.token_urlsafe(32),
            "REGIE_DATABASE_URL": f"sqlite://{folder}/regie.db?mode=rwc",
            "REGIE_LISTEN": "127.0.0.1:0",
            "REGIE_REQUESTS_PER_SECOND": "0",
        }
        self._process = Process([binary, "serve"], self._environment, folder / "regie.log")
        self.url = self._process.address()

    def token(self, subject: str, role: str, *more: str) -> str:
        return self._run("token", "--sub", subject, "--role", role, *more).strip()

    def organisation(self, plan: Path) -> dict[str, str]:
        """Makes what a plan says, and answers with the ids by kind and name."""
        made = self._run("init", str(plan), "--url", f"{self.url}/graphql")
        lines = (line.split(maxsplit=3) for line in made.splitlines())
        return {f"{words[1]} {words[3]}": words[2] for words in lines if len(words) == 4}

    def ask(self, token: str, query: str, **variables: Any) -> Any:
        """The data; whatever was refused is an error."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({"query": query, "variables": variables}).encode()
        with urlopen(Request(f"{self.url}/graphql", body, headers), timeout=PATIENCE) as response:
            answer = json.loads(response.read())
        assert not answer.get("errors"), answer["errors"]
        for payload in answer["data"].values():
            assert not (isinstance(payload, dict) and payload.get("errors")), payload["errors"]
        return answer["data"]

    def stop(self) -> int:
        return self._process.stop()

    def _run(self, *arguments: str) -> str:
        command = [self._binary, *arguments]
        return subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout


class Gateway:
    """A gateway's process."""

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        secret = {"GATEWAY_APP_SECRET": samples.SECRET, "GATEWAY_LISTEN": "127.0.0.1:0"}
        environment = {"PATH": os.environ["PATH"], **secret, **settings}
        self._process = Process([sys.executable, str(GATEWAY)], environment, log)
        self.log = log
        self.url = self._process.address()

    def deliver(self, body: Any) -> int:
        """Delivers a signed webhook, and answers with the status; 0 where there is no answer."""
        raw = json.dumps(body).encode()
        signature = hmac.new(samples.SECRET.encode(), raw, hashlib.sha256).hexdigest()
        return self.post(raw, f"sha256={signature}")

    def post(self, raw: bytes, signature: str) -> int:
        request = Request(f"{self.url}/webhook", raw, {"X-Hub-Signature-256": signature})
        try:
            with urlopen(request, timeout=PATIENCE) as response:
                return int(response.status)
        except HTTPError as error:
            return error.code
        except OSError:
            return 0

    def get(self, path: str) -> str:
        with urlopen(f"{self.url}{path}", timeout=PATIENCE) as response:
            return str(response.read().decode())

    def stop(self) -> int:
        return self._process.stop()


Sending = tuple[int, dict[str, Any]]


class Provider:
    """The Cloud API's side of sending. It names a message by whom it is to and what it says, so that two runs have
    the same ids."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        """Id and body of each message that was taken, in order."""
        self.answers: Callable[[dict[str, Any]], Sending | None] = lambda _: None
        """What is answered in place of success, if anything."""
        self.taken: Callable[[str, dict[str, Any]], None] = lambda _id, _message: None
        """Told of each message that was taken, before the gateway is answered."""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, body = provider._answer(message)
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v25.0"

    def _answer(self, message: dict[str, Any]) -> Sending:
        if (refused := self.answers(message)) is not None:
            return refused
        named = external_id(message["to"], said(message))
        self.sent.append((named, message))
        self.taken(named, message)
        contact = {"input": message["to"], "wa_id": message["to"]}
        return 200, {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": named}]}

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def said(message: dict[str, Any]) -> str:
    """What a message that is sent says: its text, its caption, or how it reacts."""
    part = message[message["type"]]
    return str(part.get("body") or part.get("caption") or part.get("emoji") or "")


def external_id(address: str, text: str) -> str:
    return samples.wamid(f"to {address}: {text}")


def failure(status: int, code: int, details: str) -> Sending:
    error = {"message": f"(#{code}) {details}", "type": "OAuthException", "code": code, "error_data": {"details": details}}
    return status, {"error": error}
