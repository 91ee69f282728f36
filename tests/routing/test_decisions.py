"""How sure a decision is, what it says, and what it asks: beyond which agency it names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.router import Decision, Matter, decide
from routing.tables import PACKS, load_pack

PACK = load_pack(PACKS / "hai_phong")
ON = date(2026, 11, 24)
LE_CHAN = next(ward.code for ward in PACK.wards.values() if ward.name == "Phường Lê Chân")


def decided(text: str = "", **changes: Any) -> Decision:
    known: dict[str, Any] = {
        "category": "roads",
        "category_confidence": 0.9,
        "legal_type": "phan_anh",
        "ward_code": LE_CHAN,
        "text": text,
    }
    return decide(Matter(**(known | changes)), PACK, ON)


def test_two_categories_of_one_agency_make_it_surer_than_either() -> None:
    both = (("roads", 0.4), ("transport", 0.4), ("noise", 0.2))
    alone = decided("tỉnh lộ 391", category_confidence=0.4, categories=both[:1])
    together = decided("tỉnh lộ 391", category_confidence=0.4, categories=both)
    assert (alone.outcome, alone.rule) == ("triage", "category:unsure")
    assert (together.outcome, together.agency_id) == ("dispatch", "so_xay_dung")
    assert together.confidence == pytest.approx(0.8)


def test_a_likelier_agency_of_two_other_categories_is_left_to_a_person() -> None:
    shares = (("noise", 0.4), ("roads", 0.3), ("transport", 0.25))
    decision = decided("tỉnh lộ", category="noise", category_confidence=0.4, categories=shares)
    assert (decision.outcome, decision.rule) == ("triage", "category:unsure")
    assert decision.suggestions == ("so_xay_dung", f"ubnd_{LE_CHAN}")
    names = PACK.categories
    asked = f"Việc chính là “{names['noise'].name}” hay “{names['roads'].name}”?"
    assert decision.ask == asked


def test_a_category_that_the_citizen_chose_outweighs_all_that_was_guessed() -> None:
    guessed = (("noise", 0.6), ("education", 0.3))
    decision = decided("tỉnh lộ 391", category_confidence=1.0, categories=guessed)
    assert (decision.agency_id, decision.confidence) == ("so_xay_dung", 1.0)


UNSURE = [
    # what is unsure, the rule, the first words of the question
    ({"category_confidence": 0.2, "categories": (("roads", 0.2), ("noise", 0.15))},
     "category:unsure", "Việc chính là"),
    ({"category": "noise", "place_confidence": 0.2}, "place:unsure", "Sự việc xảy ra ở"),
    ({"category": "noise", "ward_code": None}, "place:missing", "Sự việc xảy ra ở"),
    ({"category": "noise", "accused": ("bọn nó",)}, "accused:unknown", "Đơn vị hoặc cán bộ"),
    ({"category": None}, "category:none", "Ông/bà mong"),
    ({"legal_type": "khieu_nai"}, "legal_type:khieu_nai", "Ông/bà khiếu nại"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rule", "question"), UNSURE)
def test_a_person_is_told_what_to_ask(changes: dict[str, Any], rule: str, question: str) -> None:
    decision = decided("tỉnh lộ hỏng", **changes)
    assert (decision.outcome, decision.rule) == ("triage", rule)
    assert decision.ask is not None
    assert decision.ask.startswith(question)


def test_an_unsure_place_does_not_hold_back_what_does_not_hang_on_it() -> None:
    decision = decided(category="electricity", place_confidence=0.1)
    assert (decision.outcome, decision.confidence) == ("dispatch", 0.9)


def test_a_row_that_holds_for_want_of_a_word_is_less_sure() -> None:
    sure, unsure = decided("quốc lộ 5 hỏng"), decided("hỏng hết cả")
    assert unsure.confidence == pytest.approx(sure.confidence * PACK.policy.default_condition)


def test_a_dispatch_says_its_row_words_place_and_law() -> None:
    decision = decided(
        "ổ gà tỉnh lộ 391", category_words=("ổ gà",), place_words="p lê chân", place_confidence=0.9
    )
    row = next(
        r for r in PACK.responsibilities if (r.category, r.condition) == ("roads", "tinh_lo")
    )
    said = "\n".join(decision.reasons)
    for part in (f"dòng {row.line}", "có lời “tỉnh lộ”", "01/07/2025", row.legal_source, "“ổ gà”",
                 "“p lê chân”", "Phường Lê Chân", "chắc chắn 90%"):  # fmt: skip
        assert part in said, part


def test_whoever_is_excluded_is_named_with_the_words_that_accuse_them() -> None:
    decision = decided(category="noise", accused=("chủ tịch phường Lê Chân",))
    said = decision.reasons[-1]
    assert "Không chuyển đến" in said
    assert "“chủ tịch phường Lê Chân”" in said
    assert PACK.agencies[f"ubnd_{LE_CHAN}"].name in said


CITIZEN_READS = [
    ({"category": "noise"}, "do cơ quan này phụ trách"),
    ({"category": "noise", "accused": ("UBND phường Lê Chân",)}, "không xử lý đơn về mình"),
    ({"category": "noise", "ward_code": None}, "Chưa rõ việc xảy ra ở xã, phường nào"),
    ({"category": "corruption"}, "cán bộ được giao riêng"),
    ({"category": "other"}, "Một cán bộ sẽ đọc"),
    ({"why_person": "Hệ thống tạm ngừng."}, "Một cán bộ sẽ đọc"),
]


@pytest.mark.parametrize(("changes", "words"), CITIZEN_READS)
def test_the_citizen_reads_why_in_one_sentence(changes: dict[str, Any], words: str) -> None:
    sentence = decided("tỉnh lộ", **changes).for_citizen
    assert words in sentence
    assert sentence.count(".") == 1


def test_a_person_looks_first_where_whoever_took_the_case_says_so() -> None:
    decision = decided("tỉnh lộ hỏng", why_person="Người gửi khẳng định không tố cáo.")
    assert (decision.outcome, decision.rule) == ("triage", "needs_person")
    assert decision.reasons[0] == "Người gửi khẳng định không tố cáo."
    assert decision.suggestions == ("so_xay_dung",)


def test_an_agency_that_the_words_have_doing_something_does_not_get_the_case_unseen() -> None:
    own = decided("đổ rác", category="noise", acting=("UBND phường Lê Chân",))
    assert (own.outcome, own.rule) == ("triage", "accused:perhaps")
    assert own.excluded == ()
    other = decided("đổ rác", category="noise", acting=("UBND xã Tiên Lãng",))
    assert other.outcome == "dispatch"


DESK_ACCUSED = [
    ("Bộ phận phân loại", "ban_tuyen_giao_dan_van"),
    ("Ban Tuyên giáo và Dân vận Thành ủy", "so_noi_vu"),
]


@pytest.mark.parametrize(("accused", "agency"), DESK_ACCUSED)
def test_a_case_about_the_triage_desk_goes_to_whoever_supervises_it(
    accused: str, agency: str
) -> None:
    name = PACK.agencies["bo_phan_phan_loai"].name if "phân loại" in accused else accused
    decision = decided(category="other", accused=(name,))
    assert (decision.agency_id, decision.desk_barred) == (agency, True)
    assert not decided(category="other").desk_barred


SHARES = st.lists(
    st.tuples(st.sampled_from([*PACK.categories, "unknown"]), st.floats()), max_size=6
).map(tuple)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([None, *PACK.categories]),
    st.floats(),
    SHARES,
    st.floats(),
    st.sampled_from([None, "0", *PACK.wards]),
    st.sampled_from(sorted(PACK.agencies)),
)
def test_suggestions_are_few_distinct_and_never_who_is_complained_about(
    category: str | None,
    confidence: float,
    shares: tuple[tuple[str, float], ...],
    place: float,
    ward: str | None,
    accused: str,
) -> None:
    decision = decided(
        category=category,
        category_confidence=confidence,
        categories=shares,
        place_confidence=place,
        ward_code=ward,
        accused=(PACK.agencies[accused].name,),
    )
    assert 0.0 <= decision.confidence <= 1.0
    assert len(set(decision.suggestions)) == len(decision.suggestions) <= 3
    assert not {*decision.suggestions, decision.agency_id} & set(decision.excluded)
    assert decision.for_citizen or decision.outcome == "redirect"
