from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.accused import barred_by, identify
from routing.router import Decision, Matter, decide
from routing.tables import LEGAL_TYPES, PACKS, Pack, load_pack

PACK = load_pack(PACKS / "hai_phong")
ON = date(2026, 11, 2)
LE_CHAN = next(ward.code for ward in PACK.wards.values() if ward.name == "Phường Lê Chân")
TIEN_LANG = next(ward.code for ward in PACK.wards.values() if ward.name == "Xã Tiên Lãng")


def matter(category: str | None, text: str = "", **changes: Any) -> Matter:
    known: dict[str, Any] = {
        "category_confidence": 0.9,
        "legal_type": "phan_anh",
        "ward_code": LE_CHAN,
    }
    return Matter(category=category, text=text, **(known | changes))


def sent(category: str | None, text: str = "", **changes: Any) -> Decision:
    return decide(matter(category, text, **changes), PACK, ON)


DISPATCHED = [
    # category, text, ward, agency, rule
    ("roads", "ổ gà trên tỉnh lộ 391", LE_CHAN, "so_xay_dung", "roads/tinh_lo"),
    ("roads", "ổ gà trên ql5a", LE_CHAN, "so_xay_dung", "roads/quoc_lo"),
    ("roads", "ngõ nhà tôi lầy lội", LE_CHAN, f"ubnd_{LE_CHAN}", "roads/ngo"),
    ("roads", "ngo 12 lay loi", LE_CHAN, f"ubnd_{LE_CHAN}", "roads/ngo"),
    ("roads", "kính gửi thành phố, đường hỏng", LE_CHAN, "so_xay_dung", "roads/duong_khac"),
    ("drainage_flooding", "ngập", LE_CHAN, "so_xay_dung", "drainage_flooding/urban"),
    ("drainage_flooding", "ngập", TIEN_LANG, f"ubnd_{TIEN_LANG}", "drainage_flooding/rural"),
    ("water_supply", "mất nước", TIEN_LANG, "so_nong_nghiep_moi_truong", "water_supply/rural"),
    ("public_security", "trộm chó", TIEN_LANG, f"ca_{TIEN_LANG}", "public_security/an_ninh_khac"),
    ("social_policy", "chậm lương hưu", LE_CHAN, "bao_hiem_xa_hoi", "social_policy/bao_hiem"),
    ("electricity", "mất điện", None, "dien_luc", "electricity/always"),
    ("education", "lạm thu", None, "so_giao_duc_dao_tao", "education/always"),
    ("official_conduct", "cán bộ quát dân", None, "so_noi_vu", "official_conduct/can_bo_khac"),
]


@pytest.mark.parametrize(("category", "text", "ward", "agency", "rule"), DISPATCHED)
def test_a_clear_case_goes_to_the_responsible_agency(
    category: str, text: str, ward: str | None, agency: str, rule: str
) -> None:
    decision = sent(category, text, ward_code=ward)
    assert (decision.outcome, decision.agency_id) == ("dispatch", agency)
    assert decision.rule == f"responsibilities:{rule}"
    assert decision.agency_name == PACK.agencies[agency].name
    assert decision.reasons


TRIAGED = [
    ({"category": None}, "category:none"),
    ({"category": "no_such_code"}, "category:none"),
    ({"category": "other"}, "category:other"),
    ({"category": "roads", "category_confidence": 0.34}, "category:unsure"),
    ({"category": "roads", "category_confidence": float("nan")}, "category:unsure"),
    ({"category": "noise", "ward_code": None}, "place:missing"),
    ({"category": "noise", "ward_code": "00000"}, "place:missing"),
    ({"category": "water_supply", "ward_code": None}, "place:missing"),
    ({"category": "roads", "text": "ngõ tối", "ward_code": None}, "place:missing"),
    ({"category": "roads", "legal_type": "khieu_nai"}, "legal_type:khieu_nai"),
    ({"category": "roads", "legal_type": "hoi_dap"}, "legal_type:unknown"),
    ({"category": "noise", "accused": ("bọn nó",)}, "accused:unknown"),
]


@pytest.mark.parametrize(("changes", "rule"), TRIAGED)
def test_an_unclear_case_goes_to_a_person_who_is_told_why(
    changes: dict[str, Any], rule: str
) -> None:
    decision = sent(**changes)
    assert (decision.outcome, decision.agency_id) == ("triage", PACK.triage_agency_id)
    assert decision.rule == rule
    assert decision.reasons


def test_a_denunciation_is_redirected_to_nobody_when_nobody_is_named() -> None:
    decision = sent("roads", legal_type="to_cao")
    assert (decision.outcome, decision.agency_id) == ("redirect", None)


def test_a_denunciation_is_redirected_to_the_body_above_the_accused() -> None:
    decision = sent("corruption", legal_type="to_cao", accused=("Chủ tịch UBND phường Lê Chân",))
    assert (decision.outcome, decision.agency_id) == ("redirect", "ubnd_thanh_pho")


def test_corruption_is_read_by_the_inspectorate_alone() -> None:
    decision = sent("corruption")
    assert (decision.outcome, decision.agency_id) == ("triage", "thanh_tra_thanh_pho")
    assert decision.rule == "restricted"


