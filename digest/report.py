"""The digest in words: Vietnamese sentences and tables, not yet laid out.

Every renderer takes its words from here, so that all of them say the same. The form is that of
a Party report (Hướng dẫn 05-HD/VPTW of 27/5/2026, known from secondary sources): headings
"I-", "1.", "a)"; no "Kính gửi"; the last sentence ends with a full stop only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from cases.lifecycle import STATE_NAMES
from digest.build import (
    SMALLEST_SHOWN,
    Backlog,
    Breakdown,
    CaseLine,
    Digest,
    Figures,
    Outcomes,
)

TEXT_WIDTH_MM = 165  # A4 between the margins of the form: 210 - 30 - 15.


@dataclass(frozen=True)
class Heading:
    """Level 1 is "I-", 2 is "1.", 3 is "a)"."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Note:
    """A remark on how to read a table."""

    text: str


@dataclass(frozen=True)
class Column:
    title: str
    width_mm: int
    align: Literal["left", "centre"] = "centre"


@dataclass(frozen=True)
class Row:
    """As many cells as the table has columns; a "group" row has one, across the table."""

    cells: tuple[str, ...]
    kind: Literal["plain", "group", "total"] = "plain"


@dataclass(frozen=True)
class Table:
    """The columns' widths add up to TEXT_WIDTH_MM."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


Block = Heading | Paragraph | Note | Table


@dataclass(frozen=True)
class Report:
    """A report without its letterhead. `appendix` is empty when there is nothing to list."""

    title: str
    subject: tuple[str, ...]
    dated_on: date
    blocks: tuple[Block, ...]
    closing: str
    appendix_subject: str
    appendix: tuple[Block, ...]


def write_report(digest: Digest) -> Report:
    """The digest as a report: what happened, what is not settled, what is not known."""
    week = digest.week
    name = f"tuần {week.number} năm {week.year}"
    period = f"{name} (từ ngày {_day(week.first_on)} đến ngày {_day(week.last_on)})"
    return Report(
        title=f"Báo cáo tổng hợp phản ánh, kiến nghị của người dân {name}",
        subject=("tổng hợp phản ánh, kiến nghị của người dân", period),
        dated_on=week.local(digest.as_of).date(),
        blocks=(
            *_introduce(digest),
            *_describe_week(digest),
            *_describe_backlog(digest),
            *_describe_the_rest(digest),
        ),
        closing=f"Trên đây là báo cáo tổng hợp phản ánh, kiến nghị của người dân {name}.",
        appendix_subject=(f"Danh sách vụ việc chưa giải quyết xong, tính đến {_moment(digest)}"),
        appendix=tuple(_list_cases(digest)),
    )


def _introduce(digest: Digest) -> Iterator[Block]:
    text = (
        "Báo cáo này tổng hợp phản ánh, kiến nghị mà người dân gửi qua hệ thống Lắng Nghe, kết quả"
        " trả lời của các cơ quan và những vụ việc chưa giải quyết xong."
        f" Số liệu tính đến {_moment(digest)}."
    )
    if not digest.is_whole_week:
        text += " Tuần báo cáo chưa kết thúc; số liệu tuần trước là số liệu trọn tuần."
    yield Paragraph(text)


def _describe_week(digest: Digest) -> Iterator[Block]:
    yield Heading(1, "I- TÌNH HÌNH TRONG TUẦN")
    yield Heading(2, "1. Tiếp nhận và giải quyết")
    yield Paragraph(_say_filed(digest))
    yield from _say_outcomes(digest.of_filed, digest.of_answered)
    yield _compare(digest.this_week, digest.week_before)
    yield Note(
        "Số liệu tuần trước được tính lại từ hồ sơ tại thời điểm chốt số liệu, nên có thể khác"
        " báo cáo đã gửi nếu sau đó có vụ việc được trả lời lại hoặc mở lại."
    )
    yield Heading(2, "2. Lĩnh vực và địa bàn")
    yield Heading(3, "a) Theo lĩnh vực")
    yield from _say_breakdown(digest.by_category, "Lĩnh vực", "lĩnh vực")
    yield Heading(3, "b) Theo địa bàn")
    yield from _say_breakdown(digest.by_ward, "Xã, phường, đặc khu", "địa bàn")


def _say_filed(digest: Digest) -> str:
    now, before = digest.this_week.filed, digest.week_before.filed
    if now == 0:
        last_week = f"tuần trước có {_cases(before)}" if before else "tuần trước cũng không có"
        return f"Trong tuần không có phản ánh, kiến nghị mới ({last_week})."
    if now == before:
        return f"Trong tuần tiếp nhận {_cases(now)} mới, bằng tuần trước."
    return f"Trong tuần tiếp nhận {_cases(now)} mới, {_change(now, before)} so với tuần trước."


def _say_outcomes(filed: Outcomes, answered: Outcomes) -> Iterator[Block]:
    """The citizens' word over both denominators: what was filed, and what was answered."""
    if filed.total:
        yield Paragraph(
            f"Trong {_cases(filed.total)} mới, {_share(filed.answered, filed.total)} đã được"
            f" trả lời và {_share(filed.settled, filed.total)} được người dân xác nhận đã giải"
            " quyết xong."
        )
    if not answered.total:
        yield Paragraph("Trong tuần không có vụ việc nào được trả lời.")
        return
    yield Paragraph(
        f"Trong {_cases(answered.total)} được trả lời trong tuần (kể cả vụ việc tiếp nhận từ"
        f" trước), {_share(answered.on_time, answered.total)} được trả lời đúng hạn. Về kết quả:"
        f" {'; '.join(_list_results(answered))}."
    )


