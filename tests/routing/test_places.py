from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.places import Gazetteer
from routing.tables import PACKS, Pack, load_pack
from routing.text import fold

GAZETTEER = load_pack(PACKS / "hai_phong").gazetteer

with (PACKS / "hai_phong" / "old_wards.csv").open(encoding="utf-8", newline="") as _file:
    OLD_WARDS = list(csv.DictReader(_file))

FOUND = [
    # what a citizen writes, the ward of today
    ("phường Kiến An", "Phường Kiến An"),
    ("P. Lê Chân", "Phường Lê Chân"),
    ("p.lê chân", "Phường Lê Chân"),
    ("phuong le chan", "Phường Lê Chân"),
    ("PHƯỜNG LÊ CHÂN", "Phường Lê Chân"),
    ("phường Kiên An", "Phường Kiến An"),
    ("ổ gà ở x. Tiên Lãng, hp", "Xã Tiên Lãng"),
    ("đk Cát Hải mất nước", "Đặc khu Cát Hải"),
    ("đảo Cát Bà? à không, thị trấn Cát Bà", "Đặc khu Cát Hải"),
    ("huyện Bạch Long Vĩ", "Đặc khu Bạch Long Vĩ"),
    ("mương phù niễn thối quá", "Phường Phù Liễn"),
    ("xã Tân Trào, huyện Kiến Thụy", "Xã Kiến Hưng"),
    ("xã Tân Trào, huyện Thanh Miện", "Xã Hải Hưng"),
    ("xa thanh quang sau sap nhap du can bo", "Xã Hà Đông"),
    ("cu tri Nguyên Giáp, Tứ Kỳ", "Xã Nguyên Giáp"),
    ("xã Cẩm Giang", "Xã Cẩm Giang"),
    ("xã Cẩm Giàng", "Xã Cẩm Giàng"),
    ("tt. Núi Đối", "Xã Kiến Thuỵ"),
    ("Trần Hưng Đạo, Thủy Nguyên", "Phường Lưu Kiếm"),
    ("phường Nguyễn Trãi, tp HD", "Phường Thành Đông"),
    ("tôi quê Thanh Hóa, trọ ở phường Đồ Sơn", "Phường Đồ Sơn"),
    ("phường Hòa Bình", "Phường Hoà Bình"),
    ("phường Hoà Bình", "Phường Hoà Bình"),
    ("xã Hà Đông", "Xã Hà Đông"),
    ("phường Đông Hải 1", "Phường Đông Hải"),
]


@pytest.mark.parametrize(("text", "name"), FOUND)
def test_these_words_mean_one_ward(text: str, name: str) -> None:
    place = GAZETTEER.find(text)
    assert (place.outcome, place.name) == ("found", name)
    assert 0.3 < place.confidence <= 1.0


FOUND_BESIDE = [
    ("ở xã Tiên Lãng giáp xã Kiến Thụy", "Xã Tiên Lãng"),
    ("gần xã Kiến Thụy, trong xã Tiên Lãng", "Xã Tiên Lãng"),
    ("rác ở chợ Sắt", "Phường Hồng Bàng"),
    ("rac o cho sat thoi qua", "Phường Hồng Bàng"),
    ("ở phường Gia Viên, gần chợ Sắt", "Phường Gia Viên"),
    ("rác trên đảo Cát Bà", "Đặc khu Cát Hải"),
    ("ổ gà đây https://maps.google.com/?q=20.8449,106.6881", "Phường Lê Chân"),
    ("kdc Thượng Đạt, phường Nam Đồng", "Phường Nam Đồng"),
    ("tdp 5 p. Hải An", "Phường Hải An"),
    ("h. Vĩnh Bảo, x. Vĩnh Am", "Xã Vĩnh Am"),
]


@pytest.mark.parametrize(("text", "name"), FOUND_BESIDE)
def test_what_lies_beside_is_told_from_where_it_is(text: str, name: str) -> None:
    place = GAZETTEER.find(text)
    assert (place.outcome, place.name) == ("found", name)


BORDERS = [
    ("giáp ranh phường Kiến An và phường Phù Liễn", ["Phường Kiến An", "Phường Phù Liễn"]),
    ("đoạn giáp ranh Kiến An với Phù Liễn", ["Phường Kiến An", "Phường Phù Liễn"]),
    ("giap ranh giua xa tien lang va xa hung thang", ["Xã Tiên Lãng", "Xã Hùng Thắng"]),
    ("ranh giới hai xã Vĩnh Am, Vĩnh Hải", ["Xã Vĩnh Am", "Xã Vĩnh Hải"]),
]


@pytest.mark.parametrize(("text", "names"), BORDERS)
def test_a_border_lies_in_both_wards_in_the_order_that_they_are_named(
    text: str, names: list[str]
) -> None:
    place = GAZETTEER.find(text)
    assert place.outcome == "ambiguous"
    assert [candidate.name for candidate in place.candidates][:2] == names


