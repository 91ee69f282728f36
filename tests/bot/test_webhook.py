"""The webhook: an update is stored once, whatever comes between, and only then answered 200."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import create_engine, make_url, text

from bot.receive import Receiver
from bot.webhook import LARGEST_UPDATE, announce, create_app, telegram_door
from db.encryption import Vault
from db.models import InboxUpdate
from db.session import Database, sqlalchemy_url
from tests.bot.conftest import AN, BINH, Desk, bot_on
from tests.bot.servers import served
from tests.bot.test_conversation import jobs
from tests.playground.conftest import Playground, run_playground

SECRET = "a-secret-of-thirty-two-letters-01"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
BOT_ID = 424242


def door(database: Database, vault: Vault) -> FastAPI:
    return create_app(database, [telegram_door(BOT_ID, SECRET, database, vault)])


@pytest_asyncio.fixture
async def url(database: Database, vault: Vault) -> AsyncIterator[str]:
    async with served(door(database, vault)) as address:
        yield address


@pytest_asyncio.fixture
async def post(url: str) -> AsyncIterator[Callable[..., Awaitable[httpx.Response]]]:
    """Deliver as Telegram does."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:

        async def deliver(content: Any, secret: str | None = SECRET) -> httpx.Response:
            headers = {HEADER: secret} if secret is not None else {}
            return await client.post("/telegram", content=content, headers=headers)

        yield deliver


@pytest.fixture
def telegram_here(tmp_path: Path) -> Iterator[Playground]:
    """A playground of this test's own, with its own webhook."""
    with run_playground(tmp_path / "playground.sqlite3") as running:
        yield running


def update(number: int, words: str = "Rác chất đống", chat: int = AN) -> bytes:
    person = {"id": chat, "is_bot": False, "first_name": "An"}
    message = {
        "message_id": number,
        "date": 1_790_000_000,
        "chat": {"id": chat, "type": "private", "first_name": "An"},
        "from": person,
        "text": words,
    }
    return json.dumps({"update_id": number, "message": message}).encode()


async def rows(database: Database) -> list[str]:
    async with database.in_transaction() as session:
        query = text("select update_key from inbox order by id")
        return list(await session.scalars(query))


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await is_so():  # noqa: ASYNC110 - it is asked over HTTP.
            await asyncio.sleep(0.02)


async def set_up(telegram: Playground, url: str) -> None:
    async with bot_on(telegram.url) as bot:
        await announce(bot, url, SECRET, "Hải Phòng")


async def until_delivered(telegram: Playground) -> dict[str, Any]:
    async def nothing_waits() -> bool:
        return not telegram.result("getWebhookInfo")["pending_update_count"]

    await until(nothing_waits)
    return dict(telegram.result("getWebhookInfo"))


async def until_refused(telegram: Playground, answer: str) -> None:
    async def is_refused() -> bool:
        failed = telegram.result("getWebhookInfo").get("last_error_message", "")
        return answer in str(failed)

    await until(is_refused)


async def test_what_telegram_delivers_is_stored_with_its_job(
    telegram_here: Playground, url: str, database: Database
) -> None:
    telegram_here.say("trước khi có webhook")  # Kept: nothing that waits is dropped.
    await set_up(telegram_here, url)
    for words in ("một", "hai", "ba"):
        telegram_here.say(words)
    telegram_here.say("của Bình", BINH)
    info = await until_delivered(telegram_here)
    assert "last_error_message" not in info
    assert info["url"] == f"{url}/telegram"
    assert "my_chat_member" in info["allowed_updates"]
    stored = await rows(database)
    assert len(stored) == 5
    assert stored == sorted(stored, key=int)
    locks = [job["lock"] for job in await jobs(database, "handle_update")]
    assert len(locks) == 5
    assert len(set(locks[:4])) == 1
    assert locks[4] != locks[0]