def _list_results(answered: Outcomes) -> Iterator[str]:
    """The parts of what was answered; the first is said even when it is nought."""
    results = (
        (answered.settled, "được người dân xác nhận đã giải quyết xong"),
        (answered.awaiting, "đang chờ người dân xác nhận"),
        (answered.unsettled, "người dân cho là chưa xong, đã mở lại"),
        (
            answered.closed_by_silence,
            "kết thúc vì người dân không phản hồi, không tính là đã giải quyết xong",
        ),
        (answered.withdrawn, "người dân đã rút"),
        (answered.rejected, "không giải quyết qua hệ thống, đã hướng dẫn người dân"),
    )
    for index, (count, meaning) in enumerate(results):
        if count or index == 0:
            yield f"{_share(count, answered.total)} {meaning}"


def _compare(now: Figures, before: Figures) -> Table:
    def row(label: str, this_week: int, last_week: int) -> Row:
        cells = (label, _number(this_week), _number(last_week), _change(this_week, last_week))
        return Row(cells)

    return Table(
        columns=(
            Column("Số vụ việc", 90, "left"),
            Column("Tuần này", 23),
            Column("Tuần trước", 25),
            Column("Tăng, giảm", 27),
        ),
        rows=(
            Row(("Phát sinh trong tuần",), "group"),
            row("Tiếp nhận", now.filed, before.filed),
            row("Được trả lời", now.answered, before.answered),
            row("Người dân xác nhận đã giải quyết xong", now.settled, before.settled),
            row(
                "Kết thúc vì người dân không phản hồi",
                now.closed_by_silence,
                before.closed_by_silence,
            ),
            row("Người dân rút", now.withdrawn, before.withdrawn),
            row("Không giải quyết qua hệ thống", now.rejected, before.rejected),
            Row(("Đến thời điểm chốt số liệu",), "group"),
            row("Chưa giải quyết xong", now.unsettled, before.unsettled),
            row("Trong đó: quá hạn", now.overdue, before.overdue),
            row("Trong đó: từng được mở lại", now.reopened, before.reopened),
        ),
    )


def _say_breakdown(breakdown: Breakdown, title: str, noun: str) -> Iterator[Block]:
    if breakdown.total == 0:
        yield Paragraph(f"Không có vụ việc mới để phân theo {noun}.")
    elif not breakdown.rows:
        yield Paragraph(
            f"Không có {noun} nào đủ {SMALLEST_SHOWN} vụ việc mới, nên số liệu không được tách ra"
            " để tránh nhận ra người gửi." + _say_unknown(breakdown, noun)
        )
    else:
        yield _tabulate(breakdown, title, noun)
        if breakdown.merged:
            yield Note(
                f"Số liệu dưới {SMALLEST_SHOWN} vụ việc được gộp chung để tránh nhận ra người gửi."
            )


def _say_unknown(breakdown: Breakdown, noun: str) -> str:
    return f" Có {_cases(breakdown.unknown)} chưa rõ {noun}." if breakdown.unknown else ""


