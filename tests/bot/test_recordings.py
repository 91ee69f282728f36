"""Recordings on PostgreSQL: fetched, heard, taken once. The recogniser is a table here; the real
one is in test_voice.py and in the journeys."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from telegram.ext import ExtBot

from bot import texts
from bot.conversation import Conversation
from bot.heard import NotHeard
from bot.inbox import chat_lock
from bot.voice import Busy
from cases import lifecycle
from cases.events import first_broken
from cases.personal_data import export
from db.encryption import Vault
from db.models import Attachment, Case, Citizen, Draft, Event, InboxUpdate, Message, Reply, Tally
from db.session import Database
from routing.tables import Pack
from tests.bot.conftest import (
    AN,
    DENUNCIATION,
    REPORT,
    Clock,
    Desk,
    RasaTable,
    at_work,
    command,
    parse_of,
)
from tests.playground.conftest import Playground

SOUND = b"a recording"


@dataclass
class Ear:
    """Hears what a test put in."""

    words: str | NotHeard = REPORT
    heard: list[tuple[bytes, str | None]] = field(default_factory=list)
    is_busy: bool = False

    async def hear(self, recording: bytes, media_type: str | None) -> str | NotHeard:
        if self.is_busy:
            raise Busy
        self.heard.append((recording, media_type))
        return self.words


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def recogniser(ear: Ear) -> Ear:
    """Here the desk has an ear."""
    return ear


async def records(desk: Desk, kind: str = "voice", **more: Any) -> list[dict[str, Any]]:
    """An sends a recording; what is said at once."""
    file = {"file_id": "v", "file_unique_id": "v", "mime_type": "audio/ogg", "duration": 1}
    return await desk.takes(message=desk.message(**{kind: file}, **more))


async def fetched(desk: Desk, content: bytes | None = SOUND) -> int:
    """The newest recording is here now; its number."""
    async with desk.database.in_transaction() as session:
        newest = select(Attachment).order_by(Attachment.id.desc()).limit(1)
        recording = (await session.scalars(newest)).one()
        recording.content = content
        return recording.id


async def heard(desk: Desk) -> list[str]:
    """What is said once the newest recording was listened to."""
    await desk.workshop.conversation.listen(await fetched(desk))
    return [reply["text"] for reply in await desk.said()]


async def tap(desk: Desk, label: str) -> list[dict[str, Any]]:
    async with desk.database.in_transaction() as session:
        query = select(Reply.content).order_by(Reply.id.desc()).limit(1)
        return await desk.taps(label, [(await session.scalars(query)).one() or {}])


async def test_a_recording_becomes_a_card_and_then_a_case_that_holds_both(
    desk: Desk, ear: Ear
) -> None:
    (listening,) = await records(desk)
    assert listening["text"] == texts.LISTENING
    echo, card = await heard(desk)
    assert echo == texts.HEARD.format(text=REPORT)
    assert texts.CARD_SPOKEN in card
    assert ear.heard == [(SOUND, "audio/ogg")]
    await tap(desk, "Đồng ý và gửi")
    (case,) = await desk.all(Case)
    (recording,) = await desk.all(Attachment)
    assert (case.text, recording.case_id, recording.transcript) == (REPORT, case.id, REPORT)
    assert not recording.awaits_words


async def test_an_audio_file_is_heard_too_and_a_picture_is_not(desk: Desk) -> None:
    for kind in ("audio", "document"):
        (answer,) = await records(desk, kind)
        assert answer["text"] == texts.LISTENING
    picture = {"file_id": "p", "file_unique_id": "p", "mime_type": "image/png"}
    (answer,) = await desk.takes(message=desk.message(document=picture))
    assert answer["text"] == texts.ATTACHMENT_KEPT
    assert [file.awaits_words for file in await desk.all(Attachment)] == [True, True, False]


async def test_it_is_taken_once_however_often_the_job_runs(desk: Desk, ear: Ear) -> None:
    await records(desk)
    number = await fetched(desk)
    await desk.workshop.conversation.listen(number)
    before = await desk.counts()
    await desk.workshop.conversation.listen(number)
    assert await desk.counts() == before
    assert len(ear.heard) == 1


async def test_a_crash_in_the_middle_leaves_nothing_and_a_retry_works(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await records(desk)
    await desk.said()
    number = await fetched(desk)

    async def crash(*args: Any) -> None:
        raise RuntimeError("the worker died here")

    with monkeypatch.context() as broken:
        broken.setattr("bot.conversation._store_draft", crash)
        with pytest.raises(RuntimeError):
            await desk.workshop.conversation.listen(number)
    (recording,) = await desk.all(Attachment)
    assert (recording.transcript, recording.awaits_words) == (None, True)
    assert await desk.said() == []
    await desk.workshop.conversation.listen(number)
    assert len(await desk.said()) == 2


async def test_while_another_is_listened_to_it_waits_unchanged(desk: Desk, ear: Ear) -> None:
    await records(desk)
    ear.is_busy = True
    with pytest.raises(Busy):
        await heard(desk)
    ear.is_busy = False
    assert len(await heard(desk)) == 2


async def test_fetching_queues_listening_behind_the_same_lock_as_the_chats_messages(
    desk: Desk, telegram: Playground, vault: Vault, ear: Ear
) -> None:
    telegram.http.post(f"/api/chats/{AN}/messages", files={"voice": ("v.ogg", SOUND, "audio/ogg")})
    update = telegram.result("getUpdates", offset=-1)[-1]
    await desk.takes(message=update["message"])
    (recording,) = await desk.all(Attachment)
    await desk.replies.fetch_attachment(recording.id)
    async with desk.database.in_transaction() as session:
        query = "select queue_name, lock, args from procrastinate_jobs where task_name = '{}'"
        listening = (await session.execute(text(query.format("transcribe")))).one()
        handling = (await session.execute(text(query.format("handle_update")))).first()
    assert handling is not None
    assert listening.queue_name == "worker"
    assert listening.lock == handling.lock == chat_lock(vault, "telegram", str(AN))
    await desk.workshop.conversation.listen(listening.args["attachment_id"])
    assert ear.heard[0][0] == SOUND


async def test_a_recording_that_telegram_has_no_more_is_answered(desk: Desk) -> None:
    await records(desk)  # Its file_id is none of Telegram's.
    (recording,) = await desk.all(Attachment)
    await desk.replies.fetch_attachment(recording.id)
    async with desk.database.in_transaction() as session:
        query = "select count(*) from procrastinate_jobs where task_name = 'transcribe'"
        assert await session.scalar(text(query)) == 1
    await desk.workshop.conversation.listen(recording.id)
    assert texts.HEARING_FAILED in [reply["text"] for reply in await desk.said()]


async def test_a_worker_without_the_extra_answers_what_one_with_it_promised(
    desk: Desk, vault: Vault, clock: Clock
) -> None:
    await records(desk)
    workshop = desk.workshop
    deaf = Conversation(desk.database, vault, workshop.rasa, workshop.tables, clock)
    await desk.said()
    await deaf.listen(await fetched(desk))
    assert (await desk.said())[0]["text"] == texts.HEARING_FAILED


@pytest.mark.parametrize("why", ["nothing", "too_long", "crashed"])
async def test_without_words_the_recording_still_goes_with_the_case(
    desk: Desk, ear: Ear, why: Any
) -> None:
    ear.words = NotHeard(why)
    await records(desk)
    assert (await heard(desk))[-1] == texts.WRITE_INSTEAD
    await desk.files()
    (recording,) = await desk.all(Attachment)
    assert recording.case_id is not None
    assert recording.transcript is None


async def test_what_was_cancelled_meanwhile_is_not_heard(desk: Desk, ear: Ear) -> None:
    await records(desk)
    number = await fetched(desk)
    await desk.takes(message=desk.message(**command("huy")))
    await desk.workshop.conversation.listen(number)
    assert await desk.said() == []
    assert ear.heard == []


async def test_what_is_cancelled_while_it_is_listened_to_changes_nothing(
    desk: Desk, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    await records(desk)

    async def hear(recording: bytes, media_type: str | None) -> str:
        await desk.takes(message=desk.message(**command("huy")))
        return REPORT

    monkeypatch.setattr(ear, "hear", hear)
    assert await heard(desk) == []
    assert await desk.all(Attachment) == []


async def test_a_recording_after_filing_goes_to_the_case_with_its_words(
    desk: Desk, ear: Ear
) -> None:
    code = await desk.files()
    (listening,) = await records(desk)
    assert listening["text"] == texts.LISTENING
    ear.words = "ở số mười hai"
    assert await heard(desk) == [
        texts.HEARD.format(text=ear.words),
        texts.ADDED.format(code=code),
    ]
    (message,) = await desk.all(Message)
    assert message.text == texts.SPOKEN_LINE.format(text=ear.words)


async def test_a_spoken_answer_brings_the_case_back_to_who_asked(desk: Desk, ear: Ear) -> None:
    await desk.files()
    async with desk.database.in_transaction() as session:
        case = (await session.scalars(select(Case))).one()
        case.state, case.filed_at = lifecycle.NEEDS_INFO, case.filed_at - timedelta(days=2)
    await records(desk)
    ear.words = "ở số mười hai"
    await heard(desk)
    (case,) = await desk.all(Case)
    assert case.state != lifecycle.NEEDS_INFO


async def test_filed_while_it_is_listened_to_its_words_follow_to_the_case(
    desk: Desk, ear: Ear
) -> None:
    await records(desk)
    await desk.files()
    ear.words = "ở số mười hai"
    await heard(desk)
    (recording,) = await desk.all(Attachment)
    assert recording.transcript == ear.words
    (message,) = await desk.all(Message)
    assert ear.words in message.text


async def test_a_spoken_send_files_nothing(desk: Desk, ear: Ear, rasa: RasaTable) -> None:
    await desk.files()  # So consent is there, and a typed word would file.
    await desk.hears("Đèn đường hỏng ở phường Hồng Bàng, cả tuần nay tối om không ai sửa")
    rasa.answers["gửi đi"] = parse_of("affirm", 1.0)
    ear.words = "gửi đi"
    await records(desk)
    assert texts.HEARING_IS_A_GUESS in await heard(desk)
    assert len(await desk.all(Case)) == 1


async def test_a_spoken_denunciation_leaves_a_count_and_nothing_else(desk: Desk, ear: Ear) -> None:
    ear.words = DENUNCIATION
    await records(desk)
    await heard(desk)
    (tally,) = await desk.all(Tally)
    assert (tally.name, tally.count) == ("denunciation", 1)
    assert await desk.all(Attachment) == []
    await no_word_stays(desk)


async def test_nor_does_one_that_is_spoken_into_a_case(desk: Desk, ear: Ear) -> None:
    code = await desk.files()
    await records(desk)
    ear.words = DENUNCIATION
    await heard(desk)
    assert await desk.all(Attachment) == []
    await no_word_stays(desk)
    async with desk.database.in_transaction() as session:
        events = list(await session.scalars(select(Event).order_by(Event.seq)))
    assert first_broken(code, events) is None


async def no_word_stays(desk: Desk) -> None:
    async with desk.database.in_transaction() as session:
        for table in (Draft, Reply, InboxUpdate, Attachment, Case, Message, Event):
            rows = (await session.execute(select(table.__table__))).all()  # type: ignore[attr-defined]
            assert "Tham" not in str(rows)


async def test_a_transcript_is_exported_and_erased_with_the_rest(desk: Desk, ear: Ear) -> None:
    await records(desk)
    await heard(desk)
    await tap(desk, "Đồng ý và gửi")
    async with desk.database.in_transaction() as session:
        citizen = (await session.scalars(select(Citizen))).one()
        pack = await desk.workshop.tables.current(session)
        document = json.loads(await export(session, citizen, pack))
    (file,) = document["vụ việc"][0]["tệp"]
    assert (file["loại"], file["máy nghe được"]) == ("voice", REPORT)
    menu = await desk.takes(message=desk.message(**command("quyenrieng")))
    await desk.taps("Xóa tất cả", await desk.taps("Xóa dữ liệu của tôi", menu))
    assert await desk.all(Attachment) == []


async def test_without_a_recogniser_todays_sentence_is_said_and_nothing_waits(
    database: Database,
    vault: Vault,
    rasa: RasaTable,
    pack: Pack,
    telegram_bot: ExtBot[Any],
    clock: Clock,
) -> None:
    async with at_work(database, vault, rasa, pack, telegram_bot, clock) as deaf:
        (answer,) = await records(deaf)
        assert answer["text"] == texts.ATTACHMENT_KEPT
        (recording,) = await deaf.all(Attachment)
        assert not recording.awaits_words
