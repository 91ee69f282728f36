"""What the digest says, sentence by sentence."""

import unicodedata
from typing import Any

import pytest

from cases.lifecycle import ANSWERED, ASSIGNED, CLOSED, NEEDS_TRIAGE, REOPENED
from cases.snapshot import CaseFacts, Snapshot
from digest.build import build
from digest.report import (
    TEXT_WIDTH_MM,
    Block,
    Heading,
    Note,
    Paragraph,
    Report,
    Table,
    write_report,
)
from routing.tables import Pack
from tests.digest.conftest import WEEK, local, make_case, make_snapshot

DURING = local("2026-11-26", "15:30")
EARLIER: dict[str, Any] = {"filed_at": local("2026-11-10"), "due_at": local("2026-11-24", "17:00")}


def write(pack: Pack, *cases: CaseFacts) -> Report:
    return write_snapshot(pack, make_snapshot(*cases))


def write_snapshot(pack: Pack, snapshot: Snapshot) -> Report:
    return write_report(build(snapshot, WEEK, pack))


def sentences(report: Report) -> str:
    said = [b.text for b in report.blocks if isinstance(b, Heading | Paragraph | Note)]
    return "\n".join([*report.subject, *said, report.closing])


def rows(blocks: tuple[Block, ...], first_title: str) -> list[tuple[str, ...]]:
    """The rows of the table whose first column has this title."""
    tables = [b for b in blocks if isinstance(b, Table) and b.columns[0].title == first_title]
    return [row.cells for table in tables for row in table.rows]


def test_the_moment_of_the_figures_is_said(pack: Pack) -> None:
    assert "tính đến 24 giờ 00 ngày 29/11/2026." in sentences(write(pack))
    unfinished = sentences(write_snapshot(pack, make_snapshot(as_of=DURING)))
    assert "tính đến 15 giờ 30 ngày 26/11/2026." in unfinished
    assert "Tuần báo cáo chưa kết thúc" in unfinished


def test_the_week_is_named_with_its_days(pack: Pack) -> None:
    said = sentences(write(pack))
    assert "tuần 48 năm 2026 (từ ngày 23/11/2026 đến ngày 29/11/2026)" in said


def test_an_empty_week_is_a_digest_that_says_so(pack: Pack) -> None:
    said = sentences(write(pack))
    assert "không có phản ánh, kiến nghị mới (tuần trước cũng không có)." in said
    assert "Không có vụ việc nào đang chờ phân loại." in said
    assert write(pack).appendix == ()


def test_an_empty_week_still_lists_what_is_left_of_earlier_ones(pack: Pack) -> None:
    report = write(pack, make_case(**EARLIER))
    assert "không có phản ánh, kiến nghị mới (tuần trước cũng không có)." in sentences(report)
    assert "1 vụ việc quá hạn" in sentences(report)
    assert (
        "1",
        "PA-000001",
        "Đường, cầu, biển báo",
        "Chưa rõ",
        "6",
        "Đã giao cơ quan",
        "0 / 0",
    ) in (rows(report.appendix, "TT"))


def test_shares_are_said_with_both_denominators(pack: Pack) -> None:
    settled: dict[str, Any] = {
        "state": CLOSED,
        "answered_at": DURING,
        "closed_at": DURING,
        "closed_by": "citizen",
    }
    report = write(
        pack,
        make_case(1),
        make_case(2, **settled),
        make_case(3, **EARLIER, state=ANSWERED, answered_at=DURING),
    )
    said = sentences(report)
    assert "Trong 2 vụ việc mới, 1 vụ việc (50%) đã được trả lời và 1 vụ việc (50%) được" in said
    assert "Trong 2 vụ việc được trả lời trong tuần" in said
    assert "1 vụ việc (50%) được trả lời đúng hạn." in said


