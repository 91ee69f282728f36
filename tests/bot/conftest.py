"""The citizen's side on its real parts: PostgreSQL, the real pack, python-telegram-bot and the
playground's Bot API over HTTP. Only Rasa is replaced, by a server that answers from a table."""

import json
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.fernet import Fernet
from sqlalchemy import select
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from app.jobs import Workshop
from bot.conversation import Conversation
from bot.handlers import Handlers
from bot.reading import Reader
from bot.receive import Receiver
from bot.send import Sender as Replies
from bot.telegram import TELEGRAM, Telegram
from bot.understand import Rasa
from bot.voice import Recogniser
from bot.zalo import ZALO
from bot.zalo_handlers import ZaloHandlers
from cases.tables import Tables
from db.encryption import Vault
from db.models import Base, Citizen, InboxUpdate, Reply
from db.session import Database
from routing.tables import PACKS, Pack, load_pack
from tests.playground.conftest import TOKEN, Playground, run_playground

AN, BINH = 1001, 1002
NOW = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)  # 10:00 on a Tuesday in Hải Phòng.
REPORT = "Rác chất đống trước cổng chợ phường Lê Chân cả tuần không ai dọn"
REPORT_WITHOUT_PLACE = "Rác chất đống trước cổng chợ cả tuần không ai dọn"
DENUNCIATION = "Tôi tố cáo ông Trần Văn Tham, chủ tịch phường, ăn tiền đền bù của dân"


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(PACKS / "hai_phong")


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


def parse_of(
    intent: str = "report",
    sure: float = 0.95,
    category: str = "waste_pollution",
    legal_type: str = "phan_anh",
    accused: tuple[str, ...] = (),
) -> dict[str, Any]:
    """A body of Rasa's `POST /model/parse`."""
    entities = [{"entity": "unit", "role": "accused", "value": words} for words in accused]
    return {
        "intent": {"name": intent, "confidence": sure},
        "categories": [{"name": category, "confidence": 0.9}, {"name": "other", "confidence": 0.1}],
        "legal_type": {"name": legal_type, "confidence": 0.9},
        "entities": entities,
    }


