"""A message handled on the real database: all of it or nothing, and once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from bot import texts
from bot.handlers import HandlingFailed
from bot.receive import Receiver
from cases import lifecycle
from db.models import Attachment, Case, Citizen, Draft, Event, InboxUpdate, Message, Reply, Tally
from db.session import Database
from tests.bot.conftest import (
    AN,
    BINH,
    DENUNCIATION,
    NOW,
    REPORT,
    Clock,
    Desk,
    RasaTable,
    command,
    parse_of,
    person,
    photo,
)


async def jobs(database: Database, task: str) -> list[dict[str, Any]]:
    async with database.in_transaction() as session:
        query = text("select args, lock from procrastinate_jobs where task_name = :t order by id")
        return [dict(row._mapping) for row in await session.execute(query, {"t": task})]


async def test_a_report_becomes_a_case_with_one_tap(desk: Desk) -> None:
    code = await desk.files()
    (case,) = await desk.all(Case)
    assert (case.code, case.text, case.ward_code) == (code, REPORT, "11383")
    assert (case.state, case.agency_id) == (lifecycle.ASSIGNED, "ubnd_11383")
    assert [event.name for event in await desk.all(Event)] == ["filed", "assigned"]


async def test_the_same_update_handled_twice_changes_nothing(desk: Desk) -> None:
    await desk.files()
    before = await desk.counts()
    for row in await desk.all(InboxUpdate):
        await desk.workshop.handle_update(row.id)
    assert await desk.counts() == before


async def test_two_workers_with_the_same_update_at_hand_file_once(desk: Desk) -> None:
    """Both read the row before either of them finished."""
    (card,) = await desk.hears(REPORT)
    data = card["buttons"][0][0]["callback_data"]
    query = {"id": "q", "from": person(AN), "chat_instance": "1", "data": data}
    inbox_id = await desk.stored(callback_query=query)
    for _ in range(2):
        await desk.handlers.read({"update_id": 1, "callback_query": query}, inbox_id)
    assert len(await desk.all(Case)) == 1
    assert len(await desk.said()) == 1


async def test_a_crash_in_the_middle_leaves_nothing_and_a_retry_works(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (card,) = await desk.hears(REPORT)
    data = card["buttons"][0][0]["callback_data"]
    query = {"id": "q", "from": person(AN), "chat_instance": "1", "data": data}
    inbox_id = await desk.stored(callback_query=query)
    before = await desk.counts()

    async def crash(*args: Any) -> None:
        raise RuntimeError("the machine is gone")

    with monkeypatch.context() as patch:
        patch.setattr("bot.conversation._store_draft", crash)  # The transaction's last step.
        with pytest.raises(HandlingFailed, match="RuntimeError"):
            await desk.workshop.handle_update(inbox_id)
    assert await desk.counts() == before
    assert await jobs(desk.database, "understand_case") == []

    await desk.workshop.handle_update(inbox_id)
    assert len(await desk.all(Case)) == 1
    (answer,) = await desk.said()
    assert "Mã vụ việc" in answer["text"]


async def test_a_failure_of_one_update_is_not_remembered_for_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox_id = await desk.stored(message=desk.message(text=REPORT))
    with monkeypatch.context() as patch:
        patch.setattr("bot.conversation._mark_handled", lambda *args: 1 / 0)
        with pytest.raises(HandlingFailed):
            await desk.workshop.handle_update(inbox_id)
    await desk.workshop.handle_update(inbox_id)
    assert len(await desk.said()) == 1


async def test_what_was_received_is_encrypted_and_wiped_when_handled(desk: Desk) -> None:
    inbox_id = await desk.stored(message=desk.message(text=REPORT))
    async with desk.database.in_transaction() as session:
        row = await session.get_one(InboxUpdate, inbox_id)
    assert row.payload is not None
    assert not any(plain in row.payload for plain in (b"1001,", b'"An"', b"R\xc3\xa1c"))
    await desk.workshop.handle_update(inbox_id)
    async with desk.database.in_transaction() as session:
        row = await session.get_one(InboxUpdate, inbox_id)
    assert (row.payload, row.handled_at) == (None, NOW)


async def test_no_table_holds_a_chat_id_or_a_name_in_the_clear(desk: Desk) -> None:
    await desk.files()
    async with desk.database.in_transaction() as session:
        for table in (Citizen, InboxUpdate, Case, Event, Draft):
            rows = str((await session.execute(select(table.__table__))).all())  # type: ignore[attr-defined]
            assert "1001" not in rows
            assert "Nguyễn" not in rows
        locks = str((await session.execute(text("select lock from procrastinate_jobs"))).all())
    assert "1001" not in locks


async def test_a_poison_update_fails_alone_and_is_kept(desk: Desk, vault: Any) -> None:
    garbage = {"message": {"date": "yesterday", "chat": 7}}
    inbox_id = await desk.stored(**garbage)
    good = await desk.stored(message=desk.message(text=REPORT))
    with pytest.raises(Exception) as failure:  # noqa: PT011 - whatever the reader makes of it.
        await desk.workshop.handle_update(inbox_id)
    await desk.workshop.note_failure(inbox_id, failure.value)
    await desk.workshop.handle_update(good)
    assert len(await desk.said()) == 1
    async with desk.database.in_transaction() as session:
        row = await session.get_one(InboxUpdate, inbox_id)
    assert (row.failed_at, row.failure) == (NOW, type(failure.value).__name__)
    assert row.handled_at is None
    assert b"yesterday" in vault.decrypt(row.payload or b"")


async def test_half_a_character_and_nul_are_left_out_of_a_text(desk: Desk) -> None:
    await desk.hears(f"\ud83d{REPORT}\0")
    (draft,) = await desk.all(Draft)
    assert draft.content["text"] == REPORT


async def test_a_text_of_nothing_is_answered(desk: Desk) -> None:
    (answer,) = await desk.hears("\0")
    assert answer["text"] == texts.UNREADABLE


async def test_words_are_stored_in_one_form_whatever_keyboard_wrote_them(desk: Desk) -> None:
    await desk.hears("Ra\u0301c o\u031b\u0309 phường Lê Chân")
    (draft,) = await desk.all(Draft)
    assert draft.content["text"] == "Rác ở phường Lê Chân"


async def test_group_chatter_is_ignored(desk: Desk) -> None:
    group = {"id": -5, "type": "group", "title": "Tổ dân phố"}
    chatter = desk.message(text=REPORT) | {"chat": group}
    for update in (
        {"message": chatter},
        {"edited_message": chatter | {"edit_date": 1_790_000_001}},
    ):
        assert await desk.takes(**update) == []
    assert await desk.all(Citizen) == []
    assert all(row.handled_at for row in await desk.all(InboxUpdate))


async def test_blocking_and_unblocking_the_bot_is_noted(desk: Desk) -> None:
    await desk.hears(REPORT)

    async def changes(status: str) -> None:
        def member(now: str) -> dict[str, Any]:
            me = {"id": 424242, "is_bot": True, "first_name": "Lắng Nghe"}
            return {"status": now, "user": me} | ({"until_date": 0} if now == "kicked" else {})

        chat = {"id": AN, "type": "private"}
        change = {"chat": chat, "from": person(AN), "date": 1_790_000_000}
        await desk.takes(
            my_chat_member=change
            | {"old_chat_member": member("member"), "new_chat_member": member(status)}
        )

    await changes("kicked")
    assert (await desk.an()).blocked_at == NOW
    await changes("member")
    assert (await desk.an()).blocked_at is None


async def test_consent_is_recorded_at_the_first_filing_only(desk: Desk, clock: Clock) -> None:
    await desk.hears(REPORT)
    assert (await desk.an()).consent_version is None
    await desk.hears("đúng rồi, gửi đi")
    await desk.hears(REPORT)
    (card,) = await desk.hears("cả chuột nữa")
    assert card["buttons"][0][0]["text"] == "Đồng ý và gửi"
    await desk.taps("Đồng ý và gửi", [card])
    first = await desk.an()
    assert (first.consent_version, first.consented_at) == (texts.CONSENT_VERSION, NOW)
    clock.advance(timedelta(days=1))
    await desk.files()
    assert (await desk.an()).consented_at == NOW


async def test_consent_to_other_words_is_asked_for_anew(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.files()
    monkeypatch.setattr(texts, "CONSENT_VERSION", "2027-01")
    clock.advance(timedelta(days=1))
    (question,) = await desk.hears(REPORT)
    (card,) = await desk.taps("Đây là việc mới", [question])
    assert card["buttons"][0][0]["text"] == "Đồng ý và gửi"
    await desk.taps("Đồng ý và gửi", [card])
    citizen = await desk.an()
    assert (citizen.consent_version, citizen.consented_at) == ("2027-01", clock.now)


@pytest.mark.parametrize("verb", ["withdraw", "settled", "unsettled"])
async def test_another_citizens_code_in_a_button_changes_nothing(desk: Desk, verb: str) -> None:
    code = await desk.files()
    before = await desk.all(Case)
    (answer,) = await desk.tapped(f"{verb}:{code}", BINH)
    assert answer["text"] == texts.STALE_BUTTON
    (after,) = await desk.all(Case)
    assert (after.state, after.revision) == (before[0].state, before[0].revision)
    assert len(await desk.all(Event)) == 2


async def test_another_citizens_case_takes_no_words(desk: Desk, rasa: RasaTable) -> None:
    code = await desk.files()
    rasa.answers["thêm nữa"] = parse_of("add_information")
    await desk.files(REPORT)
    await desk.hears(REPORT, BINH)
    await desk.hears("ừm", BINH)
    rasa.answers["ừ"] = parse_of("thank", 0.2)
    await desk.tapped("cancel:2", BINH)
    await desk.hears("ừ", BINH)  # An offer is open: draft 4.
    (answer,) = await desk.tapped(f"add:4:{code}", BINH)
    assert answer["text"] == texts.STALE_BUTTON
    assert await desk.all(Message) == []


async def test_the_citizens_own_buttons_move_the_case(desk: Desk, clock: Clock) -> None:
    code = await desk.files()
    (answer,) = await desk.tapped(f"settled:{code}")
    assert answer["text"] == texts.NOT_POSSIBLE_NOW.format(code=code)
    (answer,) = await desk.tapped(f"withdraw:{code}")
    assert answer["text"] == texts.WITHDRAWN.format(code=code)
    (case,) = await desk.all(Case)
    assert (case.state, case.closed_at) == (lifecycle.WITHDRAWN, NOW)


async def test_a_denunciation_leaves_a_count_and_nothing_else(desk: Desk) -> None:
    await desk.takes(message=desk.message(**photo(caption=DENUNCIATION)))
    await desk.hears(DENUNCIATION)
    (tally,) = await desk.all(Tally)
    assert (tally.day, tally.name, tally.count) == ("2026-11-10", "denunciation", 2)
    assert await desk.all(Attachment) == []
    assert await desk.all(Case) == []
    async with desk.database.in_transaction() as session:
        for table in (Draft, Reply, InboxUpdate):
            assert "Tham" not in str((await session.execute(select(table.__table__))).all())  # type: ignore[attr-defined]


async def test_files_go_with_the_case_and_those_of_a_cancelled_draft_are_forgotten(
    desk: Desk,
) -> None:
    await desk.takes(message=desk.message(**photo("p1")))
    await desk.takes(message=desk.message(**command("huy")))
    assert await desk.all(Attachment) == []
    await desk.takes(message=desk.message(**photo("p2", media_group_id="a", caption=REPORT)))
    assert await desk.takes(message=desk.message(**photo("p3", media_group_id="a"))) == []
    await desk.tapped("send:3")
    (case,) = await desk.all(Case)
    assert [(a.file_id, a.case_id) for a in await desk.all(Attachment)] == [
        ("p2", case.id),
        ("p3", case.id),
    ]
    await desk.takes(message=desk.message(**photo("p4")))
    assert (await desk.all(Attachment))[-1].case_id == case.id
    assert len(await jobs(desk.database, "fetch_attachment")) == 4


async def test_every_kind_of_file_is_kept_with_its_type(desk: Desk) -> None:
    file = {"file_id": "f", "file_unique_id": "f", "mime_type": "image/png"}
    sized = file | {"width": 1, "height": 1, "duration": 1}
    note = {"file_id": "n", "file_unique_id": "n", "length": 1, "duration": 1}
    for content in ({"video": sized}, {"voice": file | {"duration": 1}}, {"document": file},
                    {"audio": file | {"duration": 1}}, {"video_note": note}, photo()):  # fmt: skip
        await desk.takes(message=desk.message(**content))
    assert [(a.kind, a.media_type) for a in await desk.all(Attachment)] == [
        ("video", "image/png"), ("voice", "image/png"), ("document", "image/png"),
        ("voice", "image/png"), ("video", None), ("photo", "image/jpeg"),
    ]  # fmt: skip


async def test_a_sticker_is_answered_and_a_pin_is_understood(desk: Desk) -> None:
    dice = {"emoji": "x", "value": 3}
    (answer,) = await desk.takes(message=desk.message(dice=dice))
    assert answer["text"] == texts.UNREADABLE
    contact = {"phone_number": "1", "first_name": "X"}
    (answer,) = await desk.takes(message=desk.message(contact=contact))
    assert answer["text"] == texts.CONTACT_KEPT
    where = {"latitude": 20.85, "longitude": 106.68}
    (answer,) = await desk.takes(message=desk.message(location=where))
    assert answer["text"] == texts.PIN_KEPT
    venue = {"location": where, "title": "Chợ", "address": "Chợ"}
    (answer,) = await desk.takes(message=desk.message(venue=venue, location=where))
    assert answer["text"] == texts.PIN_KEPT


async def test_a_shared_map_link_is_a_pin(desk: Desk) -> None:
    link = "https://maps.google.com/?q=20.85,106.68"
    (answer,) = await desk.takes(message=desk.message(text=link))
    assert answer["text"] == texts.PIN_KEPT


async def test_a_moving_live_location_and_a_removed_caption_are_not_answered(desk: Desk) -> None:
    where = {"latitude": 20.85, "longitude": 106.68}
    edit = {"edit_date": 1_790_000_001}
    assert await desk.takes(edited_message=desk.message(location=where) | edit) == []
    assert await desk.takes(edited_message=desk.message(**photo()) | edit) == []
    assert await desk.all(Attachment) == []


async def test_an_edited_message_changes_the_draft_it_made(desk: Desk) -> None:
    sent = desk.message(text="Rac o cho")
    await desk.takes(message=sent)
    edited = sent | {"text": REPORT, "edit_date": 1_790_000_001}
    (card,) = await desk.takes(edited_message=edited)
    assert REPORT in card["text"]
    await desk.taps("Đồng ý và gửi", [card])
    (answer,) = await desk.takes(edited_message=edited | {"text": "khác"})
    (case,) = await desk.all(Case)
    assert answer["text"] == texts.ADDED.format(code=case.code)
    assert case.text == REPORT
    assert [one.text for one in await desk.all(Message)] == ["Sửa lại lời đã gửi: khác"]


async def test_commands_are_understood(desk: Desk) -> None:
    for name, said in (("start", "Xin chào"), ("huongdan", "Cách gửi"), ("huy", "không có"),
                       ("tinhtrang", "Chưa có vụ việc")):  # fmt: skip
        (answer,) = await desk.takes(message=desk.message(**command(name)))
        assert said in answer["text"]


@pytest.mark.parametrize(
    "answer", [{}, {"intent": None}, parse_of() | {"categories": []}, parse_of(legal_type="đơn"),
               parse_of() | {"intent": {"name": "report", "confidence": float("nan")}}, [],
               parse_of() | {"entities": ["x"]}]
)  # fmt: skip
async def test_a_nonsensical_answer_of_rasa_is_an_outage_and_no_more(
    desk: Desk, rasa: RasaTable, answer: Any
) -> None:
    rasa.answers[REPORT] = answer
    (question,) = await desk.hears(REPORT)
    assert question["text"] == texts.ASK_CATEGORY_WHILE_DOWN


async def test_a_case_filed_while_rasa_is_away_waits_for_a_person_and_is_read_later(
    desk: Desk, rasa: RasaTable
) -> None:
    unsaid = "ông chủ tịch phường ăn tiền đền bù của dân"  # Without the word for it.
    rasa.answers[unsaid] = {}
    (question,) = await desk.hears(unsaid)
    (place,) = await desk.taps("Rác thải, ô nhiễm", [question])
    (card,) = await desk.taps("Không rõ, bỏ qua", [place])
    await desk.taps("Đồng ý và gửi", [card])
    (case,) = await desk.all(Case)
    assert (case.state, case.agency_id, case.understood_at) == ("needs_triage", None, None)
    assert [job["args"] for job in await jobs(desk.database, "understand_case")] == [
        {"case_id": case.id}
    ]
    rasa.answers[unsaid] = parse_of(legal_type="to_cao")
    await desk.workshop.understand_case(case.id)
    (case,) = await desk.all(Case)
    assert (case.state, case.restricted, case.understood_at) == ("needs_triage", True, NOW)


# --- receiving ----------------------------------------------------------------------------


async def test_a_batch_stored_twice_queues_one_job_for_each_update(desk: Desk) -> None:
    batch = [{"update_id": n, "message": desk.message(text=REPORT)} for n in (1, 2, 3)]
    await desk.receiver.store(batch)
    await desk.receiver.store([*batch, {"update_id": 4, "message": desk.message(BINH, text="x")}])
    queued = await jobs(desk.database, "handle_update")
    assert [job["args"]["inbox_id"] for job in queued] == [
        r.id for r in await desk.all(InboxUpdate)
    ]
    assert len(queued) == 4
    locks = [job["lock"] for job in queued]
    assert len(set(locks[:3])) == 1  # One sender's messages are handled in order,
    assert locks[3] != locks[0]  # another's beside them.


async def test_all_updates_of_one_person_share_a_lock(desk: Desk) -> None:
    query = {"id": "q", "from": person(AN), "chat_instance": "1", "data": "x",
             "message": desk.message(text="…") | {"from": person(424242)}}  # fmt: skip
    await desk.stored(callback_query=query)
    await desk.stored(message=desk.message(text=REPORT))
    await desk.stored(edited_message=desk.message(text=REPORT))
    assert len({job["lock"] for job in await jobs(desk.database, "handle_update")}) == 1


async def test_two_bots_equal_update_ids_do_not_collide(desk: Desk, vault: Any) -> None:
    class OtherBot:
        id = 777

    other = Receiver(OtherBot(), desk.database, vault, "x")  # type: ignore[arg-type]
    for receiver in (desk.receiver, other):
        await receiver.store([{"update_id": 5, "message": desk.message(text=REPORT)}])
    assert [(row.bot_id, row.update_key) for row in await desk.all(InboxUpdate)] == [
        (424242, "5"),
        (777, "5"),
    ]


async def test_a_batch_that_fails_to_store_queues_nothing(desk: Desk) -> None:
    with pytest.raises(KeyError):
        await desk.receiver.store([{"update_id": 1, "message": {}}, {"no": "number"}])
    assert await desk.all(InboxUpdate) == []
    assert await jobs(desk.database, "handle_update") == []


async def test_half_a_character_does_not_keep_a_batch_from_being_stored(desk: Desk) -> None:
    inbox_id = await desk.stored(message=desk.message(text="\ud83d"))
    await desk.workshop.handle_update(inbox_id)


async def test_polling_stores_what_telegram_has_and_confirms_it(
    desk: Desk, telegram: Any, telegram_bot: Any
) -> None:
    await desk.receiver.poll_once()
    before = len(await desk.all(InboxUpdate))
    telegram.say(REPORT)
    await desk.receiver.poll_once()
    await desk.workshop.handle_update((await desk.all(InboxUpdate))[-1].id)
    assert len(await desk.all(InboxUpdate)) == before + 1
    assert REPORT in (await desk.said())[-1]["text"]
    again = Receiver(telegram_bot, desk.database, desk.workshop.vault, "x")
    telegram.say("sau")
    await again.poll_once()  # Without its offset the last batch comes again: it is known.
    assert len(await desk.all(InboxUpdate)) == before + 2