OLDER = [
    # communes that were merged away before 2025
    ("xã Gia Minh", "Phường Bạch Đằng"),
    ("giếng ở Gia Minh, Thủy Nguyên", "Phường Bạch Đằng"),
    ("thị trấn Núi Đèo", "Phường Thuỷ Nguyên"),
    ("phường Quang Trung, Hồng Bàng", "Phường Hồng Bàng"),
    ("xã Thanh Quang, Nam Sách", "Xã Trần Phú"),
    ("xã Thanh Quang", "Xã Hà Đông"),  # The one that lasted until 2025 is the likelier.
]


@pytest.mark.parametrize(("text", "name"), OLDER)
def test_a_commune_merged_away_earlier_is_in_what_it_became(text: str, name: str) -> None:
    place = GAZETTEER.find(text)
    assert (place.outcome, place.name) == ("found", name)


def test_the_bare_name_of_an_older_commune_is_no_place() -> None:
    assert GAZETTEER.find("xe rác đỗ ở Lương Khánh Thiện cản đường").outcome == "none"


def test_every_older_commune_leads_into_the_wards_of_what_it_became() -> None:
    with (PACKS / "hai_phong" / "older_wards.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 100
    for row in rows:
        named = GAZETTEER.find(f"{row['name']}, {row['district']}")
        became = GAZETTEER.find(f"{row['became']}, {row['district']}")
        inside = {candidate.ward_code for candidate in became.candidates}
        assert inside & {candidate.ward_code for candidate in named.candidates}, row


MISSPELT = [
    ("xã Vĩnh Bảoo", "Xã Vĩnh Bảo"),
    ("xa Tien Lnag", "Xã Tiên Lãng"),
    ("p. kien am", "Phường Kiến An"),
    ("phường Lê Trân mất điện", "Phường Lê Chân"),
    ("rác ở xã Nguyễn Bỉnh Khim", "Xã Nguyễn Bỉnh Khiêm"),
    ("Nguyễn Bỉnh Khim", "Xã Nguyễn Bỉnh Khiêm"),
    ("huyện Tiên Lãnh", "Xã Tiên Lãng"),
]


@pytest.mark.parametrize(("text", "name"), MISSPELT)
def test_a_misspelt_name_is_asked_and_never_believed(text: str, name: str) -> None:
    place = GAZETTEER.find(text)
    assert place.outcome == "ambiguous"
    assert place.candidates[0].name == name


def _homonyms() -> list[str]:
    """The names that units of several districts bore, whatever their kind."""
    districts: dict[str, set[str]] = {}
    for row in OLD_WARDS:
        name = row["name"].removeprefix("Xã ").removeprefix("Phường ").removeprefix("Thị trấn ")
        districts.setdefault(name, set()).add(row["district"])
    return sorted(name for name, own in districts.items() if name and len(own) > 1)


def test_there_are_homonyms() -> None:
    assert len(_homonyms()) >= 25


@pytest.mark.parametrize("district", sorted({row["district"] for row in OLD_WARDS}))
def test_a_homonym_goes_with_the_district_that_is_named_even_where_no_table_has_it(
    district: str,
) -> None:
    inside = {row["ward_code"] for row in OLD_WARDS if row["district"] == district}
    for name in _homonyms():
        for words in (f"xã {name}, {district}", fold(f"xa {name} {district}")):
            place = GAZETTEER.find(words)
            assert place.candidates, words
            assert {candidate.ward_code for candidate in place.candidates} <= inside, words


AMBIGUOUS = [
    # words, some of the wards that they may mean
    ("cam giang", {"Xã Cẩm Giang", "Xã Cẩm Giàng"}),
    ("xa cam giang", {"Xã Cẩm Giang", "Xã Cẩm Giàng"}),
    ("xã Thượng Quận", {"Phường Trần Liễu", "Xã Phú Thái"}),
    ("xã Tân Trào", {"Xã Kiến Hưng", "Xã Hải Hưng"}),
    ("huyện Kim Thành", {"Xã Kim Thành", "Xã Phú Thái", "Xã Lai Khê"}),
    ("ở Kiến An", {"Phường Kiến An", "Phường Phù Liễn"}),
    ("tp hd", {"Phường Hải Dương", "Phường Thành Đông"}),
    ("xa an thanh", {"Xã An Thành", "Xã Chí Minh"}),
    ("ở Hà Nam", {"Xã Hà Nam"}),
    ("phường Hà Đông", {"Xã Hà Đông"}),
]


@pytest.mark.parametrize(("text", "names"), AMBIGUOUS)
def test_these_words_mean_several_wards_and_are_asked(text: str, names: set[str]) -> None:
    place = GAZETTEER.find(text)
    assert place.outcome == "ambiguous"
    assert place.ward_code is None
    assert names <= {candidate.name for candidate in place.candidates}


NO_WARD = [
    "đường Lê Lợi nhiều ổ gà",
    "phố Trần Hưng Đạo",
    "đường Võ Nguyên Giáp",
    "anh Quang Trung bán hàng đa cấp",
    "công viên Bạch Đằng",
    "chúng tôi thống nhất kiến nghị",
    "toan dan doan ket",
    "cong an phuong 2 lan khong den",
    "xe khách đi Hà Nội bỏ khách",
    "thành phố Hải Phòng",
    "thôn Tân Trào",
    "phường 6",
    "",
    "🙂🙂",
]


@pytest.mark.parametrize("text", NO_WARD)
def test_these_words_name_no_place(text: str) -> None:
    assert GAZETTEER.find(text).outcome == "none"


ELSEWHERE = [
    "tỉnh Thanh Hóa",
    "ngập ở Quảng Ninh",
    "phường Trần Phú, Hà Nội",
    "tỉnh Hà Nam",
    "tp HCM",
    "o sai gon",
    "quận Hà Đông",
]


@pytest.mark.parametrize("text", ELSEWHERE)
def test_these_words_lie_in_another_province(text: str) -> None:
    assert GAZETTEER.find(text).outcome == "elsewhere"


def test_a_reply_that_is_nothing_but_a_name_is_a_place() -> None:
    assert GAZETTEER.find("Nguyễn Bỉnh Khiêm").name == "Xã Nguyễn Bỉnh Khiêm"


def test_every_ward_is_found_by_its_own_name_with_and_without_diacritics(pack: Pack) -> None:
    for ward in pack.wards.values():
        assert pack.gazetteer.find(ward.name).ward_code == ward.code, ward.name
        bare = pack.gazetteer.find(fold(ward.name))
        assert ward.code in {candidate.ward_code for candidate in bare.candidates}, ward.name


def test_every_old_commune_with_its_district_leads_to_its_wards(pack: Pack) -> None:
    wards: dict[tuple[str, str], set[str]] = {}
    for row in OLD_WARDS:
        wards.setdefault((row["name"], row["district"]), set()).add(row["ward_code"])
    wrong = [
        (name, district)
        for (name, district), codes in wards.items()
        if not codes & {c.ward_code for c in GAZETTEER.find(f"{name}, {district}").candidates}
    ]
    assert wrong == []


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    _is_coherent(GAZETTEER, text)


PLACE_WORDS = st.one_of(
    st.sampled_from(
        ["xã", "phường", "ở", "p.", "x.", "huyện", "quận", "tp", "tỉnh", "đường", "phố"]
    ),
    st.sampled_from(["Lê Chân", "Kiến An", "Cẩm Giang", "cam giang", "Tân Trào", "Trần Phú", "đi"]),
    st.sampled_from(["Hải Dương", "hải phòng", "hp", "hd", "Hà Nam", "Hà Nội", "Kiến Thụy"]),
    st.sampled_from([",", ".", "-", "1", "2", "công an"]),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PLACE_WORDS, max_size=12))
