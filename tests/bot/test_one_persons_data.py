"""My data, floods, known matters, languages, numbers for buttons, parked updates: on PostgreSQL."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.jobs import Patience
from bot import english, texts
from bot.channel import SlowDown
from bot.choices import offer
from bot.conversation import MESSAGES_A_MINUTE
from bot.handlers import HandlingFailed
from cases.events import first_broken
from cases.parked import parked_code
from cases.personal_data import ERASED
from db.models import Attachment, Case, Citizen, Draft, Event, InboxUpdate, Message, Reply
from tests.bot.conftest import AN, BINH, REPORT, Clock, Desk, RasaTable, command, parse_of, photo

CHI = 1003
SAME = "Rác chất đống ở cổng chợ phường Lê Chân cả tuần nay không có ai dọn"


async def history(desk: Desk, code: str) -> list[Event]:
    async with desk.database.in_transaction() as session:
        query = select(Event).join(Case, Case.id == Event.case_id).where(Case.code == code)
        return list(await session.scalars(query.order_by(Event.seq)))


async def menu(desk: Desk) -> list[dict[str, Any]]:
    return await desk.takes(message=desk.message(**command("quyenrieng")))


async def test_what_is_kept_is_told_with_the_day_of_consent(desk: Desk) -> None:
    (before,) = await menu(desk)
    assert "0 vụ việc" in before["text"]
    assert texts.RIGHTS_NO_CONSENT in before["text"]
    await desk.files()
    (after,) = await menu(desk)
    assert "1 vụ việc" in after["text"]
    assert "10/11/2026" in after["text"]


async def test_the_export_holds_everything_and_goes_out_as_a_file(
    desk: Desk, telegram: Any
) -> None:
    code = await desk.files()
    await desk.taps("Tải dữ liệu của tôi", await menu(desk))
    newest = (await desk.all(Reply))[-1]
    assert newest.content is not None
    assert REPORT not in json.dumps(newest.content, ensure_ascii=False)
    await desk.replies.send(newest.id)
    shown = telegram.read(AN, sender="bot")[-1]
    assert shown["text"] == texts.EXPORTED or shown.get("caption") == texts.EXPORTED
    from cases.personal_data import export

    async with desk.database.in_transaction() as session:
        citizen = (await session.scalars(select(Citizen))).one()
        pack = await desk.workshop.tables.current(session)
        document = json.loads(await export(session, citizen, pack))
    assert [case["mã"] for case in document["vụ việc"]] == [code]
    assert document["vụ việc"][0]["nội dung"] == REPORT


async def test_erasing_asks_and_then_leaves_counts_and_a_valid_chain(desk: Desk) -> None:
    await desk.takes(message=desk.message(**photo()))
    code = await desk.files()
    asked = await desk.taps("Xóa dữ liệu của tôi", await menu(desk))
    assert "1 vụ việc" in asked[0]["text"]
    assert (await desk.all(Case))[0].text == REPORT
    said = await desk.taps("Xóa tất cả", asked)
    assert said[-1]["text"] == texts.ERASED
    (case,) = await desk.all(Case)
    assert (case.text, case.state, case.citizen_id) == (ERASED, "withdrawn", None)
    assert await desk.all(Attachment) == []
    assert first_broken(code, await history(desk, code)) is None
    for reply in await desk.all(Reply):
        await desk.replies.send(reply.id)
    assert await desk.all(Citizen) == []
    assert await desk.all(Reply) == []


async def test_nothing_of_an_erased_person_is_left_in_any_table(desk: Desk) -> None:
    await desk.files()
    await desk.taps("Xóa tất cả", await desk.taps("Xóa dữ liệu của tôi", await menu(desk)))
    for reply in await desk.all(Reply):
        await desk.replies.send(reply.id)
    async with desk.database.in_transaction() as session:
        names = await session.scalars(
            text("select tablename from pg_tables where schemaname = 'public'")
        )
        for name in list(names):
            rows = await session.scalars(text(f"select t::text from {name} t"))  # noqa: S608
            assert not [row for row in rows if "Rác chất đống" in row], name


async def test_who_writes_again_after_erasing_begins_anew(desk: Desk) -> None:
    await desk.files()
    await desk.taps("Xóa tất cả", await desk.taps("Xóa dữ liệu của tôi", await menu(desk)))
    (card,) = await desk.hears(REPORT)
    assert "Đồng ý và gửi" in str(card["buttons"])


async def test_withdrawn_consent_is_asked_for_again_and_noted_on_open_cases(desk: Desk) -> None:
    code = await desk.files()
    await desk.taps("Rút lại đồng ý", await menu(desk))
    citizen = await desk.an()
    assert citizen.consent_version is None
    assert citizen.consent_withdrawn_at is not None
    assert (await history(desk, code))[-1].name == "consent_withdrawn"
    question = await desk.hears(REPORT)
    (card,) = await desk.taps("Đây là việc mới", question)
    assert "Đồng ý và gửi" in str(card["buttons"])


async def test_consent_stands_in_the_cases_chain(desk: Desk) -> None:
    code = await desk.files()
    assert (await history(desk, code))[0].data["consent"] == texts.CONSENT_VERSION


# --- known matters ------------------------------------------------------------------------


async def file_as(desk: Desk, words: str, chat: int) -> str:
    (card,) = await desk.hears(words, chat)
    (answer,) = await desk.tapped(card["buttons"][0][0]["callback_data"], chat)
    return str(answer["text"].split("Mã vụ việc: ")[1][:9])


async def test_the_same_matter_twice_is_offered_as_an_addition(desk: Desk) -> None:
    code = await desk.files()
    question = await desk.hears(SAME)
    await desk.taps(f"Thêm vào {code}", question)
    assert len(await desk.all(Case)) == 1
    assert [one.text for one in await desk.all(Message)] == [SAME]


async def test_another_matter_in_the_same_ward_is_not_offered(desk: Desk, rasa: RasaTable) -> None:
    await desk.files()
    words = "Lò đốt than tổ ong khói mù mịt cạnh trường phường Lê Chân"
    (card,) = await desk.hears(words)
    assert "Nơi xảy ra" in card["text"]


async def test_people_who_report_the_same_are_counted_apart_from_messages(desk: Desk) -> None:
    first = await file_as(desk, REPORT, AN)
    await file_as(desk, SAME, BINH)
    (question,) = await desk.hears(SAME, CHI)
    assert "2 người" in question["text"]
    assert first not in question["text"]
    (card,) = await desk.tapped("join:2", CHI)
    await desk.tapped(card["buttons"][0][0]["callback_data"], CHI)
    cases = {case.id: case for case in await desk.all(Case)}
    *_, joined = cases.values()
    assert cases[joined.joins_id].code == first
    assert len({case.code for case in cases.values()}) == 3


# --- floods, languages, numbers -----------------------------------------------------------


async def test_a_flood_is_slowed_with_one_sentence_and_nothing_is_lost(
    desk: Desk, clock: Clock
) -> None:
    for _ in range(MESSAGES_A_MINUTE):
        await desk.hears("x")
    for _ in range(3):
        with pytest.raises(HandlingFailed) as failed:
            await desk.hears("một tin nữa")
        assert isinstance(failed.value.__cause__, SlowDown)
        assert 0 < failed.value.__cause__.seconds <= 60
    assert [one["text"] for one in await desk.said()] == [texts.SLOWED]
    waiting = [row for row in await desk.all(InboxUpdate) if row.handled_at is None]
    assert len(waiting) == 3
    clock.advance(timedelta(minutes=1))
    for row in waiting:
        await desk.workshop.handle_update(row.id)
    assert all(row.handled_at for row in await desk.all(InboxUpdate))


def test_a_slowed_update_is_never_given_up() -> None:
    from tests.app.test_jobs import job

    failed = HandlingFailed("SlowDown")
    failed.__cause__ = SlowDown(30)
    assert not Patience().gives_up(failed, job(1000))


async def test_the_chosen_language_is_spoken_from_then_on(desk: Desk) -> None:
    question = await desk.takes(message=desk.message(**command("ngonngu")))
    (said,) = await desk.taps("English", question)
    assert said["text"] == english.LANGUAGE_SET
    (card,) = await desk.hears(REPORT)
    assert "Please check" in card["text"]
    assert card["buttons"][0][0]["text"] == "Agree and send"


async def test_a_number_is_a_tap_where_there_are_no_buttons(desk: Desk) -> None:
    (card,) = await desk.hears(REPORT)
    _, choices = offer([], card["buttons"], 1)
    async with desk.database.in_transaction() as session:
        (await session.scalars(select(Citizen))).one().choices = choices
    (answer,) = await desk.hears("1")
    assert "Mã vụ việc" in answer["text"]


async def test_details_tell_the_history_in_plain_words(desk: Desk) -> None:
    code = await desk.files()
    (details,) = await desk.tapped(f"case:{code}")
    assert code in details["text"]
    assert "10/11/2026: Đã gửi" in details["text"]
    assert "UBND Phường Lê Chân" in details["text"]
    (other,) = await desk.tapped(f"case:{code}", BINH)
    assert other["text"] == texts.STALE_BUTTON


async def test_a_rating_is_kept_with_its_word(desk: Desk, rasa: RasaTable) -> None:
    code = await desk.files()
    async with desk.database.in_transaction() as session:
        (await session.scalars(select(Case))).one().state = "answered"
    (thanks,) = await desk.tapped(f"settled:{code}")
    await desk.taps("5", [thanks])
    rasa.answers["làm tốt lắm"] = parse_of("rate_good", 0.4)
    await desk.hears("làm tốt lắm")
    (case,) = await desk.all(Case)
    assert (case.rating, case.rating_words) == (5, "làm tốt lắm")


async def test_an_anonymous_case_says_so_and_is_answered_all_the_same(desk: Desk) -> None:
    (card,) = await desk.hears(REPORT)
    (again,) = await desk.taps("Ẩn danh", [card])
    assert again["edit"]
    await desk.taps("Đồng ý và gửi", [again])
    (case,) = await desk.all(Case)
    assert case.anonymous
    assert case.citizen_id is not None


# --- what cannot be read ------------------------------------------------------------------


async def test_a_parked_update_is_kept_and_the_citizen_told_its_code(desk: Desk) -> None:
    inbox_id = await desk.stored(message=desk.message(text=REPORT))
    await desk.workshop.note_failure(inbox_id, HandlingFailed("KeyError"))
    (told,) = await desk.said()
    assert parked_code(inbox_id) in told["text"]
    (row,) = await desk.all(InboxUpdate)
    assert row.failed_at is not None
    assert row.payload is not None
    assert await desk.all(Draft) == []


# --- retention ----------------------------------------------------------------------------


@pytest.mark.parametrize(("months", "is_erased"), [(23, False), (25, True)])
async def test_what_ended_is_erased_after_the_time_that_citizens_were_told(
    desk: Desk, clock: Clock, months: int, is_erased: bool
) -> None:
    await desk.takes(message=desk.message(**photo()))
    code = await desk.files()
    await desk.tapped(f"withdraw:{code}")
    clock.advance(timedelta(days=30.5 * months))
    await desk.workshop.erase_expired()
    (case,) = await desk.all(Case)
    assert (case.text == ERASED) is is_erased
    assert (await desk.all(Attachment) == []) is is_erased
    assert first_broken(code, await history(desk, code)) is None


async def test_an_open_case_is_kept_however_old(desk: Desk, clock: Clock) -> None:
    await desk.files()
    clock.advance(timedelta(days=3000))
    await desk.workshop.erase_expired()
    assert (await desk.all(Case))[0].text == REPORT
