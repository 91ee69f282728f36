"""Several matters in one message: asked once, then one case or one case each."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from bot import texts
from bot.draft import ChangeCase, Draft
from bot.heard import Part
from bot.understand import read_parse
from db.models import Attachment, Case
from routing.tables import Pack
from tests.bot.conftest import AN, REPORT, Desk, RasaTable, parse_of, photo
from tests.bot.talk import Talk
from tests.bot.test_dialogue import LE_CHAN, filed, filing

RUBBISH = "Rác chất đống trước cổng chợ phường Lê Chân"
LIGHTS = "Ngoài ra đèn đường tắt cả tháng nay"
NOISE = "Còn chuyện karaoke ở phường An Biên hát tới khuya"
APART, TOGETHER = "Gửi thành 2 vụ việc riêng", "Gửi chung một vụ việc"
CATEGORY_OF = {RUBBISH: "waste_pollution", LIGHTS: "lighting_trees", NOISE: "noise"}


@pytest.fixture
def talk(pack: Pack) -> Talk:
    return Talk(pack)


def part(text: str, **more: Any) -> Part:
    return Part(text, CATEGORY_OF[text], 0.9, **more)


def writes(talk: Talk, *words: str, **more: Any) -> str:
    """A message of these matters; the whole text."""
    text = ". ".join(words)
    talk.writes(text, parts=tuple(part(one) for one in words), **more)
    return text


def sent(talk: Talk) -> Draft:
    talk.taps("Gửi")
    return filing(talk).draft


def test_several_matters_are_listed_and_asked_about_once(talk: Talk) -> None:
    writes(talk, RUBBISH, LIGHTS)
    assert f"Anh/chị nêu 2 việc:\n(1) Rác thải, ô nhiễm: “{RUBBISH}”\n(2) " in talk.text()
    assert list(talk.buttons()) == [APART, TOGETHER, "Hủy"]


def test_a_long_matter_is_shortened_in_the_list(talk: Talk) -> None:
    long = replace(part(RUBBISH), text="rác " * 200)
    talk.writes("rác ở phường Lê Chân", parts=(long, part(LIGHTS)))
    assert "rác…”\n(2)" in talk.text()
    assert len(talk.text()) < 500


def test_together_they_are_one_case_with_all_the_words(talk: Talk) -> None:
    text = writes(talk, RUBBISH, LIGHTS)
    talk.taps(TOGETHER)
    assert text in talk.text()
    draft = sent(talk)
    assert (draft.text, draft.category, draft.ward_code) == (text, "waste_pollution", LE_CHAN)
    assert talk.draft == Draft(number=3)


def test_apart_each_is_filed_by_its_own_tap_and_the_second_card_follows_the_first(
    talk: Talk,
) -> None:
    writes(talk, RUBBISH, LIGHTS)
    talk.taps(APART)
    assert "Lĩnh vực: Rác thải, ô nhiễm" in talk.text()
    assert f"Nội dung: {RUBBISH}\n" in talk.text()
    first = sent(talk)
    assert (first.text, first.category, first.ward_code) == (RUBBISH, "waste_pollution", LE_CHAN)
    assert not talk.last.replies  # The code of the first is said before the second card.
    assert talk.last.afterwards[0].text == texts.NEXT_MATTER
    assert f"Nội dung: {LIGHTS}\n" in talk.text()
    second = sent(talk)
    assert (second.text, second.category) == (LIGHTS, "lighting_trees")
    assert second.ward_code == LE_CHAN  # The place that was given once.
    assert talk.draft.step == "idle"
    assert not talk.draft.waiting


def test_three_matters_become_three_cases_in_reading_order(talk: Talk) -> None:
    writes(talk, RUBBISH, LIGHTS, NOISE)
    talk.taps("Gửi thành 3 vụ việc riêng")
    assert [sent(talk).category for _ in range(3)] == [CATEGORY_OF[w] for w in CATEGORY_OF]
    assert talk.draft.step == "idle"


def test_the_place_is_asked_once_for_all(talk: Talk) -> None:
    talk.writes(
        "Rác trước chợ. Đèn tắt",
        parts=(
            replace(part(RUBBISH), text="Rác trước chợ."),
            replace(part(LIGHTS), text="Đèn tắt"),
        ),
    )
    talk.taps(APART)
    assert talk.text() == texts.ASK_PLACE
    talk.writes("phường lê chân", "out_of_scope", 0.9)
    assert [sent(talk).ward_code for _ in range(2)] == [LE_CHAN, LE_CHAN]


def test_matters_that_each_name_a_place_need_no_question_where(talk: Talk, pack: Pack) -> None:
    writes(talk, RUBBISH, NOISE)
    an_bien = pack.gazetteer.find(NOISE).ward_code
    talk.taps(APART)
    assert [sent(talk).ward_code for _ in range(2)] == [LE_CHAN, an_bien]


def test_together_in_two_wards_it_is_asked_which(talk: Talk) -> None:
    writes(talk, RUBBISH, NOISE)
    talk.taps(TOGETHER)
    assert talk.text() == texts.ASK_WHICH_WARD


def test_a_matter_that_names_its_own_place_is_there(talk: Talk, pack: Pack) -> None:
    talk.writes(f"{LIGHTS}. {NOISE}", parts=(part(LIGHTS), part(NOISE)), message_id=4)
    an_bien = pack.gazetteer.find(NOISE).ward_code
    talk.taps(APART)
    talk.taps("Sửa")
    talk.taps("Sửa nơi xảy ra")
    talk.writes("phường lê chân", "out_of_scope", 0.9)
    assert [sent(talk).ward_code for _ in range(2)] == [LE_CHAN, an_bien]


def test_files_stay_with_the_first_and_later_ones_go_to_the_card_that_is_open(talk: Talk) -> None:
    talk.attaches(7)
    writes(talk, RUBBISH, LIGHTS)
    talk.attaches(8)
    assert list(talk.buttons()) == [APART, TOGETHER, "Hủy"]
    talk.taps(APART)
    assert sent(talk).attachment_ids == (7, 8)
    talk.attaches(9)
    assert sent(talk).attachment_ids == (9,)


def test_a_cancelled_matter_leaves_the_next_one_and_its_files(talk: Talk) -> None:
    talk.attaches(7)
    writes(talk, RUBBISH, LIGHTS)
    talk.taps(APART)
    talk.taps("Hủy")
    assert texts.DROPPED in talk.text()
    draft = sent(talk)
    assert (draft.text, draft.attachment_ids) == (LIGHTS, (7,))


def test_cancelling_the_question_cancels_all(talk: Talk) -> None:
    writes(talk, RUBBISH, LIGHTS)
    talk.taps("Hủy")
    assert talk.text() == texts.CANCELLED
    assert talk.draft == Draft(number=3)


def test_one_tap_cannot_file_two(talk: Talk) -> None:
    writes(talk, RUBBISH, LIGHTS)
    talk.taps(APART)
    button = talk.buttons()["Gửi"]
    talk.presses(button)
    talk.presses(button)
    assert talk.text() == texts.STALE_BUTTON
    assert talk.draft.text == LIGHTS


def test_consent_is_asked_for_once(talk: Talk) -> None:
    talk.has_consented = False
    writes(talk, RUBBISH, LIGHTS)
    talk.taps(APART)
    talk.taps("Đồng ý và gửi")
    assert "máy chủ" not in talk.text()
    assert "Gửi" in talk.buttons()


@pytest.mark.parametrize(("words", "texts_filed"), [("gửi riêng", 2), ("Tach ra", 2), ("chung", 1)])
def test_the_answer_may_be_typed(talk: Talk, words: str, texts_filed: int) -> None:
    writes(talk, RUBBISH, LIGHTS)
    talk.writes(words, "out_of_scope", 0.9)
    for _ in range(texts_filed):
        sent(talk)
    assert talk.draft.step == "idle"


@pytest.mark.parametrize("intent", ["affirm", "deny"])
def test_a_yes_or_no_is_asked_back(talk: Talk, intent: str) -> None:
    writes(talk, RUBBISH, LIGHTS)
    talk.writes("ừ không", intent, 0.95)
    assert list(talk.buttons()) == [APART, TOGETHER, "Hủy"]


@pytest.mark.parametrize(("label", "first_text"), [(TOGETHER, None), (APART, RUBBISH)])
def test_words_added_over_the_question_are_kept_with_the_last_matter(
    talk: Talk, label: str, first_text: str | None
) -> None:
    text = writes(talk, RUBBISH, LIGHTS)
    more = "tối quá nên hai người đã ngã xe ở đoạn này rồi đấy các bác ạ"
    talk.writes(more)
    talk.taps(label)
    assert sent(talk).text == (first_text or f"{text}\n{more}")
    if first_text:
        assert sent(talk).text == f"{LIGHTS}\n{more}"


def test_words_added_while_rasa_is_down_make_it_one_case_for_a_person(talk: Talk) -> None:
    text = writes(talk, RUBBISH, LIGHTS)
    talk.writes_while_down("và còn nữa")
    assert sent(talk).text == f"{text}\nvà còn nữa"


def test_a_pin_over_the_question_is_the_place_of_all(talk: Talk) -> None:
    talk.writes(
        "Rác. Đèn", parts=(replace(part(RUBBISH), text="Rác"), replace(part(LIGHTS), text="Đèn"))
    )
    talk.pins(20.85, 106.68)
    talk.taps(APART)
    drafts = [sent(talk), sent(talk)]
    assert [draft.latitude for draft in drafts] == [20.85, 20.85]
    assert {draft.ward_code for draft in drafts} == {LE_CHAN}


def test_a_matter_is_routed_by_its_own_accused_only(talk: Talk) -> None:
    ward = "UBND phường Lê Chân"
    talk.writes(
        f"{RUBBISH}. {LIGHTS}",
        accused=(ward,),
        parts=(part(RUBBISH, accused=(ward,)), part(LIGHTS)),
    )
    talk.taps(APART)
    assert [sent(talk).accused for _ in range(2)] == [(ward,), ()]


def test_an_edit_of_the_message_after_it_was_split_changes_nothing(talk: Talk) -> None:
    writes(talk, RUBBISH, LIGHTS, message_id=5)
    talk.taps(APART)
    before = talk.draft
    talk.writes(REPORT, message_id=5, is_edit=True)
    assert talk.text() == texts.EDIT_NOT_TAKEN
    assert talk.draft == before


def test_an_edit_before_the_answer_is_read_anew(talk: Talk) -> None:
    writes(talk, RUBBISH, LIGHTS, message_id=5)
    talk.writes(REPORT, message_id=5, is_edit=True)
    assert sent(talk).text == REPORT


def test_rewriting_the_first_matter_keeps_the_second(talk: Talk) -> None:
    writes(talk, RUBBISH, LIGHTS)
    for label in (APART, "Sửa", "Sửa nội dung"):
        talk.taps(label)
    talk.writes(REPORT)
    assert [sent(talk).text for _ in range(2)] == [REPORT, LIGHTS]


def test_a_denunciation_over_the_first_card_loses_nothing_of_the_second(talk: Talk) -> None:
    writes(talk, RUBBISH, LIGHTS)
    talk.taps(APART)
    talk.writes("tôi tố cáo ông Tham", legal_type="to_cao")
    talk.taps("Tôi chỉ phản ánh sự việc")
    talk.writes(REPORT)
    assert [sent(talk).text for _ in range(2)] == [REPORT, LIGHTS]


def test_a_denunciation_is_refused_before_it_is_told_apart(talk: Talk) -> None:
    writes(talk, RUBBISH, LIGHTS, legal_type="to_cao")
    assert not talk.draft.parts
    assert talk.draft.step == "denounced"


def test_what_only_an_inspecting_body_may_read_is_not_told_apart(talk: Talk) -> None:
    secret = replace(part(RUBBISH), category="corruption")
    talk.writes(f"{RUBBISH}. {LIGHTS}", parts=(secret, part(LIGHTS)))
    assert sent(talk).text == f"{RUBBISH}. {LIGHTS}"


def test_two_messages_that_became_one_story_are_not_split_by_the_second_ones_parts(
    talk: Talk,
) -> None:
    talk.writes("ừm thì", "thank", 0.2)
    text = writes(talk, RUBBISH, LIGHTS)
    assert sent(talk).text == f"ừm thì\n{text}"


def test_an_offered_message_of_several_matters_is_asked_about_when_it_is_a_grievance(
    talk: Talk,
) -> None:
    writes(talk, RUBBISH, LIGHTS, intent="thank", sure=0.2)
    talk.taps("Đây là phản ánh của tôi")
    assert list(talk.buttons()) == [APART, TOGETHER, "Hủy"]


def test_words_added_to_a_case_instead_leave_the_other_matters_waiting(talk: Talk) -> None:
    waiting = Draft(text=LIGHTS, category="lighting_trees", ward_code=LE_CHAN)
    talk.draft = Draft(number=5, step="offered", text="thêm", waiting=(waiting,))
    talk.cases = (filed(),)
    talk.presses("add:5:PA-AAAAAA")
    assert talk.act() == ChangeCase("add", "PA-AAAAAA", text="thêm")
    assert sent(talk).text == LIGHTS


# --- what the model says ------------------------------------------------------------------


def parse_of_two(text: str, *cuts: int) -> dict[str, Any]:
    """A body of Rasa's with a matter between every two cuts."""
    matters = [
        {"start": start, "end": end, "category": "roads", "confidence": 0.9}
        for start, end in pairwise(cuts)
    ]
    unit = {"entity": "unit", "role": "accused", "value": "điện lực", "start": 14, "end": 22}
    return {**parse_of(), "text": text, "entities": [unit], "matters": matters}


