"""Zalo through the playground's Zalo over HTTP: calls, errors, updates in, choices by number."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from bot import vietnamese
from bot.channel import Blocked, OutOfReach, Refused, SlowDown, Unclear
from bot.send import Sender
from bot.webhook import ZALO_PATH, create_app, zalo_door
from bot.zalo import LARGEST_FILE, ZALO, Zalo, ZaloApi
from bot.zalo_receive import ZaloReceiver
from cases.lifecycle import ANSWERED
from cases.notices import notify
from cases.tables import Tables
from db.models import Attachment, Case, Citizen, InboxUpdate, Reply
from playground.limits import SendLimits
from playground.server import ZALO_BASE
from playground.zalo import user_id
from routing.tables import PACKS, Pack
from tests.bot.conftest import REPORT, REPORT_WITHOUT_PLACE, Clock, Desk, RasaTable, parse_of
from tests.bot.servers import answering, served
from tests.playground.conftest import Playground, png, run_playground

TOKEN = "77001:TEST-token-of-zalo"
SECRET = "a-secret-of-thirty-two-letters-01"
AN = 1001


@pytest.fixture
def zalo(tmp_path: Path) -> Iterator[Playground]:
    with run_playground(tmp_path / "p.sqlite3", zalo_token=TOKEN) as running:
        yield running


@pytest_asyncio.fixture
async def api(zalo: Playground) -> AsyncIterator[ZaloApi]:
    one = ZaloApi(TOKEN, zalo.url + ZALO_BASE)
    yield one
    await one.close()


def writes(zalo: Playground, text: str, citizen: int = AN) -> None:
    answer = zalo.http.post(f"{ZALO_BASE}/api/chats/{citizen}/messages", json={"text": text})
    assert answer.status_code == 201, answer.text


def shows(zalo: Playground, picture: bytes, caption: str = "", kind: str = "photo") -> None:
    files = {kind: ("x", picture, "application/octet-stream")}
    url = f"{ZALO_BASE}/api/chats/{AN}/messages"
    answer = zalo.http.post(url, files=files, data={"caption": caption})
    assert answer.status_code == 201, answer.text


def reads(zalo: Playground, citizen: int = AN) -> list[str]:
    url = f"{ZALO_BASE}/api/chats/{citizen}/messages"
    found = zalo.http.get(url, params={"from": "bot"}).json()["messages"]
    return [message["text"] for message in found]


@dataclass
class Street:
    """Zalo from end to end: what An writes is received, handled and answered."""

    zalo: Playground
    desk: Desk
    receiver: ZaloReceiver
    sender: Sender
    seen: int = field(default=0)

    async def says(self, text: str) -> list[str]:
        writes(self.zalo, text)
        await self.receiver.poll_once()
        return await self.handled()

    async def handled(self) -> list[str]:
        """Handle what was received, send what was queued; what An reads since the last look."""
        for row in await self.desk.all(InboxUpdate):
            await self.desk.workshop.handle_update(row.id)
        await self.send_all()
        shown = reads(self.zalo)
        new, self.seen = shown[self.seen :], len(shown)
        return new

    async def send_all(self) -> None:
        for reply in await self.desk.all(Reply):
            await self.sender.send(reply.id)

    async def number_of(self, label: str) -> str:
        citizen = await self.desk.an()
        return str(next(c["number"] for c in citizen.choices if c["label"] == label))


@pytest_asyncio.fixture
async def street(
    zalo: Playground, desk: Desk, api: ZaloApi, vault: Any, pack: Pack, clock: Clock
) -> Street:
    tables = Tables(PACKS / "hai_phong", pack)
    sender = Sender({ZALO: Zalo(api)}, desk.database, vault, tables, clock)
    return Street(zalo, desk, ZaloReceiver(api, desk.database, vault), sender)


# --- the conversation -----------------------------------------------------------------------


async def test_a_case_is_filed_by_typing_the_number_of_send(street: Street) -> None:
    (card,) = await street.says(REPORT)
    assert "Tin nhắn đi qua máy chủ của Zalo" in card
    assert card.endswith(
        "Trả lời bằng một số:\n1. Đồng ý và gửi\n2. Sửa\n3. Ẩn danh\n4. Thêm ảnh\n5. Hủy"
    )
    (filed,) = await street.says("1")
    assert "Mã vụ việc: PA-" in filed
    (case,) = await street.desk.all(Case)
    assert case.text == REPORT


async def test_the_words_of_a_choice_are_a_choice(street: Street) -> None:
    await street.says(REPORT)
    (filed,) = await street.says("dong y va gui")
    assert "Mã vụ việc" in filed


async def test_a_number_that_answers_no_open_question_is_words(street: Street) -> None:
    await street.says(REPORT)
    await street.says("1")
    (answer,) = await street.says("1")
    assert "không còn dùng được" not in answer
    assert len(await street.desk.all(Case)) == 1


async def test_a_number_with_no_choice_of_that_number_is_a_house_number(street: Street) -> None:
    (question,) = await street.says(REPORT_WITHOUT_PLACE)
    assert question.startswith(vietnamese.ON_CHANNEL["zalo"]["ASK_PLACE"])
    replies = await street.says("số 112 phường Lê Chân")
    assert "Phường Lê Chân" in replies[-1]


ANSWER = {
    "answer": "Đã dọn sạch chiều 10/11.",
    "done_on": "2026-11-10",
    "done_by": "UBND",
    "no_evidence": "Không chụp được ảnh.",
    "files": 0,
    "days": 15,
}


async def test_two_open_questions_never_share_a_number(
    street: Street, pack: Pack, rasa: RasaTable
) -> None:
    """An answer to an older case arrives while a card is open: "1" still means the card's."""
    await street.says(REPORT)
    await street.says("1")
    (old,) = await street.desk.all(Case)
    other = "Đèn đường ngõ 7 phường Lê Chân hỏng cả tháng, tối om không ai sửa"
    rasa.answers[other] = parse_of(category="lighting_trees")
    await street.says(other)
    async with street.desk.database.in_transaction() as session:
        case = await session.get_one(Case, old.id)
        case.state = ANSWERED
        await notify(session, case, "answered", responder="UBND", **ANSWER)
    await street.send_all()
    citizen = await street.desk.an()
    numbers = [choice["number"] for choice in citizen.choices]
    assert len(numbers) == len(set(numbers))
    assert "Gửi" in [c["label"] for c in citizen.choices]
    assert int(await street.number_of("Đã giải quyết")) > 5
    replies = await street.says("1")
    assert any("Mã vụ việc" in reply for reply in replies)
    assert (await street.desk.all(Case))[0].state == ANSWERED


