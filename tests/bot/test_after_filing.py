"""What a citizen does with filed cases, and the menus: without I/O."""

from datetime import timedelta

import pytest

from bot import english, texts, vietnamese
from bot.draft import ChangeCase, Draft, FileCase, ManageData, ShowCase, SpeakLanguage
from bot.heard import FiledCase
from bot.related import with_related
from cases.similar import Related
from routing.tables import Pack
from tests.bot.conftest import DENUNCIATION, NOW, REPORT
from tests.bot.talk import Talk

LE_CHAN = "11383"
CODE = "PA-AAAAAA"


@pytest.fixture
def talk(pack: Pack) -> Talk:
    return Talk(pack)


def filed(state: str = "assigned", minutes_ago: int = 60, code: str = CODE) -> FiledCase:
    at = NOW - timedelta(minutes=minutes_ago)
    return FiledCase(code, state, "Sở Xây dựng", at, at + timedelta(days=14))


# --- the card -----------------------------------------------------------------------------


def test_anonymous_is_one_tap_and_stands_on_the_card(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.taps("Ẩn danh")
    assert texts.CARD_ANONYMOUS in talk.text()
    assert talk.last.replies[0].replaces
    talk.taps("Gửi")
    act = talk.act()
    assert isinstance(act, FileCase)
    assert act.draft.anonymous


def test_anonymous_can_be_taken_back(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.taps("Ẩn danh")
    talk.taps("Thôi ẩn danh")
    assert not talk.draft.anonymous


def test_asking_to_be_hidden_over_the_card_hides(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes("đừng ghi tên tôi nhé", "ask_anonymity", answer="Được ạ.")
    assert talk.draft.anonymous
    assert "Được ạ." in talk.text()


def test_a_shared_number_goes_with_the_report_but_not_with_an_anonymous_one(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.hears("contact", "0912345678")
    assert texts.CARD_CONTACT in talk.text()
    assert "0912345678" not in talk.text()
    talk.taps("Ẩn danh")
    talk.hears("contact", "0987654321")
    assert talk.text() == texts.CONTACT_NOT_KEPT
    assert talk.draft.contact == "0912345678"
    assert texts.CARD_CONTACT not in talk.text()


def test_a_number_sent_first_waits_for_the_words(talk: Talk) -> None:
    talk.hears("contact", "0912345678")
    assert talk.text() == texts.CONTACT_KEPT
    talk.writes(REPORT)
    assert talk.draft.contact == "0912345678"


@pytest.mark.parametrize(
    ("why", "sentence"), [("too_large", "FILE_TOO_LARGE"), ("type", "FILE_TYPE")]
)
def test_a_file_that_is_not_taken_is_said_so_and_its_caption_is_read(
    talk: Talk, why: str, sentence: str
) -> None:
    talk.hears("attachment", refused=why)
    assert talk.text() == getattr(vietnamese, sentence)
    talk.writes(REPORT)
    talk.hears("attachment", refused=why)
    assert talk.draft.step == "confirm"
    assert talk.draft.attachment_ids == ()


def test_an_aside_over_the_card_repeats_one_line_and_not_the_card(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.writes("bao lâu thì xong", "ask_deadline", answer="Mười ngày.")
    assert "Mười ngày." in talk.text()
    assert "Nơi xảy ra" not in talk.text()
    assert "Gửi" in talk.buttons()


# --- what a category asks about -----------------------------------------------------------


def asks(talk: Talk, text: str) -> None:
    from dataclasses import replace

    from tests.bot.talk import understood

    said = replace(understood(category="roads"), question="Đoạn nào, hỏng từ bao giờ ạ?")
    talk.hears("text", text, understanding=said)


def test_few_words_are_asked_what_their_category_wants_to_know(talk: Talk) -> None:
    asks(talk, "đường Lê Chân hỏng")
    talk.writes("phường Lê Chân", "out_of_scope", 0.9) if talk.draft.step == "ask_place" else None
    assert talk.text() == "Đoạn nào, hỏng từ bao giờ ạ?"
    talk.writes("đoạn cuối chợ, từ tháng trước")
    assert talk.draft.step == "confirm"
    assert talk.draft.text == "đường Lê Chân hỏng\nđoạn cuối chợ, từ tháng trước"


def test_the_question_can_be_skipped_and_is_asked_once(talk: Talk) -> None:
    asks(talk, "phường Lê Chân đường hỏng")
    talk.taps("Bỏ qua")
    assert talk.draft.step == "confirm"


def test_words_that_say_enough_are_not_asked(talk: Talk) -> None:
    asks(talk, "Đường trước chợ phường Lê Chân hỏng từ tháng trước, xe máy ngã mấy lần rồi")
    assert talk.draft.step == "confirm"


# --- related cases ------------------------------------------------------------------------


def related(talk: Talk, found: Related) -> None:
    talk.writes(REPORT)
    talk.last = with_related(talk.last, found, talk.pack)
    talk.draft, talk.shown = talk.last.draft, talk.last.replies


def test_an_own_case_about_the_same_is_offered(talk: Talk) -> None:
    related(talk, Related(own=CODE))
    assert CODE in talk.text()
    talk.taps(f"Thêm vào {CODE}")
    assert talk.last.acts == (ChangeCase("add", CODE, text=REPORT),)
    assert talk.draft.step == "idle"


def test_a_new_matter_goes_on_to_its_card(talk: Talk) -> None:
    related(talk, Related(own=CODE))
    talk.taps("Đây là việc mới")
    assert talk.draft.step == "confirm"
    assert "Gửi" in talk.buttons()


@pytest.mark.parametrize(("intent", "joins"), [("affirm", "PA-BBBBBB"), ("deny", None)])
def test_a_known_matter_of_others_is_joined_by_a_yes(
    talk: Talk, intent: str, joins: str | None
) -> None:
    related(talk, Related(hotspot="PA-BBBBBB", people=3))
    assert "3 người" in talk.text()
    assert "PA-BBBBBB" not in talk.text()  # Another's code is nobody's to know.
    talk.writes("vâng" if joins else "không phải", intent)
    assert (talk.draft.step, talk.draft.joins) == ("confirm", joins)


def test_more_words_over_the_question_are_kept(talk: Talk) -> None:
    related(talk, Related(hotspot="PA-BBBBBB", people=3))
    talk.writes("mùi hôi bay khắp xóm")
    assert talk.draft.step == "confirm"
    assert "mùi hôi" in talk.draft.text


# --- filed cases --------------------------------------------------------------------------


def test_the_list_leads_to_each_case(talk: Talk) -> None:
    talk.cases = (filed(),)
    talk.commands("tinhtrang")
    talk.taps(CODE)
    assert talk.act() == ShowCase(CODE)


@pytest.mark.parametrize("words", ["PA-AAAAAA", "pa-aaaaaa đến đâu rồi"])
def test_a_typed_code_shows_the_case(talk: Talk, words: str) -> None:
    from cases.codes import new_code

    code = new_code()
    talk.cases = (filed(code=code),)
    talk.writes(words.lower().replace("pa-aaaaaa", code.lower()), "ask_status")
    assert talk.act() == ShowCase(code)


def test_withdrawing_asks_first(talk: Talk) -> None:
    talk.presses(f"takeback:{CODE}")
    assert talk.last.acts == ()
    talk.taps(f"Rút {CODE}")
    assert talk.act() == ChangeCase("withdraw", CODE)


def test_more_can_be_added_to_a_case(talk: Talk) -> None:
    talk.cases = (filed(),)
    talk.presses(f"more:{CODE}")
    talk.writes("Số nhà 12", "add_information")
    assert talk.last.acts == (ChangeCase("add", CODE, text="Số nhà 12"),)


def test_a_draft_that_is_open_is_not_lost_to_an_addition(talk: Talk) -> None:
    talk.cases = (filed(),)
    talk.writes(REPORT)
    talk.presses(f"more:{CODE}")
    assert talk.text() == texts.FINISH_FIRST
    assert talk.draft.text == REPORT


def test_an_agencys_question_is_answered_in_the_chat(talk: Talk) -> None:
    talk.cases = (filed("needs_info"),)
    talk.writes("nhà tôi ở số 12 ngõ 5")
    assert talk.text() == texts.PICK_REPLY
    talk.taps(f"Trả lời cho {CODE}")
    assert talk.last.acts == (ChangeCase("add", CODE, text="nhà tôi ở số 12 ngõ 5"),)


def test_a_picture_after_an_agencys_question_is_for_that_case(talk: Talk) -> None:
    talk.cases = (filed("needs_info"),)
    talk.attaches(7)
    assert talk.last.acts == (ChangeCase("attach", CODE, attachment_id=7),)


def test_a_denunciation_is_no_answer_to_a_question(talk: Talk) -> None:
    talk.cases = (filed("needs_info"),)
    talk.writes(DENUNCIATION, legal_type="to_cao")
    assert talk.draft.step == "denounced"


def test_a_captioned_picture_just_after_filing_is_for_that_case(talk: Talk) -> None:
    talk.cases = (filed(minutes_ago=3),)
    talk.writes("ảnh chụp sáng nay", attachment_id=7, album="a")
    assert ChangeCase("attach", CODE, attachment_id=7) in talk.last.acts
    assert ChangeCase("add", CODE, text="ảnh chụp sáng nay") in talk.last.acts
    assert talk.draft.attachment_ids == ()


def test_a_captioned_picture_with_a_story_of_its_own_is_a_new_matter(talk: Talk) -> None:
    talk.cases = (filed(minutes_ago=3),)
    talk.writes(REPORT, attachment_id=7)
    assert talk.draft.step == "confirm"
    assert talk.draft.attachment_ids == (7,)


def test_a_message_edited_just_after_filing_is_added(talk: Talk) -> None:
    talk.writes(REPORT, message_id=4)
    talk.taps("Gửi")
    talk.cases = (filed(minutes_ago=2),)
    talk.writes(f"{REPORT}, gần cổng", message_id=4, is_edit=True)
    assert talk.last.acts == (
        ChangeCase("add", CODE, text=f"Sửa lại lời đã gửi: {REPORT}, gần cổng"),
    )


# --- ratings ------------------------------------------------------------------------------


def test_a_rating_takes_a_word_more(talk: Talk) -> None:
    talk.presses(f"rate:{CODE}:4")
    assert talk.act() == ChangeCase("rate", CODE, text="4")
    talk.writes("làm nhanh, cảm ơn các anh", "rate_good")
    assert talk.act() == ChangeCase("rate_words", CODE, text="làm nhanh, cảm ơn các anh")
    assert talk.draft.step == "idle"


def test_a_new_grievance_after_a_rating_is_no_word_of_it(talk: Talk) -> None:
    talk.presses(f"rate:{CODE}:2")
    talk.writes(f"{REPORT} mà cũng không thấy ai đến xem hay trả lời gì cho bà con cả")
    assert talk.draft.step == "confirm"


@pytest.mark.parametrize("stars", ["0", "6", "x", ""])
def test_no_other_rating_is_taken(talk: Talk, stars: str) -> None:
    talk.presses(f"rate:{CODE}:{stars}")
    assert talk.last.acts == ()


# --- menus --------------------------------------------------------------------------------


def test_a_wards_poster_places_what_names_no_place(talk: Talk) -> None:
    talk.hears("command", "start", payload=f"w_{LE_CHAN}")
    assert "Phường Lê Chân" in talk.text()
    talk.writes("Rác chất đống trước cổng chợ cả tuần không ai dọn")
    assert "Nơi xảy ra: Phường Lê Chân" in talk.text()


def test_words_go_before_a_poster(talk: Talk) -> None:
    talk.hears("command", "start", payload="w_10507")
    talk.writes(REPORT)
    assert talk.draft.ward_code == LE_CHAN


@pytest.mark.parametrize("payload", ["w_99999", "x", "w_", "w_10507; drop table"])
def test_a_strange_link_is_a_plain_start(talk: Talk, payload: str) -> None:
    talk.hears("command", "start", payload=payload)
    assert talk.text() == texts.WELCOME.format(province=talk.pack.name)
    assert talk.draft == Draft()


def test_a_link_does_not_move_what_is_being_written(talk: Talk) -> None:
    talk.writes(REPORT)
    talk.hears("command", "start", payload="w_10507")
    assert talk.draft.ward_code == LE_CHAN


def test_rights_and_their_buttons(talk: Talk) -> None:
    talk.commands("quyenrieng")
    assert talk.act() == ManageData("show")
    for what in ("export", "withdraw", "erase", "erase_surely"):
        talk.presses(f"data:{what}")
        assert talk.act() == ManageData(what)
    talk.presses("data:keep")
    assert talk.text() == texts.NOT_ERASED


def test_asking_to_erase_in_words_opens_the_same_menu(talk: Talk) -> None:
    talk.writes("xóa hết dữ liệu của tôi đi", "delete_my_data")
    assert talk.act() == ManageData("show")


def test_language_is_chosen_by_a_tap(talk: Talk) -> None:
    talk.commands("ngonngu")
    talk.taps("English")
    assert talk.act() == SpeakLanguage("en")
    assert talk.text() == english.LANGUAGE_SET


def test_everything_is_said_in_english_to_whoever_chose_it(talk: Talk) -> None:
    with texts.speaking("en"):
        talk.writes(REPORT)
        assert "About: Waste, pollution" in talk.text()
        assert set(talk.buttons()) == {"Send", "Change", "Hide me", "Add photos/location", "Cancel"}


# --- the catalogues -----------------------------------------------------------------------


def sentences(catalogue: object) -> dict[str, object]:
    """Every sentence by its name; what a channel says otherwise as "channel NAME"."""
    found = {name: value for name, value in vars(catalogue).items() if name.isupper()}
    for channel, said in found.pop("ON_CHANNEL").items():
        found |= {f"{channel} {name}": sentence for name, sentence in said.items()}
    return found


def placeholders(text: str) -> set[str]:
    from string import Formatter

    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_catalogues_say_the_same_things_with_the_same_placeholders() -> None:
    ours, theirs = sentences(vietnamese), sentences(english)
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        other = theirs[name]
        if isinstance(value, str) and isinstance(other, str):
            assert placeholders(value) == placeholders(other), name
        elif value and isinstance(value, dict) and isinstance(other, dict):
            assert value.keys() == other.keys(), name


@pytest.mark.parametrize("catalogue", [vietnamese, english])
def test_what_a_channel_says_otherwise_stands_for_a_sentence_and_tells_the_same(
    catalogue: object,
) -> None:
    usual = sentences(catalogue)
    for name, sentence in usual.items():
        if " " in name:
            assert placeholders(str(sentence)) == placeholders(str(usual[name.split()[1]])), name


def test_nothing_on_zalo_speaks_of_buttons() -> None:
    for name, sentence in sentences(vietnamese).items():
        stands_for = name.split()[-1]
        is_said_there = " " in name or f"zalo {stands_for}" not in sentences(vietnamese)
        if isinstance(sentence, str) and is_said_there and name not in TELEGRAMS_OWN:
            assert "bấm" not in sentence.lower(), name
            assert "nút" not in sentence.lower().split(), name


# Said in groups, which Zalo has not, and where a message can be deleted, which it lets no bot.
TELEGRAMS_OWN = ("IN_GROUP", "NOT_DELETED")


def test_every_category_and_state_has_an_english_name(pack: Pack) -> None:
    from cases.lifecycle import STATE_NAMES

    assert english.CATEGORIES.keys() == pack.categories.keys()
    assert english.STATES.keys() == STATE_NAMES.keys()


@pytest.mark.parametrize("catalogue", [vietnamese, english])
def test_sentences_are_short_enough_and_in_one_form(catalogue: object) -> None:
    import unicodedata

    for name, value in sentences(catalogue).items():
        values = value.values() if isinstance(value, dict) else (value,)
        for text in map(str, values):
            assert unicodedata.is_normalized("NFC", text), name
            assert len(text) <= 900, name
            assert "ông/bà" not in text, name
