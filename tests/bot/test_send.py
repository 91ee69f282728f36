"""Queued replies and files, through the playground's Bot API over HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, text

from bot import english, texts, vietnamese
from bot.channel import OutOfReach, SlowDown, Unclear
from bot.conversation import message
from bot.send import Sender, notice_words
from bot.telegram import TELEGRAM, Telegram
from cases.intake import Petition, file_case
from cases.notices import notify, queue_reply
from cases.rejection import REJECT_REASONS
from cases.tables import Tables
from db.models import Attachment, Case, Citizen, Event, Reply
from db.session import Database
from playground.limits import SendLimits
from routing.router import Decision
from routing.tables import PACKS, Pack
from tests.bot.conftest import AN, BINH, NOW, Clock, bot_on
from tests.playground.conftest import Playground, png, run_playground

ANSWERED: dict[str, Any] = {
    "answer": "Đã vá xong ba ổ gà.", "done_on": "2026-11-10", "done_by": "Đội quản lý đường",
    "files": 0, "no_evidence": "trời tối", "days": 15,
}  # fmt: skip


@pytest_asyncio.fixture
async def sender(
    telegram_bot: Any, database: Database, vault: Any, pack: Pack, clock: Clock
) -> Sender:
    return sender_of(telegram_bot, database, vault, pack, clock)


def sender_of(bot: Any, database: Database, vault: Any, pack: Pack, clock: Clock) -> Sender:
    channels = {TELEGRAM: Telegram(bot)}
    return Sender(channels, database, vault, Tables(PACKS / "hai_phong", pack), clock)


async def citizen_at(database: Database, vault: Any, chat: int = AN) -> int:
    async with database.in_transaction() as session:
        citizen = Citizen(
            channel="telegram",
            address=vault.encrypt(str(chat).encode()),
            address_lookup=vault.lookup("telegram", str(chat)),
        )
        session.add(citizen)
        await session.flush()
        return citizen.id


@pytest_asyncio.fixture
async def an(database: Database, vault: Any) -> int:
    return await citizen_at(database, vault)


async def case_of(database: Database, citizen_id: int, pack: Pack) -> Case:
    decision = Decision("dispatch", "so_xay_dung", "Sở Xây dựng", 0.9, "test", ())
    petition = Petition("Ổ gà lớn", "roads", 0.9, "phan_anh", None)
    async with database.in_transaction() as session:
        return await file_case(session, petition, decision, pack, citizen_id, None, NOW)


async def queued(database: Database, citizen_id: int, content: Any, case: Any = None) -> int:
    async with database.in_transaction() as session:
        return (await queue_reply(session, citizen_id, content, case)).id


async def reply(database: Database, reply_id: int) -> Reply:
    async with database.in_transaction() as session:
        return await session.get_one(Reply, reply_id)


async def said_to(telegram: Playground, chat: int = AN) -> list[str]:
    return [one["text"] for one in telegram.read(chat, sender="bot")]


async def test_a_reply_is_sent_once_and_its_words_are_wiped(
    sender: Sender, database: Database, an: int, telegram: Playground
) -> None:
    reply_id = await queued(database, an, message("một lần thôi"))
    await sender.send(reply_id)
    await sender.send(reply_id)
    assert (await said_to(telegram)).count("một lần thôi") == 1
    sent = await reply(database, reply_id)
    assert (sent.sent_at, sent.content, sent.failed_at) == (NOW, None, None)


async def test_replies_of_one_citizen_share_a_lock(
    sender: Sender, database: Database, an: int, vault: Any
) -> None:
    other = await citizen_at(database, vault, BINH)
    for citizen in (an, an, other):
        await queued(database, citizen, message("x"))
    async with database.in_transaction() as session:
        query = text("select lock from procrastinate_jobs where task_name='send_reply' order by id")
        locks = list(await session.scalars(query))
    assert locks == [f"replies:{an}", f"replies:{an}", f"replies:{other}"]


async def test_a_notice_finds_its_words_and_buttons_when_it_is_sent(
    sender: Sender, database: Database, an: int, pack: Pack, telegram: Playground
) -> None:
    case = await case_of(database, an, pack)
    async with database.in_transaction() as session:
        await notify(session, case, "answered", responder="Sở Xây dựng", **ANSWERED)
        last = (await session.scalars(select(Reply.id).order_by(Reply.id.desc()).limit(1))).one()
    await sender.send(last)
    shown = telegram.read(AN, sender="bot")[-1]
    assert shown["text"].startswith(f"Sở Xây dựng trả lời vụ việc {case.code}:")
    assert "Ngày làm: 10/11/2026. Đơn vị làm: Đội quản lý đường." in shown["text"]
    assert "Không kèm ảnh, tài liệu vì: trời tối" in shown["text"]
    assert [b["data"] for row in shown["buttons"] for b in row] == [
        f"settled:{case.code}",
        f"unsettled:{case.code}",
    ]


async def test_what_staff_show_for_an_answer_arrives_as_a_picture_and_as_a_document(
    sender: Sender, database: Database, an: int, pack: Pack, telegram: Playground
) -> None:
    case = await case_of(database, an, pack)
    shown = {"image/jpeg": png(30, 20), "application/pdf": b"%PDF-1.7 report"}
    async with database.in_transaction() as session:
        for media_type, content in shown.items():
            file = Attachment(
                case_id=case.id, kind="photo", media_type=media_type, content=content,
                created_at=NOW, fetched_at=NOW,
            )  # fmt: skip
            session.add(file)
            await session.flush()
            await notify(session, case, "evidence", attachment=file.id)
        waiting = list(await session.scalars(select(Reply.id).order_by(Reply.id)))
    for reply_id in waiting:
        await sender.send(reply_id)
    picture, document = telegram.read(AN, sender="bot")[-2:]
    assert (picture["photo"]["width"], picture["photo"]["height"]) == (30, 20)
    assert telegram.http.get(picture["photo"]["url"]).content == shown["image/jpeg"]
    assert telegram.http.get(document["document"]["url"]).content == shown["application/pdf"]
    assert document["document"]["file_name"].startswith(case.code)
    for message_shown in (picture, document):
        assert case.code in str(message_shown)


@pytest.mark.parametrize(
    ("notice", "buttons"),
    [
        ({"notice": "reminded", "due_at": "2026-11-25T10:00:00+00:00"}, ["settled", "unsettled"]),
        ({"notice": "lapsed", "days": 15}, ["unsettled"]),
        ({"notice": "rejected", "why": "in_court", "words": "Tòa đang xử."}, ["unsettled"]),
        ({"notice": "accepted", "accepter": "Sở", "due_at": "2026-11-25T10:00:00+00:00"}, []),
        ({"notice": "due_moved", "due_at": "2026-11-25T10:00:00+00:00"}, []),
        (
            {"notice": "answered", "responder": "Sở", **ANSWERED, "files": 2},
            ["settled", "unsettled"],
        ),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_notice_has_its_words_in_both_languages_and_its_buttons(
    pack: Pack, notice: dict[str, Any], buttons: list[str], language: str
) -> None:
    with texts.speaking(language):
        words, rows = notice_words({"code": "PA-AAAAAA", **notice}, pack)
    assert "PA-AAAAAA" in words
    assert "{" not in words
    assert [b["callback_data"].split(":")[0] for row in rows for b in row] == buttons


def test_every_reason_to_reject_guides_the_citizen_somewhere(pack: Pack) -> None:
    for catalogue in (vietnamese, english):
        assert set(catalogue.GUIDANCE) == set(REJECT_REASONS)
        assert all(catalogue.GUIDANCE.values())


async def test_an_assigned_notice_names_agency_and_date(pack: Pack) -> None:
    content = {"notice": "assigned", "code": "PA-AAAAAA", "agency": "Sở Y tế",
               "due_at": "2026-11-25T10:00:00+00:00"}  # fmt: skip
    words, rows = notice_words(content, pack)
    assert words == "Vụ việc PA-AAAAAA đã được giao cho Sở Y tế. Hạn trả lời: 25/11/2026."
    assert rows == []
    with pytest.raises(KeyError):
        notice_words(content | {"notice": "unheard_of"}, pack)


async def test_a_blocked_chat_is_given_up_and_said_so_on_the_case(
    sender: Sender, database: Database, vault: Any, pack: Pack, telegram: Playground
) -> None:
    binh = await citizen_at(database, vault, BINH)
    case = await case_of(database, binh, pack)
    reply_id = await queued(database, binh, message("không tới"), case)
    telegram.http.post(f"/api/chats/{BINH}/block")
    try:
        await sender.send(reply_id)
        await sender.send(reply_id)
    finally:
        telegram.http.post(f"/api/chats/{BINH}/unblock")
    failed = await reply(database, reply_id)
    assert (failed.sent_at, failed.failed_at, failed.failure) == (None, NOW, "blocked")
    async with database.in_transaction() as session:
        assert (await session.get_one(Citizen, binh)).blocked_at == NOW
        names = list(await session.scalars(select(Event.name).order_by(Event.id)))
    assert names == ["filed", "assigned", "notice_failed"]


async def test_a_reply_that_telegram_refuses_is_given_up_and_said_so(
    sender: Sender, database: Database, an: int, pack: Pack
) -> None:
    case = await case_of(database, an, pack)
    reply_id = await queued(database, an, message(" "), case)
    await sender.send(reply_id)
    assert (await reply(database, reply_id)).failure == "refused"
    async with database.in_transaction() as session:
        assert (await session.get_one(Citizen, an)).blocked_at is None


async def test_a_tap_that_comes_too_late_is_harmless(
    sender: Sender, database: Database, an: int
) -> None:
    reply_id = await queued(database, an, {"tap": "123456", "spent": 999_999})
    await sender.send(reply_id)
    assert (await reply(database, reply_id)).sent_at == NOW


async def test_a_tap_is_answered_and_its_buttons_are_taken_away(
    sender: Sender, database: Database, an: int, telegram: Playground
) -> None:
    buttons = [[{"text": "Gửi", "callback_data": "send:2"}]]
    await sender.send(await queued(database, an, {"text": "thẻ", "buttons": buttons}))
    card = telegram.read(AN, sender="bot")[-1]
    tap = telegram.http.post(
        f"/api/chats/{AN}/taps", json={"message_id": card["message_id"], "data": "send:2"}
    ).json()
    spent = {"tap": tap["callback_query_id"], "spent": card["message_id"]}
    await sender.send(await queued(database, an, spent))
    path = f"/api/chats/{AN}/taps/{tap['callback_query_id']}"
    assert telegram.http.get(path).json()["answered"]
    assert telegram.read(AN, sender="bot")[-1]["buttons"] == []


@pytest_asyncio.fixture
async def strict(tmp_path: Any) -> AsyncIterator[tuple[Playground, Any]]:
    """A Bot API whose clock stands still: the fourth message to a chat is one too many."""
    with run_playground(tmp_path / "p.sqlite3", limits=SendLimits(lambda: 0.0)) as playground:
        playground.say("/start")
        async with bot_on(playground.url) as bot:
            yield playground, bot


async def test_too_fast_is_raised_for_the_queue_and_the_reply_stays_queued(
    strict: tuple[Playground, Any], database: Database, vault: Any, pack: Pack, an: int,
    clock: Clock,
) -> None:  # fmt: skip
    playground, bot = strict
    for _ in range(3):
        playground.call("sendMessage", chat_id=AN, text="x")
    reply_id = await queued(database, an, message("sau"))
    with pytest.raises(SlowDown):
        await sender_of(bot, database, vault, pack, clock).send(reply_id)
    waiting = await reply(database, reply_id)
    assert (waiting.sent_at, waiting.failed_at) == (None, None)
    assert waiting.content is not None


async def test_telegram_out_of_reach_is_raised_and_the_reply_stays_queued(
    strict: tuple[Playground, Any], database: Database, vault: Any, pack: Pack, an: int,
    clock: Clock, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    _, bot = strict
    monkeypatch.setattr(bot, "_base_url", "http://127.0.0.1:9/bot")
    reply_id = await queued(database, an, message("sau"))
    with pytest.raises(OutOfReach):
        await sender_of(bot, database, vault, pack, clock).send(reply_id)
    assert (await reply(database, reply_id)).failed_at is None


# --- files --------------------------------------------------------------------------------


async def attachment(database: Database, citizen: int, file_id: str) -> int:
    async with database.in_transaction() as session:
        row = Attachment(citizen_id=citizen, kind="photo", file_id=file_id, created_at=NOW)
        session.add(row)
        await session.flush()
        return row.id


async def content_of(database: Database, number: int) -> Any:
    async with database.in_transaction() as session:
        columns = (Attachment.content, Attachment.failure, Attachment.fetched_at)
        query = select(*columns).where(Attachment.id == number)
        return (await session.execute(query)).one()


async def test_a_file_is_fetched_once(
    sender: Sender, database: Database, an: int, telegram: Playground
) -> None:
    picture = png(20, 20)
    telegram.http.post(f"/api/chats/{AN}/messages", files={"document": ("a.png", picture)})
    update = telegram.result("getUpdates", offset=-1)[-1]
    number = await attachment(database, an, update["message"]["document"]["file_id"])
    await sender.fetch_attachment(number)
    assert tuple(await content_of(database, number)) == (picture, None, NOW)
    async with database.in_transaction() as session:
        (await session.get_one(Attachment, number)).file_id = "no longer there"
    await sender.fetch_attachment(number)
    assert (await content_of(database, number)).failure is None


async def test_a_file_that_telegram_has_not_is_marked_so(
    sender: Sender, database: Database, an: int
) -> None:
    number = await attachment(database, an, "nonsense")
    await sender.fetch_attachment(number)
    content, failure, fetched_at = await content_of(database, number)
    assert (content, fetched_at) == (None, NOW)
    assert failure


async def test_a_file_forgotten_with_its_draft_is_not_fetched(sender: Sender) -> None:
    await sender.fetch_attachment(12345)


# --- once each, and at a decent hour ------------------------------------------------------


class SilentTelegram(Telegram):
    """Does what it is told, and then its answer is lost on the way."""

    def __init__(self, bot: Any, answers: int = 0) -> None:
        super().__init__(bot)
        self.left = answers

    async def say(self, address: str, text: str, rows: Any) -> None:
        await super().say(address, text, rows)
        self.left -= 1
        if self.left < 0:
            raise Unclear("ReadTimeout")


def through(channel: Telegram, database: Database, vault: Any, pack: Pack, clock: Clock) -> Sender:
    return Sender({TELEGRAM: channel}, database, vault, Tables(PACKS / "hai_phong", pack), clock)


async def test_an_unclear_result_is_tried_once_more_and_marked(
    telegram_bot: Any, database: Database, vault: Any, pack: Pack, clock: Clock, an: int,
    telegram: Playground,
) -> None:  # fmt: skip
    sender = through(SilentTelegram(telegram_bot), database, vault, pack, clock)
    reply_id = await queued(database, an, message("có thể đã tới"))
    with pytest.raises(Unclear):
        await sender.send(reply_id)
    assert (await reply(database, reply_id)).sending_at == NOW
    await sender.send(reply_id)
    ended = await reply(database, reply_id)
    assert (ended.failure, ended.unclear_at) == ("unclear", NOW)
    await sender.send(reply_id)
    assert (await said_to(telegram)).count("có thể đã tới") == 2


async def test_a_worker_that_died_while_sending_leaves_a_marked_reply(
    sender: Sender, database: Database, an: int, telegram: Playground
) -> None:
    reply_id = await queued(database, an, message("giữa chừng"))
    async with database.in_transaction() as session:
        (await session.get_one(Reply, reply_id)).sending_at = NOW
    await sender.send(reply_id)
    sent = await reply(database, reply_id)
    assert (sent.sent_at, sent.unclear_at) == (NOW, NOW)


async def test_what_surely_was_not_sent_is_not_marked(
    strict: tuple[Playground, Any], database: Database, vault: Any, pack: Pack, an: int,
    clock: Clock, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    _, bot = strict
    monkeypatch.setattr(bot, "_base_url", "http://127.0.0.1:9/bot")
    reply_id = await queued(database, an, message("sau"))
    with pytest.raises(OutOfReach):
        await sender_of(bot, database, vault, pack, clock).send(reply_id)
    waiting = await reply(database, reply_id)
    assert (waiting.sending_at, waiting.unclear_at) == (None, None)


@pytest.mark.parametrize(("hour", "is_sent"), [(13, True), (14, False), (22, False), (23, True)])
async def test_a_push_waits_for_the_morning_and_a_reply_does_not(
    sender: Sender, database: Database, an: int, pack: Pack, clock: Clock, hour: int, is_sent: bool
) -> None:
    """Hours in UTC: 14:00 is 21:00 in Hải Phòng, 23:30 is 06:30."""
    clock.now = NOW.replace(hour=hour, minute=30 if hour == 23 else 0)
    case = await case_of(database, an, pack)
    notice = {"notice": "disputed", "code": case.code, "due_at": NOW.isoformat()}
    push = await queued(database, an, notice, case)
    await sender.send(push)
    assert bool((await reply(database, push)).sent_at) is is_sent
    answer = await queued(database, an, message("trả lời ngay"))
    await sender.send(answer)
    assert (await reply(database, answer)).sent_at == clock.now
    if not is_sent:
        async with database.in_transaction() as session:
            query = text("select scheduled_at from procrastinate_jobs where lock like 'pushes:%'")
            (morning,) = await session.scalars(query)
        assert (morning.astimezone(UTC).hour, morning.minute) == (23, 30)


async def test_a_long_text_goes_out_in_pieces_and_goes_on_where_it_stopped(
    sender: Sender, database: Database, an: int, telegram: Playground
) -> None:
    words = "\n\n".join(["a" * 3000, "b" * 3000, "c" * 10])
    reply_id = await queued(database, an, message(words))
    async with database.in_transaction() as session:
        (await session.get_one(Reply, reply_id)).parts_sent = 1
    before = len(await said_to(telegram))
    await sender.send(reply_id)
    assert (await said_to(telegram))[before:] == ["b" * 3000 + "\n\n" + "c" * 10]


async def test_a_message_that_cannot_be_changed_any_more_is_sent_anew(
    sender: Sender, database: Database, an: int, telegram: Playground
) -> None:
    await sender.send(await queued(database, an, {**message("mới"), "edit": 999_999}))
    assert (await said_to(telegram))[-1] == "mới"
    shown = telegram.read(AN, sender="bot")[-1]
    await sender.send(await queued(database, an, {**message("sửa"), "edit": shown["message_id"]}))
    assert "mới" not in await said_to(telegram)
    assert "sửa" in await said_to(telegram)


async def test_a_reply_that_waited_a_day_is_given_up(
    sender: Sender, database: Database, an: int, clock: Clock
) -> None:
    reply_id = await queued(database, an, message("quá lâu"))
    clock.now = datetime.now(UTC) + timedelta(hours=25)
    assert await sender.has_waited(reply_id, timedelta(hours=24))
    clock.now = datetime.now(UTC) + timedelta(hours=23)
    assert not await sender.has_waited(reply_id, timedelta(hours=24))