async def test_a_reply_that_is_sent_again_keeps_its_numbers(street: Street) -> None:
    await street.says(REPORT)
    async with street.desk.database.in_transaction() as session:
        reply = (await session.scalars(select(Reply).order_by(Reply.id).limit(1))).one()
        button = {"text": "Có", "callback_data": "x:1"}
        reply.content = {"text": "Hỏi lại", "buttons": [[button]]}
    for _ in range(2):
        async with street.desk.database.in_transaction() as session:
            (await session.get_one(Reply, reply.id)).sent_at = None
            (await session.get_one(Reply, reply.id)).content = reply.content
        await street.sender.send(reply.id)
    assert [c["number"] for c in (await street.desk.an()).choices] == [1]


async def test_pictures_are_kept_and_fetched(street: Street) -> None:
    shows(street.zalo, png(4, 3), REPORT)
    await street.receiver.poll_once()
    await street.handled()
    await street.says("1")
    (file,) = await street.desk.all(Attachment)
    await street.sender.fetch_attachment(file.id)
    async with street.desk.database.in_transaction() as session:
        kept = await session.get_one(Attachment, file.id)
        assert (kept.kind, await session.scalar(select(Attachment.content))) == ("photo", png(4, 3))
        assert kept.case_id is not None


async def test_pictures_sent_together_are_answered_once(street: Street) -> None:
    for shade in range(3):
        shows(street.zalo, png(3 + shade, 3))
        await street.receiver.poll_once()
    replies = await street.handled()
    assert len(replies) == 1
    assert len(await street.desk.all(Attachment)) == 3


