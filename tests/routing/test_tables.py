from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from routing.checks import check_pack
from routing.preview import preview
from routing.router import Matter, decide
from routing.tables import PACKS, Pack, PackError, load_pack


def test_the_hai_phong_pack_is_sound() -> None:
    assert check_pack(PACKS / "hai_phong", date(2026, 11, 2)) == []


def test_the_hai_phong_pack_holds_the_province(pack: Pack) -> None:
    kinds = [ward.kind for ward in pack.wards.values()]
    assert [kinds.count(kind) for kind in ("phuong", "xa", "dac_khu")] == [45, 67, 2]
    assert len(pack.categories) == 24
    wards = [agency for agency in pack.agencies.values() if agency.level == "ward"]
    assert len(wards) == 2 * 114
    assert pack.triage_agency_id in pack.agencies
    assert pack.limits.answer_days == dict.fromkeys(pack.categories, 10)
    assert pack.letterhead.number_suffix == "BC/BTGDVTU"


def test_no_telephone_number_is_invented(pack: Pack) -> None:
    assert not any(char.isdigit() for a in pack.agencies.values() for char in a.contact)


def test_another_province_needs_no_code(small_pack_path: Path) -> None:
    pack = load_pack(small_pack_path)
    assert check_pack(small_pack_path, date(2026, 1, 1)) == []
    place = pack.gazetteer.find("xã Bến Đò")
    rural = Matter("waste", 0.9, "phan_anh", place.ward_code, "rác")
    assert decide(rural, pack, date(2026, 1, 1)).agency_id == "tinh"
    assert pack.gazetteer.find("Cây Đa").outcome == "ambiguous"
    assert pack.gazetteer.find("ở Hải Phòng").outcome == "elsewhere"
    assert (pack.limits.answer_days["roads"], pack.limits.answer_days["waste"]) == (7, 10)


@pytest.mark.parametrize(
    ("on", "agency"), [(date(2026, 6, 30), "so_duong"), (date(2026, 7, 1), "so_moi")]
)
def test_a_case_goes_to_whoever_took_over(small_pack_path: Path, on: date, agency: str) -> None:
    pack = load_pack(small_pack_path)
    big = Matter("roads", 0.9, "phan_anh", "1", "quốc lộ hỏng")
    assert decide(big, pack, on).agency_id == agency


def test_the_successor_of_an_accused_agency_does_not_get_its_case(small_pack_path: Path) -> None:
    pack = load_pack(small_pack_path)
    big = Matter("roads", 0.9, "phan_anh", "1", "quốc lộ hỏng", ("Sở Đường",))
    assert decide(big, pack, date(2026, 7, 1)).agency_id == "tinh"


LOAD_PROBLEMS = [
    # file, what stands there, what a slip makes of it, the problem
    ("agencies.csv", "Sở Đường,province,tinh,Tiếp dân", "Sở Đường,province,tinh,",
     "agencies.csv:3: agency 'so_duong' without a contact"),
    ("agencies.csv", "truc_ban,Trực ban,province,,", "truc_ban,Trực ban,province,khong_co,",
     "unknown parent_id 'khong_co'"),
    ("agencies.csv", "uy_ban_2,UBND Xã Bến Đò,ward,tinh,Tiếp dân,2", "uy_ban_2,X,ward,tinh,Y,9",
     "unknown ward_code '9'"),
    ("agencies.csv", "tinh,UBND Tỉnh Mẫu,province,,", "tinh,UBND Tỉnh Mẫu,province,so_duong,",
     "parent_id leads round in a circle"),
    ("responsibilities.csv", "roads,big", "road,big",
     "responsibilities.csv:2: unknown category 'road'"),
    ("responsibilities.csv", "roads,big", "roads,huge", "unknown condition 'huge'"),
    ("responsibilities.csv", "so_duong", "so_x", "unknown province agency 'so_x'"),
    ("responsibilities.csv", "ward,ubnd", "ward,mayor", "unknown ward agency 'mayor'"),
    ("responsibilities.csv", "2025-07-01", "hôm qua", "valid_from is no date YYYY-MM-DD"),
    ("responsibilities.csv", "legal_source", "law", "the column 'legal_source' is missing"),
    ("wards.csv", "2,Xã", "1,Xã", "wards.csv:3: '1' stands twice"),
    ("wards.csv", ",xa\n", ",lang\n", "wards.csv:3: unknown kind 'lang'"),
    ("old_wards.csv", ",2,part", ",7,part", "old_wards.csv:3: unknown ward_code '7'"),
    ("conditions.csv", "road,small,\n", "", "needs exactly one row with an empty word"),
    ("older_wards.csv", ",Xã Cây Đa", ",Xã Lạ", "has no 'Xã Lạ' in old_wards.csv"),
    ("landmarks.csv", "landmark,2", "landmark,7", "landmarks.csv:2: unknown ward_code '7'"),
    ("landmarks.csv", "landmark,2", "chợ,2", "landmarks.csv:2: kind is one of"),
    ("aliases.csv", "Tỉnh Mẫu", "Tỉnh Khác", "aliases.csv:2: no province is called 'Tỉnh Khác'"),
    ("pack.toml", '"truc_ban"', '"ai_do"', "pack.toml:0: unknown agency 'ai_do'"),
    ("pack.toml", "min_confidence", "confidence", "triage.min_confidence is missing"),
    ("pack.toml", "office_hours", "hours", "pack.toml:0: front_desk.office_hours is missing"),
    ("letterhead.toml", "place_name", "place", "letterhead.toml:0: place_name is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong", "problem"), LOAD_PROBLEMS)
