"""What must outlive a restart: how far we have read, whom to answer, and what was sent. One small SQLite file.

Addresses of customers are in it, and texts only in webhooks that were kept aside. Delete those of a customer whom you
erase in Regie.
"""

import fcntl
import sqlite3
import threading
import time
from pathlib import Path
from typing import IO, Any

KEPT_SECONDS = 31 * 24 * 3600
"""How long it is known what was sent: longer than Regie keeps events, which is how far back a cursor can lie."""

_SHAPE = """
CREATE TABLE IF NOT EXISTS cursor (only INTEGER PRIMARY KEY CHECK (only = 1), value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS address (conversation TEXT PRIMARY KEY, customer TEXT NOT NULL, address TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sent (
    message TEXT, part INTEGER, external TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (message, part)
);
CREATE TABLE IF NOT EXISTS aside (webhook TEXT PRIMARY KEY);
"""


class State:
    """Several processes on one machine may share the file."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._file = file
        self._sender: IO[str] | None = None
        self._database = sqlite3.connect(file, timeout=30, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_SHAPE)
        self._write("DELETE FROM sent WHERE at < ?", time.time() - KEPT_SECONDS)

    def cursor(self) -> str | None:
        """Where to go on; none: we have never read anything."""
        return self._one("SELECT value FROM cursor")

    def keep_cursor(self, cursor: str) -> None:
        self._write("INSERT INTO cursor VALUES (1, ?) ON CONFLICT DO UPDATE SET value = excluded.value", cursor)

    def begin_at(self, cursor: str) -> None:
        """Where to begin, if we have never read anything."""
        self._write("INSERT INTO cursor VALUES (1, ?) ON CONFLICT DO NOTHING", cursor)

    def forget_cursor(self) -> None:
        self._write("DELETE FROM cursor")

    def keep_address(self, conversation: str, customer: str, address: str) -> None:
        """Where what is written in this conversation goes: the address from which the customer wrote last."""
        if self.address(conversation) != address:
            self._write(
                "INSERT INTO address VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET address = excluded.address",
                conversation, customer, address,
            )  # fmt: skip

    def address(self, conversation: str) -> str | None:
        return self._one("SELECT address FROM address WHERE conversation = ?", conversation)

    def sent(self, message: str, part: int) -> tuple[str, float] | None:
        """The provider's id of this part of a message of Regie, and when it was sent; none: it was not."""
        row = self._row("SELECT external, at FROM sent WHERE message = ? AND part = ?", message, part)
        return None if row is None else (str(row[0]), float(row[1]))

    def keep_sent(self, message: str, part: int, external: str, at: float) -> None:
        self._write("INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?)", message, part, external, at)

    def keep_aside(self, webhook: str) -> None:
        """Keeps a webhook of which Regie could not take something as this program asked for it."""
        self._write("INSERT INTO aside VALUES (?) ON CONFLICT DO NOTHING", webhook)

    def aside(self) -> list[str]:
        with self._lock:
            rows = self._database.execute("SELECT webhook FROM aside ORDER BY rowid").fetchall()
        return [str(row[0]) for row in rows]

    def drop_aside(self, webhook: str) -> None:
        self._write("DELETE FROM aside WHERE webhook = ?", webhook)

    def become_sender(self) -> bool:
        """Whether this is the one process that sends. It is until it ends; then another one of the file's may be."""
        if self._sender is None:
            lock = open(f"{self._file}.sender", "w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                return False
            self._sender = lock
        return True

    def close(self) -> None:
        with self._lock:
            self._database.close()
        if self._sender is not None:
            self._sender.close()

    def _one(self, query: str, *values: object) -> str | None:
        row = self._row(query, *values)
        return None if row is None else str(row[0])

    def _row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._database.execute(query, values).fetchone()
        return row

    def _write(self, statement: str, *values: object) -> None:
        with self._lock:
            self._database.execute(statement, values)
