"""A case on the screen: who sees it, who may act, what stays in the history."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from cases.access import access_case
from cases.events import first_broken
from cases.lifecycle import ANSWERED
from cases.queries import load_history
from cases.transfers import assign_case
from db.models import Attachment, Case, Event, Reply
from db.session import Database
from routing.tables import Pack
from tests.console.conftest import ANSWER, HEALTH, NOW, ROADS, Cast, Clock, FileCase, NewBrowser

PNG = b"\x89PNG\r\n\x1a\n"


async def test_an_answer_reaches_the_citizen_and_the_history(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase, pack: Pack
) -> None:
    case = await file_one()
    chi = new_browser()
    await chi.log_in("chi")
    page = await chi.open("/vu-viec")
    assert case.code in page.text
    await chi.open(f"/vu-viec/{case.code}")
    page = await chi.post(f"/vu-viec/{case.code}/tra-loi", **ANSWER)
    assert page.status_code == 200
    assert "Đã ghi trả lời" in page.text
    assert ANSWER["text"] in page.text

    async with database.in_transaction() as session:
        kept = await load_history(session, await session.get_one(Case, case.id))
        reply = (await session.scalars(select(Reply))).one()
        jobs = await session.scalar(
            text("select count(*) from procrastinate_jobs where task_name = 'send_reply'")
        )
    assert kept.state == ANSWERED
    assert [event.name for event in kept.events] == [
        "filed", "assigned", "accepted", "answered",
    ]  # fmt: skip
    assert kept.events[-1].actor == f"staff:{cast.chi.id}"
    assert first_broken(kept.code, kept.events) is None
    assert reply.content is not None
    assert reply.content["responder"] == pack.agencies[ROADS].name
    assert reply.content["answer"] == ANSWER["text"]
    assert jobs == 1


async def test_another_agency_cannot_tell_a_case_from_none(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    hanh = new_browser()
    await hanh.log_in("hanh")
    assert case.code not in (await hanh.open("/vu-viec")).text
    there = await hanh.open(f"/vu-viec/{case.code}")
    missing = await hanh.open("/vu-viec/PA-000000")
    nonsense = await hanh.open("/vu-viec/PA-LALALA")
    assert there.status_code == missing.status_code == nonsense.status_code == 404
    assert there.text == missing.text == nonsense.text
    await hanh.open("/vu-viec")
    fields = {"text": "x", "reason": "x", "agency_id": HEALTH, "revision": "1"}
    for form in (
        "tra-loi", "giao", "hien-so", "tra-lai", "quyet-dinh", "phoi-hop", "thoi-phoi-hop", "gop-y",
    ):  # fmt: skip
        page = await hanh.client.post(
            f"/vu-viec/{case.code}/{form}", data=fields | {"csrf": hanh.hidden("csrf")}
        )
        assert page.status_code == 404


async def test_a_restricted_case_is_for_inspectors_and_supervisors(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one(restricted=True, agency_id=None, rule="restricted")
    for username, status in (("binh", 404), ("chi", 404), ("yen", 200), ("dung", 200)):
        browser = new_browser()
        await browser.log_in(username)
        page = await browser.open(f"/vu-viec/{case.code}")
        assert page.status_code == status, username
        assert ("Hạn chế" in page.text) == (status == 200)


async def test_an_administrator_sees_no_case(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    giang = new_browser()
    assert (await giang.log_in("giang")).url.path == "/nhan-vien"
    assert case.code not in (await giang.open("/vu-viec")).text
    assert (await giang.open(f"/vu-viec/{case.code}")).status_code == 404


async def test_words_are_found_without_diacritics_and_codes_in_any_spelling(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    road = await file_one("Đường Nguyễn Lương Bằng ngập sâu")
    other = await file_one("Đèn đường không sáng")
    binh = new_browser()
    await binh.log_in("binh")
    spellings = ("nguyen luong bang", "NGUYỄN LƯƠNG", road.code.lower().replace("-", " "))
    for words in spellings:
        page = await binh.open("/vu-viec?tu=" + words)
        assert road.code in page.text, words
        assert other.code not in page.text, words
    assert "Không có vụ việc nào khớp" in (await binh.open("/vu-viec?tu=hoa%00hau")).text


async def test_a_list_continues_without_gap_or_repetition(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    codes = {(await file_one(f"Việc số {number}")).code for number in range(53)}
    binh = new_browser()
    await binh.log_in("binh")
    assert "Xem toàn bộ, mới nhất trước" in (await binh.open("/vu-viec")).text
    page = await binh.open("/vu-viec?trang_thai=assigned")
    first = {code for code in codes if code in page.text}
    following = page.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    page = await binh.open(following.replace("&amp;", "&"))
    second = {code for code in codes if code in page.text}
    assert len(first) == 50
    assert not first & second
    assert first | second == codes
    assert 'rel="next"' not in page.text


async def test_a_case_without_agency_is_given_to_one_with_a_reason(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one(agency_id=None, category=None)
    binh = new_browser()
    await binh.log_in("binh")
    page = await binh.open(f"/vu-viec/{case.code}")
    assert "UBND Phường Thành Đông" in page.text.split("Cấp tỉnh, thành phố")[0]
    refused = await binh.post(f"/vu-viec/{case.code}/giao", agency_id=ROADS, reason="  ")
    assert refused.status_code == 409
    assert "Cần ghi lý do" in refused.text
    assert f'value="{ROADS}" selected' in refused.text
    unknown = await binh.post(f"/vu-viec/{case.code}/giao", agency_id="so_trang_tri", reason="x")
    assert unknown.status_code == 409
    assert "Cần chọn cơ quan" in unknown.text
    page = await binh.post(f"/vu-viec/{case.code}/giao", agency_id=ROADS, reason="Đường đô thị")
    assert "Đã giao vụ việc cho Sở Xây dựng" in page.text
    assert "Lý do: Đường đô thị" in page.text
    assert "Bình" in page.text
    async with database.in_transaction() as session:
        assert (await session.get_one(Case, case.id)).agency_id == ROADS


async def test_the_third_transfer_goes_to_a_named_person_who_decides(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase, pack: Pack
) -> None:
    case = await file_one()
    for agency_id in (HEALTH, "so_noi_vu"):
        async with database.in_transaction() as session:
            kept = await access_case(session, cast.binh, case.code, to_change=True)
            agency = pack.agencies[agency_id]
            await assign_case(session, kept, cast.binh, agency, "đổi", NOW, pack)
    binh = new_browser()
    await binh.log_in("binh")
    await binh.open(f"/vu-viec/{case.code}")
    page = await binh.post(f"/vu-viec/{case.code}/giao", agency_id=ROADS, reason="Của Xây dựng")
    assert page.status_code == 200
    for words in (
        "Chờ người phụ trách quyết định",
        "đã trình Dũng",
        "Đang chờ <strong>Dũng</strong> quyết định",
        "vụ việc quay lại cơ quan đã từng giữ",
        "Lý do: Của Xây dựng",
        "Đã chuyển 3 lần",
    ):
        assert words in page.text, words
    assert "/quyet-dinh" not in page.text
    dung = new_browser()
    await dung.log_in("dung")
    assert "Có 1 vụ việc đang chờ anh/chị quyết định" in (await dung.open("/vu-viec")).text
    page = await dung.open(f"/vu-viec/{case.code}")
    first = page.text.split('label="Cấp tỉnh, thành phố"')[0]
    assert f'value="{ROADS}"' in first, "what was proposed comes first"
    page = await dung.post(f"/vu-viec/{case.code}/quyet-dinh", agency_id=ROADS, reason=" ")
    assert page.status_code == 409
    assert f'value="{ROADS}" selected' in page.text
    page = await dung.post(f"/vu-viec/{case.code}/quyet-dinh", agency_id=ROADS, reason="Theo luật")
    assert "Đã giao vụ việc cho Sở Xây dựng" in page.text
    assert "Người phụ trách quyết định giao cho Sở Xây dựng" in page.text
    assert "Có 1 vụ việc đang chờ" not in (await dung.open("/vu-viec")).text
    chi = new_browser()
    await chi.log_in("chi")
    page = await chi.open(f"/vu-viec/{case.code}")
    assert "/tra-loi" in page.text
    assert "/tra-lai" not in page.text
    page = await chi.post(
        f"/vu-viec/{case.code}/tra-lai", why="wrong_ward", note="Vẫn trả", agency_id=HEALTH
    )
    assert page.status_code == 409
    assert "không trả lại được nữa" in page.text
    assert "readonly>Vẫn trả</textarea>" in page.text


async def test_an_agency_returns_a_case_and_triage_sees_the_proposal_first(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = new_browser()
    await chi.log_in("chi")
    page = await chi.open(f"/vu-viec/{case.code}")
    assert "Không đúng địa bàn" in page.text
    fields = {"why": "other_level", "note": "Gọi 0912 345 678, việc của y tế"}
    page = await chi.post(f"/vu-viec/{case.code}/tra-lai", **fields)
    assert page.status_code == 409
    assert "Cần đề xuất cơ quan" in page.text
    assert "việc của y tế</textarea>" in page.text
    assert 'value="other_level" selected' in page.text
    page = await chi.post(f"/vu-viec/{case.code}/tra-lai", agency_id=HEALTH, **fields)
    assert page.url.path == "/vu-viec"
    assert "Đã trả lại vụ việc" in page.text
    assert case.code not in page.text
    assert (await chi.open(f"/vu-viec/{case.code}")).status_code == 404

    binh = new_browser()
    await binh.log_in("binh")
    page = await binh.open(f"/vu-viec/{case.code}")
    groups = page.text.split("<optgroup")
    assert "Cơ quan vừa trả lại đề xuất" in groups[1]
    assert f'value="{HEALTH}"' in groups[1]
    assert page.text.count(f'value="{HEALTH}"') == 1
    assert "Sở Xây dựng trả lại, đề xuất Sở Y tế" in page.text
    assert "Thuộc thẩm quyền của cấp khác. Gọi" in page.text
    assert "345" not in page.text, "numbers in a reason are masked too"
    await binh.post(f"/vu-viec/{case.code}/giao", agency_id=HEALTH, reason="đồng ý")
    page = await binh.open(f"/vu-viec/{case.code}")
    assert "Cơ quan vừa trả lại đề xuất" not in page.text
    hanh, dung = new_browser(), new_browser()
    await hanh.log_in("hanh")
    await hanh.open(f"/vu-viec/{case.code}")
    fields = {"why": "not_competent", "note": "Việc của đường sá", "agency_id": ROADS}
    await hanh.post(f"/vu-viec/{case.code}/tra-lai", **fields)
    await dung.log_in("dung")
    page = await dung.open(f"/vu-viec/{case.code}")
    for words in ("vụ việc quay lại cơ quan đã từng giữ", "Việc của đường sá", "/quyet-dinh"):
        assert words in page.text, words


async def test_likely_agencies_come_first_and_triage_sees_what_to_ask(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one(agency_id=None)
    suggested = ["so_y_te", "ubnd_10507", "nobody_any_more"]
    decision = case.decision | {
        "suggestions": suggested,
        "ask": "Chỗ đó trong ngõ hay ngoài đường?",
    }
    async with database.in_transaction() as session:
        await session.execute(update(Case).where(Case.id == case.id).values(decision=decision))
    binh = new_browser()
    await binh.log_in("binh")
    page = await binh.open(f"/vu-viec/{case.code}")
    groups = page.text.split("<optgroup")
    assert "Hệ thống gợi ý" in groups[1]
    assert groups[1].index("so_y_te") < groups[1].index("ubnd_10507")
    assert "Chỗ đó trong ngõ hay ngoài đường?" in page.text


async def test_a_supporting_agency_writes_for_the_lead_and_cannot_answer(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    binh, hanh, chi = new_browser(), new_browser(), new_browser()
    await binh.log_in("binh")
    await binh.open(f"/vu-viec/{case.code}")
    path = f"/vu-viec/{case.code}/phoi-hop"
    page = await binh.post(path, agency_id=HEALTH, note="")
    assert page.status_code == 409
    assert "Cần ghi việc cần phối hợp" in page.text
    page = await binh.post(path, agency_id=HEALTH, note="Kiểm tra nguồn nước")
    assert "Đã thêm cơ quan phối hợp" in page.text
    assert "Sở Y tế tham gia phối hợp" in page.text
    await hanh.log_in("hanh")
    assert "Anh/chị phối hợp" in (await hanh.open("/vu-viec")).text
    page = await hanh.open(f"/vu-viec/{case.code}")
    assert "/tra-loi" not in page.text
    page = await hanh.post(f"/vu-viec/{case.code}/tra-loi", text="Tôi trả lời")
    assert page.status_code == 403
    page = await hanh.post(f"/vu-viec/{case.code}/gop-y", text="Nước đạt chuẩn")
    assert "Đã gửi ý kiến cho cơ quan chủ trì" in page.text
    await chi.log_in("chi")
    page = await chi.open(f"/vu-viec/{case.code}")
    assert "Nước đạt chuẩn" in page.text
    assert "Ý kiến phối hợp (nội bộ)" in page.text
    await binh.open(f"/vu-viec/{case.code}")
    path = f"/vu-viec/{case.code}/thoi-phoi-hop"
    page = await binh.post(path, agency_id=HEALTH, note="đã đủ")
    assert "Cơ quan đã thôi phối hợp" in page.text
    assert (await hanh.open(f"/vu-viec/{case.code}")).status_code == 404


async def test_an_agency_in_office_until_today_is_offered_and_not_tomorrow(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase, pack: Pack, clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    case = await file_one()
    monkeypatch.setitem(vars(pack.agencies[HEALTH]), "valid_to", pack.local_day(NOW))
    binh = new_browser()
    await binh.log_in("binh")
    assert f'value="{HEALTH}"' in (await binh.open(f"/vu-viec/{case.code}")).text
    clock.advance(timedelta(hours=14, minutes=1))
    await binh.log_in("binh")
    assert f'value="{HEALTH}"' not in (await binh.open(f"/vu-viec/{case.code}")).text


async def test_the_unit_complained_about_is_not_offered(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one(agency_id=None)
    async with database.in_transaction() as session:
        decision = case.decision | {"excluded": ["ubnd_10507"]}
        await session.execute(update(Case).where(Case.id == case.id).values(decision=decision))
    binh = new_browser()
    await binh.log_in("binh")
    page = await binh.open(f"/vu-viec/{case.code}")
    assert 'value="ubnd_10507"' not in page.text
    assert 'value="ca_10507"' in page.text
    page = await binh.post(f"/vu-viec/{case.code}/giao", agency_id="ubnd_10507", reason="x")
    assert page.status_code == 403
    assert "Đơn vị bị phản ánh" in page.text


async def test_two_people_at_one_case_do_not_overwrite_each_other(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi, binh = new_browser(), new_browser()
    await chi.log_in("chi")
    await binh.log_in("binh")
    await chi.open(f"/vu-viec/{case.code}")
    await binh.open(f"/vu-viec/{case.code}")
    await chi.post(f"/vu-viec/{case.code}/tra-loi", **ANSWER)
    page = await binh.post(f"/vu-viec/{case.code}/tra-loi", text="Chúng tôi sẽ xem.")
    assert page.status_code == 409
    assert "Có người vừa cập nhật" in page.text
    assert "readonly>Chúng tôi sẽ xem.</textarea>" in page.text


@pytest.mark.parametrize("answer", ["", "   ", "x" * 3501])
async def test_an_empty_or_endless_answer_is_refused(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase, answer: str
) -> None:
    case = await file_one()
    chi = new_browser()
    await chi.log_in("chi")
    await chi.open(f"/vu-viec/{case.code}")
    page = await chi.post(f"/vu-viec/{case.code}/tra-loi", text=answer)
    assert page.status_code == 409
    assert 'role="alert"' in page.text
    async with database.in_transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Reply)) == 0


async def test_what_citizens_write_is_text_and_never_markup(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    case = await file_one(attack, place_text='"><svg onload=alert(1)>')
    chi = new_browser()
    await chi.log_in("chi")
    await chi.open(f"/vu-viec/{case.code}")
    await chi.post(f"/vu-viec/{case.code}/tra-loi", text="</textarea><script>x</script>")
    for path in (f"/vu-viec/{case.code}", "/vu-viec", "/vu-viec?tu=%22%3E%3Cscript%3E"):
        page = await chi.open(path)
        assert page.status_code == 200
        for live in ("<script", "<img src=x", "<svg", "</textarea><"):
            assert live not in page.text, (path, live)


async def test_telephone_numbers_are_hidden_until_somebody_asks_and_that_is_recorded(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one("Gọi tôi số 0912 345 678, nhà mất 1.500.000.000 đồng")
    chi = new_browser()
    await chi.log_in("chi")
    for path in ("/vu-viec", f"/vu-viec/{case.code}"):
        page = await chi.open(path)
        assert "345" not in page.text
        assert "•78" in page.text
        assert "1.500.000.000" in page.text
    page = await chi.post(f"/vu-viec/{case.code}/hien-so")
    assert "0912 345 678" in page.text
    async with database.in_transaction() as session:
        last = (await session.scalars(select(Event).order_by(Event.seq.desc()).limit(1))).one()
    assert (last.name, last.actor) == ("numbers_revealed", f"staff:{cast.chi.id}")
    assert "0912 345 678" not in (await chi.open(f"/vu-viec/{case.code}")).text


async def test_images_are_shown_and_everything_else_is_a_download(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case, foreign = await file_one(), await file_one("việc khác")
    async with database.in_transaction() as session:
        files = [
            Attachment(
                case_id=owner.id,
                kind="photo",
                file_id="f",
                media_type=media_type,
                content=content,
                created_at=NOW,
                fetched_at=NOW if content else None,
            )
            for owner, media_type, content in (
                (case, "image/png", PNG),
                (case, "text/html", b"<script>alert(1)</script>"),
                (case, "image/jpeg", None),
                (foreign, "image/png", PNG),
            )
        ]
        session.add_all(files)
    chi = new_browser()
    await chi.log_in("chi")
    page = await chi.open(f"/vu-viec/{case.code}")
    assert "Tệp đang được tải về" in page.text
    shown, html, unfetched, other = [f"/vu-viec/{case.code}/tep/{file.id}" for file in files]
    answer = await chi.open(shown)
    assert answer.content == PNG
    assert answer.headers["content-type"] == "image/png"
    answer = await chi.open(html)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert (await chi.open(unfetched)).status_code == 404
    assert (await chi.open(other)).status_code == 404, "a file of another case"


async def test_the_rule_the_reasons_and_the_deadline_are_told(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = new_browser()
    await chi.log_in("chi")
    page = (await chi.open(f"/vu-viec/{case.code}")).text
    for words in (
        "responsibilities:roads/do_thi",
        "Đường đô thị do Sở Xây dựng quản lý.",
        "máy chắc chắn, 91%",
        "Phường Thành Đông",
        "Phản ánh",
        "17:00 25/11/2026",  # Ten working days; 24 November is a holiday.
        "10:00 10/11/2026",
        "còn 15 ngày",
    ):
        assert words in page, words


async def test_what_a_machine_heard_is_marked_and_its_numbers_are_hidden(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    recording = Attachment(
        case_id=case.id,
        kind="voice",
        file_id="v",
        media_type="audio/ogg",
        content=b"OggS",
        transcript="gọi cho tôi số 0912 345 678",
        created_at=NOW,
        fetched_at=NOW,
    )
    async with database.in_transaction() as session:
        session.add(recording)
    chi = new_browser()
    await chi.log_in("chi")
    page = (await chi.open(f"/vu-viec/{case.code}")).text
    assert "Máy nghe được, có thể sai" in page
    assert "gọi cho tôi số" in page
    assert "0912 345 678" not in page
    assert "Tải ghi âm số 1" in page
    shown = await chi.post(f"/vu-viec/{case.code}/hien-so")
    assert "0912 345 678" in shown.text
    file = await chi.open(f"/vu-viec/{case.code}/tep/{recording.id}")
    assert file.headers["content-disposition"] == (
        f'attachment; filename="{case.code}-{recording.id}.ogg"'
    )
