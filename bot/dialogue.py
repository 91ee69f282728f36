"""The conversation and nothing else: `advance(draft, heard) -> turn`, pure.

The steps are drawn in docs/conversation.md. Most citizens need one message, one look at the card,
one tap. Whatever step the conversation is in, typed text is understood; a question in the middle is
answered and the draft stays. What a draft becomes is in `bot.petition`, what a tap does in
`bot.buttons`, what is done with filed cases in `bot.filed`.
"""

from collections.abc import Callable
from dataclasses import replace

from bot import keyboards, texts
from bot.answers import filled
from bot.buttons import on_button
from bot.commands import on_command
from bot.draft import (
    DENUNCIATION,
    SURE_DENUNCIATION,
    ChangeCase,
    Draft,
    ForgetFile,
    ManageData,
    Say,
    Turn,
    additions,
    and_then,
    say,
)
from bot.filed import (
    add_to_recent,
    ask_settled,
    asking,
    codes_to_add_to,
    offer_withdrawal,
    recently_filed,
    show_cases,
    show_named_case,
    take_rating_words,
    without_case,
)
from bot.heard import Heard, Understanding
from bot.petition import (
    ENOUGH_WORDS,
    LONGEST_PETITION,
    PLACE_WORDS,
    add_words,
    ask_again,
    cancel,
    confirm_by_word,
    edit,
    file_apart,
    file_together,
    next_question,
    place_before,
    place_from_text,
    read,
    refuse_denunciation,
    take_petition,
    too_long,
    with_pin_and_contact,
    with_words,
)
from bot.related import ask_related_again
from bot.spoken import (
    DECIDING,
    ask_once_more,
    echoed,
    not_heard,
    only_guessed,
    while_listening,
    without_decision,
)
from bot.urgency import urgency_of
from cases.lifecycle import ANSWERED, OPEN_STATES
from routing.tables import Pack
from routing.text import fold

# A short text surer than this is taken for what it seems to be; otherwise it is offered as a
# grievance. A long text is a grievance unless the citizen says otherwise.
SURE = 0.5
LONG_TEXT_WORDS = 18
# A confirmation typed instead of tapped files the case, so it must be unmistakable.
SURE_YES = 0.8
# What is plainly "send it", in any spelling.
SEND_WORDS = ("gui", "gui di", "gui luon", "ok gui", "ok gui di", "gui ngay", "gui giup", "gui nhe")
# The two answers to "one case, or one each?", typed.
APART_WORDS = ("rieng", "gui rieng", "gui rieng ra", "tach", "tach ra", "tach rieng")
TOGETHER_WORDS = ("chung", "gui chung", "gop", "gop lai", "gop chung", "gui chung mot vu")
# The intents with which a citizen says something about a matter, and asks nothing.
TELLING = ("report", "add_information", "correct")


