"""What a tap does: one function a button. Pure."""

from collections.abc import Callable
from dataclasses import replace

from bot import keyboards, texts
from bot.commands import MENU_BUTTONS, press_menu
from bot.draft import DeleteMessages, Draft, Say, Turn, additions, say
from bot.filed import CASE_BUTTONS
from bot.filed import press as press_case
from bot.heard import Heard
from bot.petition import (
    cancel,
    edit,
    file_apart,
    file_together,
    find_place,
    go_on,
    next_question,
    refuse_denunciation,
    send,
    take_words,
    with_pin_and_contact,
)
from routing.tables import Pack


def on_button(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A tap on a filed case's button, or on one of the card that is open; else it is stale."""
    verb, _, rest = heard.text.partition(":")
    if verb in CASE_BUTTONS:
        return press_case(draft, verb, rest, heard)
    if verb in MENU_BUTTONS:
        return press_menu(draft, verb, rest)
    number, _, value = rest.partition(":")
    steps, press = _DRAFT_BUTTONS.get(verb, ((), None))
    if press is None or number != str(draft.number) or draft.step not in steps:
        return _stale(draft, verb, number, heard)
    return press(draft, value, heard, pack)


def _stale(draft: Draft, verb: str, number: str, heard: Heard) -> Turn:
    """A second tap on "send" hears the code again; any other old button says that it is old."""
    if verb == "send" and number == str(draft.number - 1) and draft.step == "idle" and heard.cases:
        return say(draft, texts.ALREADY_FILED.format(code=heard.cases[0].code))
    return say(draft, texts.STALE_BUTTON)


def _press_send(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return send(draft, heard, pack)


def _press_cancel(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return cancel(draft, heard, pack)


def _press_edit(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return edit(draft)


def _press_rewrite(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return say(replace(draft, step="rewriting"), texts.ASK_REWRITE)


def _press_replace(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    unplaced = replace(
        draft,
        ward_code=None,
        place_text=None,
        place_confidence=1.0,
        latitude=None,
        longitude=None,
        candidates=(),
        place_asked=False,
    )
    return next_question(unplaced, heard, pack)


def _press_sort(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return next_question(replace(draft, category=None), heard, pack)


def _press_hide(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    """ "Ẩn danh", and back."""
    return _in_place(next_question(replace(draft, anonymous=not draft.anonymous), heard, pack))


def _press_back(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _in_place(next_question(draft, heard, pack))


def _in_place(turn: Turn) -> Turn:
    """The card where the tapped message stood: it is that card, or a menu over it."""
    return replace(turn, replies=tuple(replace(say, replaces=True) for say in turn.replies))


def _press_files(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    card = keyboards.card(draft.number, heard.has_consented, draft.anonymous)
    return Turn(draft, (Say(texts.ASK_FILES, card),))


def _press_same(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return _press_add(draft, draft.same_code or "", heard, pack)


def _press_join(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return next_question(replace(draft, joins=draft.joinable), heard, pack)


def _press_scrub(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    if not draft.denounced_ids:
        return say(draft, texts.STALE_BUTTON)
    rest = replace(draft, denounced_ids=())
    return Turn(rest, (), (DeleteMessages(draft.denounced_ids),))


def _press_category(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    if value not in pack.categories:
        return say(draft, texts.STALE_BUTTON)
    # The citizen's own word is sure.
    sorted_ = replace(draft, category=value, category_confidence=1.0, category_words=())
    if sorted_.candidates or sorted_.ward_code or sorted_.place_asked:
        return next_question(sorted_, heard, pack)
    return find_place(sorted_, heard, pack)


def _press_ward(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    if value not in pack.wards:
        return say(draft, texts.STALE_BUTTON)
    there = replace(draft, ward_code=value, place_confidence=1.0, place_asked=True)
    return next_question(there, heard, pack)


def _press_skip(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return next_question(replace(draft, place_asked=True), heard, pack)


def _press_on(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    """On to the card: "it is here after all", "skip", "a new matter"."""
    return next_question(draft, heard, pack)


def _press_report(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    """ "This is my grievance": what was offered is taken, with what Rasa read of it."""
    return take_words(replace(draft, step="idle"), heard, pack)


def _press_denounce(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return refuse_denunciation(draft, heard, pack)


def _press_disclaim(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    """ "I only report": what was a guess of the machine's is no longer believed. Where a unit or
    its staff are accused all the same, a person reads it first, as after a refusal."""
    policy = pack.policy
    sensitive = policy.conduct_categories | policy.restricted_categories
    is_declared = bool(draft.accused) or draft.category in sensitive
    disclaimed = replace(draft, legal_type="phan_anh", step="idle", is_declared=is_declared)
    return find_place(disclaimed, heard, pack)


def _press_split(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return file_apart(draft, heard, pack)


def _press_together(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return file_together(draft, heard, pack)


def _press_declare(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    return say(replace(draft, step="declaring", denounced_ids=()), texts.DECLARED)


def _press_add(draft: Draft, value: str, heard: Heard, pack: Pack) -> Turn:
    if draft.denounces:
        return refuse_denunciation(draft, heard, pack)
    acts = additions(value, with_pin_and_contact(draft, draft.text), draft.attachment_ids)
    following = go_on(draft, heard, pack)
    return Turn(following.draft, (), acts, following.replies)


_Press = Callable[[Draft, str, Heard, Pack], Turn]

_OPEN = (
    "confirm", "ask_place", "ask_detail", "ask_category", "editing", "elsewhere", "several",
    "offered", "ask_same", "ask_join",
)  # fmt: skip
_DRAFT_BUTTONS: dict[str, tuple[tuple[str, ...], _Press]] = {
    "send": (("confirm",), _press_send),
    "cancel": (_OPEN, _press_cancel),
    "edit": (("confirm",), _press_edit),
    "hide": (("confirm",), _press_hide),
    "files": (("confirm",), _press_files),
    "nodetail": (("ask_detail",), _press_on),
    "same": (("ask_same",), _press_same),
    "join": (("ask_join",), _press_join),
    "new": (("ask_same", "ask_join"), _press_on),
    "scrub": (("denounced",), _press_scrub),
    "rewrite": (("editing",), _press_rewrite),
    "replace": (("editing",), _press_replace),
    "sort": (("editing",), _press_sort),
    "back": (("editing",), _press_back),
    "category": (("ask_category",), _press_category),
    "ward": (("ask_place",), _press_ward),
    "skip": (("ask_place",), _press_skip),
    "here": (("elsewhere",), _press_on),
    "split": (("several",), _press_split),
    "together": (("several",), _press_together),
    "report": (("offered",), _press_report),
    "declare": (("denounced",), _press_declare),
    "denounce": (("ask_denunciation",), _press_denounce),
    "disclaim": (("ask_denunciation",), _press_disclaim),
    "add": (("offered",), _press_add),
}
