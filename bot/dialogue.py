"""The conversation and nothing else: `advance(draft, heard) -> turn`, pure.

    idle --grievance--> [ask_category] --> [ask_place] --> confirm --Gửi--> idle (case filed)
      |  \\--unclear--> offered --"Đây là phản ánh"--> …        |--Sửa--> editing --> rewriting …
      |--tố cáo--> denounced --"chỉ phản ánh"--> declaring --text--> …
Most citizens need one message, one look at the card, one tap. Whatever step the conversation
is in, typed text is understood; a question in the middle is answered and the draft stays.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import keyboards, texts
from bot.heard import FiledCase, Heard, Understanding
from bot.keyboards import Keyboard
from cases import deadlines
from cases.lifecycle import ANSWERED, CLOSED, OPEN_STATES
from routing.router import Decision, Matter, decide
from routing.tables import Pack

# A short text surer than this is taken for what it seems to be; otherwise it is offered as a
# grievance. A long text is a grievance unless the citizen says otherwise.
SURE = 0.5
LONG_TEXT_WORDS = 18
# A confirmation typed instead of tapped files the case, so it must be unmistakable.
SURE_YES = 0.8
FOLLOW_UP = timedelta(minutes=10)
LONGEST_PETITION = 12_000
EXCERPT = 300


@dataclass(frozen=True)
class Draft:
    """What is known so far. `number` rises with each draft, so old cards cannot be tapped."""

    number: int = 1
    step: str = "idle"
    text: str = ""
    category: str | None = None
    category_confidence: float = 0.0
    categories: tuple[tuple[str, float], ...] = ()
    legal_type: str = "phan_anh"
    accused: tuple[str, ...] = ()
    is_understood: bool = True
    is_declared: bool = False  # "I report a fact, I denounce nobody."
    ward_code: str | None = None
    place_text: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    candidates: tuple[tuple[str, str], ...] = ()
    place_asked: bool = False
    attachment_ids: tuple[int, ...] = ()
    album: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Draft":
        values: dict[str, Any] = {
            name: tuple(tuple(item) if isinstance(item, list) else item for item in value)
            if isinstance(value, list)
            else value
            for name, value in content.items()
        }
        return cls(**values)


@dataclass(frozen=True)
class Say:
    """A message to the citizen."""

    text: str
    buttons: Keyboard = ()


@dataclass(frozen=True)
class FileCase:
    """File this draft; its answer is `texts.filed`."""

    draft: Draft
    decision: Decision


@dataclass(frozen=True)
class ChangeCase:
    """settle, reopen, withdraw, add (text) or attach to one of the citizen's own cases."""

    move: str
    code: str
    text: str = ""
    attachment_id: int | None = None


@dataclass(frozen=True)
class Count:
    """Something happened that leaves no other trace."""

    name: str


Act = FileCase | ChangeCase | Count


@dataclass(frozen=True)
class Turn:
    draft: Draft
    replies: tuple[Say, ...] = ()
    acts: tuple[Act, ...] = ()