@dataclass
class RasaTable:
    """What the stand-in answers to a text; unknown texts are reports about waste."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)

    def answer(self, text: str) -> Any:
        return self.answers.get(text, parse_of())


@pytest.fixture(scope="session")
def rasa_server() -> Iterator[RasaTable]:
    table = RasaTable()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            content = json.dumps(table.answer(json.loads(body)["text"])).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    table.url = f"http://127.0.0.1:{server.server_port}"
    yield table
    server.shutdown()
    server.server_close()


@pytest.fixture
def rasa(rasa_server: RasaTable) -> Iterator[RasaTable]:
    rasa_server.answers = {DENUNCIATION: parse_of(legal_type="to_cao", category="corruption")}
    yield rasa_server
    rasa_server.answers = {}


@pytest.fixture(scope="session")
def telegram() -> Iterator[Playground]:
    with tempfile.TemporaryDirectory() as folder, run_playground(Path(folder) / "p.sqlite3") as one:
        for citizen in (AN, BINH):
            one.say("/start", citizen)  # A bot may only write to who wrote first.
        yield one


@pytest_asyncio.fixture(scope="session")
async def telegram_bot(telegram: Playground) -> AsyncIterator[ExtBot[Any]]:
    async with bot_on(telegram.url) as bot:
        yield bot


def bot_on(url: str) -> ExtBot[Any]:
    return ExtBot(
        TOKEN,
        base_url=f"{url}/bot",
        base_file_url=f"{url}/file/bot",
        request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
        get_updates_request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
    )


@pytest.fixture
def vault() -> Vault:
    return Vault([Fernet.generate_key().decode()], "a look-up key")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Desk:
    """The bot at work: updates in, queued replies out; nothing is sent unless a test does."""

    database: Database
    workshop: Workshop
    handlers: Handlers
    replies: Replies
    receiver: Receiver
    seen: int = 0
    updates: int = 0
    messages: int = 5000

    async def stored(self, **update: Any) -> int:
        """Receive one update; its inbox id."""
        self.updates += 1
        await self.receiver.store([{"update_id": self.updates, **update}])
        async with self.database.in_transaction() as session:
            query = select(InboxUpdate.id).order_by(InboxUpdate.id.desc()).limit(1)
            return (await session.scalars(query)).one()

    async def takes(self, **update: Any) -> list[dict[str, Any]]:
        """Receive and handle one update; what is said to it (taps' acknowledgements apart)."""
        await self.workshop.handle_update(await self.stored(**update))
        return await self.said()

    async def hears(self, text: str, chat: int = AN, **more: Any) -> list[dict[str, Any]]:
        return await self.takes(message=self.message(chat, text=text, **more))

    async def tapped(self, data: str, chat: int = AN) -> list[dict[str, Any]]:
        query = {
            "id": f"q{self.updates}",
            "from": person(chat),
            "chat_instance": "1",
            "data": data,
            "message": self.message(chat, text="…"),
        }
        return await self.takes(callback_query=query)

    async def taps(self, label: str, replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        buttons = [b for reply in replies for row in reply["buttons"] for b in row]
        return await self.tapped(next(b["callback_data"] for b in buttons if b["text"] == label))

    async def files(self, text: str = REPORT) -> str:
        """An files a case; its code."""
        (card,) = await self.hears(text)
        if "Đây là việc mới" in str(card["buttons"]):
            (card,) = await self.taps("Đây là việc mới", [card])
        send = card["buttons"][0][0]["text"]
        (answer,) = await self.taps(send, [card])
        return str(answer["text"].split("Mã vụ việc: ")[1][:9])

    async def said(self) -> list[dict[str, Any]]:
        """The replies queued since the last look."""
        async with self.database.in_transaction() as session:
            query = select(Reply).where(Reply.id > self.seen).order_by(Reply.id)
            replies = list(await session.scalars(query))
        self.seen = max([self.seen, *(reply.id for reply in replies)])
        contents = [reply.content for reply in replies if reply.content is not None]
        return [content for content in contents if "tap" not in content]

    async def counts(self) -> dict[str, int]:
        """How many rows each table holds."""
        async with self.database.in_transaction() as session:
            return {
                table.name: len((await session.execute(select(table))).all())
                for table in Base.metadata.sorted_tables
            }

    async def all(self, model: type[Any]) -> list[Any]:
        async with self.database.in_transaction() as session:
            return list(
                await session.scalars(select(model).order_by(*model.__mapper__.primary_key))
            )

    async def an(self) -> Citizen:
        (citizen,) = await self.all(Citizen)
        assert isinstance(citizen, Citizen)
        return citizen

    def message(self, chat: int = AN, **content: Any) -> dict[str, Any]:
        self.messages += 1
        return {
            "message_id": self.messages,
            "date": 1_790_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "An"},
            "from": person(chat),
            **content,
        }


def person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "An", "last_name": "Nguyễn"}


def command(name: str) -> dict[str, Any]:
    entity = {"type": "bot_command", "offset": 0, "length": len(name) + 1}
    return {"text": f"/{name}", "entities": [entity]}


def photo(file_id: str = "p1", **more: Any) -> dict[str, Any]:
    size = {"file_id": file_id, "file_unique_id": file_id, "width": 9, "height": 9}
    return {"photo": [size], **more}


@pytest.fixture
def recogniser() -> Recogniser | None:
    """Nobody hears recordings, unless a file of tests has an ear."""
    return None


@pytest_asyncio.fixture
async def desk(
    database: Database,
    vault: Vault,
    rasa: RasaTable,
    pack: Pack,
    telegram_bot: ExtBot[Any],
    clock: Clock,
    recogniser: Recogniser | None,
) -> AsyncIterator[Desk]:
    async with at_work(database, vault, rasa, pack, telegram_bot, clock, recogniser) as one:
        yield one


@asynccontextmanager
async def at_work(
    database: Database,
    vault: Vault,
    rasa: RasaTable,
    pack: Pack,
    telegram_bot: ExtBot[Any],
    clock: Clock,
    recogniser: Recogniser | None = None,
) -> AsyncIterator[Desk]:
    client, tables = Rasa(rasa.url), Tables(PACKS / "hai_phong", pack)
    conversation = Conversation(database, vault, client, tables, clock, recogniser)
    handlers = Handlers(conversation, clock, telegram_bot)
    readers: dict[str, Reader] = {TELEGRAM: handlers, ZALO: ZaloHandlers(conversation, clock)}
    workshop = Workshop(database, vault, client, tables, conversation, readers, clock)
    replies = Replies({TELEGRAM: Telegram(telegram_bot)}, database, vault, tables, clock)
    await handlers.application.initialize()
    receiver = Receiver(telegram_bot, database, vault, pack.name)
    yield Desk(database, workshop, handlers, replies, receiver)
    await client.close()