async def test_it_tells_telegram_what_the_bot_is(telegram_here: Playground, url: str) -> None:
    await set_up(telegram_here, url)
    assert telegram_here.result("getMyCommands")[0]["command"] == "start"
    assert "Hải Phòng" in telegram_here.result("getMyDescription")["description"]


async def test_polling_again_takes_the_webhook_away(
    telegram_here: Playground, url: str, database: Database, vault: Vault
) -> None:
    await set_up(telegram_here, url)
    async with bot_on(telegram_here.url) as bot:
        receiver = Receiver(bot, database, vault, "Hải Phòng")
        await receiver.prepare()
        telegram_here.say("lại hỏi")
        await receiver.poll_once()
    assert telegram_here.result("getWebhookInfo")["url"] == ""
    assert len(await rows(database)) == 1


async def test_twice_out_of_order_and_late_is_once(post: Any, database: Database) -> None:
    for number in (5, 3, 5, 9, 4, 3, 9, 1):
        assert (await post(update(number))).status_code == 200
    assert await rows(database) == ["5", "3", "9", "4", "1"]
    assert len(await jobs(database, "handle_update")) == 5


async def test_the_same_update_at_the_same_time_is_once(post: Any, database: Database) -> None:
    answers = await asyncio.gather(*(post(update(7)) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert await rows(database) == ["7"]
    assert len(await jobs(database, "handle_update")) == 1


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "bí mật"])
async def test_without_the_secret_nothing_is_stored_or_said(
    post: Any, database: Database, secret: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = secret.encode() if secret else secret
    answer = await post(update(1, "chuyện riêng"), wrong)
    assert (answer.status_code, answer.content) == (403, b"")
    assert await rows(database) == []
    assert "wrong secret" in caplog.text
    assert "chuyện riêng" not in caplog.text


async def test_the_secret_is_asked_before_the_body(url: str) -> None:
    """The head alone is sent, and answered."""
    address = httpx.URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(b"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n")
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 403")
    writer.close()


async def test_a_body_that_is_no_update_is_cut_off(post: Any, database: Database) -> None:
    too_long = b" " * (LARGEST_UPDATE + 1)

    async def untold() -> AsyncIterator[bytes]:
        yield too_long

    assert (await post(too_long)).status_code == 413
    assert (await post(untold())).status_code == 413
    assert await rows(database) == []


async def test_the_largest_message_fits(post: Any, database: Database) -> None:
    assert (await post(update(1, "😀" * 4096))).status_code == 200
    assert await rows(database) == ["1"]


async def test_half_an_update_is_not_stored(url: str, database: Database) -> None:
    address = httpx.URL(url)
    _, writer = await asyncio.open_connection(address.host, address.port)
    head = (
        f"POST /telegram HTTP/1.1\r\nHost: x\r\n{HEADER}: {SECRET}\r\nContent-Length: 500\r\n\r\n"
    )
    writer.write(head.encode() + update(1)[:60])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        assert (await client.get("/khoe")).status_code == 200
    assert await rows(database) == []


UNREADABLE = [
    b"",
    b"{",
    b'{"update_id": 1, "message": {"text": "\xff\xfe',
    b"[1, 2]",
    b"null",
    b'{"message": {"text": "x"}}',
    b'{"update_id": "5; --"}',
    b'{"update_id": null}',
    b"[" * 200_000,
]


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
async def test_what_nobody_can_read_is_kept_once_and_not_asked_for_again(
    post: Any, desk: Desk, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        assert (await post(body)).status_code == 200
    (row,) = await desk.all(InboxUpdate)
    assert row.update_key.startswith("sha256:")
    kept = json.loads(desk.workshop.vault.decrypt(row.payload))
    assert kept["unreadable"].encode(errors="surrogateescape") == body
    assert "webhook: unreadable" in caplog.text


async def test_the_worker_parks_what_nobody_can_read(post: Any, desk: Desk) -> None:
    await post(b'{"message": {"text": "x"}}')
    (row,) = await desk.all(InboxUpdate)
    with pytest.raises(TypeError) as failure:
        await desk.workshop.handle_update(row.id)
    await desk.workshop.note_failure(row.id, failure.value)
    (row,) = await desk.all(InboxUpdate)
    assert (row.failure, row.handled_at) == ("TypeError", None)
    assert row.payload is not None


async def test_an_update_without_its_number_keeps_no_other_from_being_stored(
    post: Any, database: Database
) -> None:
    await post(b'{"message": {}}')
    await post(update(2))
    assert (await rows(database))[1:] == ["2"]


async def test_there_is_nothing_else(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        assert (await client.get("/telegram")).status_code == 405
        for path in ("/", "/docs", "/openapi.json", "/zalo-that-is-not-there"):
            assert (await client.get(path)).status_code == 404


async def test_a_database_that_is_gone_for_a_while_loses_nothing(
    telegram_here: Playground, url: str, database: Database, database_url: str
) -> None:
    await set_up(telegram_here, url)
    _let_in(database_url, is_open=False)
    try:
        telegram_here.say("trong lúc mất")
        await until_refused(telegram_here, "503")
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            assert (await client.get("/khoe")).status_code == 503
        assert telegram_here.result("getWebhookInfo")["pending_update_count"] == 1
    finally:
        _let_in(database_url, is_open=True)
    await until_delivered(telegram_here)
    assert len(await rows(database)) == 1
    assert len(await jobs(database, "handle_update")) == 1


@pytest_asyncio.fixture(params=["inbox", "procrastinate_jobs"])
async def full_disk(
    request: pytest.FixtureRequest, database: Database
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """PostgreSQL says that its disk is full, at this table; the call makes room."""

    async def run(*statements: str) -> None:
        async with database.in_transaction() as session:
            for statement in statements:
                await session.execute(text(statement))

    async def make_room() -> None:
        await run("drop function if exists no_room() cascade")

    await run(
        "create function no_room() returns trigger language plpgsql as $$ begin"
        " raise exception 'could not extend file' using errcode = '53100'; end $$",
        f"create trigger no_room before insert on {request.param}"
        " for each row execute function no_room()",
    )
    yield make_room
    await make_room()


async def test_a_full_disk_acknowledges_nothing_to_the_webhook(
    telegram_here: Playground, url: str, database: Database, full_disk: Any
) -> None:
    await set_up(telegram_here, url)
    telegram_here.say("đĩa đầy")
    await until_refused(telegram_here, "503")
    assert telegram_here.result("getWebhookInfo")["pending_update_count"] == 1
    assert await rows(database) == []
    await full_disk()
    await until_delivered(telegram_here)
    assert len(await rows(database)) == 1
    assert len(await jobs(database, "handle_update")) == 1


async def test_a_full_disk_confirms_nothing_when_polling(
    telegram_here: Playground,
    database: Database,
    vault: Vault,
    full_disk: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    telegram_here.say("đĩa đầy")
    async with bot_on(telegram_here.url) as bot:
        polling = asyncio.create_task(Receiver(bot, database, vault, "Hải Phòng").run())

        async def is_noticed() -> bool:
            assert not polling.done(), polling.exception()
            return "the database is away" in caplog.text

        await until(is_noticed)
        assert telegram_here.result("getWebhookInfo")["pending_update_count"] == 1
        assert await rows(database) == []
        await full_disk()
        await until_delivered(telegram_here)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
    assert len(await rows(database)) == 1
    assert len(await jobs(database, "handle_update")) == 1


def _let_in(url: str, *, is_open: bool) -> None:
    """PostgreSQL takes no connection to this database, and ends those that there are."""
    name = make_url(url).database
    elsewhere = make_url(sqlalchemy_url(url)).set(database="template1")
    engine = create_engine(elsewhere, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'alter database "{name}" allow_connections {is_open}'))
        if not is_open:
            query = text("select pg_terminate_backend(pid) from pg_stat_activity where datname=:n")
            connection.execute(query, {"n": name})
    engine.dispose()