def test_any_string_of_place_words_has_an_answer(words: list[str]) -> None:
    _is_coherent(GAZETTEER, " ".join(words))


def _is_coherent(gazetteer: Gazetteer, text: str) -> None:
    place = gazetteer.find(text)
    assert (place.outcome == "found") == (place.ward_code is not None)
    assert bool(place.candidates) == (place.outcome in ("found", "ambiguous"))
    assert 0.0 <= place.confidence <= 1.0


def test_a_long_message_is_read_in_a_few_milliseconds() -> None:
    text = "nước ngập ở phường Kiến An đường Lê Lợi, dân kêu mãi không ai đến. " * 60
    started = time.perf_counter()
    assert GAZETTEER.find(text).name == "Phường Kiến An"
    assert time.perf_counter() - started < 0.5


def test_a_pin_in_the_middle_of_a_ward_is_that_ward(pack: Pack) -> None:
    untyped: Any = shapely
    areas = json.loads((PACKS / "hai_phong" / "wards.geojson").read_text(encoding="utf-8"))
    for feature in areas["features"]:
        point = untyped.point_on_surface(untyped.from_geojson(json.dumps(feature["geometry"])))
        assert pack.gazetteer.locate(point.y, point.x).ward_code == feature["properties"]["code"]


def test_a_pin_in_hanoi_is_elsewhere(pack: Pack) -> None:
    assert pack.gazetteer.locate(21.0285, 105.8542).outcome == "elsewhere"


def test_a_pin_needs_numbers(pack: Pack) -> None:
    with pytest.raises(ValueError, match="finite"):
        pack.gazetteer.locate(float("nan"), 106.0)


def test_a_pin_just_beside_the_map_still_has_a_ward(small_pack_path: Path) -> None:
    gazetteer = load_pack(small_pack_path).gazetteer
    assert gazetteer.locate(10.5, 99.9998).ward_code == "1"
    assert gazetteer.locate(10.5, 99.9).outcome == "elsewhere"