def test_a_slip_in_a_table_is_named_by_file_row_and_rule(
    small_pack_path: Path, file: str, right: str, wrong: str, problem: str
) -> None:
    _spoil(small_pack_path, file, right, wrong)
    assert any(problem in found for found in check_pack(small_pack_path, date(2026, 1, 1)))
    with pytest.raises(PackError):
        load_pack(small_pack_path)


COVERAGE_PROBLEMS = [
    ("roads,small,ward,ubnd,Luật Mẫu,2025-07-01,,,Bình\n", "", "gap: roads/small"),
    ("roads,small,", "roads,big,", "overlap: roads/big"),
    ("waste,rural,", "waste,always,", "overlap: waste/always+urban has 2 rows"),
    ("waste,rural,", "waste,big+rural,", "gap: waste/small+rural has no row"),
    ("2025-07-01,,,Bình\nwaste,rural", "2025-07-01,2026-05-31,,Bình\nwaste,rural",
     "gap: waste/urban has no row on 2026-06-01"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "problem"), COVERAGE_PROBLEMS)
def test_a_gap_or_an_overlap_is_found_on_its_day(
    small_pack_path: Path, right: str, wrong: str, problem: str
) -> None:
    _spoil(small_pack_path, "responsibilities.csv", right, wrong)
    assert any(problem in found for found in check_pack(small_pack_path, date(2026, 1, 1)))


def test_a_missing_file_is_named(small_pack_path: Path) -> None:
    (small_pack_path / "wards.geojson").unlink()
    assert "wards.geojson:0: the file is missing" in check_pack(small_pack_path)


def test_an_agency_without_a_successor_is_found_on_the_day_it_ends(small_pack_path: Path) -> None:
    _spoil(small_pack_path, "agencies.csv", "2026-06-30,so_moi", "2026-06-30,")
    problem = "responsibilities.csv:2: 'so_duong' is no agency in force on 2026-07-01"
    assert problem in check_pack(small_pack_path, date(2026, 1, 1))


AGENCY_PROBLEMS = [
    # what stands there, what a slip makes of it, the problem
    ("so_duong,Sở Đường,province,tinh,Tiếp dân,,,2026-06-30",
     "so_duong,Sở Đường,province,tinh,Tiếp dân,,2026-07-01,2026-06-30",
     "agencies.csv:so_duong: valid_to lies before valid_from"),
    ("2026-07-01,,,,,", "2026-07-02,,,,,",
     "agencies.csv:so_duong: the successor 'so_moi' is not in force on 2026-07-01"),
    ("2026-06-30,so_moi", ",so_moi", "agencies.csv:so_duong: an agency with a successor"),
    ("truc_ban,Trực ban,province,,Tiếp dân,,,,,,,",
     "truc_ban,Trực ban,province,,Tiếp dân,,,,,,a@b,",
     "agencies.csv:truc_ban: email is no address: 'a@b'"),
    ("truc_ban,Trực ban,province,,Tiếp dân,,,,,,,",
     "truc_ban,Trực ban,province,,Tiếp dân,,,,,,,nhóm",
     "agencies.csv:truc_ban: telegram_group is no group's number"),
    ("truc_ban,Trực ban,province,,Tiếp dân,,,,,,,",
     "truc_ban,Trực ban,province,,Tiếp dân,,,,,thanh tra tỉnh MẪU,,",
     "agencies.csv:truc_ban: 'thanh tra tỉnh MẪU' also names 'thanh_tra'"),
    ("uy_ban_2,UBND Xã Bến Đò,ward,tinh,Tiếp dân,2,,,",
     "uy_ban_2,UBND Xã Bến Đò,ward,tinh,Tiếp dân,2,,2027-01-01,",
     "responsibilities.csv:3: 'uy_ban_2' is no agency in force on 2027-01-02"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "problem"), AGENCY_PROBLEMS)
def test_an_agency_that_cannot_be_reached_or_told_apart_is_named(
    small_pack_path: Path, right: str, wrong: str, problem: str
) -> None:
    _spoil(small_pack_path, "agencies.csv", right, wrong)
    found = check_pack(small_pack_path, date(2026, 1, 1))
    assert any(problem in one for one in found), found


def test_a_successor_may_keep_the_name(small_pack_path: Path) -> None:
    _spoil(small_pack_path, "agencies.csv", "so_duong,Sở Đường,province,tinh,Tiếp dân,,,2026",
           "so_duong,Sở Đường Mới,province,tinh,Tiếp dân,,,2026")  # fmt: skip
    assert check_pack(small_pack_path, date(2026, 1, 1)) == []


