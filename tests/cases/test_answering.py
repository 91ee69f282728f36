"""Answers: what they must hold, what is sent back, what is shown for them."""

import hashlib
import io
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from cases.answering import (
    Answer,
    answer_case,
    keep_files,
    kept_files,
    sent_back_counts,
    unsent_answer,
)
from cases.audit import find_broken
from cases.evidence import MOST_FILES, Evidence, UnusableFile, read_evidence
from cases.lifecycle import IllegalMove
from cases.substance import Fault
from db.models import Attachment, Case, Event, Message, Reply, Staff
from db.session import Database
from routing.tables import Pack
from tests.cases.conftest import HEALTH, NOW, ROADS, NewCase, answered, decided

LATER = NOW + timedelta(days=3)
PHOTO = Evidence("photo", "image/jpeg", b"a photo")
PAPER = Evidence("document", "application/pdf", b"%PDF-1.7")
VAGUE = "Đã chuyển đơn vị chức năng."


class Desk:
    """Staff at one case, each act in its own transaction."""

    def __init__(self, database: Database, case: Case, staff: dict[str, Staff], pack: Pack) -> None:
        self.database, self.case, self.staff, self.pack = database, case, staff, pack

    async def answers(self, who: str, answer: Answer, **more: Any) -> tuple[Fault, ...]:
        async with self.database.in_transaction() as session:
            case = await session.get_one(Case, self.case.id, with_for_update=True)
            return await answer_case(
                session, case, self.staff[who], answer, "Sở Xây dựng", LATER, self.pack, **more
            )

    async def keeps(self, who: str, *files: Evidence) -> tuple[int, ...]:
        async with self.database.in_transaction() as session:
            case = await session.get_one(Case, self.case.id, with_for_update=True)
            return await keep_files(session, case, self.staff[who], files, LATER)

    async def now(self) -> Case:
        async with self.database.in_transaction() as session:
            return await session.get_one(Case, self.case.id)

    async def events(self, name: str) -> list[Event]:
        async with self.database.in_transaction() as session:
            found = select(Event).where(Event.case_id == self.case.id, Event.name == name)
            return list(await session.scalars(found.order_by(Event.seq)))

    async def told(self) -> list[dict[str, Any]]:
        async with self.database.in_transaction() as session:
            replies = await session.scalars(select(Reply).order_by(Reply.id))
            return [reply.content or {} for reply in replies]


@pytest.fixture
async def desk(database: Database, new_case: NewCase, staff: dict[str, Staff], pack: Pack) -> Desk:
    return Desk(database, await new_case(), staff, pack)