TWO = "đường hỏng. \n điện lực tắc trách"


def test_the_matters_of_the_model_are_read_with_their_words_and_whom_these_accuse() -> None:
    assert read_parse(parse_of_two(TWO, 0, 14, len(TWO))).parts == (
        Part("đường hỏng.", "roads", 0.9),
        Part("điện lực tắc trách", "roads", 0.9, ("điện lực",)),
    )


@pytest.mark.parametrize("cuts", [(0, len(TWO)), ()])
def test_one_matter_is_no_part(cuts: tuple[int, ...]) -> None:
    assert read_parse(parse_of_two(TWO, *cuts)).parts == ()


@pytest.mark.parametrize("cuts", [(1, 14, len(TWO)), (0, 14, 20), (0, 11, 14, len(TWO))])
def test_matters_that_leave_words_out_or_have_none_are_a_bad_answer(cuts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="matter"):
        read_parse(parse_of_two(TWO, *cuts))


def test_matters_with_a_gap_between_them_are_a_bad_answer() -> None:
    body = parse_of_two(TWO, 0, 14, len(TWO))
    body["matters"][1]["start"] = 20
    with pytest.raises(ValueError, match="cover"):
        read_parse(body)


# --- on the real database -----------------------------------------------------------------


async def test_a_message_of_two_matters_becomes_two_cases_with_a_code_each(
    desk: Desk, rasa: RasaTable
) -> None:
    text = f"{RUBBISH}. {LIGHTS}"
    middle = text.index(LIGHTS)
    body = parse_of_two(text, 0, middle, len(text))
    body["matters"][1]["category"] = "lighting_trees"
    rasa.answers[text] = {**body, "entities": []}

    (question,) = await desk.takes(message=desk.message(AN, caption=text, **photo()))
    (card,) = await desk.taps(APART, [question])
    first, _, second_card = await desk.taps("Đồng ý và gửi", [card])
    assert "Mã vụ việc" in first["text"]
    assert "Ảnh gửi trong 10 phút" not in first["text"]
    (second,) = await desk.taps("Gửi", [second_card])
    assert "Ảnh gửi trong 10 phút" in second["text"]

    cases = await desk.all(Case)
    assert [(case.text, case.category) for case in cases] == [
        (f"{RUBBISH}.", "roads"),
        (LIGHTS, "lighting_trees"),
    ]
    assert len({case.code for case in cases}) == 2
    (attachment,) = await desk.all(Attachment)
    assert attachment.case_id == cases[0].id