@pytest.mark.parametrize("kind", ["voice", "document"])
async def test_what_zalo_does_not_tell_is_answered_in_words(street: Street, kind: str) -> None:
    shows(street.zalo, b"anything", kind=kind)
    await street.receiver.poll_once()
    (answer,) = await street.handled()
    assert answer == vietnamese.ON_CHANNEL["zalo"]["UNREADABLE"]


async def test_commands_are_typed(street: Street) -> None:
    (guide,) = await street.says("/huongdan")
    assert "trả lời bằng số" in guide
    (welcome,) = await street.says("/start w_11383")
    assert "Phường Lê Chân" in welcome


async def test_my_data_comes_as_messages(street: Street) -> None:
    await street.says(REPORT)
    await street.says("1")
    await street.says("/quyenrieng")
    replies = await street.says(await street.number_of("Xem dữ liệu của tôi"))
    assert REPORT in "".join(replies)
    assert all(len(reply) <= 2000 for reply in replies)


# --- in -------------------------------------------------------------------------------------


async def test_the_same_message_twice_is_stored_once(
    zalo: Playground, desk: Desk, api: ZaloApi, vault: Any
) -> None:
    receiver = ZaloReceiver(api, desk.database, vault)
    writes(zalo, REPORT)
    (update,) = await api.updates(1)
    for _ in range(2):
        await receiver.keep(update)
    assert len(await desk.all(InboxUpdate)) == 1


async def test_a_group_is_not_answered(street: Street) -> None:
    update = {
        "event_name": "message.text.received",
        "message": {
            "chat": {"id": "g1", "chat_type": "GROUP"},
            "message_id": "1",
            "date": 1,
            "text": REPORT,
        },
    }
    await street.receiver.keep(update)
    assert await street.handled() == []
    assert await street.desk.all(Citizen) == []


async def test_what_nobody_can_read_is_kept(street: Street) -> None:
    await street.receiver.keep({"event_name": "message.text.received"})
    (row,) = await street.desk.all(InboxUpdate)
    assert row.update_key.startswith("sha256:")


async def test_nothing_came_is_no_error(api: ZaloApi) -> None:
    assert await api.updates(0) == []


async def test_polling_takes_the_webhook_away_and_the_other_way_round(
    zalo: Playground, desk: Desk, api: ZaloApi, vault: Any
) -> None:
    receiver = ZaloReceiver(api, desk.database, vault)
    await receiver.announce("https://bot.example.vn/zalo", "a-secret-of-the-test-01")
    info = await api.call("getWebhookInfo")
    assert info["url"] == "https://bot.example.vn/zalo"
    with pytest.raises(Refused):
        await api.updates(0)
    await receiver.forget_webhook()
    assert await api.updates(0) == []


async def test_zalos_webhook_stores_each_message_once_and_before_it_is_confirmed(
    zalo: Playground, desk: Desk, api: ZaloApi, vault: Any
) -> None:
    door = zalo_door(api.bot_id, SECRET, desk.database, vault)
    app = create_app(desk.database, [door])
    receiver = ZaloReceiver(api, desk.database, vault)
    async with served(app) as url:
        await receiver.announce(url + ZALO_PATH, SECRET)
        writes(zalo, REPORT)
        writes(zalo, "thêm một câu nữa")
        async with asyncio.timeout(30):
            while len(await desk.all(InboxUpdate)) < 2:  # noqa: ASYNC110 - filled by a server.
                await asyncio.sleep(0.05)
        again = {"ok": True, "result": await _stored_update(desk, vault)}
        headers = {"X-Bot-Api-Secret-Token": SECRET}
        async with httpx.AsyncClient(trust_env=False) as client:
            for given, status in ((headers, 200), ({}, 403)):
                answer = await client.post(url + ZALO_PATH, json=again, headers=given)
                assert answer.status_code == status
    assert len(await desk.all(InboxUpdate)) == 2


async def _stored_update(desk: Desk, vault: Any) -> dict[str, Any]:
    row = (await desk.all(InboxUpdate))[0]
    update: dict[str, Any] = json.loads(vault.decrypt(row.payload))
    return update