def _tabulate(breakdown: Breakdown, title: str, noun: str) -> Table:
    merged_name = f"Khác (mỗi {noun} dưới {SMALLEST_SHOWN})"
    if breakdown.merges_larger:
        merged_name = f"Khác (gộp các {noun} có ít vụ việc)"
    counted = list(breakdown.rows)
    counted += [(merged_name, breakdown.merged)] if breakdown.merged else []
    counted += [(f"Chưa rõ {noun}", breakdown.unknown)] if breakdown.unknown else []
    total = breakdown.total
    rows = [
        Row((str(number), name, _number(count), _percent(count, total)))
        for number, (name, count) in enumerate(counted, start=1)
    ]
    return Table(
        columns=(
            Column("TT", 12),
            Column(title, 103, "left"),
            Column("Số vụ việc", 27),
            Column("Tỷ lệ", 23),
        ),
        rows=(*rows, Row(("", "Tổng số", _number(total), _percent(total, total)), "total")),
    )


def _describe_backlog(digest: Digest) -> Iterator[Block]:
    yield Heading(1, "II- VỤ VIỆC CHƯA GIẢI QUYẾT XONG")
    yield Heading(2, "1. Theo cơ quan có trách nhiệm")
    lines = [line for backlog in digest.backlogs for line in backlog.lines]
    if lines:
        yield Paragraph(
            f"Có {_cases(len(lines))} chưa giải quyết xong đã giao"
            f" {_number(len(digest.backlogs))} cơ quan, trong đó {_say_urgency(lines)}."
            " Danh sách từng vụ việc ở Phụ lục kèm theo."
        )
        yield _tabulate_backlogs(digest.backlogs)
    else:
        yield Paragraph("Không có vụ việc nào đã giao cơ quan mà chưa giải quyết xong.")
    yield Heading(2, "2. Vụ việc chờ phân loại")
    waiting = digest.needs_triage.lines
    if waiting:
        yield Paragraph(
            f"Có {_cases(len(waiting))} chưa xác định được cơ quan có trách nhiệm, đang chờ cán bộ"
            f" phân loại, trong đó {_say_urgency(waiting)}. Danh sách ở Phụ lục kèm theo."
        )
    else:
        yield Paragraph("Không có vụ việc nào đang chờ phân loại.")


def _say_urgency(lines: Sequence[CaseLine]) -> str:
    overdue = sum(line.days_overdue > 0 for line in lines)
    reopened = sum(line.reopenings > 0 for line in lines)
    said = f"{_cases(overdue)} quá hạn" if overdue else "không có vụ việc quá hạn"
    return said + (f" và {_cases(reopened)} từng được người dân mở lại" if reopened else "")


def _tabulate_backlogs(backlogs: Sequence[Backlog]) -> Table:
    rows = [
        Row(
            (
                str(number),
                backlog.agency,
                _number(len(backlog.lines)),
                _number(backlog.overdue),
                _number(backlog.longest_overdue) if backlog.overdue else "-",
                _number(backlog.reopened),
            )
        )
        for number, backlog in enumerate(backlogs, start=1)
    ]
    total = (
        "",
        "Tổng số",
        _number(sum(len(backlog.lines) for backlog in backlogs)),
        _number(sum(backlog.overdue for backlog in backlogs)),
        "",
        _number(sum(backlog.reopened for backlog in backlogs)),
    )
    return Table(
        columns=(
            Column("TT", 12),
            Column("Cơ quan", 67, "left"),
            Column("Chưa xong", 20),
            Column("Quá hạn", 20),
            Column("Quá hạn lâu nhất (ngày)", 26),
            Column("Từng mở lại", 20),
        ),
        rows=(*rows, Row(total, "total")),
    )


def _describe_the_rest(digest: Digest) -> Iterator[Block]:
    yield Heading(1, "III- NỘI DUNG KHÁC")
    yield Heading(2, "1. Vụ việc hạn chế tiếp cận và tố cáo")
    yield Paragraph(_say_restricted(digest.restricted_cases))
    yield Paragraph(_say_denunciations(digest.denunciations_redirected))
    yield Heading(2, "2. Nội dung chưa rõ")
    yield Paragraph(_say_what_is_unknown(digest))
    yield Heading(2, "3. Thông báo gửi các cơ quan")
    yield Paragraph(_say_unread(digest))


