from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from routing.checks import check_pack
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


def _spoil(folder: Path, file: str, right: str, wrong: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong), encoding="utf-8")
