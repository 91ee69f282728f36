"""What a recording's words do in each state of the conversation. Pure."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import texts
from bot.draft import ChangeCase, Count, Draft, FileCase, ForgetFile
from bot.heard import FiledCase, NotUnderstood
from routing.tables import Pack
from tests.bot.conftest import DENUNCIATION, NOW, REPORT, REPORT_WITHOUT_PLACE
from tests.bot.talk import Talk, understood

CODE = "PA-AAAAAA"


@pytest.fixture
def talk(pack: Pack) -> Talk:
    return Talk(pack)


def filed(state: str = "assigned", minutes: int = 1) -> FiledCase:
    return FiledCase(CODE, state, "Sở Xây dựng", NOW - timedelta(minutes=minutes), NOW)


def echo(words: str) -> str:
    return texts.HEARD.format(text=words)


def said(talk: Talk) -> list[str]:
    return [say.text for say in talk.last.replies]


# --- a recording comes --------------------------------------------------------------------


def test_who_is_listened_to_hears_so_and_is_asked_nothing_yet(talk: Talk) -> None:
    assert talk.records().replies[0].text == texts.LISTENING
    assert len(talk.last.replies) == 1
    assert talk.draft.attachment_ids == (1,)


def test_over_a_card_too_only_that_is_said(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.records()
    assert said(talk) == [texts.LISTENING]
    assert (talk.draft.step, talk.draft.attachment_ids) == ("confirm", (1,))


def test_with_a_caption_the_caption_is_read_first(talk: Talk) -> None:
    talk.hears("text", REPORT, attachment_id=1, is_listening=True)
    assert said(talk)[-1] == texts.LISTENING
    assert talk.draft.text == REPORT


def test_after_a_denunciation_a_recording_is_not_kept_and_nobody_listens(talk: Talk) -> None:
    talk.writes(DENUNCIATION, legal_type="to_cao", legal_sure=0.95)
    talk.records()
    assert said(talk) == [texts.ATTACHMENT_NOT_KEPT]


def test_without_a_recogniser_files_are_answered_as_before(talk: Talk) -> None:
    talk.attaches(1)
    assert said(talk) == [texts.ATTACHMENT_KEPT]


# --- no draft open ------------------------------------------------------------------------


def test_spoken_words_are_taken_as_if_typed_and_the_card_says_who_heard_them(talk: Talk) -> None:
    talk.records()
    talk.says(REPORT)
    heard, card = talk.last.replies
    assert heard.text == echo(REPORT)
    assert texts.CARD_SPOKEN in card.text
    assert "Sửa" in talk.buttons()
    assert (talk.draft.step, talk.draft.text, talk.draft.attachment_ids) == (
        "confirm",
        REPORT,
        (1,),
    )


def test_a_typed_card_names_no_machine(talk: Talk) -> None:
    talk.writes(REPORT)
    assert texts.CARD_SPOKEN not in talk.text()


def test_words_written_anew_are_nobodys_guess(talk: Talk) -> None:
    talk.says(REPORT)
    talk.taps("Sửa")
    talk.taps("Sửa nội dung")
    talk.writes(REPORT + " rồi")
    assert texts.CARD_SPOKEN not in talk.text()
    assert not talk.draft.is_spoken


def test_what_is_unclear_is_offered_and_stays_spoken_when_more_is_typed(talk: Talk) -> None:
    talk.says("ừ thì cái đó", "out_of_scope", 0.2)
    assert talk.draft.step == "offered"
    talk.writes(REPORT)
    assert talk.draft.is_spoken
    assert texts.CARD_SPOKEN in talk.text()


def test_a_spoken_question_is_answered(talk: Talk) -> None:
    talk.says("bao giờ có kết quả", "ask_status")
    assert said(talk) == [echo("bao giờ có kết quả"), texts.NO_CASES]


def test_a_spoken_insult_is_met_with_calm(talk: Talk) -> None:
    talk.says("lũ ăn hại", "insult")
    assert said(talk)[-1] == texts.INSULT
    assert talk.last.acts == ()


def test_while_rasa_is_away_spoken_words_are_kept_too(talk: Talk) -> None:
    talk.hears("transcript", REPORT, understanding=NotUnderstood("timeout"), attachment_id=1)
    assert talk.draft.text == REPORT
    assert said(talk)[0] == echo(REPORT)


# --- danger, denunciation -----------------------------------------------------------------


def test_danger_to_life_comes_before_what_was_heard(talk: Talk) -> None:
    words = "cháy nhà to lắm ở phường Lê Chân cứu với"
    talk.says(words)
    assert said(talk)[:2] == [texts.EMERGENCY, echo(words)]


def test_despair_is_answered_and_not_repeated(talk: Talk) -> None:
    talk.says("tôi không muốn sống nữa", "out_of_scope")
    assert said(talk) == [texts.SELF_HARM]


def test_a_spoken_denunciation_is_neither_kept_nor_told_back(talk: Talk) -> None:
    talk.records()
    talk.hears(
        "transcript",
        DENUNCIATION,
        understanding=understood(legal_type="to_cao", legal_sure=0.95),
        attachment_id=1,
        message_id=77,
    )
    assert talk.draft.step == "denounced"
    assert (talk.draft.text, talk.draft.attachment_ids) == ("", ())
    assert talk.draft.denounced_ids == (77,)
    assert talk.act() == Count("denunciation")
    assert "Tham" not in talk.text()


def test_what_may_be_a_denunciation_is_asked_about_and_not_told_back(talk: Talk) -> None:
    talk.says(DENUNCIATION, legal_type="to_cao", legal_sure=0.5)
    assert said(talk) == [texts.ASK_DENUNCIATION]


# --- a draft open -------------------------------------------------------------------------


def test_a_spoken_place_answers_where_and_is_less_sure_than_a_button(talk: Talk) -> None:
    talk.writes(REPORT_WITHOUT_PLACE)
    assert talk.draft.step == "ask_place"
    talk.says("ở phường Lê Chân", "add_information")
    assert said(talk)[0] == echo("ở phường Lê Chân")
    assert talk.draft.step == "confirm"
    assert talk.draft.ward_code is not None
    assert talk.draft.text == REPORT_WITHOUT_PLACE


def test_over_a_card_spoken_words_are_more_of_the_story(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.says("mùi hôi vào tận nhà", "add_information")
    assert said(talk)[0] == echo("mùi hôi vào tận nhà")
    assert talk.draft.text == f"{REPORT}\nmùi hôi vào tận nhà"
    assert texts.CARD_SPOKEN in talk.text()


@pytest.mark.parametrize(
    ("words", "intent"),
    [("gửi đi", "affirm"), ("Gửi luôn.", "report"), ("đồng ý", "affirm"), ("ok gửi", "insult")],
)
def test_a_spoken_yes_leads_to_the_card_again_and_files_nothing(
    talk: Talk, words: str, intent: str
) -> None:
    talk.writes(REPORT)
    before = talk.draft
    talk.says(words, intent, 1.0)
    assert talk.last.acts == ()
    assert said(talk)[:2] == [echo(words), texts.HEARING_IS_A_GUESS]
    assert texts.CARD_HEAD in said(talk)[2]
    assert talk.draft == before


@pytest.mark.parametrize("intent", ["cancel", "withdraw", "deny"])
@pytest.mark.parametrize("step", ["confirm", "ask_place", "editing", "rewriting", "offered"])
def test_a_spoken_no_drops_nothing(talk: Talk, intent: str, step: str) -> None:
    talk.writes(REPORT)
    talk.draft = replace(talk.draft, step=step)
    talk.says("thôi bỏ đi", intent, 1.0)
    assert talk.draft.text == REPORT
    assert texts.CANCELLED not in said(talk)


def test_a_long_story_that_sounds_like_cancel_is_kept_as_words(talk: Talk) -> None:
    talk.writes(REPORT)
    story = "thôi " * 20
    talk.says(story.strip(), "cancel", 1.0)
    assert story.strip() in talk.draft.text


@pytest.mark.parametrize(("step", "intent"), [("ask_same", "affirm"), ("ask_join", "affirm")])
def test_a_spoken_yes_joins_no_cases(talk: Talk, step: str, intent: str) -> None:
    talk.writes(REPORT)
    known = {"same_code": CODE} if step == "ask_same" else {"joinable": CODE, "joined_people": 3}
    talk.draft = replace(talk.draft, step=step, **known)
    talk.says("đúng rồi", intent, 1.0)
    assert talk.last.acts == ()
    assert talk.draft.step == step
    assert talk.draft.joins is None


# --- with a case --------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["assigned", "needs_info", "needs_triage", "answered"])
def test_the_words_go_where_the_recording_went(talk: Talk, state: str) -> None:
    talk.cases = (filed(state),)
    talk.says("ở số 12", "add_information", case_code=CODE)
    line = texts.SPOKEN_LINE.format(text="ở số 12")
    assert talk.act() == ChangeCase("add", CODE, text=line)
    assert said(talk) == [echo("ở số 12")]


def test_another_draft_that_is_open_is_left_alone(talk: Talk) -> None:
    talk.writes(REPORT)
    before = talk.draft
    talk.cases = (filed(),)
    talk.says("ở số 12", "add_information", case_code=CODE)
    assert talk.draft == before


def test_words_that_were_asked_for_end_the_asking(talk: Talk) -> None:
    talk.cases = (filed("reopened"),)
    talk.draft = Draft(step="adding", adding_to=CODE)
    talk.says("vẫn còn ngập", "report", case_code=CODE)
    assert talk.draft.step == "idle"


def test_a_case_that_ended_meanwhile_takes_no_words(talk: Talk) -> None:
    talk.cases = (filed("withdrawn"),)
    talk.says("ở số 12", case_code=CODE)
    assert talk.last.acts == ()


def test_danger_spoken_into_a_case_comes_first(talk: Talk) -> None:
    talk.cases = (filed(),)
    talk.says("cột điện tóe lửa rồi", "add_information", case_code=CODE)
    assert said(talk)[0] == texts.EMERGENCY
    assert talk.last.acts != ()


def test_an_insult_spoken_into_a_case_is_met_with_calm_and_not_added(talk: Talk) -> None:
    talk.cases = (filed(),)
    talk.says("lũ ăn hại", "insult", case_code=CODE)
    assert talk.last.acts == ()
    assert said(talk)[-1] == texts.INSULT


def test_a_denunciation_spoken_into_a_case_takes_its_recording_away(talk: Talk) -> None:
    talk.cases = (filed(),)
    talk.says(DENUNCIATION, recording=5, case_code=CODE, legal_type="to_cao", legal_sure=0.95)
    assert talk.last.acts == (ForgetFile(5), Count("denunciation"))
    assert talk.draft.step == "denounced"
    assert "Tham" not in talk.text()


def test_and_leaves_the_draft_that_is_open(talk: Talk) -> None:
    talk.writes(REPORT)
    before = talk.draft
    talk.cases = (filed(),)
    talk.says(DENUNCIATION, recording=5, case_code=CODE, legal_type="to_cao", legal_sure=0.95)
    assert talk.draft == before
    assert talk.last.acts == (ForgetFile(5), Count("denunciation"))


# --- nothing heard ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "name"),
    [
        ("nothing", "NOTHING_HEARD"),
        ("too_long", "RECORDING_TOO_LONG"),
        ("broken", "HEARING_FAILED"),
        ("crashed", "HEARING_FAILED"),
        ("timeout", "HEARING_FAILED"),
        ("unavailable", "HEARING_FAILED"),
    ],
)
def test_why_there_are_no_words_is_said_calmly_and_the_recording_stays(
    talk: Talk, why: str, name: str
) -> None:
    talk.records()
    talk.hears("transcript", not_heard=why, attachment_id=1)
    assert said(talk) == [getattr(texts, name).format(minutes=5), texts.WRITE_INSTEAD]
    assert talk.draft.attachment_ids == (1,)


def test_with_a_card_open_the_card_comes_again(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.hears("transcript", not_heard="nothing", attachment_id=1)
    assert said(talk)[0] == texts.NOTHING_HEARD
    assert texts.CARD_HEAD in said(talk)[1]


def test_with_a_case_nothing_more_is_asked(talk: Talk) -> None:
    talk.cases = (filed(),)
    talk.hears("transcript", not_heard="too_long", attachment_id=1, case_code=CODE)
    assert said(talk) == [texts.RECORDING_TOO_LONG.format(minutes=5)]
    assert not any(isinstance(act, FileCase) for act in talk.last.acts)