def test_corruption_of_the_inspectorate_is_read_by_another_oversight_body() -> None:
    decision = sent("corruption", accused=("Thanh tra thành phố",))
    assert decision.agency_id == "so_noi_vu"


ABOVE = [
    # who is complained about, in which category, who gets it
    ("UBND phường Lê Chân", "noise", "ubnd_thanh_pho"),
    ("ủy ban phường", "waste_pollution", "ubnd_thanh_pho"),
    ("công an phường", "public_security", "cong_an_thanh_pho"),
    ("cong an phuong le chan", "public_security", "cong_an_thanh_pho"),
    ("Công an thành phố", "public_security", "ubnd_thanh_pho"),
    ("Sở Nội vụ", "official_conduct", "ubnd_thanh_pho"),
    ("UBND thành phố Hải Phòng", "education", "ban_noi_chinh_thanh_uy"),
    ("cán bộ Sở Giao thông vận tải", "roads", "ubnd_thanh_pho"),
    ("công ty điện lực", "electricity", "so_cong_thuong"),
    ("Sở Công Thương", "electricity", "ubnd_thanh_pho"),
    ("điện lực và ủy ban phường", "noise", "ubnd_thanh_pho"),
]


@pytest.mark.parametrize(("accused", "category", "agency"), ABOVE)
def test_a_complaint_about_a_unit_goes_above_it(accused: str, category: str, agency: str) -> None:
    decision = sent(category, accused=(accused,))
    assert (decision.outcome, decision.agency_id) == ("dispatch", agency)
    assert decision.rule.endswith("+accused")


def test_a_complaint_about_one_unit_still_reaches_another_responsible_one() -> None:
    decision = sent("electricity", accused=("UBND phường Lê Chân",))
    assert decision.agency_id == "dien_luc"


def test_a_complaint_about_the_triage_desk_is_not_triaged_by_it() -> None:
    decision = sent("other", accused=("Ban Tuyên giáo và Dân vận Thành ủy",))
    assert decision.agency_id == "so_noi_vu"


def test_conduct_without_a_recognised_unit_is_read_for_one_in_the_text() -> None:
    decision = sent("official_conduct", "Nhân viên Sở Nội vụ quát tháo dân")
    assert decision.agency_id == "ubnd_thanh_pho"


AGENCIES = st.sampled_from(sorted(PACK.agencies))
CATEGORIES = st.sampled_from([None, *sorted(PACK.categories)])
LEGAL = st.sampled_from(LEGAL_TYPES)
WARDS = st.sampled_from([None, *sorted(PACK.wards)])
TEXTS = st.sampled_from(
    ["", "ngõ", "quốc lộ 5", "tỉnh lộ", "công an quát dân", "thuế", "lương hưu"]
)


@settings(max_examples=600, deadline=None)
@given(AGENCIES, CATEGORIES, LEGAL, WARDS, TEXTS)
def test_the_accused_unit_and_those_below_it_never_get_their_case(
    accused: str, category: str | None, legal_type: str, ward: str | None, text: str
) -> None:
    name = PACK.agencies[accused].name
    decision = sent(category, text, legal_type=legal_type, ward_code=ward, accused=(name,))
    assert decision.agency_id not in barred_by({accused}, PACK)


@pytest.mark.parametrize("category", sorted(PACK.categories))
def test_no_agency_of_all_gets_a_case_about_itself(category: str) -> None:
    for agency in PACK.agencies.values():
        ward = agency.ward_code or LE_CHAN
        decision = sent(category, ward_code=ward, accused=(agency.name,))
        assert decision.agency_id != agency.agency_id


def test_every_alias_of_an_agency_bars_it() -> None:
    for agency in PACK.agencies.values():
        for alias in agency.aliases:
            assert agency.agency_id in identify((alias,), None, PACK).agency_ids, alias


def test_every_category_ward_and_legal_type_has_exactly_one_decision() -> None:
    for category in PACK.categories:
        for ward in PACK.wards:
            for legal_type in LEGAL_TYPES:
                decision = sent(category, ward_code=ward, legal_type=legal_type)
                assert decision.reasons
                assert not decision.rule.startswith("gap")


def test_before_the_first_row_is_in_force_a_person_decides() -> None:
    decision = decide(matter("roads"), PACK, date(2025, 6, 30))
    assert (decision.outcome, decision.rule) == ("triage", "gap:roads")


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=3), st.floats())
@settings(max_examples=200, deadline=None)
def test_any_matter_has_a_decision(text: str, accused: list[str], confidence: float) -> None:
    one = matter("noise", text, accused=tuple(accused), category_confidence=confidence)
    assert decide(one, PACK, ON).reasons


def test_the_pack_has_not_changed_under_the_tests(pack: Pack) -> None:
    assert pack.agencies == PACK.agencies


def test_a_denounced_ward_is_answered_with_the_body_above_its_committee(pack: Pack) -> None:
    words = "Tôi tố cáo cán bộ phường Lê Chân nhận hối lộ"
    matter = Matter("corruption", 0.9, "to_cao", None, words, accused=("cán bộ phường Lê Chân",))
    assert decide(matter, pack, date(2026, 11, 23)).agency_id == "ubnd_thanh_pho"