@pytest.mark.parametrize(
    ("lack", "complaint"),
    [
        ({"done_on": None}, "ngày đã làm"),
        ({"done_on": date(2026, 11, 14)}, "không thể sau hôm nay"),
        ({"done_by": " "}, "đơn vị, bộ phận"),
        ({"done_by": "a" * 201}, "dài quá 200"),
        ({"no_evidence": " . "}, "vì sao không có"),
        ({"no_evidence": "a" * 301}, "dài quá 300"),
        ({"text": " \n"}, "đang trống"),
        ({"file_ids": (404,)}, "Tệp gửi kèm không còn"),
    ],
)
async def test_an_answer_that_lacks_something_is_refused_and_says_what(
    desk: Desk, lack: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(IllegalMove, match=complaint):
        await desk.answers("hoa", answered(**({"text": "Đã vá ba ổ gà ngày 10."} | lack)))
    assert (await desk.now()).state == "assigned"
    assert await desk.told() == []


async def test_a_vague_answer_goes_back_to_its_writer_and_can_be_mended(
    database: Database, desk: Desk
) -> None:
    faults = await desk.answers("hoa", answered(VAGUE))
    assert [fault.code for fault in faults] == ["says_nothing", "no_deed"]
    assert (await desk.now()).state == "assigned"
    assert await desk.told() == []
    async with database.in_transaction() as session:
        draft = await unsent_answer(session, desk.case)
        assert draft is not None
        assert (draft.text, draft.done_by) == (VAGUE, "Đội quản lý đường")
    assert await desk.answers("hoa", answered()) == ()
    assert (await desk.now()).state == "answered"
    async with database.in_transaction() as session:
        assert await unsent_answer(session, desk.case) is None
    (event,) = await desk.events("answer_sent_back")
    assert (event.data["agency"], event.data["faults"]) == (ROADS, ["says_nothing", "no_deed"])


@pytest.mark.parametrize("who", ["hoa", "binh"])
async def test_only_a_supervisor_sends_a_vague_answer_all_the_same(desk: Desk, who: str) -> None:
    assert await desk.answers(who, answered(VAGUE), insists=True)
    assert await desk.answers("mai", answered(VAGUE))
    assert (await desk.now()).state == "assigned"
    assert await desk.answers("mai", answered(VAGUE), insists=True) == ()
    assert (await desk.now()).state == "answered"
    (event,) = await desk.events("answered")
    assert event.data["sent_despite"] == ["says_nothing", "no_deed"]


async def test_how_often_an_agency_was_sent_back_is_counted(
    database: Database, desk: Desk, new_case: NewCase, staff: dict[str, Staff], pack: Pack
) -> None:
    for _ in range(2):
        await desk.answers("hoa", answered(VAGUE))
    others = Desk(database, await new_case(decision=decided(HEALTH)), staff, pack)
    await others.answers("chi", answered(VAGUE))
    hidden = Desk(database, await new_case(restricted=True), staff, pack)
    await hidden.answers("yen", answered(VAGUE))
    async with database.in_transaction() as session:
        counts = await sent_back_counts(session, NOW, LATER + timedelta(seconds=1))
        assert counts == {ROADS: 2, HEALTH: 1}
        assert await sent_back_counts(session, NOW, LATER) == {}


async def test_files_go_to_the_citizen_before_the_words_and_stay_with_the_answer(
    database: Database, desk: Desk
) -> None:
    first, second, unwanted = await desk.keeps("hoa", PHOTO, PAPER, PHOTO)
    answer = answered(file_ids=(first, second))
    assert await desk.answers("hoa", answer) == ()
    told = await desk.told()
    assert [one["notice"] for one in told] == ["evidence", "evidence", "answered"]
    assert [one["attachment"] for one in told[:2]] == [first, second]
    assert (told[2]["files"], told[2]["no_evidence"]) == (2, "")
    async with database.in_transaction() as session:
        files = list(await session.scalars(select(Attachment).order_by(Attachment.id)))
        message = (await session.scalars(select(Message))).one()
        assert [(file.id, file.message_id) for file in files] == [
            (first, message.id), (second, message.id),
        ]  # fmt: skip
        assert {file.staff_id for file in files} == {desk.staff["hoa"].id}
        assert await session.get(Attachment, unwanted) is None
    (event,) = await desk.events("answered")
    assert event.data["files"][str(first)] == hashlib.sha256(PHOTO.content).hexdigest()


async def test_files_of_an_answer_that_was_sent_back_wait_for_the_next(
    database: Database, desk: Desk
) -> None:
    (kept,) = await desk.keeps("hoa", PHOTO)
    await desk.answers("hoa", answered(VAGUE, file_ids=(kept,)))
    async with database.in_transaction() as session:
        assert [file.id for file in await kept_files(session, desk.case)] == [kept]
    assert await desk.answers("mai", answered(file_ids=(kept,))) == ()


async def test_no_more_files_than_may_go_with_an_answer(desk: Desk) -> None:
    await desk.keeps("hoa", *[PHOTO] * MOST_FILES)
    with pytest.raises(IllegalMove, match="nhiều nhất 5 tệp"):
        await desk.keeps("hoa", PHOTO)


@pytest.mark.parametrize(
    ("table", "column", "value", "sign"),
    [
        (Attachment, "content", b"another photo", "a file"),
        (Message, "text", "Không có gì để làm.", "a message"),
    ],
)
async def test_what_was_shown_and_said_cannot_be_changed_unseen(
    database: Database, desk: Desk, table: Any, column: str, value: object, sign: str
) -> None:
    (kept,) = await desk.keeps("hoa", PHOTO)
    await desk.answers("hoa", answered(file_ids=(kept,)))
    async with database.in_transaction() as session:
        assert [one async for one in find_broken(session)] == []
        await session.execute(update(table).values({column: value}))
    async with database.in_transaction() as session:
        (broken,) = [one async for one in find_broken(session)]
    assert broken.code == desk.case.code
    assert broken.why.startswith(sign)


async def test_who_answers_for_the_agency_has_accepted_the_case_and_a_sorter_has_not(
    database: Database, desk: Desk, new_case: NewCase, staff: dict[str, Staff], pack: Pack
) -> None:
    await desk.answers("hoa", answered())
    (event,) = await desk.events("accepted")
    assert event.data == {"agency": ROADS, "late": True}  # Given on a Tuesday, taken on a Friday.
    other = Desk(database, await new_case(), staff, pack)
    await other.answers("binh", answered())
    assert await other.events("accepted") == []


# --- files


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **more)
    return out.getvalue()


def with_place() -> bytes:
    """A photo that says where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: to be turned.
    exif[0x010F] = "Some Telephone"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif, comment=b"taken at home")


def test_a_photo_loses_its_place_its_device_and_its_comment_and_stands_upright() -> None:
    original = with_place()
    assert b"Some Telephone" in original
    assert b"taken at home" in original
    kept = read_evidence("a.jpg", original)
    assert (kept.kind, kept.media_type) == ("photo", "image/jpeg")
    assert b"Some Telephone" not in kept.content
    assert b"taken at home" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as shown:
        assert shown.size == (20, 40)
        assert not shown.getexif()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_pictures_of_other_kinds_become_photos(kind: str) -> None:
    assert read_evidence("a", picture(kind)).content.startswith(b"\xff\xd8")


def test_a_large_picture_is_made_small_enough_for_a_chat() -> None:
    kept = read_evidence("a.png", picture("PNG", (5000, 100)))
    with Image.open(io.BytesIO(kept.content)) as shown:
        assert shown.size == (2560, 51)


def test_a_pdf_is_kept_as_it_is() -> None:
    assert read_evidence("a.pdf", b"%PDF-1.7 ...") == Evidence(
        "document", "application/pdf", b"%PDF-1.7 ..."
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html>", "không phải ảnh"),
        (b"", "không phải ảnh"),
        (picture()[:200], "không phải ảnh"),
        (picture("GIF"), "không phải ảnh"),
        (b"%PDF-" + b"0" * 10 * 1024 * 1024, "lớn quá 10 MB"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_name(content: bytes, why: str) -> None:
    with pytest.raises(UnusableFile, match=f"“anh.jpg” {why}"):
        read_evidence("anh.jpg", content)


async def test_a_file_that_is_kept_is_read_back_whole(database: Database, desk: Desk) -> None:
    (kept,) = await desk.keeps("hoa", PHOTO)
    async with database.in_transaction() as session:
        whole = [undefer(Attachment.content)]
        assert (await session.get_one(Attachment, kept, options=whole)).content == PHOTO.content