def advance(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """The next turn of the conversation."""
    return _BY_KIND[heard.kind](draft, heard, pack)


def decision_on(draft: Draft, pack: Pack, now: datetime) -> Decision:
    """Who would answer this draft if it were sent now."""
    matter = Matter(
        category=draft.category,
        category_confidence=draft.category_confidence,
        legal_type=draft.legal_type,
        ward_code=draft.ward_code,
        text=draft.text,
        accused=draft.accused,
    )
    return decide(matter, pack, now.astimezone(ZoneInfo(pack.timezone)).date())


# --- what was typed -----------------------------------------------------------------------


def _on_text(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    if len(heard.text) > LONGEST_PETITION:
        return _too_long(draft)
    draft = _keep_attachment(draft, heard)
    if heard.is_edit:
        return _on_edit(draft, heard, pack)
    if draft.step in ("rewriting", "declaring"):
        return _take_petition(draft, heard, pack)
    if not isinstance(heard.understanding, Understanding):
        return _on_text_while_down(draft, heard, pack)
    if draft.step == "ask_place" or _names_place_at_last(draft, heard, pack):
        return _on_place_text(draft, heard, heard.understanding, pack)
    if draft.step in ("confirm", "ask_category", "editing", "offered"):
        return _on_text_over_card(draft, heard, heard.understanding, pack)
    return _on_fresh_text(draft, heard, heard.understanding, pack)


def _on_edit(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """An edited message replaces the draft's text; what was filed stays as it was sent."""
    if draft.step == "idle":
        return _say(draft, texts.EDIT_NOT_TAKEN)
    return _take_petition(draft, heard, pack)


def _on_text_while_down(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """Without Rasa the words are kept and buttons lead to the card."""
    if draft.step == "ask_place":
        return _place_from_text(draft, heard, pack)
    if draft.step in ("ask_category", "confirm", "editing"):
        return _more_of_the_story(draft, heard, pack)
    return _take_petition(draft, heard, pack)


def _on_fresh_text(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    intent = said.intent
    if intent.name == "report":
        return _take_petition(draft, heard, pack)
    if intent.name == "emergency":
        return _offer(draft, heard, texts.EMERGENCY)
    if intent.confidence < SURE or len(heard.text.split()) >= LONG_TEXT_WORDS:
        return _offer(draft, heard, _answer(intent.name, pack) or texts.UNCLEAR)
    return _on_intent(draft, heard, intent.name, pack)


def _on_text_over_card(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    """A card or a question is open: yes, no, a correction, a question, or more of the story."""
    intent = said.intent
    sure = intent.confidence >= SURE_YES
    if intent.name == "affirm" and sure and draft.step == "confirm":
        return _send(draft, heard, pack)
    if intent.name in ("cancel", "withdraw", "deny") and sure:
        return _cancel(draft)
    if intent.name == "correct" and sure:
        return _edit(draft)
    if intent.name in texts.ANSWERS and intent.confidence >= SURE:
        answered = _say(draft, _answer(intent.name, pack))
        return _and_then(answered, _next_question(draft, heard, pack))
    if draft.step == "offered":
        return _take_petition(draft, heard, pack)
    if said.legal_type.name == "to_cao" and intent.name == "report" and not draft.is_declared:
        return _refuse_denunciation(draft, pack, draft, heard)
    return _more_of_the_story(draft, heard, pack)


def _more_of_the_story(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    text = f"{draft.text}\n{heard.text}"
    if len(text) > LONGEST_PETITION:
        return _too_long(draft)
    return _next_question(replace(draft, text=text), heard, pack)


def _on_intent(draft: Draft, heard: Heard, intent: str, pack: Pack) -> Turn:
    """A short message that is no grievance, with no draft open."""
    if intent == "ask_status":
        return _say(draft, texts.status(heard.cases, pack))
    if intent in ("rate_good", "rate_bad"):
        return _ask_settled(draft, heard, pack)
    if intent in ("add_information", "correct"):
        return _offer_addition(draft, heard)
    if intent == "withdraw":
        return _offer_withdrawal(draft, heard)
    if intent == "cancel":
        return _say(draft, texts.NOTHING_TO_CANCEL)
    answer = _answer(intent, pack)
    return _say(draft, answer) if answer else _offer(draft, heard, texts.UNCLEAR)


# --- the draft ----------------------------------------------------------------------------


def _take_petition(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """Take this text as a grievance: read it, then ask what is missing or show the card."""
    fresh = Draft(
        number=draft.number + 1,
        text=heard.text,
        is_declared=draft.is_declared or draft.step == "declaring",
        attachment_ids=draft.attachment_ids,
        album=draft.album,
        **_place_before(draft),
    )
    read = _read(fresh, heard.understanding)
    if read.legal_type == "to_cao" and not read.is_declared:
        return _refuse_denunciation(draft, pack, read, heard)
    if read.is_declared:
        read = replace(read, legal_type="phan_anh")
    return _find_place(read, heard, pack)


def _place_before(draft: Draft) -> dict[str, Any]:
    """A pin sent before the words, or the place of the draft that is rewritten."""
    names = ("ward_code", "place_text", "latitude", "longitude")
    return {name: getattr(draft, name) for name in names}


def _read(draft: Draft, said: Any) -> Draft:
    if not isinstance(said, Understanding):
        return replace(draft, is_understood=False)
    best = said.categories[0]
    return replace(
        draft,
        category=best.name,
        category_confidence=best.confidence,
        categories=tuple((c.name, c.confidence) for c in said.categories[:5]),
        legal_type=said.legal_type.name,
        accused=said.accused,
    )


def _refuse_denunciation(draft: Draft, pack: Pack, read: Draft, heard: Heard) -> Turn:
    """Keep nothing of what was written, say the lawful ways, count that it happened."""
    body = decision_on(read, pack, heard.now).agency_name
    text = texts.DENUNCIATION.format(body=f" (ví dụ: {body})" if body else "")
    empty = Draft(number=draft.number + 1, step="denounced")
    say = Say(text, keyboards.declare(empty.number))
    return Turn(empty, (say,), (Count("denunciation"),))


def _find_place(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    if draft.ward_code is not None:
        return _next_question(draft, heard, pack)
    place = pack.gazetteer.find(draft.text)
    if place.outcome == "elsewhere":
        step = replace(draft, step="elsewhere")
        text = texts.ELSEWHERE.format(province=pack.name)
        return Turn(step, (Say(text, keyboards.elsewhere(step.number)),))
    candidates = tuple((c.ward_code, c.name) for c in place.candidates[:6])
    ward_code = place.ward_code if place.outcome == "found" else None
    found = replace(draft, ward_code=ward_code, place_text=place.matched, candidates=candidates)
    return _next_question(found, heard, pack)


def _next_question(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """Ask what is missing and matters, place first and once; else show the card."""
    if draft.step == "offered":
        return Turn(draft, (Say(texts.UNCLEAR, keyboards.offer_report(draft.number)),))
    if draft.category is None:
        asking = replace(draft, step="ask_category")
        text = texts.ASK_CATEGORY if draft.is_understood else texts.ASK_CATEGORY_WHILE_DOWN
        return Turn(asking, (Say(text, keyboards.category_question(draft.number, pack)),))
    if draft.ward_code is None and not draft.place_asked:
        asking = replace(draft, step="ask_place")
        text = texts.ASK_WHICH_WARD if draft.candidates else texts.ASK_PLACE
        buttons = keyboards.place_question(draft.number, draft.candidates)
        return Turn(asking, (Say(text, buttons),))
    return _show_card(replace(draft, step="confirm"), heard, pack)


def _show_card(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    due = deadlines.answer_due_at(draft.category, pack, heard.now)
    text = texts.summary(
        _excerpt(draft.text),
        draft.category,
        pack.wards[draft.ward_code].name if draft.ward_code else draft.place_text,
        _decision_for_filing(draft, pack, heard.now),
        texts.date_of(due, pack),
        pack,
        has_consented=heard.has_consented,
        is_complaint=draft.legal_type == "khieu_nai",
    )
    return Turn(draft, (Say(text, keyboards.card(draft.number, heard.has_consented)),))


def _decision_for_filing(draft: Draft, pack: Pack, now: datetime) -> Decision:
    """The decision, but a person's where Rasa was down or a denunciation was disclaimed."""
    decision = decision_on(draft, pack, now)
    if decision.outcome == "dispatch" and needs_person(draft):
        why = (
            "Người gửi khẳng định chỉ phản ánh, không tố cáo."
            if draft.is_declared
            else "Hệ thống hiểu ngôn ngữ tạm ngừng, lĩnh vực do người dân chọn."
        )
        reasons = (*decision.reasons, why)
        return replace(decision, outcome="triage", rule="needs_person", reasons=reasons)
    return decision


def needs_person(draft: Draft) -> bool:
    return draft.is_declared or not draft.is_understood


def _send(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    decision = _decision_for_filing(draft, pack, heard.now)
    return Turn(Draft(number=draft.number + 1), (), (FileCase(draft, decision),))


def _cancel(draft: Draft) -> Turn:
    return _say(Draft(number=draft.number + 1), texts.CANCELLED)


def _edit(draft: Draft) -> Turn:
    editing = replace(draft, step="editing")
    return Turn(editing, (Say(texts.ASK_WHAT_TO_EDIT, keyboards.edit_menu(draft.number)),))


# --- where --------------------------------------------------------------------------------


def _on_place_text(draft: Draft, heard: Heard, said: Understanding, pack: Pack) -> Turn:
    """The answer to "where?": a place, unless it is plainly a question or "cancel"."""
    intent = said.intent
    names_place = pack.gazetteer.find(heard.text).outcome in ("found", "ambiguous")
    if not names_place and intent.confidence >= SURE_YES:
        if intent.name in ("cancel", "withdraw"):
            return _cancel(draft)
        if intent.name.startswith("ask_") and intent.name in texts.ANSWERS:
            answered = _say(draft, _answer(intent.name, pack))
            return _and_then(answered, _next_question(draft, heard, pack))
    return _place_from_text(draft, heard, pack)


def _names_place_at_last(draft: Draft, heard: Heard, pack: Pack) -> bool:
    """After "this seems to be elsewhere" a place of ours settles it."""
    return draft.step == "elsewhere" and pack.gazetteer.find(heard.text).outcome == "found"


def _place_from_text(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    place = pack.gazetteer.find(heard.text)
    asked = replace(draft, place_asked=True, place_text=heard.text)
    if place.outcome == "found":
        return _next_question(replace(asked, ward_code=place.ward_code), heard, pack)
    if place.outcome == "ambiguous":
        candidates = tuple((c.ward_code, c.name) for c in place.candidates[:6])
        again = replace(asked, candidates=candidates, step="ask_place")
        buttons = keyboards.place_question(draft.number, candidates)
        return Turn(again, (Say(texts.ASK_WHICH_WARD, buttons),))
    return _next_question(asked, heard, pack)  # The words are kept; a person reads them.


def _on_location(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    if heard.latitude is None or heard.longitude is None:
        raise ValueError("a location was heard without coordinates")
    place = pack.gazetteer.locate(heard.latitude, heard.longitude)
    if place.outcome != "found":
        return _say(draft, texts.OUTSIDE_PROVINCE_PIN.format(province=pack.name))
    pinned = replace(
        draft,
        ward_code=place.ward_code,
        place_text=place.name,
        latitude=heard.latitude,
        longitude=heard.longitude,
        place_asked=True,
    )
    if draft.step in ("ask_place", "confirm", "ask_category", "editing", "elsewhere"):
        return _next_question(pinned, heard, pack)
    return _say(pinned, texts.ATTACHMENT_KEPT)


# --- files --------------------------------------------------------------------------------


def _on_attachment(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A file without words: for the draft, or for a case filed within ten minutes."""
    is_same_album = heard.album is not None and heard.album == draft.album
    recent = _recently_filed(heard)
    if draft.step == "idle" and recent is not None:
        act = ChangeCase("attach", recent.code, attachment_id=heard.attachment_id)
        kept = replace(draft, album=heard.album)
        said = () if is_same_album else (Say(texts.ATTACHMENT_ADDED.format(code=recent.code)),)
        return Turn(kept, said, (act,))
    kept = _keep_attachment(draft, heard)
    if is_same_album:
        return Turn(kept)
    if draft.step in ("confirm", "ask_place", "ask_category"):
        return _next_question(kept, heard, pack)
    return _say(kept, texts.ATTACHMENT_KEPT)


def _keep_attachment(draft: Draft, heard: Heard) -> Draft:
    if heard.attachment_id is None:
        return draft
    ids = (*draft.attachment_ids, heard.attachment_id)
    return replace(draft, attachment_ids=ids, album=heard.album)


def _recently_filed(heard: Heard) -> FiledCase | None:
    newest = heard.cases[0] if heard.cases else None
    return newest if newest and heard.now - newest.filed_at <= FOLLOW_UP else None


def _on_unreadable(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    return _say(draft, texts.UNREADABLE)


# --- commands -----------------------------------------------------------------------------


def _on_command(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    if heard.text == "tinhtrang":
        return _say(draft, texts.status(heard.cases, pack))
    if heard.text == "huongdan":
        return _say(draft, texts.GUIDE)
    if heard.text == "huy":
        is_open = draft.step != "idle" or draft.attachment_ids
        return _cancel(draft) if is_open else _say(draft, texts.NOTHING_TO_CANCEL)
    return _say(draft, texts.WELCOME.format(province=pack.name))


# --- buttons ------------------------------------------------------------------------------


def _on_button(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    verb, _, rest = heard.text.partition(":")
    if verb in _CASE_BUTTONS:
        return Turn(draft, (), (ChangeCase(_CASE_BUTTONS[verb], rest),))
    number, _, value = rest.partition(":")
    steps, press = _DRAFT_BUTTONS.get(verb, ((), None))
    if press is None or number != str(draft.number) or draft.step not in steps:
        return _say(draft, texts.STALE_BUTTON)
    return press(draft, value, heard, pack)


def _press_send(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _send(draft, heard, pack)


def _press_cancel(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _cancel(draft)


def _press_edit(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _edit(draft)


def _press_rewrite(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _say(replace(draft, step="rewriting"), texts.ASK_REWRITE)


def _press_replace(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    unplaced = replace(draft, ward_code=None, candidates=(), place_asked=False)
    return _next_question(unplaced, heard, pack)


def _press_sort(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _next_question(replace(draft, category=None), heard, pack)


def _press_back(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _next_question(draft, heard, pack)


def _press_category(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    if value not in pack.categories:
        return _say(draft, texts.STALE_BUTTON)
    # The citizen's own word is sure.
    sorted_ = replace(draft, category=value, category_confidence=1.0)
    if sorted_.candidates or sorted_.ward_code or sorted_.place_asked:
        return _next_question(sorted_, heard, pack)
    return _find_place(sorted_, heard, pack)


def _press_ward(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    if value not in pack.wards:
        return _say(draft, texts.STALE_BUTTON)
    return _next_question(replace(draft, ward_code=value, place_asked=True), heard, pack)


def _press_skip(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _next_question(replace(draft, place_asked=True), heard, pack)


def _press_here(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _next_question(draft, heard, pack)


def _press_report(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    """ "This is my grievance": what was offered is taken, with what Rasa read of it."""
    if draft.legal_type == "to_cao" and not draft.is_declared:
        return _refuse_denunciation(draft, pack, draft, heard)
    return _find_place(replace(draft, step="idle"), heard, pack)


def _press_declare(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _say(replace(draft, step="declaring"), texts.DECLARED)


def _press_add(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    files = tuple(
        ChangeCase("attach", value, attachment_id=number) for number in draft.attachment_ids
    )
    acts = (ChangeCase("add", value, text=draft.text), *files)
    return Turn(Draft(number=draft.number + 1), (), acts)


# --- small replies ------------------------------------------------------------------------


def _offer(draft: Draft, heard: Heard, text: str) -> Turn:
    """Say `text`, and keep the words in case the citizen says that they are a grievance."""
    pending = Draft(
        number=draft.number + 1,
        step="offered",
        text=heard.text,
        attachment_ids=draft.attachment_ids,
        **_place_before(draft),
    )
    read = _read(pending, heard.understanding)
    return Turn(read, (Say(text, keyboards.offer_report(read.number)),))


def _offer_addition(draft: Draft, heard: Heard) -> Turn:
    codes = tuple(case.code for case in heard.cases if case.state in (*OPEN_STATES, ANSWERED))[:5]
    if not codes:
        return _offer(draft, heard, texts.UNCLEAR)
    offered = _offer(draft, heard, texts.PICK_ADDITION)
    say = Say(texts.PICK_ADDITION, keyboards.addition(offered.draft.number, codes))
    return replace(offered, replies=(say,))


def _offer_withdrawal(draft: Draft, heard: Heard) -> Turn:
    codes = tuple(case.code for case in heard.cases if case.state in OPEN_STATES)[:5]
    if not codes:
        return _say(draft, texts.NOTHING_TO_WITHDRAW)
    return Turn(draft, (Say(texts.PICK_WITHDRAWAL, keyboards.withdrawal(codes)),))


def _ask_settled(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """ "It works now" or "still nothing" is asked back for the case that it can be about."""
    answered = [case for case in heard.cases if case.state in (ANSWERED, CLOSED)]
    if not answered:
        return _offer(draft, heard, texts.UNCLEAR)
    text = texts.status(tuple(answered[:1]), pack)
    return Turn(draft, (Say(text, keyboards.settled_question(answered[0].code)),))


def _answer(intent: str, pack: Pack) -> str:
    return texts.ANSWERS.get(intent, "").format(province=pack.name)


def _too_long(draft: Draft) -> Turn:
    limit = f"{LONGEST_PETITION:,}".replace(",", ".")
    return _say(draft, texts.TOO_LONG.format(limit=limit))


def _say(draft: Draft, text: str) -> Turn:
    return Turn(draft, (Say(text),))


def _and_then(first: Turn, second: Turn) -> Turn:
    return Turn(second.draft, first.replies + second.replies, first.acts + second.acts)


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…"


_Step = Callable[[Draft, Heard, Pack], Turn]
_Press = Callable[[Draft, str, Heard, Pack], Turn]

_BY_KIND: dict[str, _Step] = {
    "text": _on_text,
    "button": _on_button,
    "command": _on_command,
    "location": _on_location,
    "attachment": _on_attachment,
    "unreadable": _on_unreadable,
}
_CASE_BUTTONS = {"settled": "settle", "unsettled": "reopen", "withdraw": "withdraw"}
_OPEN = ("confirm", "ask_place", "ask_category", "editing", "elsewhere", "offered")
_DRAFT_BUTTONS: dict[str, tuple[tuple[str, ...], _Press]] = {
    "send": (("confirm",), _press_send),
    "cancel": (_OPEN, _press_cancel),
    "edit": (("confirm",), _press_edit),
    "rewrite": (("editing",), _press_rewrite),
    "replace": (("editing",), _press_replace),
    "sort": (("editing",), _press_sort),
    "back": (("editing",), _press_back),
    "category": (("ask_category",), _press_category),
    "ward": (("ask_place",), _press_ward),
    "skip": (("ask_place",), _press_skip),
    "here": (("elsewhere",), _press_here),
    "report": (("offered",), _press_report),
    "declare": (("denounced",), _press_declare),
    "add": (("offered",), _press_add),
}