def _say_restricted(count: int) -> str:
    if count == 0:
        return "Từ khi hệ thống hoạt động, không có vụ việc nào thuộc diện hạn chế tiếp cận."
    return (
        f"Từ khi hệ thống hoạt động, có {_cases(count)} thuộc diện hạn chế tiếp cận, do cơ quan có"
        " thẩm quyền theo dõi riêng. Các vụ việc này không được tính vào những số liệu khác và"
        " không nêu nội dung ở đây."
    )


def _say_denunciations(count: int) -> str:
    if count == 0:
        return "Hệ thống không tiếp nhận tố cáo và đến nay chưa có trường hợp nào phải hướng dẫn."
    return (
        f"Hệ thống không tiếp nhận tố cáo. Đến nay đã hướng dẫn {_number(count)} lượt người dân gửi"
        " tố cáo đến cơ quan có thẩm quyền theo quy định; nội dung không được lưu giữ."
    )


def _say_unread(digest: Digest) -> str:
    if not digest.unread:
        return "Không có cơ quan nào để cả tuần chưa mở thông báo của hệ thống."
    names = "; ".join(f"{one.agency} ({one.notices} thông báo)" for one in digest.unread)
    return f"Cơ quan chưa mở thông báo nào trong tuần: {names}."


def _say_what_is_unknown(digest: Digest) -> str:
    unknown = digest.unknown
    if unknown.without_category == unknown.without_ward == 0:
        return "Không có vụ việc tồn đọng nào chưa rõ lĩnh vực hoặc địa bàn."
    return (
        f"Trong {_cases(digest.this_week.unsettled)} chưa giải quyết xong (kể cả vụ việc chờ phân"
        f" loại), {_cases(unknown.without_category)} chưa rõ lĩnh vực và"
        f" {_cases(unknown.without_ward)} chưa rõ địa bàn."
    )


def _list_cases(digest: Digest) -> Iterator[Block]:
    groups = [*digest.backlogs, digest.needs_triage]
    groups = [group for group in groups if group.lines]
    if not groups:
        return
    rows: list[Row] = []
    number = 0
    for group in groups:
        rows.append(Row((f"{group.agency}: {_cases(len(group.lines))}",), "group"))
        for line in group.lines:
            number += 1
            rows.append(_list_case(number, line))
    yield Table(_CASE_COLUMNS, tuple(rows))
    yield Note(
        "Số ngày quá hạn là ngày theo lịch, phần lẻ tính tròn một ngày. “Chuyển” là số lần chuyển"
        " từ cơ quan này sang cơ quan khác; “mở lại” là số lần người dân cho là chưa xong."
    )


_CASE_COLUMNS = (
    Column("TT", 10),
    Column("Mã vụ việc", 25),
    Column("Lĩnh vực", 41, "left"),
    Column("Địa bàn", 34, "left"),
    Column("Quá hạn (ngày)", 15),
    Column("Trạng thái", 22, "left"),
    Column("Chuyển / mở lại", 18),
)


def _list_case(number: int, line: CaseLine) -> Row:
    return Row(
        (
            str(number),
            line.code,
            line.category or "Chưa rõ",
            line.ward or "Chưa rõ",
            _number(line.days_overdue) if line.days_overdue else "-",
            STATE_NAMES[line.state],
            f"{line.transfers} / {line.reopenings}",
        )
    )


def _moment(digest: Digest) -> str:
    """The as-of time; the end of a week is the end of its Sunday, as people say it."""
    if digest.is_whole_week:
        return f"24 giờ 00 ngày {_day(digest.week.last_on)}"
    local = digest.week.local(digest.as_of)
    return f"{local.hour} giờ {local.minute:02d} ngày {_day(local)}"


def _day(day: date | datetime) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _cases(count: int) -> str:
    return f"{_number(count)} vụ việc"


def _number(count: int) -> str:
    """1.234, as numbers are grouped in Vietnamese."""
    return f"{count:,}".replace(",", ".")


def _change(now: int, before: int) -> str:
    if now == before:
        return "không đổi"
    return f"tăng {_number(now - before)}" if now > before else f"giảm {_number(before - now)}"


def _share(part: int, whole: int) -> str:
    return f"{_cases(part)} ({_percent(part, whole)})" if part else "chưa có vụ việc nào"


def _percent(part: int, whole: int) -> str:
    """To the nearest whole per cent, halves up; `whole` is above 0."""
    return f"{(200 * part + whole) // (2 * whole)}%"