def advance(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """The next turn of the conversation."""
    if draft.step == "rating" and heard.kind != "text":  # A word with a rating is no duty.
        draft = without_case(draft)
    turn = _BY_KIND[heard.kind](draft, heard, pack)
    if heard.is_listening:
        turn = while_listening(turn, heard)
    if not heard.refused:
        return turn
    sentence = texts.FILE_TOO_LARGE if heard.refused == "too_large" else texts.FILE_TYPE
    return and_then(say(draft, sentence), turn)


# --- what was typed -----------------------------------------------------------------------


def _on_text(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    if len(heard.text) > LONGEST_PETITION:
        return too_long(_with_file(draft, heard))
    urgency = urgency_of(heard.text)
    if urgency == "self_harm" and not _is_long(heard):
        return say(_with_file(draft, heard), texts.SELF_HARM)  # Nothing else matters now.
    turn = _on_words(draft, heard, pack)
    if urgency == "self_harm":  # A whole story that ends so is taken too.
        return and_then(say(draft, texts.SELF_HARM), turn)
    is_said = any(reply.text == texts.EMERGENCY for reply in turn.replies)
    if not is_said and (urgency == "danger" or _is_emergency(draft, heard)):
        return and_then(say(draft, texts.EMERGENCY), turn)  # What may save a life comes first.
    return turn


def _with_file(draft: Draft, heard: Heard) -> Draft:
    """The draft as it waits, with the file of words that are not taken."""
    return draft if draft.step == "denounced" else _keep_attachment(draft, heard)


def _is_emergency(draft: Draft, heard: Heard) -> bool:
    said = heard.understanding
    named = isinstance(said, Understanding) and said.intent.name == "emergency"
    return named and draft.step in _ASKING


def _on_words(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    if heard.is_edit:
        return _on_edit(draft, heard, pack)
    if draft.step == "denounced" and heard.attachment_id is not None:
        # Nothing of a denunciation is kept, its pictures neither; the caption is words.
        wordy = replace(heard, attachment_id=None, album=None)
        return and_then(say(draft, texts.ATTACHMENT_NOT_KEPT), _on_words(draft, wordy, pack))
    draft = _keep_attachment(draft, heard)
    said = heard.understanding
    if draft.step == "adding":
        return _on_addition(draft, heard, pack)
    if draft.step == "rating":
        return _on_rating_words(draft, heard, pack)
    if draft.step == "idle" and (turn := _on_filed_case(draft, heard, pack)):
        return turn
    if not isinstance(said, Understanding):
        return _on_text_while_down(draft, heard, pack)
    return _on_understood_text(draft, heard, said, pack)


def _on_addition(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """What is still wrong with a reopened case goes to that case."""
    said = heard.understanding
    code = draft.adding_to or ""
    if isinstance(said, Understanding):
        if _denounces(draft, heard, said):
            return _refuse_words(draft, heard, pack)
        answer = _answer(said, heard, pack)
        if answer and said.intent.confidence >= SURE and not _is_long(heard):
            return say(draft, answer)
    kept = Draft(number=draft.number + 1, album=draft.album)
    words = with_pin_and_contact(draft, heard.text)
    return Turn(kept, (), additions(code, words, draft.attachment_ids))


def _on_rating_words(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A word with the rating, unless it is plainly something else."""
    said = heard.understanding
    if _is_long(heard) or (isinstance(said, Understanding) and _denounces(draft, heard, said)):
        return _on_words(without_case(draft), heard, pack)
    answer = _answer(said, heard, pack) if isinstance(said, Understanding) else ""
    if answer and isinstance(said, Understanding) and said.intent.confidence >= SURE_YES:
        return say(without_case(draft), answer)
    return take_rating_words(draft, heard)


def _on_filed_case(draft: Draft, heard: Heard, pack: Pack) -> Turn | None:
    """With no draft open: a code, words under a picture for a case just filed, or the answer to an
    agency's question; None for anything else."""
    named = show_named_case(draft, heard)
    said = heard.understanding
    if named is not None or (isinstance(said, Understanding) and _denounces(draft, heard, said)):
        return named
    recent = recently_filed(heard)
    is_story = len(heard.text.split()) >= ENOUGH_WORDS
    if heard.attachment_id is not None and recent is not None and not is_story:
        others = tuple(one for one in draft.attachment_ids if one != heard.attachment_id)
        kept = replace(draft, attachment_ids=others, album=heard.album)
        return add_to_recent(kept, recent, heard.text, heard.attachment_id)
    is_telling = not isinstance(said, Understanding) or said.intent.name in (*TELLING, "affirm")
    codes = tuple(case.code for case in asking(heard))[:5]
    if not codes or not is_telling:
        return None
    offered = _offer(draft, heard, texts.PICK_REPLY)
    question = Say(texts.PICK_REPLY, keyboards.reply_to_question(offered.draft.number, codes))
    return replace(offered, replies=(question,))


def _on_edit(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """The draft's own message edited gives it new words; whatever else stays as it was sent."""
    recent = recently_filed(heard)
    if draft.step == "idle" and recent and heard.message_id == draft.filed_message_id:
        said = heard.understanding
        if isinstance(said, Understanding) and _denounces(draft, heard, said):
            return _refuse_words(draft, heard, pack)
        return add_to_recent(draft, recent, texts.EDITED.format(text=heard.text), None)
    if draft.message_id is None or heard.message_id != draft.message_id:
        return say(draft, texts.EDIT_NOT_TAKEN)
    if draft.step == "offered" and isinstance(heard.understanding, Understanding):
        return _on_fresh_text(draft, heard, heard.understanding, pack)
    return take_petition(draft, heard, pack)


def _on_text_while_down(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """Without Rasa the words are kept and buttons lead to the card."""
    if draft.step == "ask_place" or _names_place_at_last(draft, heard, pack):
        return place_from_text(draft, heard, pack)
    if draft.step == "ask_denunciation":
        more = with_words(draft, heard)
        return ask_again(more, heard, pack) if more else too_long(draft)
    if draft.step in (*_CARD_STEPS, "editing", "ask_same", "ask_join"):
        return add_words(draft, heard, pack)
    if draft.step in ("offered", "elsewhere"):  # What was written before is its beginning.
        joined = _joined(draft, heard)
        return take_petition(draft, joined, pack) if joined else too_long(draft)
    return take_petition(draft, heard, pack)


def _on_understood_text(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    if draft.step in ("rewriting", "declaring"):
        return _on_new_words(draft, heard, said, pack)
    if draft.step == "ask_place" or _names_place_at_last(draft, heard, pack):
        return _on_place_text(draft, heard, said, pack)
    if draft.step in ("ask_same", "ask_join") and said.intent.name in ("affirm", "deny"):
        return _on_related_answer(draft, heard, said, pack)
    if draft.step == "ask_detail" and said.intent.name == "deny":
        return next_question(draft, heard, pack)
    if draft.step in _ASKED_ONCE:
        return _on_text_over_question(draft, heard, said, pack)
    if draft.step in ("confirm", "ask_category", "editing", "offered"):
        return _on_text_over_card(draft, heard, said, pack)
    return _on_fresh_text(draft, heard, said, pack)


def _on_related_answer(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    """A typed yes or no to "is it this one?"."""
    if said.intent.confidence < SURE_YES:
        return ask_related_again(draft, pack)
    yes = "same" if draft.step == "ask_same" else "join"
    verb = yes if said.intent.name == "affirm" else "new"
    return on_button(draft, replace(heard, kind="button", text=f"{verb}:{draft.number}"), pack)


def _on_new_words(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    """The words that were asked for, unless it is plainly a question or "cancel"."""
    if _is_long(heard) or said.intent.confidence < SURE_YES:
        return take_petition(draft, heard, pack)
    if said.intent.name == "cancel":
        return cancel(draft, heard, pack)
    answer = _answer(said, heard, pack)
    return say(draft, answer) if answer else take_petition(draft, heard, pack)


def _on_fresh_text(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    intent = said.intent
    if intent.name == "emergency":
        return _offer(draft, heard, texts.EMERGENCY)
    if intent.name == "report" or _denounces(draft, heard, said):
        return take_petition(draft, heard, pack)
    if intent.confidence < SURE or _is_long(heard):
        return _offer(draft, heard, _answer(said, heard, pack) or texts.UNCLEAR)
    return _on_intent(draft, heard, said, pack)


def _on_text_over_card(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    """A card or a question is open: yes, no, a correction, a question, or more of the story."""
    intent = said.intent
    sure = intent.confidence >= SURE_YES
    is_send = draft.step == "confirm" and fold(heard.text).strip(" .!") in SEND_WORDS
    if is_send or (intent.name == "affirm" and sure and draft.step == "confirm"):
        return confirm_by_word(draft, heard, pack)
    if sum(character.isalpha() for character in heard.text) < 2:
        return ask_again(draft, heard, pack)  # A thumb or "???" is no part of a petition.
    if intent.name in ("cancel", "withdraw", "deny") and sure:
        return cancel(draft, heard, pack)
    if intent.name == "correct" and sure and draft.step != "offered":
        return edit(draft)
    if draft.step == "offered":
        return _on_text_over_offer(draft, heard, said, pack)
    if intent.name == "ask_anonymity" and intent.confidence >= SURE and draft.step == "confirm":
        card = next_question(replace(draft, anonymous=True), heard, pack)
        answer = _answer(said, heard, pack)
        return and_then(say(draft, answer), card) if answer else card
    answered = _answer_between(draft, heard, said, pack)
    if answered is not None:
        return answered
    if _denounces(draft, heard, said):
        return _refuse_words(draft, heard, pack)
    return add_words(draft, heard, pack)


def _on_text_over_offer(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    """After "if this is a grievance, tap here": more of the same."""
    answered = _answer_between(draft, heard, said, pack)
    if answered is not None:
        return answered
    joined = _joined(draft, heard)
    if joined is None:
        return too_long(draft)
    if said.intent.name == "emergency":
        return _offer(draft, joined, texts.EMERGENCY)
    return take_petition(draft, joined, pack)


def _on_text_over_question(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    """After "this seems to be elsewhere", "is it a denunciation?" or "one case, or one each?",
    which hardly anything but a tap answers: another matter, a question, or more of this one."""
    intent = said.intent
    if draft.step == "several":
        words = fold(heard.text).strip(" .!")
        if words in APART_WORDS:
            return file_apart(draft, heard, pack)
        if words in TOGETHER_WORDS:
            return file_together(draft, heard, pack)
    if intent.name in ("cancel", "withdraw") and intent.confidence >= SURE_YES:
        return cancel(draft, heard, pack)
    if (
        intent.name in ("affirm", "deny") and draft.step != "ask_detail"
    ):  # Yes to which half of the sentence? Only a tap tells.
        return ask_again(draft, heard, pack)
    answered = _answer_between(draft, heard, said, pack)
    if answered is not None:
        return answered
    if _denounces(draft, heard, said):
        return _refuse_words(draft, heard, pack)
    if draft.step == "ask_denunciation":
        more = with_words(draft, heard)
        return ask_again(more, heard, pack) if more else too_long(draft)
    is_story = intent.name == "report" and len(heard.text.split()) > PLACE_WORDS
    if draft.step == "elsewhere" and is_story:
        unplaced = replace(draft, place_asked=False, place_text=None)
        joined = _joined(draft, heard)
        return take_petition(unplaced, joined, pack) if joined else too_long(draft)
    return add_words(draft, heard, pack)


def _joined(draft: Draft, heard: Heard) -> Heard | None:
    """These words after the draft's, so that none is lost; None where that grows too long. What
    Rasa took for the parts of the new ones are no parts of both."""
    if not draft.text:
        return heard
    said = heard.understanding
    both = replace(said, parts=()) if isinstance(said, Understanding) else said
    text = f"{draft.text}\n{heard.text}".strip()
    if len(text) > LONGEST_PETITION:
        return None
    return replace(heard, text=text, message_id=None, understanding=both)


def _answer_between(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn | None:
    """A question in the middle is answered, and what was open is asked again."""
    answer = _answer(said, heard, pack)
    if not answer or said.intent.confidence < SURE or _denounces(draft, heard, said):
        return None
    if draft.step in ("ask_same", "ask_join"):
        return and_then(say(draft, answer), ask_related_again(draft, pack))
    return and_then(say(draft, answer), ask_again(draft, heard, pack))


def _on_intent(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    """A short message that is no grievance, with no draft open."""
    intent = said.intent.name
    if intent in ("rate_good", "rate_bad"):
        return ask_settled(draft, heard, pack) or _offer(draft, heard, texts.UNCLEAR)
    if intent == "ask_status":
        return show_cases(draft, heard, pack)
    if intent == "delete_my_data":
        return Turn(draft, (), (ManageData("show"),))
    if intent in ("add_information", "correct"):
        return _offer_addition(draft, heard)
    if intent == "withdraw":
        return offer_withdrawal(draft, heard)
    if intent == "cancel":
        return say(draft, texts.NOTHING_TO_CANCEL)
    answer = _answer(said, heard, pack)
    return say(draft, answer) if answer else _offer(draft, heard, texts.UNCLEAR)


def _answer(said: Understanding, heard: Heard, pack: Pack) -> str:
    """What is said to a question, or nothing."""
    if said.intent.name == "ask_status":
        return texts.status(heard.cases, pack)
    return texts.answer_to(said.intent.name, pack) or filled(said.answer, pack)


def _is_long(heard: Heard) -> bool:
    return len(heard.text.split()) >= LONG_TEXT_WORDS


def _denounces(draft: Draft, heard: Heard, said: Understanding) -> bool:
    """Whether these words are a denunciation and not a short remark that looks like one."""
    if said.legal_type.name != DENUNCIATION or draft.is_declared:
        return False
    is_telling = said.intent.name in TELLING or _is_long(heard) or said.intent.confidence < SURE
    return is_telling and said.legal_type.confidence >= SURE_DENUNCIATION


def _refuse_words(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A denunciation written into an open draft."""
    words = replace(draft, text=heard.text)
    return refuse_denunciation(read(words, heard.understanding), heard, pack)


# --- where --------------------------------------------------------------------------------


def _on_place_text(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    """The answer to "where?": a place, unless it is plainly something else."""
    intent = said.intent
    names_place = _names_place(heard, pack)
    if _denounces(draft, heard, said) and not (names_place and intent.name != "report"):
        return _refuse_words(draft, heard, pack)
    if names_place or intent.name in _PLACE_LIKE:
        return place_from_text(draft, heard, pack)
    if intent.name == "emergency":
        return add_words(draft, heard, pack)
    if intent.confidence < SURE_YES:
        return place_from_text(draft, heard, pack)
    if intent.name in ("cancel", "withdraw"):
        return cancel(draft, heard, pack)
    answered = _answer_between(draft, heard, said, pack)
    return answered or place_from_text(draft, heard, pack)


def _names_place_at_last(draft: Draft, heard: Heard, pack: Pack) -> bool:
    """After "this seems to be elsewhere" a place of ours settles it."""
    is_short = len(heard.text.split()) <= PLACE_WORDS
    return draft.step == "elsewhere" and is_short and _names_place(heard, pack)


def _names_place(heard: Heard, pack: Pack) -> bool:
    return pack.gazetteer.find(heard.text).outcome in ("found", "ambiguous")


def _on_location(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A pin: the place, better than any name. Raises ValueError without finite coordinates."""
    if heard.latitude is None or heard.longitude is None:
        raise ValueError("a location was heard without coordinates")
    place = pack.gazetteer.locate(heard.latitude, heard.longitude)
    if place.outcome != "found":
        return say(draft, texts.OUTSIDE_PROVINCE_PIN.format(province=pack.name))
    pinned = replace(
        draft,
        ward_code=place.ward_code,
        place_text=place.name,
        place_confidence=1.0,
        latitude=heard.latitude,
        longitude=heard.longitude,
        place_asked=True,
    )
    if draft.step == "offered":
        return ask_again(pinned, heard, pack)
    if draft.step in (*_CARD_STEPS, "editing", "elsewhere"):
        return next_question(pinned, heard, pack)
    return say(pinned, texts.PIN_KEPT)


# --- files --------------------------------------------------------------------------------


def _on_attachment(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A file without words: for the draft, or for a case filed within ten minutes."""
    is_same_album = heard.album is not None and heard.album == draft.album
    recent = recently_filed(heard)
    if heard.refused:
        return Turn(replace(draft, album=heard.album))
    if draft.step == "adding" and draft.adding_to:
        added = ChangeCase("attach", draft.adding_to, attachment_id=heard.attachment_id)
        text = texts.ATTACHMENT_ADDED.format(code=draft.adding_to)
        told = () if is_same_album else (Say(text),)
        return Turn(replace(draft, album=heard.album), told, (added,))
    if draft.step == "denounced":  # Nothing of a denunciation is kept, its pictures neither.
        seen = replace(draft, album=heard.album)
        return Turn(seen) if is_same_album else say(seen, texts.ATTACHMENT_NOT_KEPT)
    if draft.step == "idle" and recent is not None:
        act = ChangeCase("attach", recent.code, attachment_id=heard.attachment_id)
        kept = replace(draft, album=heard.album)
        said = () if is_same_album else (Say(texts.ATTACHMENT_ADDED.format(code=recent.code)),)
        return Turn(kept, said, (act,))
    kept = _keep_attachment(draft, heard)
    if is_same_album:
        return Turn(kept)
    if draft.step in _CARD_STEPS:
        return next_question(kept, heard, pack)
    return say(kept, texts.ATTACHMENT_KEPT)


def _keep_attachment(draft: Draft, heard: Heard) -> Draft:
    if heard.attachment_id is None:
        return draft
    ids = (*draft.attachment_ids, heard.attachment_id)
    return replace(draft, attachment_ids=ids, album=heard.album)


def _on_unreadable(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    return say(draft, texts.UNREADABLE)


def _on_contact(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A shared telephone number: for the draft, or for a case filed within ten minutes."""
    if draft.anonymous or draft.step == "denounced":
        return say(draft, texts.CONTACT_NOT_KEPT)
    line = texts.CONTACT_LINE.format(number=heard.text)
    if draft.step == "adding" and draft.adding_to:
        return Turn(draft, (), (ChangeCase("add", draft.adding_to, text=line),))
    recent = recently_filed(heard)
    if draft.step == "idle" and recent is not None:
        return add_to_recent(draft, recent, line, None)
    kept = replace(draft, contact=heard.text)
    if draft.step in _CARD_STEPS:
        return next_question(kept, heard, pack)
    return say(kept, texts.CONTACT_KEPT)


# --- what was said in a recording ---------------------------------------------------------


def _on_transcript(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A recording's words, as a machine heard them: like typed ones, but they send, drop and join
    nothing, for hearing is a guess."""
    if heard.not_heard is not None:
        return not_heard(draft, heard, pack)
    if heard.case_code is not None:
        return _on_spoken_addition(draft, heard.case_code, heard, pack)
    if _is_decision(draft, heard):
        return echoed(only_guessed(ask_once_more(draft, heard, pack)), heard)
    said = heard if draft.step == "idle" else without_decision(heard)
    # The file is in the draft already.
    return echoed(_on_text(draft, replace(said, attachment_id=None), pack), heard)


def _is_decision(draft: Draft, heard: Heard) -> bool:
    """Whether these words, typed, would send, drop or join what is open."""
    if draft.step not in (*_ASKING, "offered") or _is_long(heard):
        return False
    said = heard.understanding
    is_send = fold(heard.text).strip(" .!") in SEND_WORDS
    return is_send or (isinstance(said, Understanding) and said.intent.name in DECIDING)


def _on_spoken_addition(draft: Draft, code: str, heard: Heard, pack: Pack) -> Turn:
    """The recording is with a case: so are its words. A denunciation takes both away."""
    said = heard.understanding
    if isinstance(said, Understanding) and _denounces(Draft(), heard, said):
        return _refuse_recording(draft, heard, pack)
    states = {case.state for case in heard.cases if case.code == code}
    if not states & {*OPEN_STATES, ANSWERED}:  # It ended meanwhile.
        return echoed(Turn(draft), heard)
    turn = echoed(_add_spoken(draft, code, heard, pack), heard)
    urgency = urgency_of(heard.text)
    if urgency == "self_harm":
        return and_then(say(turn.draft, texts.SELF_HARM), turn)
    is_named = isinstance(said, Understanding) and said.intent.name == "emergency"
    is_urgent = urgency == "danger" or is_named
    return and_then(say(turn.draft, texts.EMERGENCY), turn) if is_urgent else turn


def _add_spoken(draft: Draft, code: str, heard: Heard, pack: Pack) -> Turn:
    """Words for a case, unless they are plainly a question or an insult, which is answered."""
    said = heard.understanding
    if isinstance(said, Understanding) and said.intent.confidence >= SURE and not _is_long(heard):
        answer = _answer(said, heard, pack)
        if answer:
            return say(draft, answer)
    is_awaited = draft.step == "adding" and draft.adding_to == code
    kept = Draft(number=draft.number + 1) if is_awaited else draft
    line = texts.SPOKEN_LINE.format(text=heard.text)
    return Turn(kept, (), (ChangeCase("add", code, text=line),))


def _refuse_recording(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A denunciation spoken into a case: the recording goes, whatever else is open stays."""
    forgotten = Turn(draft, (), (ForgetFile(heard.attachment_id),) if heard.attachment_id else ())
    refused = _refuse_words(Draft(number=draft.number), heard, pack)
    if draft.step not in ("idle", "adding"):
        plain = tuple(replace(said, buttons=()) for said in refused.replies)
        refused = replace(refused, draft=draft, replies=plain)
    return and_then(forgotten, refused)


# --- offers -------------------------------------------------------------------------------


def _offer(draft: Draft, heard: Heard, text: str) -> Turn:
    """Say `text`, and keep the words in case the citizen says that they are a grievance."""
    pending = Draft(
        number=draft.number + 1,
        step="offered",
        text=heard.text,
        message_id=heard.message_id,
        attachment_ids=draft.attachment_ids,
        album=draft.album,
        contact=draft.contact,
        waiting=draft.waiting,
        is_spoken=heard.is_spoken,
        **place_before(draft),
    )
    offered = read(pending, heard.understanding)
    if offered.denounces:
        offered = _without_words(offered)
    return Turn(offered, (Say(text, keyboards.offer_report(offered.number)),))


def _without_words(draft: Draft) -> Draft:
    """Nothing that a denunciation said: not its words, nor what was read out of them."""
    return replace(
        draft, text="", accused=(), acting=(), category_words=(), parts=(), attachment_ids=()
    )


def _offer_addition(draft: Draft, heard: Heard) -> Turn:
    codes = codes_to_add_to(heard)
    if not codes:
        return _offer(draft, heard, texts.UNCLEAR)
    offered = _offer(draft, heard, texts.PICK_ADDITION)
    addition = Say(texts.PICK_ADDITION, keyboards.addition(offered.draft.number, codes))
    return replace(offered, replies=(addition,))


_Step = Callable[[Draft, Heard, Pack], Turn]

# Steps whose question is asked again after a file or a pin, with what it changed.
_CARD_STEPS = ("confirm", "ask_place", "ask_detail", "ask_category", "several")
# Steps whose question hardly anything but a tap, or more of the story, answers.
_ASKED_ONCE = (
    "elsewhere", "ask_denunciation", "several", "ask_detail", "ask_same", "ask_join",
)  # fmt: skip
# Steps in which something is asked and words are waited for. "offered" is one, but what an
# emergency then says is offered anew.
_ASKING = (
    "confirm",
    "ask_category",
    "ask_place",
    "ask_detail",
    "ask_same",
    "ask_join",
    "ask_denunciation",
    "editing",
    "elsewhere",
    "several",
    "rewriting",
    "declaring",
)
# Intents that a place which the gazetteer does not know is easily taken for.
_PLACE_LIKE = ("greet", "goodbye", "out_of_scope")
_BY_KIND: dict[str, _Step] = {
    "text": _on_text,
    "button": on_button,
    "command": on_command,
    "contact": _on_contact,
    "location": _on_location,
    "attachment": _on_attachment,
    "transcript": _on_transcript,
    "unreadable": _on_unreadable,
}