def test_a_case_that_nobody_in_force_could_hold_is_found(small_pack_path: Path) -> None:
    """Neither the triage desk nor anybody who oversees it: "other" would go nowhere."""
    for desk in ("thanh_tra,Thanh tra tỉnh Mẫu,province,tinh", "truc_ban,Trực ban,province,"):
        _spoil(small_pack_path, "agencies.csv", f"{desk},Tiếp dân,,,",
               f"{desk},Tiếp dân,,,2026-02-28")  # fmt: skip
    found = check_pack(small_pack_path, date(2026, 1, 1))
    assert "pack.toml:0: other/phan_anh: nobody in force to hold it on 2026-03-01" in found


def test_edited_tables_are_checked_in_place_of_the_folders(small_pack_path: Path) -> None:
    own = (small_pack_path / "responsibilities.csv").read_text(encoding="utf-8")
    edited = {"responsibilities.csv": own.replace("waste,rural", "waste,urban")}
    found = check_pack(small_pack_path, date(2026, 1, 1), edited)
    assert any("overlap: waste/urban" in problem for problem in found)
    assert check_pack(small_pack_path, date(2026, 1, 1)) == []


_dates = st.sampled_from(["", "2025-12-31", "2026-01-01", "2026-06-30", "2027-01-01"])
_rows = st.lists(
    st.tuples(
        st.sampled_from(["roads", "waste"]),
        st.sampled_from(["always", "big", "small", "urban", "rural", "big+urban", "small+rural"]),
        st.sampled_from(["ward,ubnd", "province,tinh", "province,so_duong", "province,so_moi"]),
        st.sampled_from(["2025-07-01", "2026-01-01", "2026-07-01"]),
        _dates,
    ),
    min_size=2,
    max_size=6,
)


@given(_rows)
@example([("roads", "always", "province,tinh", "2025-07-01", ""),
          ("waste", "always", "ward,ubnd", "2025-07-01", "2025-12-31"),
          ("waste", "always", "province,so_duong", "2026-01-01", "")])  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_passes_the_check_has_one_holder_for_every_case(
    small_pack_path: Path, rows: list[tuple[str, str, str, str, str]]
) -> None:
    """On any day from the first on, not only on the days of change that the check looks at."""
    header = (small_pack_path / "responsibilities.csv").read_text(encoding="utf-8").split("\n")[0]
    body = [f"{category},{condition},{holder},Luật Mẫu,{first},{last},,Bình"
            for category, condition, holder, first, last in rows]  # fmt: skip
    edited = {"responsibilities.csv": "\n".join([header, *body])}
    if check_pack(small_pack_path, date(2026, 1, 1), edited):
        return
    pack = load_pack(small_pack_path, edited)
    days = [date(2025, 7, 1) + timedelta(days=30 * n) for n in range(30)]
    for on, category, text, ward in product(days, ("roads", "waste"), ("quốc lộ", ""), ("1", "2")):
        decision = decide(Matter(category, 1.0, "phan_anh", ward, text), pack, on)
        assert decision.outcome == "dispatch"
        assert pack.agencies[decision.agency_id or ""].is_valid(on)


# --- preview


def _edited(folder: Path, right: str, wrong: str) -> Pack:
    own = (folder / "responsibilities.csv").read_text(encoding="utf-8")
    assert right in own
    return load_pack(folder, {"responsibilities.csv": own.replace(right, wrong)})


def test_a_preview_names_the_cases_that_would_go_elsewhere(small_pack_path: Path) -> None:
    old = load_pack(small_pack_path)
    new = _edited(small_pack_path, "waste,rural,province,tinh", "waste,rural,ward,ubnd")
    matters = {
        "xã": Matter("waste", 0.9, "phan_anh", "2", "rác"),
        "phường": Matter("waste", 0.9, "phan_anh", "1", "rác"),
        "chưa rõ nơi": Matter("waste", 0.9, "phan_anh", None, "rác"),
        "tố cáo": Matter("waste", 0.9, "to_cao", "2", "rác"),
    }
    found = preview(old, new, date(2026, 1, 1), matters)
    assert [(one.code, one.before_agency, one.after_agency) for one in found.changes] == [
        ("xã", "tinh", "uy_ban_2")
    ]
    assert (found.on, found.looked_at) == (date(2026, 1, 1), 4)
    assert found.moves == [("tinh", "uy_ban_2", 1)]
    assert preview(old, old, date(2026, 1, 1), matters).changes == ()


def test_a_preview_of_what_holds_from_a_later_day_is_of_that_day(small_pack_path: Path) -> None:
    old = load_pack(small_pack_path)
    row = "waste,rural,province,tinh,Luật Mẫu,2025-07-01,"
    later = f"{row}2026-12-31,,Bình\nwaste,rural,ward,ubnd,Luật Mẫu,2027-01-01,"
    new = _edited(small_pack_path, row, later)
    matters = {"xã": Matter("waste", 0.9, "phan_anh", "2", "rác")}
    found = preview(old, new, date(2026, 1, 1), matters)
    assert (found.on, len(found.changes)) == (date(2027, 1, 1), 1)


def _spoil(folder: Path, file: str, right: str, wrong: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong), encoding="utf-8")
