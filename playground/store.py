"""What the local Telegram remembers, in one SQLite file.

Identifiers come from AUTOINCREMENT keys, so neither a restart nor a deletion ever gives one out
twice. A new file starts its update ids at the present second: a bot that kept its own database
while the playground's file was thrown away still sees ids that it has not met.

Writes are plain statements; what must happen together is wrapped in `with store.transaction()`.
All calls come from one event loop, which is what makes one connection enough.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Json = dict[str, Any]
Sender = Literal["bot", "citizen"]

FIRST_CITIZEN_ID = 1001

_SCHEMA = """
CREATE TABLE IF NOT EXISTS citizens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  started INTEGER NOT NULL DEFAULT 0,
  blocked INTEGER NOT NULL DEFAULT 0,
  keyboard TEXT
);
CREATE TABLE IF NOT EXISTS messages (
  message_id INTEGER PRIMARY KEY AUTOINCREMENT,
  chat_id INTEGER NOT NULL REFERENCES citizens(id),
  sender TEXT NOT NULL CHECK (sender IN ('bot', 'citizen')),
  body TEXT NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  change INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_of_a_chat ON messages (chat_id, change);
CREATE TABLE IF NOT EXISTS updates (
  update_id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS callback_queries (
  id TEXT PRIMARY KEY,
  chat_id INTEGER NOT NULL,
  asked_at INTEGER NOT NULL,
  answer TEXT
);
CREATE TABLE IF NOT EXISTS files (
  file_id TEXT PRIMARY KEY,
  file_path TEXT NOT NULL,
  unique_id TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  file_name TEXT,
  content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS files_by_path ON files (file_path);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Citizen:
    """An invented person; the private chat with the bot has the same id."""

    id: int
    first_name: str
    last_name: str
    started: bool
    blocked: bool
    keyboard: Json | None


@dataclass(frozen=True)
class Message:
    """One bubble. `body` is a Bot API Message without its `message_id`; `change` orders writes."""

    message_id: int
    chat_id: int
    sender: Sender
    body: Json
    deleted: bool
    change: int


@dataclass(frozen=True)
class StoredFile:
    file_id: str
    file_path: str
    unique_id: str
    mime_type: str
    file_name: str | None
    content: bytes


@dataclass(frozen=True)
class CallbackQuery:
    id: str
    chat_id: int
    asked_at: int
    answer: Json | None


class Store:
    """The SQLite file at `path`, made when missing; `first_update_id` is for a new file only."""

    def __init__(self, path: Path, first_update_id: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The connection is made where the app is built and used in the thread that serves it.
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self._start_sequence("citizens", FIRST_CITIZEN_ID)
        self._start_sequence("updates", first_update_id)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All the writes inside happen, or none."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # Citizens

    def add_citizen(self, first_name: str, last_name: str) -> Citizen:
        row_id = self._insert(
            "INSERT INTO citizens (first_name, last_name) VALUES (?, ?)", first_name, last_name
        )
        return Citizen(row_id, first_name, last_name, started=False, blocked=False, keyboard=None)

    def citizen(self, citizen_id: int) -> Citizen | None:
        row = self._row("SELECT * FROM citizens WHERE id = ?", citizen_id)
        return None if row is None else _read_citizen(row)

    def citizens(self) -> list[Citizen]:
        return [_read_citizen(row) for row in self._rows("SELECT * FROM citizens ORDER BY id")]

    def mark_started(self, citizen_id: int) -> None:
        self._db.execute("UPDATE citizens SET started = 1 WHERE id = ?", (citizen_id,))

    def mark_blocked(self, citizen_id: int, blocked: bool) -> None:
        self._db.execute("UPDATE citizens SET blocked = ? WHERE id = ?", (blocked, citizen_id))

    def show_keyboard(self, citizen_id: int, keyboard: Json | None) -> None:
        value = None if keyboard is None else _dump(keyboard)
        self._db.execute("UPDATE citizens SET keyboard = ? WHERE id = ?", (value, citizen_id))

    # Messages

    def add_message(self, chat_id: int, sender: Sender, body: Json) -> Message:
        change = self._next_change()
        message_id = self._insert(
            "INSERT INTO messages (chat_id, sender, body, change) VALUES (?, ?, ?, ?)",
            chat_id,
            sender,
            _dump(body),
            change,
        )
        return Message(message_id, chat_id, sender, body, deleted=False, change=change)

    def message(self, chat_id: int, message_id: int) -> Message | None:
        """The message if it is in that chat and not deleted."""
        row = self._row(
            "SELECT * FROM messages WHERE message_id = ? AND chat_id = ? AND NOT deleted",
            message_id,
            chat_id,
        )
        return None if row is None else _read_message(row)

    def messages(self, chat_id: int, after: int, since: int) -> list[Message]:
        """Those with a greater id than `after`, written or changed later than change `since`."""
        rows = self._rows(
            "SELECT * FROM messages WHERE chat_id = ? AND message_id > ? AND change > ?"
            " ORDER BY message_id",
            chat_id,
            after,
            since,
        )
        return [_read_message(row) for row in rows]

    def last_message(self, chat_id: int) -> Message | None:
        row = self._row(
            "SELECT * FROM messages WHERE chat_id = ? AND NOT deleted"
            " ORDER BY message_id DESC LIMIT 1",
            chat_id,
        )
        return None if row is None else _read_message(row)

    def replace_message(self, message_id: int, body: Json) -> None:
        self._db.execute(
            "UPDATE messages SET body = ?, change = ? WHERE message_id = ?",
            (_dump(body), self._next_change(), message_id),
        )

    def delete_message(self, message_id: int) -> None:
        self._db.execute(
            "UPDATE messages SET deleted = 1, change = ? WHERE message_id = ?",
            (self._next_change(), message_id),
        )

    # Updates that the bot has not confirmed yet

    def add_update(self, kind: str, payload: Json) -> int:
        return self._insert(
            "INSERT INTO updates (kind, payload) VALUES (?, ?)", kind, _dump(payload)
        )

    def updates(self, limit: int) -> list[Json]:
        """The oldest `limit` unconfirmed updates as the Bot API shows them."""
        rows = self._rows("SELECT * FROM updates ORDER BY update_id LIMIT ?", limit)
        return [
            {"update_id": row["update_id"], row["kind"]: json.loads(row["payload"])} for row in rows
        ]

    def confirm_updates(self, before: int) -> None:
        """Forget every update with an id lower than `before`."""
        self._db.execute("DELETE FROM updates WHERE update_id < ?", (before,))

    def keep_last_updates(self, count: int) -> None:
        """Forget all but the newest `count`: what a negative offset asks for."""
        self._db.execute(
            "DELETE FROM updates WHERE update_id NOT IN"
            " (SELECT update_id FROM updates ORDER BY update_id DESC LIMIT ?)",
            (count,),
        )

    def count_updates(self) -> int:
        row = self._row("SELECT count(*) AS n FROM updates")
        assert row is not None
        return int(row["n"])

    # Taps on buttons

    def add_callback_query(self, query_id: str, chat_id: int, asked_at: int) -> None:
        self._db.execute(
            "INSERT INTO callback_queries (id, chat_id, asked_at) VALUES (?, ?, ?)",
            (query_id, chat_id, asked_at),
        )

    def callback_query(self, query_id: str) -> CallbackQuery | None:
        row = self._row("SELECT * FROM callback_queries WHERE id = ?", query_id)
        if row is None:
            return None
        answer = None if row["answer"] is None else json.loads(row["answer"])
        return CallbackQuery(row["id"], row["chat_id"], row["asked_at"], answer)

    def answer_callback_query(self, query_id: str, answer: Json) -> None:
        self._db.execute(
            "UPDATE callback_queries SET answer = ? WHERE id = ?", (_dump(answer), query_id)
        )

    # Files

    def add_file(
        self, folder: str, suffix: str, mime_type: str, file_name: str | None, content: bytes
    ) -> StoredFile:
        number = self._count_up("file_number")
        file = StoredFile(
            file_id=secrets.token_urlsafe(36),
            file_path=f"{folder}/file_{number}{suffix}",
            unique_id=f"AQAD{number:08d}",
            mime_type=mime_type,
            file_name=file_name,
            content=content,
        )
        self._db.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)",
            (file.file_id, file.file_path, file.unique_id, mime_type, file_name, content),
        )
        return file

    def file(self, file_id: str) -> StoredFile | None:
        row = self._row("SELECT * FROM files WHERE file_id = ?", file_id)
        return None if row is None else StoredFile(**row)

    def file_at(self, file_path: str) -> StoredFile | None:
        row = self._row("SELECT * FROM files WHERE file_path = ?", file_path)
        return None if row is None else StoredFile(**row)

    # Settings: JSON values by name

    def setting(self, name: str) -> Any:
        """The value, or None when it was never set."""
        row = self._row("SELECT value FROM settings WHERE name = ?", name)
        return None if row is None else json.loads(row["value"])

    def change_setting(self, name: str, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, _dump(value)))

    # Below the surface

    def _start_sequence(self, table: str, first: int) -> None:
        if self._row("SELECT 1 FROM sqlite_sequence WHERE name = ?", table) is None:
            self._db.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, first - 1))

    def _next_change(self) -> int:
        return self._count_up("change")

    def _count_up(self, name: str) -> int:
        number = int(self.setting(name) or 0) + 1
        self.change_setting(name, number)
        return number

    def _insert(self, sql: str, *values: object) -> int:
        row_id = self._db.execute(sql, values).lastrowid
        assert row_id is not None
        return row_id

    def _row(self, sql: str, *values: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def _rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read_citizen(row: sqlite3.Row) -> Citizen:
    keyboard = None if row["keyboard"] is None else json.loads(row["keyboard"])
    return Citizen(
        row["id"],
        row["first_name"],
        row["last_name"],
        bool(row["started"]),
        bool(row["blocked"]),
        keyboard,
    )


def _read_message(row: sqlite3.Row) -> Message:
    return Message(
        row["message_id"],
        row["chat_id"],
        row["sender"],
        json.loads(row["body"]),
        bool(row["deleted"]),
        row["change"],
    )