# --- errors ---------------------------------------------------------------------------------


async def test_who_blocked_the_bot_is_told_apart(zalo: Playground, api: ZaloApi) -> None:
    writes(zalo, "xin chào")
    zalo.http.post(f"{ZALO_BASE}/api/chats/{AN}/block")
    with pytest.raises(Blocked):
        await Zalo(api).say(user_id(AN), "x", [])


async def test_too_many_are_told_how_long_to_wait(tmp_path: Path) -> None:
    limits = SendLimits(lambda: 0.0)
    with run_playground(tmp_path / "q.sqlite3", zalo_token=TOKEN, limits=limits) as running:
        writes(running, "xin chào")
        api = ZaloApi(TOKEN, running.url + ZALO_BASE)
        for _ in range(3):
            await Zalo(api).say(user_id(AN), "x", [])
        with pytest.raises(SlowDown) as told:
            await Zalo(api).say(user_id(AN), "x", [])
        await api.close()
    assert told.value.seconds >= 1


@pytest.mark.parametrize(
    ("chat", "text"), [("nobody", "x"), (user_id(AN), "x" * 2001), (user_id(AN), " ")]
)
async def test_what_zalo_will_never_take_is_refused(api: ZaloApi, chat: str, text: str) -> None:
    with pytest.raises(Refused):
        await Zalo(api).say(chat, text, [])


async def test_a_wrong_token_is_for_an_operator(zalo: Playground) -> None:
    api = ZaloApi("77001:another", zalo.url + ZALO_BASE)
    with pytest.raises(OutOfReach):
        await api.call("getMe")
    await api.close()


async def test_nobody_listening_was_surely_not_done() -> None:
    api = ZaloApi(TOKEN, "http://127.0.0.1:9")
    with pytest.raises(OutOfReach):
        await Zalo(api).say("x", "x", [])
    await api.close()


@pytest.mark.parametrize("token", ["", "abc", "12:", "x:y"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="Zalo bot token"):
        ZaloApi(token, "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (502, b"bad gateway", OutOfReach),
        (200, b"<html>", Unclear),
        (200, b"[]", Unclear),
        (200, b'{"ok": false, "error_code": 500}', OutOfReach),
        (200, b'{"ok": false, "error_code": 400}', Refused),
        (429, b'{"ok": false}', SlowDown),
        (0, b"", Unclear),
    ],
)
async def test_an_answer_of_another_kind_is_told_apart(
    status: int, body: bytes, kind: type[Exception]
) -> None:
    with answering(status, body) as url:
        api = ZaloApi(TOKEN, url)
        with pytest.raises(kind) as told:
            await Zalo(api).say("x", "những lời của An", [])
        await api.close()
    assert "lời" not in str(told.value)
    assert "TEST-token" not in str(told.value)


async def test_a_file_elsewhere_is_never_asked_for() -> None:
    api = ZaloApi(TOKEN, "https://bot-api.zaloplatforms.com")
    for address in (
        "http://127.0.0.1:5432/", "https://169.254.169.254/latest", "file:///etc/passwd",
        "https://zdn.vn.evil.example/x", "https://photo.zdn.vn:8443/x", "http://photo.zdn.vn/x",
    ):  # fmt: skip
        with pytest.raises(Refused):
            await api.fetch(address)
    await api.close()


async def test_a_file_that_is_too_large_is_refused() -> None:
    with answering(200, b"x" * (LARGEST_FILE + 1)) as url:
        api = ZaloApi(TOKEN, url)
        with pytest.raises(Refused, match="too big"):
            await api.fetch(f"{url}/photo/1")
        await api.close()


@pytest.mark.parametrize(("status", "kind"), [(404, Refused), (302, Refused), (503, OutOfReach)])
async def test_a_file_that_is_not_given_is_told_apart(status: int, kind: type[Exception]) -> None:
    with answering(status, b"", {"Location": "http://127.0.0.1:5432/"}) as url:
        api = ZaloApi(TOKEN, url)
        with pytest.raises(kind):
            await api.fetch(f"{url}/photo/1")
        await api.close()
