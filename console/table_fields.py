"""The tables' columns in Vietnamese, and the fields of the form that changes one row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cases.table_rows import EDITOR, VALID_FROM, VALID_TO, Rows
from routing.conditions import ALWAYS, RURAL, URBAN
from routing.tables import Pack

Choice = tuple[str, str]  # The value that is kept, and what people read.


@dataclass(frozen=True)
class TableWords:
    """What a table is called and what it decides."""

    title: str
    purpose: str


TABLES = {
    "responsibilities.csv": TableWords(
        "Phân công trách nhiệm",
        "Lĩnh vực nào, trong điều kiện nào, do cơ quan nào trả lời, từ ngày nào đến ngày nào.",
    ),
    "agencies.csv": TableWords(
        "Cơ quan",
        "Tên, cấp trên, nơi liên hệ, thời gian hoạt động và cơ quan kế thừa.",
    ),
    "conditions.csv": TableWords(
        "Từ ngữ của điều kiện",
        "Từ nào trong lời người dân cho biết loại đường, loại việc. Mỗi nhóm có đúng một dòng để"
        " trống từ, dùng khi không có từ nào.",
    ),
    "landmarks.csv": TableWords(
        "Địa danh", "Chợ, cầu, đền, phố mà người dân hay nhắc đến và xã, phường nơi đó."
    ),
    "aliases.csv": TableWords("Tên gọi tắt của đơn vị", "Tên tắt của tỉnh, huyện, xã, phường."),
    "other_names.csv": TableWords(
        "Tên dễ nhầm với xã, phường", "Tên đường, tên người trùng tên xã, phường."
    ),
    "elsewhere.csv": TableWords("Tên nơi khác", "Tỉnh, thành phố khác, ngoài địa bàn."),
}
COLUMNS = {
    "category": "Lĩnh vực",
    "condition": "Điều kiện",
    "level": "Cấp",
    "agency": "Cơ quan trả lời",
    "legal_source": "Căn cứ pháp lý",
    VALID_FROM: "Có hiệu lực từ ngày",
    VALID_TO: "Đến hết ngày",
    "note": "Ghi chú",
    EDITOR: "Người sửa",
    "agency_id": "Mã cơ quan",
    "name": "Tên",
    "parent_id": "Cấp trên",
    "contact": "Nơi liên hệ",
    "ward_code": "Xã, phường",
    "successor_id": "Cơ quan kế thừa",
    "aliases": "Tên gọi khác",
    "email": "Thư điện tử",
    "telegram_group": "Nhóm Telegram",
    "group": "Nhóm",
    "word": "Từ ngữ",
    "kind": "Loại",
    "alias": "Tên gọi tắt",
    "target": "Tên đầy đủ",
    "status": "Tình trạng",
    "is": "Là tên của",
}
HINTS = {
    "condition": "Nhiều điều kiện cùng đúng thì nối bằng dấu +, ví dụ duong_khac+rural.",
    "aliases": "Cách nhau bằng dấu chấm phẩy.",
    "agency_id": "Chữ thường không dấu, nối bằng gạch dưới; không đổi khi đã có vụ việc.",
    "contact": "Bắt buộc: số điện thoại, địa chỉ hoặc bộ phận tiếp nhận.",
    "telegram_group": "Số của nhóm (bắt đầu bằng -100) hoặc @tên.",
    "word": "Số 0 thay cho mọi số: “ql 0” gồm ql5, ql10.",
}
_LEVELS: dict[str, tuple[Choice, ...]] = {
    "responsibilities.csv": (("province", "Cấp tỉnh, thành phố"), ("ward", "Cấp xã, phường")),
    "agencies.csv": (("province", "Cấp tỉnh, thành phố"), ("ward", "Cấp xã, phường")),
}
_SUGGESTED = frozenset(("condition", "group", "kind", "status", "is", "level"))
_ROLE_NAMES = {"ubnd": "UBND xã, phường nơi xảy ra", "police": "Công an xã, phường nơi xảy ra"}
# The conditions that every pack has; its own are read as conditions.csv names them.
_CONDITION_NAMES = {ALWAYS: "mọi trường hợp", URBAN: "ở phường", RURAL: "ở xã, đặc khu"}


@dataclass(frozen=True)
class Field:
    """One field of the form. A suggestion may be overwritten by anything, a choice may not."""

    column: str
    label: str
    value: str
    kind: Literal["text", "date", "choice", "suggestion"]
    choices: tuple[Choice, ...] = ()
    hint: str = ""


def fields_of(table: str, rows: Rows, values: Mapping[str, str], pack: Pack) -> list[Field]:
    """The form of one row; who changed it is written by itself, so it is no field."""
    return [
        _field(table, rows, column, values.get(column, ""), pack)
        for column in rows.header
        if column != EDITOR
    ]


def label_of(column: str) -> str:
    return COLUMNS.get(column, column)


def shown(column: str, value: str, pack: Pack) -> str:
    """A cell as people read it: codes by their names, days as they are written here."""
    if column in (VALID_FROM, VALID_TO):
        return _day(value)
    if column == "condition":
        return " + ".join(_CONDITION_NAMES.get(one, one) for one in value.split("+"))
    if column == "category" and value in pack.categories:
        return pack.categories[value].name
    if column == "ward_code" and value in pack.wards:
        return pack.wards[value].name
    if column == "agency":
        return _agency_name(value, pack)
    if column in ("parent_id", "successor_id") and value in pack.agencies:
        return pack.agencies[value].name
    return dict(_LEVELS["agencies.csv"]).get(value, value) if column == "level" else value


def _field(table: str, rows: Rows, column: str, value: str, pack: Pack) -> Field:
    label, hint = label_of(column), HINTS.get(column, "")
    if column in (VALID_FROM, VALID_TO):
        return Field(column, label, value, "date", hint=hint)
    choices = _choices(table, column, pack)
    if choices:
        known = {code for code, _ in choices}
        extra = () if value in known else ((value, value),)
        return Field(column, label, value, "choice", (*choices, *extra), hint)
    if column in _SUGGESTED:
        used = (rows.values(number)[column] for number in range(len(rows.body)))
        return Field(column, label, value, "suggestion", _named(used, column, pack), hint)
    return Field(column, label, value, "text", hint=hint)


def _named(used: Iterable[str], column: str, pack: Pack) -> tuple[Choice, ...]:
    known = pack.vocabulary.group_of if column == "condition" else ()
    return tuple((value, value) for value in dict.fromkeys((*used, *known)) if value)


def _choices(table: str, column: str, pack: Pack) -> tuple[Choice, ...]:
    if column == "level":
        return _LEVELS.get(table, ())
    makers: dict[tuple[str, str], Callable[[Pack], tuple[Choice, ...]]] = {
        ("responsibilities.csv", "category"): _categories,
        ("responsibilities.csv", "agency"): _answerers,
        ("agencies.csv", "parent_id"): _bodies,
        ("agencies.csv", "successor_id"): _bodies,
        ("agencies.csv", "ward_code"): _wards,
        ("landmarks.csv", "ward_code"): _wards,
    }
    maker = makers.get((table, column))
    return maker(pack) if maker else ()


def _categories(pack: Pack) -> tuple[Choice, ...]:
    return (("", ""), *((one.code, one.name) for one in pack.categories.values()))


def _answerers(pack: Pack) -> tuple[Choice, ...]:
    """Roles that each ward fills, then the agencies of the province."""
    roles = ((role, _agency_name(role, pack)) for role in pack.policy.roles)
    bodies = (
        (one.agency_id, one.name) for one in pack.agencies.values() if one.level == "province"
    )
    return (("", ""), *roles, *bodies)


def _bodies(pack: Pack) -> tuple[Choice, ...]:
    return (("", ""), *((one.agency_id, one.name) for one in pack.agencies.values()))


def _wards(pack: Pack) -> tuple[Choice, ...]:
    return (("", ""), *((one.code, one.name) for one in pack.wards.values()))


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    except ValueError:  # An upload that is not checked yet may hold anything.
        return value


def _agency_name(value: str, pack: Pack) -> str:
    if value in pack.policy.roles:
        return _ROLE_NAMES.get(value, value)
    known = pack.agencies.get(value)
    return known.name if known else value
