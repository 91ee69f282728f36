"""Every step and every button of the conversation."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import texts
from bot.draft import ChangeCase, Count, DeleteMessages, Draft, FileCase
from bot.heard import FiledCase, Part
from bot.petition import LONGEST_PETITION
from routing.tables import Pack
from tests.bot.conftest import DENUNCIATION, NOW, REPORT, REPORT_WITHOUT_PLACE
from tests.bot.talk import Talk, understood

LE_CHAN = "11383"
OTHERS = {"Sửa", "Ẩn danh", "Thêm ảnh/vị trí", "Hủy"}
INSIDE = (20.85, 106.68)  # In phường Lê Chân.
HANOI = (21.03, 105.85)
ELSEWHERE = "Rác chất đống trước cổng chợ ở Cầu Giấy, Hà Nội"


@pytest.fixture
def talk(pack: Pack) -> Talk:
    return Talk(pack)


def filed(state: str = "assigned", code: str = "PA-AAAAAA", minutes_ago: int = 60) -> FiledCase:
    at = NOW - timedelta(minutes=minutes_ago)
    return FiledCase(code, state, "Sở Xây dựng", at, at + timedelta(days=14))


def filing(talk: Talk) -> FileCase:
    act = talk.act()
    assert isinstance(act, FileCase)
    return act


# --- from words to a card -----------------------------------------------------------------


def test_a_report_with_a_place_needs_one_look_and_one_tap(talk: Talk) -> None:
    talk.writes(REPORT)
    assert "Phường Lê Chân" in talk.text()
    assert "Rác thải, ô nhiễm" in talk.text()
    assert REPORT in talk.text()
    assert "chậm nhất ngày 25/11/2026" in talk.text()  # 24 November is a holiday.
    talk.taps("Gửi")
    act = filing(talk)
    assert (act.draft.text, act.draft.ward_code) == (REPORT, LE_CHAN)
    assert (act.decision.outcome, act.decision.agency_id) == ("dispatch", f"ubnd_{LE_CHAN}")
    assert talk.draft == Draft(number=3)


def test_a_first_card_asks_for_consent_and_a_later_one_does_not(talk: Talk) -> None:
    talk.has_consented = False
    talk.writes(REPORT)
    assert texts.consent("telegram", talk.pack) in talk.text()
    assert "24 tháng" in talk.text()
    assert set(talk.buttons()) == {"Đồng ý và gửi", *OTHERS}
    talk.has_consented = True
    talk.writes(REPORT)
    assert "Telegram" not in talk.text()
    assert set(talk.buttons()) == {"Gửi", *OTHERS}


def test_a_complaint_is_told_the_formal_way_on_its_card(talk: Talk) -> None:
    talk.writes(REPORT, legal_type="khieu_nai")
    assert texts.COMPLAINT_NOTE in talk.text()
    talk.taps("Gửi")
    assert filing(talk).decision.outcome == "triage"


def test_a_missing_place_is_asked_for_and_a_typed_ward_is_found(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    assert talk.text() == texts.ASK_PLACE
    talk.writes("phường lê chân", "out_of_scope", 0.9)
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()
    assert talk.draft.text == REPORT_WITHOUT_PLACE


def test_a_place_that_nobody_knows_is_kept_for_a_person_and_not_asked_for_again(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.writes("đầu ngõ 12 nhà bà Tư", "out_of_scope", 0.9)
    assert "Nơi xảy ra: đầu ngõ 12 nhà bà Tư" in talk.text()
    talk.writes("và còn cả chuột chết nữa")
    assert "Nơi xảy ra: đầu ngõ 12 nhà bà Tư" in talk.text()


def test_a_skipped_place_is_not_asked_for_again(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.taps("Không rõ, bỏ qua")
    assert "Nơi xảy ra: chưa rõ" in talk.text()
    talk.taps("Gửi")
    assert filing(talk).decision.outcome == "triage"


def test_an_ambiguous_place_offers_the_wards_to_choose_from(talk: Talk) -> None:
    talk.writes("rac chat dong ca tuan o xa cam giang khong ai don")
    assert talk.text() == texts.ASK_WHICH_WARD
    assert {"Xã Cẩm Giàng", "Xã Cẩm Giang", "Không rõ, bỏ qua"} <= set(talk.buttons())
    talk.taps("Xã Cẩm Giang")
    assert "Nơi xảy ra: Xã Cẩm Giang" in talk.text()


def test_an_ambiguous_answer_to_where_is_asked_back(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.writes("cam giang", "out_of_scope", 0.4)
    assert talk.text() == texts.ASK_WHICH_WARD
    talk.taps("Xã Cẩm Giàng")
    assert "Nơi xảy ra: Xã Cẩm Giàng" in talk.text()


def test_a_pin_answers_where(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.pins(*INSIDE)
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()
    assert (talk.draft.latitude, talk.draft.longitude) == INSIDE


def test_a_pin_outside_the_province_is_refused_and_the_question_stays(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    before = talk.draft
    talk.pins(*HANOI)
    assert "nằm ngoài" in talk.text()
    assert talk.draft == before


def test_a_pin_sent_before_the_words_is_their_place(talk: Talk) -> None:
    talk.pins(*INSIDE)
    assert talk.text() == texts.PIN_KEPT
    talk.writes(REPORT_WITHOUT_PLACE)
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()


def test_a_pin_alone_can_be_taken_back(talk: Talk) -> None:
    talk.pins(*INSIDE)
    talk.commands("huy")
    assert talk.text() == texts.CANCELLED
    talk.writes(REPORT_WITHOUT_PLACE)
    assert talk.text() == texts.ASK_PLACE


# --- elsewhere ----------------------------------------------------------------------------


def test_a_matter_of_another_province_is_told_so(talk: Talk) -> None:
    talk.writes(ELSEWHERE)
    assert "ngoài Thành phố Hải Phòng" in talk.text()
    talk.taps("Việc này ở trong thành phố")
    assert talk.text() == texts.ASK_PLACE
    talk.taps("Không rõ, bỏ qua")
    assert talk.draft.step == "confirm"
    assert talk.draft.text == ELSEWHERE


@pytest.mark.parametrize("is_down", [False, True])
def test_naming_a_ward_of_ours_settles_that_it_is_here_after_all(talk: Talk, is_down: bool) -> None:
    talk.writes(ELSEWHERE)
    if is_down:
        talk.writes_while_down("ở phường Lê Chân")
    else:
        talk.writes("ở phường Lê Chân", "add_information", 0.6)
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()
    assert talk.draft.text == ELSEWHERE


def test_a_long_text_after_elsewhere_joins_the_first_and_none_is_lost(talk: Talk) -> None:
    talk.writes(ELSEWHERE, attachment_id=3)
    talk.writes(REPORT)
    assert talk.draft.text == f"{ELSEWHERE}\n{REPORT}"
    assert talk.draft.attachment_ids == (3,)
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()


@pytest.mark.parametrize("intent", ["affirm", "deny"])
def test_yes_or_no_after_elsewhere_keeps_the_words_and_asks_again(talk: Talk, intent: str) -> None:
    talk.writes(ELSEWHERE)
    talk.writes("vâng", intent)
    assert talk.draft.text == ELSEWHERE
    assert "Việc này ở trong thành phố" in talk.buttons()


def test_more_words_after_elsewhere_are_added_and_the_place_is_asked_for(talk: Talk) -> None:
    talk.writes(ELSEWHERE)
    talk.writes("chỗ tôi chứ đâu", "add_information", 0.4)
    assert talk.draft.text == f"{ELSEWHERE}\nchỗ tôi chứ đâu"
    assert talk.text() == texts.ASK_PLACE


def test_another_province_as_the_answer_to_where_is_told_so(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.writes("ở Cầu Giấy, Hà Nội", "out_of_scope", 0.4)
    assert "Việc này ở trong thành phố" in talk.buttons()


# --- changing one's mind ------------------------------------------------------------------


def test_rewriting_keeps_the_place(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.taps("Sửa")
    talk.taps("Sửa nội dung")
    assert talk.text() == texts.ASK_REWRITE
    talk.writes("Chó thả rông cắn trẻ con", category="other")
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()
    assert talk.draft.text == "Chó thả rông cắn trẻ con"


def test_rewriting_keeps_a_place_in_the_citizens_own_words(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.writes("đầu ngõ 12", "out_of_scope", 0.4)
    talk.taps("Sửa")
    talk.taps("Sửa nội dung")
    talk.writes("Chó thả rông cắn trẻ con")
    assert "Nơi xảy ra: đầu ngõ 12" in talk.text()


def test_rewritten_words_that_name_another_ward_move_the_matter_there(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.taps("Sửa")
    talk.taps("Sửa nội dung")
    talk.writes("Rác chất đống ở phường Hải An cả tuần")
    assert "Nơi xảy ra: Phường Hải An" in talk.text()


def test_rewritten_words_do_not_move_a_pin(talk: Talk) -> None:
    talk.pins(*INSIDE)
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.taps("Sửa")
    talk.taps("Sửa nội dung")
    talk.writes("Rác chất đống ở phường Hải An cả tuần")
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()


def test_the_place_can_be_replaced_and_nothing_of_the_old_one_stays(talk: Talk) -> None:
    talk.pins(*INSIDE)
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.taps("Sửa")
    talk.taps("Sửa nơi xảy ra")
    assert talk.text() == texts.ASK_PLACE
    talk.taps("Không rõ, bỏ qua")
    assert "Nơi xảy ra: chưa rõ" in talk.text()
    assert (talk.draft.latitude, talk.draft.place_text) == (None, None)


def test_the_category_can_be_chosen_by_hand(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.taps("Sửa")
    talk.taps("Sửa lĩnh vực")
    assert talk.text() == texts.ASK_CATEGORY
    assert len(talk.buttons()) == 25  # 24 categories and "Hủy".
    talk.taps("Đường, cầu, biển báo")
    assert "Lĩnh vực: Đường, cầu, biển báo" in talk.text()
    assert talk.draft.category_confidence == 1.0


def test_back_from_editing_shows_the_same_card(talk: Talk) -> None:
    talk.writes(REPORT)
    card = talk.last
    talk.taps("Sửa")
    assert talk.text() == texts.ASK_WHAT_TO_EDIT
    talk.taps("Quay lại")
    assert (talk.text(), talk.draft) == (card.replies[0].text, card.draft)


STEPS: dict[str, Callable[[Talk], object]] = {
    "confirm": lambda talk: talk.writes(REPORT),
    "ask_place": lambda talk: talk.writes(REPORT_WITHOUT_PLACE),
    "ask_category": lambda talk: talk.writes_while_down(REPORT),
    "elsewhere": lambda talk: talk.writes(ELSEWHERE),
    "offered": lambda talk: talk.writes("ừm thì", "thank", 0.2),
    "ask_denunciation": lambda talk: talk.writes(REPORT, legal_type="to_cao", legal_sure=0.65),
    "several": lambda talk: talk.writes(
        REPORT, parts=(Part("Rác", "waste_pollution", 0.9), Part("đèn", "lighting_trees", 0.9))
    ),
    "editing": lambda talk: (talk.writes(REPORT), talk.taps("Sửa")),
    "rewriting": lambda talk: (talk.writes(REPORT), talk.taps("Sửa"), talk.taps("Sửa nội dung")),
    "denounced": lambda talk: talk.writes(DENUNCIATION, legal_type="to_cao"),
    "declaring": lambda talk: (
        talk.writes(DENUNCIATION, legal_type="to_cao"),
        talk.taps("Tôi chỉ phản ánh sự việc"),
    ),
}


@pytest.fixture(params=sorted(STEPS))
def at_step(request: pytest.FixtureRequest, talk: Talk) -> Talk:
    STEPS[request.param](talk)
    assert talk.draft.step == request.param
    return talk


def test_the_command_to_cancel_empties_any_draft(at_step: Talk) -> None:
    number = at_step.draft.number
    at_step.commands("huy")
    assert at_step.text() == texts.CANCELLED
    assert at_step.draft == Draft(number=number + 1)


@pytest.mark.parametrize("name", ["start", "huongdan", "tinhtrang"])
def test_other_commands_answer_and_keep_any_draft(at_step: Talk, name: str) -> None:
    before = at_step.draft
    assert len(at_step.commands(name).replies) == 1
    assert at_step.draft == before


def test_nothing_is_cancelled_where_nothing_is_open(talk: Talk) -> None:
    assert talk.commands("huy").replies[0].text == texts.NOTHING_TO_CANCEL
    assert talk.writes("hủy", "cancel").replies[0].text == texts.NOTHING_TO_CANCEL


@pytest.mark.parametrize("step", ["confirm", "ask_place", "ask_category", "elsewhere", "offered",
                                  "several", "editing", "rewriting", "declaring"])  # fmt: skip
def test_a_sure_typed_cancel_cancels(talk: Talk, step: str) -> None:
    STEPS[step](talk)
    talk.writes("thôi hủy đi", "cancel", 0.9)
    assert talk.text() == texts.CANCELLED
    assert talk.draft.text == ""


def test_an_unsure_typed_cancel_is_more_of_the_story(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes("bỏ mặc dân", "cancel", 0.6)
    assert talk.draft.text == f"{REPORT}\nbỏ mặc dân"


# --- typed instead of tapped --------------------------------------------------------------


def test_a_typed_yes_files_only_when_it_is_unmistakable(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes("ừ", "affirm", 0.79)
    assert not talk.last.acts
    assert talk.draft.text == REPORT  # One letter is no part of a petition.
    talk.writes("đúng rồi gửi đi", "affirm", 0.8)
    assert filing(talk).draft.text == REPORT


@pytest.mark.parametrize("words", ["gửi đi", "gui", "OK gửi"])
def test_plain_words_for_send_it_file_whatever_the_model_says(talk: Talk, words: str) -> None:
    talk.writes(REPORT)
    talk.writes(words, "cancel", 0.6)
    assert filing(talk).draft.text == REPORT


@pytest.mark.parametrize("chatter", ["👍", "???", "a", "…"])
def test_chatter_over_a_card_is_no_part_of_the_petition(talk: Talk, chatter: str) -> None:
    talk.writes(REPORT)
    talk.writes(chatter, "out_of_scope", 0.3)
    assert talk.draft.text == REPORT


# --- danger -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "dây điện đứt trước cổng trường đang toé lửa ở xã Vĩnh Bảo",
        "chay nha roi chay to lam o phuong Hong Bang",
        "trẻ con đuối nước ở hồ An Biên",
        "chúng nó đang đánh nhau, chém nhau ngoài chợ",
    ],
)
def test_words_of_danger_get_the_emergency_numbers_first_with_or_without_the_model(
    talk: Talk, words: str
) -> None:
    assert talk.writes(words, "report").replies[0].text == texts.EMERGENCY
    talk.commands("huy")
    assert talk.writes_while_down(words).replies[0].text == texts.EMERGENCY
    assert words in talk.draft.text  # The matter itself is taken too.


def test_words_of_danger_over_a_card_get_the_emergency_numbers_first(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes("cháy nhà rồi, cháy to lắm", "report")
    assert talk.last.replies[0].text == texts.EMERGENCY


@pytest.mark.parametrize("words", ["em muốn tự tử", "khong muon song nua", "tôi sẽ tự thiêu"])
def test_words_of_self_harm_get_care_and_no_form(at_step: Talk, words: str) -> None:
    before = at_step.draft
    at_step.writes(words, legal_type="to_cao", legal_sure=0.65)
    assert [said.text for said in at_step.last.replies] == [texts.SELF_HARM]
    assert at_step.draft == before


@pytest.mark.parametrize(
    "words", ["xe chạy nhanh quá", "Đường hẹp, xe tải đang chạy rầm rầm", "nước chảy tràn ra ngõ"]
)
def test_ordinary_words_raise_no_alarm(talk: Talk, words: str) -> None:
    talk.writes(words)
    assert texts.EMERGENCY not in [said.text for said in talk.last.replies]


# --- a reopened case ----------------------------------------------------------------------


def test_what_is_still_wrong_goes_to_the_reopened_case(talk: Talk) -> None:
    talk.cases = (filed(minutes_ago=5000, state="answered"),)
    talk.presses("unsettled:PA-AAAAAA")
    assert talk.draft.step == "adding"
    talk.attaches(7)
    assert talk.act() == ChangeCase("attach", "PA-AAAAAA", attachment_id=7)
    talk.writes("rác vẫn y nguyên", "rate_bad", 0.9)
    assert talk.act() == ChangeCase("add", "PA-AAAAAA", text="rác vẫn y nguyên")
    assert talk.draft.step == "idle"


def test_a_denunciation_after_reopening_is_refused(talk: Talk) -> None:
    talk.presses("unsettled:PA-AAAAAA")
    talk.writes(DENUNCIATION, legal_type="to_cao")
    assert talk.act() == Count("denunciation")


def test_reopening_keeps_a_draft_that_is_open(talk: Talk) -> None:
    talk.writes(REPORT)
    before = talk.draft
    talk.presses("unsettled:PA-AAAAAA")
    assert talk.draft == before


def test_a_second_tap_on_send_hears_the_code_again(talk: Talk) -> None:
    talk.writes(REPORT)
    send = talk.buttons()["Gửi"]
    talk.taps("Gửi")
    talk.cases = (filed(minutes_ago=0),)
    talk.presses(send)
    assert talk.text() == texts.ALREADY_FILED.format(code="PA-AAAAAA")
    assert talk.last.acts == ()


def test_a_captioned_photo_after_a_refusal_is_not_kept(talk: Talk) -> None:
    talk.writes(DENUNCIATION, legal_type="to_cao")
    talk.writes("ảnh ông ấy nhận tiền đây", attachment_id=9)
    assert talk.last.replies[0].text == texts.ATTACHMENT_NOT_KEPT
    assert talk.draft.attachment_ids == ()


def test_who_disclaims_but_accuses_is_read_by_a_person_first(talk: Talk) -> None:
    talk.writes(REPORT, legal_type="to_cao", legal_sure=0.65, accused=("UBND phường Lê Chân",))
    talk.taps("Tôi chỉ phản ánh sự việc")
    talk.taps("Gửi")
    act = filing(talk)
    assert act.draft.is_declared
    assert act.decision.outcome == "triage"


def test_a_story_told_at_the_question_where_is_part_of_the_petition(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    more = "nhà tôi ở phường Lê Chân, ngoài ra cống trước cửa cũng tắc, đã báo ba lần rồi"
    talk.writes(more, "report")
    assert talk.draft.text == f"{REPORT_WITHOUT_PLACE}\n{more}"
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()


def test_a_typed_yes_is_no_consent(talk: Talk) -> None:
    talk.has_consented = False
    talk.writes(REPORT)
    talk.writes("ừ gửi đi", "affirm", 0.99)
    assert not talk.last.acts
    assert "Đồng ý và gửi" in talk.buttons()
    assert talk.draft.text == REPORT


@pytest.mark.parametrize("step", ["ask_place", "ask_category", "editing", "offered", "elsewhere"])
def test_a_typed_yes_files_nothing_where_there_is_no_card(talk: Talk, step: str) -> None:
    STEPS[step](talk)
    talk.writes("đúng rồi", "affirm", 0.99)
    assert not talk.last.acts


def test_a_typed_correction_opens_the_edit_menu(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes("sai rồi để sửa", "correct", 0.9)
    assert talk.text() == texts.ASK_WHAT_TO_EDIT


def test_more_words_over_a_card_are_added_to_it(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes("chuột chạy cả vào nhà", "add_information", 0.6)
    assert talk.draft.text == f"{REPORT}\nchuột chạy cả vào nhà"
    assert talk.draft.step == "confirm"


# Intent -> what the model answers (nothing where the bot itself knows) and what the citizen reads.
FAQ = "Trả lời trong {answer_days} ngày."
QUESTIONS = {intent: ("", text) for intent, text in texts.ANSWERS.items()} | {
    "ask_status": ("", texts.NO_CASES),
    "ask_deadline": (FAQ, "Trả lời trong 10 ngày."),
}
# At "where?" a place that the gazetteer does not know looks like one of these.
PLACE_LIKE = ("greet", "goodbye", "out_of_scope")


@pytest.mark.parametrize(
    ("step", "intent"),
    [
        (step, intent)
        for step in (
            "confirm",
            "ask_place",
            "ask_category",
            "ask_denunciation",
            "elsewhere",
            "several",
        )
        for intent in QUESTIONS
        if step != "ask_place" or intent not in PLACE_LIKE
    ]
    + [("offered", intent) for intent in QUESTIONS],
)
def test_a_question_in_the_middle_is_answered_and_the_draft_stays(
    talk: Talk, step: str, intent: str
) -> None:
    STEPS[step](talk)
    open_question, before = talk.shown[-1], talk.draft
    template, expected = QUESTIONS[intent]
    answer, again = talk.writes("cho hỏi", intent, 0.9, answer=template).replies
    assert answer.text == expected.format(province=talk.pack.name)
    assert again.buttons == open_question.buttons
    assert talk.draft == before


@pytest.mark.parametrize("step", ["rewriting", "declaring"])
def test_a_question_instead_of_the_new_words_is_answered_and_they_are_still_awaited(
    talk: Talk, step: str
) -> None:
    STEPS[step](talk)
    before = talk.draft
    talk.writes("có lộ tên không", "ask_anonymity", 0.95, answer="Không thấy tên ở {province}.")
    assert talk.text() == "Không thấy tên ở Thành phố Hải Phòng."
    assert talk.draft == before


@pytest.mark.parametrize("step", ["confirm", "ask_place", "ask_category", "elsewhere", "editing",
                                  "several", "rewriting", "declaring", "offered",
                                  "denounced"])  # fmt: skip
def test_an_emergency_is_told_whom_to_call_first_and_its_words_are_kept(
    talk: Talk, step: str
) -> None:
    STEPS[step](talk)
    story = talk.draft.text
    talk.writes("cháy rồi", "emergency", 0.6)
    assert talk.last.replies[0].text == texts.EMERGENCY
    assert "cháy rồi" in talk.draft.text
    if step not in ("offered", "rewriting"):
        assert story in talk.draft.text


def test_the_place_of_an_emergency_still_answers_where(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.writes("cháy ở phường Lê Chân", "emergency", 0.9)
    assert talk.last.replies[0].text == texts.EMERGENCY
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()


# --- with nothing open --------------------------------------------------------------------


@pytest.mark.parametrize("intent", sorted(QUESTIONS))
def test_a_short_sure_question_is_answered(talk: Talk, intent: str) -> None:
    template, expected = QUESTIONS[intent]
    talk.writes("cho hỏi", intent, 0.6, answer=template)
    assert talk.text() == expected.format(province=talk.pack.name)
    assert talk.draft == Draft()


def test_a_question_to_which_the_model_has_no_answer_is_offered_as_a_grievance(talk: Talk) -> None:
    talk.writes("cho hỏi", "ask_how", 0.9)
    assert talk.text() == texts.UNCLEAR
    assert list(talk.buttons()) == ["Đây là phản ánh của tôi"]


@pytest.mark.parametrize("intent", ["thank", "affirm", "deny", "ask_status", "withdraw", "x"])
def test_an_unsure_text_is_offered_as_a_grievance(talk: Talk, intent: str) -> None:
    talk.writes("ừm chỗ này", intent, 0.3)
    assert list(talk.buttons()) == ["Đây là phản ánh của tôi"]
    talk.taps("Đây là phản ánh của tôi")
    assert talk.text() == texts.ASK_PLACE
    assert talk.draft.text == "ừm chỗ này"


def test_a_long_text_is_offered_as_a_grievance_however_sure_the_model_is(talk: Talk) -> None:
    text = "cảm ơn các bác nhưng " + REPORT + " mong các bác xem lại cho"
    talk.writes(text, "thank", 0.99)
    talk.taps("Đây là phản ánh của tôi")
    assert talk.draft.text == text
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()


def test_what_is_said_after_an_offer_joins_it(talk: Talk) -> None:
    talk.writes("ừm chỗ này", "thank", 0.3)
    talk.writes(REPORT)
    assert talk.draft.text == f"ừm chỗ này\n{REPORT}"


def test_a_unit_accused_in_a_second_message_does_not_get_the_case(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes("UBND phường Lê Chân nhận tiền bao che", accused=("UBND phường Lê Chân",))
    talk.taps("Gửi")
    decision = filing(talk).decision
    assert decision.excluded
    assert decision.agency_id not in decision.excluded


def test_a_unit_accused_in_the_answer_to_where_does_not_get_the_case(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.writes("ngay trước UBND phường Lê Chân, họ bao che", accused=("UBND phường Lê Chân",))
    talk.taps("Gửi")
    assert filing(talk).decision.excluded


def test_a_complaint_added_to_a_card_goes_to_a_person(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes("Tôi khiếu nại quyết định số 12", legal_type="khieu_nai")
    assert texts.COMPLAINT_NOTE in talk.text()
    talk.taps("Gửi")
    assert filing(talk).decision.outcome == "triage"


def test_words_added_while_rasa_is_down_go_to_a_person(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes_while_down("phường biết mà bao che")
    talk.taps("Gửi")
    act = filing(talk)
    assert not act.draft.is_understood
    assert (act.decision.outcome, act.decision.rule) == ("triage", "needs_person")


def test_a_draft_of_another_version_is_still_read() -> None:
    content = {**Draft(text="cũ").to_json(), "a_field_of_tomorrow": 1}
    content.pop("legal_type_confidence")
    assert Draft.from_json(content).text == "cũ"


@pytest.mark.parametrize("intent", ["affirm", "deny", "thank", "ask_how", "ask_status", "report",
                                    "cancel", "withdraw", "rate_good", "add_information",
                                    "correct", "emergency", "insult", "unknown"])  # fmt: skip
@pytest.mark.parametrize("sure", [0.1, 0.6, 0.95])
def test_a_short_text_always_gets_an_answer(at_step: Talk, intent: str, sure: float) -> None:
    at_step.writes("ờ", intent, sure)
    assert at_step.last.replies or at_step.last.acts


# --- filed cases --------------------------------------------------------------------------


def test_status_lists_the_citizens_cases(talk: Talk) -> None:
    talk.cases = (filed(), filed("answered", "PA-BBBBBB"))
    talk.writes("vụ của tôi đến đâu", "ask_status")
    assert "PA-AAAAAA: Đã giao cơ quan, Sở Xây dựng" in talk.text()
    assert "PA-BBBBBB: Đã trả lời" in talk.text()


def test_an_addition_is_asked_which_case_it_belongs_to(talk: Talk) -> None:
    talk.cases = (filed(), filed("closed", "PA-BBBBBB"), filed("answered", "PA-CCCCCC"))
    talk.attaches(7)
    talk.writes("hôm nay vẫn còn", "add_information")
    assert list(talk.buttons()) == ["Thêm vào PA-AAAAAA", "Thêm vào PA-CCCCCC", "Đây là việc mới"]
    talk.taps("Thêm vào PA-AAAAAA")
    add, attach = talk.last.acts
    assert add == ChangeCase("add", "PA-AAAAAA", text="hôm nay vẫn còn")
    assert attach == ChangeCase("attach", "PA-AAAAAA", attachment_id=7)
    assert talk.draft == Draft(number=3)


def test_an_addition_can_be_a_new_matter(talk: Talk) -> None:
    talk.cases = (filed(),)
    talk.writes("hôm nay vẫn còn rác ở phường Lê Chân", "add_information")
    talk.taps("Đây là việc mới")
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()


def test_an_addition_without_an_open_case_is_offered_as_a_grievance(talk: Talk) -> None:
    talk.cases = (filed("withdrawn"),)
    talk.writes("hôm nay vẫn còn", "add_information")
    assert list(talk.buttons()) == ["Đây là phản ánh của tôi"]


def test_withdrawing_asks_which_open_case(talk: Talk) -> None:
    talk.cases = (filed(), filed("answered", "PA-BBBBBB"))
    talk.writes("cho tôi rút đơn", "withdraw")
    assert list(talk.buttons()) == ["Rút PA-AAAAAA"]
    talk.taps("Rút PA-AAAAAA")
    assert talk.act() == ChangeCase("withdraw", "PA-AAAAAA")


def test_nothing_open_is_nothing_to_withdraw(talk: Talk) -> None:
    talk.writes("cho tôi rút đơn", "withdraw")
    assert talk.text() == texts.NOTHING_TO_WITHDRAW


@pytest.mark.parametrize("intent", ["rate_good", "rate_bad"])
def test_words_about_the_result_are_asked_back_for_the_answered_case(
    talk: Talk, intent: str
) -> None:
    talk.cases = (filed(), filed("answered", "PA-BBBBBB"))
    talk.writes("xong rồi", intent)
    assert "PA-BBBBBB" in talk.text()
    talk.taps("Đã giải quyết")
    assert talk.act() == ChangeCase("settle", "PA-BBBBBB")
    talk.presses("unsettled:PA-BBBBBB")
    assert talk.act() == ChangeCase("reopen", "PA-BBBBBB")


def test_words_about_a_result_that_is_not_there_are_offered_as_a_grievance(talk: Talk) -> None:
    talk.writes("làm ăn chán quá", "rate_bad")
    assert list(talk.buttons()) == ["Đây là phản ánh của tôi"]


# --- denunciations ------------------------------------------------------------------------


def test_a_denunciation_is_refused_and_no_word_of_it_is_kept(talk: Talk) -> None:
    talk.writes(DENUNCIATION, legal_type="to_cao", accused=("UBND phường Lê Chân",), message_id=5)
    assert "Điều 22" in talk.text()
    assert "(ví dụ: UBND thành phố Hải Phòng)" in talk.text()  # The body above the accused one.
    assert talk.act() == Count("denunciation")
    assert talk.draft == Draft(number=3, step="denounced", denounced_ids=(5,))
    talk.taps("Xóa tin nhắn vừa gửi")
    assert talk.act() == DeleteMessages((5,))


@pytest.mark.parametrize("intent", ["add_information", "correct"])
def test_a_denunciation_is_refused_also_as_news_of_a_case(talk: Talk, intent: str) -> None:
    talk.cases = (filed(),)
    talk.writes(DENUNCIATION, intent, legal_type="to_cao")
    assert talk.act() == Count("denunciation")
    assert talk.draft.text == ""


@pytest.mark.parametrize("step", ["confirm", "ask_place", "ask_category", "editing", "offered",
                                  "elsewhere", "rewriting"])  # fmt: skip
@pytest.mark.parametrize("intent", ["report", "add_information"])
def test_a_denunciation_written_into_a_draft_empties_it(talk: Talk, step: str, intent: str) -> None:
    STEPS[step](talk)
    talk.writes(DENUNCIATION, intent, legal_type="to_cao", accused=("UBND phường Lê Chân",))
    assert talk.act() == Count("denunciation")
    assert "(ví dụ: UBND thành phố Hải Phòng)" in talk.text()
    assert talk.draft == Draft(number=talk.draft.number, step="denounced")


def test_a_doubtful_denunciation_is_offered_without_keeping_its_words(talk: Talk) -> None:
    talk.attaches(3)
    talk.writes("ông ấy ăn tiền", "insult", 0.9, legal_type="to_cao")
    assert talk.draft.text == ""
    talk.writes("ông ấy cháy nhà ăn tiền", "emergency", 0.9, legal_type="to_cao")
    assert (talk.draft.text, talk.draft.accused, talk.draft.attachment_ids) == ("", (), ())
    talk.taps("Đây là phản ánh của tôi")
    assert talk.act() == Count("denunciation")


def test_who_only_reports_files_for_a_person_under_restriction(talk: Talk) -> None:
    talk.writes(DENUNCIATION, legal_type="to_cao")
    talk.taps("Tôi chỉ phản ánh sự việc")
    assert talk.text() == texts.DECLARED
    talk.writes(REPORT, legal_type="to_cao")
    talk.taps("Gửi")
    act = filing(talk)
    assert act.draft.is_declared
    assert act.draft.legal_type == "phan_anh"
    assert (act.decision.outcome, act.decision.rule) == ("triage", "needs_person")
    assert not talk.draft.is_declared


def test_pictures_of_a_denunciation_are_not_kept_and_said_so_once_an_album(talk: Talk) -> None:
    talk.writes(DENUNCIATION, legal_type="to_cao", attachment_id=1, album="a")
    assert talk.attaches(2, "a").replies == ()
    assert talk.attaches(3, "b").replies[0].text == texts.ATTACHMENT_NOT_KEPT
    assert talk.attaches(4, "b").replies == ()
    assert talk.draft.attachment_ids == ()


def test_where_the_machine_only_guesses_the_citizen_says_whether_it_is_a_denunciation(
    talk: Talk,
) -> None:
    talk.writes(REPORT, legal_type="to_cao", legal_sure=0.65)
    assert talk.text() == texts.ASK_DENUNCIATION
    talk.taps("Tôi chỉ phản ánh sự việc")
    assert talk.draft.step == "confirm"
    talk.taps("Gửi")
    act = filing(talk)
    assert (act.draft.legal_type, act.draft.is_declared) == ("phan_anh", False)
    assert act.decision.outcome == "dispatch"


def test_the_word_alone_is_asked_about_while_rasa_is_down(talk: Talk) -> None:
    talk.writes_while_down("toi to cao ong truong thon")
    assert talk.text() == texts.ASK_DENUNCIATION
    talk.taps("Tôi tố cáo")
    assert talk.draft == Draft(number=talk.draft.number, step="denounced")


def test_who_says_that_it_is_a_denunciation_leaves_no_words_behind(talk: Talk) -> None:
    talk.writes(REPORT, legal_type="to_cao", legal_sure=0.65, attachment_id=4)
    talk.taps("Tôi tố cáo")
    assert talk.act() == Count("denunciation")
    assert talk.draft == Draft(number=talk.draft.number, step="denounced")


@pytest.mark.parametrize("intent", ["affirm", "deny", "report", "add_information"])
def test_only_a_tap_answers_whether_it_is_a_denunciation(talk: Talk, intent: str) -> None:
    talk.writes(REPORT, legal_type="to_cao", legal_sure=0.65)
    talk.writes("vâng đúng thế", intent, 0.9)
    assert talk.text() == texts.ASK_DENUNCIATION
    assert talk.draft.step == "ask_denunciation"


# --- stale buttons ------------------------------------------------------------------------


def test_buttons_of_an_older_draft_do_nothing(talk: Talk) -> None:
    talk.writes(REPORT)
    old = dict(talk.buttons())
    talk.taps("Hủy")
    talk.writes(REPORT)
    before = talk.draft
    for data in old.values():
        talk.presses(data)
        assert talk.text() == texts.STALE_BUTTON
        assert (talk.draft, talk.last.acts) == (before, ())


@pytest.mark.parametrize("data", ["", ":", "send", "send:x", "send:-1", "nonsense:1", "ward:2:0",
                                  "category:2:none", "🙂"])  # fmt: skip
def test_a_button_that_nobody_made_does_nothing(at_step: Talk, data: str) -> None:
    before = at_step.draft
    at_step.presses(data)
    assert at_step.text() == texts.STALE_BUTTON
    assert (at_step.draft, at_step.last.acts) == (before, ())


# --- files --------------------------------------------------------------------------------


def test_a_file_before_the_words_goes_with_them(talk: Talk) -> None:
    talk.attaches(1)
    assert talk.text() == texts.ATTACHMENT_KEPT
    talk.writes(REPORT)
    talk.taps("Gửi")
    assert filing(talk).draft.attachment_ids == (1,)


def test_an_album_is_answered_once(talk: Talk) -> None:
    talk.writes(REPORT, attachment_id=1, album="a")
    assert talk.draft.step == "confirm"
    assert talk.attaches(2, "a").replies == ()
    assert talk.attaches(3, "a").replies == ()
    talk.taps("Gửi")
    assert filing(talk).draft.attachment_ids == (1, 2, 3)


def test_a_file_within_ten_minutes_joins_the_filed_case_and_a_later_one_does_not(
    talk: Talk,
) -> None:
    talk.cases = (filed(minutes_ago=10),)
    talk.attaches(4, "a")
    assert talk.act() == ChangeCase("attach", "PA-AAAAAA", attachment_id=4)
    assert talk.text() == texts.ATTACHMENT_ADDED.format(code="PA-AAAAAA")
    assert talk.attaches(5, "a").replies == ()
    assert talk.act() == ChangeCase("attach", "PA-AAAAAA", attachment_id=5)
    talk.cases = (filed(minutes_ago=11),)
    talk.attaches(6)
    assert talk.last.acts == ()
    assert talk.text() == texts.ATTACHMENT_KEPT


def test_what_cannot_be_read_is_answered_and_keeps_the_draft(at_step: Talk) -> None:
    before = at_step.draft
    at_step.hears("unreadable")
    assert at_step.text() == texts.UNREADABLE
    assert at_step.draft == before


# --- long, edited, down -------------------------------------------------------------------


def test_a_text_that_is_too_long_is_refused_and_the_draft_stays(at_step: Talk) -> None:
    before = at_step.draft
    at_step.writes("a" * (LONGEST_PETITION + 1))
    assert "12.000" in at_step.text()
    assert at_step.draft == before


def test_a_story_that_grows_too_long_is_refused_where_it_does(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes("a" * (LONGEST_PETITION - len(REPORT)))
    assert "12.000" in talk.text()
    assert talk.draft.text == REPORT


def test_editing_the_message_of_the_draft_changes_its_words(talk: Talk) -> None:
    talk.writes(REPORT, message_id=5)
    edited = "Rác chất đống ở phường Hải An cả tuần"
    talk.writes(edited, message_id=5, is_edit=True)
    assert talk.draft.text == edited
    assert "Nơi xảy ra: Phường Hải An" in talk.text()


@pytest.mark.parametrize("step", sorted(STEPS))
def test_editing_any_other_message_changes_nothing(talk: Talk, step: str) -> None:
    STEPS[step](talk)
    before = talk.draft
    talk.writes("phường Hải An", message_id=99, is_edit=True)
    assert talk.text() == texts.EDIT_NOT_TAKEN
    assert talk.draft == before


def test_editing_one_of_several_messages_of_a_story_loses_none_of_it(talk: Talk) -> None:
    talk.writes(REPORT, message_id=5)
    talk.writes("chuột chạy khắp nơi", message_id=6)
    talk.writes("Rác", message_id=5, is_edit=True)
    assert talk.text() == texts.EDIT_NOT_TAKEN
    assert talk.draft.text == f"{REPORT}\nchuột chạy khắp nơi"


def test_an_edited_question_is_still_a_question(talk: Talk) -> None:
    talk.writes("bao gjo", "ask_deadline", 0.3, message_id=5)
    words = "bao giờ trả lời"
    talk.writes(words, "ask_deadline", 0.9, message_id=5, is_edit=True, answer=FAQ)
    assert talk.text() == "Trả lời trong 10 ngày."


def test_with_rasa_down_buttons_lead_to_the_card_and_a_person(talk: Talk) -> None:
    talk.writes_while_down(REPORT)
    assert talk.text() == texts.ASK_CATEGORY_WHILE_DOWN
    talk.taps("Rác thải, ô nhiễm")
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()
    talk.taps("Gửi")
    act = filing(talk)
    assert not act.draft.is_understood
    assert act.decision.rule == "needs_person"


def test_with_rasa_down_words_and_places_are_still_taken(talk: Talk) -> None:
    talk.writes_while_down(REPORT_WITHOUT_PLACE)
    talk.writes_while_down("cả chuột chết")
    assert talk.draft.text == f"{REPORT_WITHOUT_PLACE}\ncả chuột chết"
    talk.taps("Rác thải, ô nhiễm")
    talk.writes_while_down("phường Lê Chân")
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()
    talk.writes_while_down("hôi lắm")
    assert talk.draft.text.endswith("\nhôi lắm")


def test_a_place_far_too_long_to_show_is_kept_and_shown_in_part(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.writes("ngõ " * 2000, "other", 0.1)
    assert len(talk.draft.place_text or "") == 8000
    assert len(talk.text()) < 4096


# --- where, by other ways than a name -----------------------------------------------------


def test_a_place_read_on_the_card_and_sent_is_sure_enough(talk: Talk) -> None:
    talk.writes("rác chất đống cả tuần, Vĩnh Am không ai dọn")
    assert talk.draft.ward_code == "11887"
    assert talk.draft.place_confidence < 0.7
    talk.taps("Gửi")
    assert filing(talk).decision.outcome == "dispatch"


def test_a_map_link_in_the_words_is_the_place_and_the_pin(talk: Talk) -> None:
    talk.writes("rác chất đống ở đây https://maps.google.com/?q=20.85,106.68")
    assert "Phường Lê Chân" in talk.text()
    talk.taps("Gửi")
    draft = filing(talk).draft
    assert (draft.ward_code, draft.latitude, draft.longitude) == (LE_CHAN, *INSIDE)


def test_a_map_link_answers_where(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    talk.writes("https://maps.google.com/?q=20.85,106.68", "out_of_scope")
    assert "Phường Lê Chân" in talk.text()
    assert (talk.draft.latitude, talk.draft.longitude) == INSIDE


def test_a_map_link_outside_the_province_is_said_to_be_so(talk: Talk) -> None:
    talk.writes(f"rác chất đống https://maps.google.com/?q={HANOI[0]},{HANOI[1]}")
    assert talk.draft.step == "elsewhere"


def test_a_border_and_a_misspelt_name_are_offered_as_buttons(talk: Talk) -> None:
    talk.writes("rác ở chỗ giáp ranh phường Kiến An và phường Phù Liễn")
    assert {"Phường Kiến An", "Phường Phù Liễn"} <= set(talk.buttons())
    talk.writes("rác ở xã Vĩnh Bảoo", message_id=2)
    assert "Xã Vĩnh Bảo" in talk.buttons()


# --- what the machine of tests/bot/test_dialogue_machine.py found -------------------------------


def test_words_that_were_offered_are_kept_when_rasa_goes_away(talk: Talk) -> None:
    talk.writes("chỗ nhà tôi tối lắm", "unheard_of", 0.3)
    talk.writes_while_down("đèn đường hỏng ba tuần")
    assert talk.draft.text == "chỗ nhà tôi tối lắm\nđèn đường hỏng ba tuần"


def test_words_about_elsewhere_are_kept_when_rasa_goes_away(talk: Talk) -> None:
    talk.writes("Rác chất đống ở Cầu Giấy, Hà Nội")
    assert talk.draft.step == "elsewhere"
    talk.writes_while_down("và cả ở đầu ngõ nhà tôi nữa, hôi lắm, không ai dọn cho cả")
    assert talk.draft.text.startswith("Rác chất đống ở Cầu Giấy")


def test_an_emergency_after_words_that_were_offered_keeps_both(talk: Talk) -> None:
    talk.writes("dây điện trước nhà tôi", "unheard_of", 0.3)
    talk.writes("cứu với", "emergency")
    assert talk.draft.text == "dây điện trước nhà tôi\ncứu với"


@pytest.mark.parametrize("text", ["tôi muốn chết", "a" * 12_001])
def test_a_file_with_words_that_are_not_taken_waits_in_the_draft(talk: Talk, text: str) -> None:
    talk.writes(text, attachment_id=7)
    assert talk.draft.attachment_ids == (7,)


def test_a_picture_for_a_case_takes_no_other_file_with_it(talk: Talk) -> None:
    talk.attaches(5)
    talk.cases = (FiledCase("PA-AAAAAA", "needs_info", None, NOW - timedelta(days=1), NOW),)
    talk.writes("đây ạ", "thank", attachment_id=6)
    assert talk.draft.attachment_ids == (5,)
    assert [act.attachment_id for act in talk.last.acts if act.move == "attach"] == [6]


def test_hiding_by_words_says_nothing_empty_where_the_model_has_no_answer(talk: Talk) -> None:
    talk.writes("Rác chất đống ở phường Lê Chân")
    talk.writes("giấu tên tôi nhé", "ask_anonymity")
    assert talk.draft.anonymous
    assert all(say.text for say in talk.last.replies)


@pytest.mark.parametrize("button", ["unsettled", "more"])
def test_what_was_sent_before_a_case_is_chosen_goes_to_that_case(talk: Talk, button: str) -> None:
    talk.cases = (filed("answered"),)
    talk.attaches(5)
    talk.pins(*INSIDE)
    talk.hears("contact", "0900 000 001")
    talk.presses(f"{button}:PA-AAAAAA")
    assert talk.draft.attachment_ids == (5,)
    talk.writes("vẫn còn ngập sau trận mưa hôm qua")
    words = next(act.text for act in talk.last.acts if getattr(act, "move", "") == "add")
    assert "0900 000 001" in words
    assert "20.85" in words
    assert any(getattr(act, "attachment_id", None) == 5 for act in talk.last.acts)


def test_a_rating_leaves_a_file_that_waits_where_it_is(talk: Talk) -> None:
    talk.cases = (filed("closed"),)
    talk.attaches(5)
    talk.presses("rate:PA-AAAAAA:4")
    talk.commands("huongdan")
    assert talk.draft.attachment_ids == (5,)


def test_nothing_that_was_read_out_of_a_denunciation_waits_in_an_offer(talk: Talk) -> None:
    said = replace(
        understood("emergency", 0.9, legal_type="to_cao"),
        entities=({"entity": "unit", "role": "acting", "value": "đội của ông Tham"},),
        category_words=("ăn tiền của dân",),
    )
    talk.hears("text", "cứu với, ông Tham ăn tiền của dân", understanding=said)
    kept = str(talk.draft.to_json())
    assert "Tham" not in kept
    assert "ăn tiền" not in kept


def test_more_about_elsewhere_that_grows_too_long_is_said_to_be(talk: Talk) -> None:
    talk.writes(ELSEWHERE)
    talk.writes("rác nhiều lắm " * (LONGEST_PETITION // 14))
    assert talk.text() == texts.TOO_LONG.format(limit="12.000")
    assert talk.draft.text == ELSEWHERE