def test_closed_by_silence_is_never_called_settled(pack: Pack) -> None:
    silent: dict[str, Any] = {
        "state": CLOSED,
        "answered_at": DURING,
        "closed_at": DURING,
        "closed_by": "silence",
    }
    report = write(pack, make_case(**silent))
    assert "chưa có vụ việc nào được người dân xác nhận đã giải quyết xong" in sentences(report)
    compared = rows(report.blocks, "Số vụ việc")
    assert ("Người dân xác nhận đã giải quyết xong", "0", "0", "không đổi") in compared
    assert ("Kết thúc vì người dân không phản hồi", "1", "0", "tăng 1") in compared


def test_the_week_is_set_against_the_one_before(pack: Pack) -> None:
    before = [make_case(n, filed_at=local("2026-11-18")) for n in range(3)]
    report = write(pack, *before, make_case(9))
    assert "tiếp nhận 1 vụ việc mới, giảm 2 so với tuần trước." in sentences(report)
    compared = rows(report.blocks, "Số vụ việc")
    assert ("Tiếp nhận", "1", "3", "giảm 2") in compared
    assert ("Chưa giải quyết xong", "4", "3", "tăng 1") in compared


def test_few_cases_are_not_broken_down(pack: Pack) -> None:
    said = sentences(write(pack, *(make_case(n) for n in range(4))))
    assert "Không có lĩnh vực nào đủ 5 vụ việc mới" in said
    assert "Có 4 vụ việc chưa rõ địa bàn." in said


def test_many_cases_are_broken_down_with_the_small_ones_merged(pack: Pack) -> None:
    many = [make_case(n) for n in range(6)]
    few = [make_case(n, category=c) for n, c in enumerate(["noise"] * 3 + ["electricity"] * 3, 6)]
    found = rows(write(pack, *many, *few).blocks, "TT")
    assert ("1", "Đường, cầu, biển báo", "6", "50%") in found
    assert ("2", "Khác (mỗi lĩnh vực dưới 5)", "6", "50%") in found
    assert ("", "Tổng số", "12", "100%") in found


def test_the_appendix_groups_by_agency_and_ends_with_what_waits_for_triage(pack: Pack) -> None:
    report = write(
        pack,
        make_case(1, agency_id=None, state=NEEDS_TRIAGE, category=None),
        make_case(2, state=REOPENED, answered_at=DURING, reopenings=2, transfers=1),
        make_case(3, agency_id="so_y_te", state=ASSIGNED, **EARLIER),
    )
    listed = rows(report.appendix, "TT")
    groups = [cells[0] for cells in listed if len(cells) == 1]
    assert groups == ["Sở Y tế: 1 vụ việc", "Sở Xây dựng: 1 vụ việc", "Chờ phân loại: 1 vụ việc"]
    assert [cells[0] for cells in listed if len(cells) > 1] == ["1", "2", "3"]
    assert any(cells[-2:] == ("Mở lại", "1 / 2") for cells in listed)
    assert "1 vụ việc chưa rõ lĩnh vực và 3 vụ việc chưa rõ địa bàn" in sentences(report)


def test_restricted_matters_are_counts(pack: Pack) -> None:
    snapshot = make_snapshot(restricted_cases=2, denunciations_redirected=3)
    said = sentences(write_snapshot(pack, snapshot))
    assert "có 2 vụ việc thuộc diện hạn chế tiếp cận" in said
    assert "đã hướng dẫn 3 lượt người dân gửi tố cáo" in said


@pytest.mark.parametrize("count", [0, 3, 300])
def test_every_table_fits_the_width_of_the_text(count: int, pack: Pack) -> None:
    report = write(pack, *(make_case(n) for n in range(count)))
    tables = [b for b in (*report.blocks, *report.appendix) if isinstance(b, Table)]
    assert tables
    for table in tables:
        assert sum(column.width_mm for column in table.columns) == TEXT_WIDTH_MM
        widths = {len(row.cells) for row in table.rows if row.kind != "group"}
        assert widths == {len(table.columns)}


def test_the_words_are_composed_unicode_and_address_nobody(pack: Pack) -> None:
    said = sentences(write(pack, *(make_case(n) for n in range(30))))
    assert unicodedata.is_normalized("NFC", said)
    assert "Kính gửi" not in said
    assert "./." not in said
    assert write(pack).closing.endswith("2026.")
