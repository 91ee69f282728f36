"""What a citizen does with cases that were filed: look, add, answer, withdraw, rate. Pure."""

from dataclasses import replace
from datetime import timedelta

from bot import keyboards, texts
from bot.draft import ChangeCase, Draft, Say, ShowCase, Turn, additions, say
from bot.heard import FiledCase, Heard
from cases.codes import read_code
from cases.lifecycle import ANSWERED, CLOSED, NEEDS_INFO, OPEN_STATES
from routing.tables import Pack

# Files, corrections and a telephone number sent so soon after filing are for that case.
FOLLOW_UP = timedelta(minutes=10)
# A code alone, or with a word or two: "PA-XXXXXX den dau roi".
CODE_WORDS = 6


def show_cases(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    codes = tuple(case.code for case in heard.cases)
    return Turn(draft, (Say(texts.status(heard.cases, pack), keyboards.cases(codes)),))


def show_named_case(draft: Draft, heard: Heard) -> Turn | None:
    """A text that is one of the citizen's codes."""
    if len(heard.text.split()) > CODE_WORDS:
        return None
    own = {case.code for case in heard.cases}
    named = next((code for word in heard.text.split() if (code := read_code(word)) in own), None)
    return None if named is None else Turn(draft, (), (ShowCase(named),))


def recently_filed(heard: Heard) -> FiledCase | None:
    """The case that what comes without words is for: just filed, or asked about by its agency."""
    asked = asking(heard)
    newest = heard.cases[0] if heard.cases else None
    is_open = newest is not None and newest.state in OPEN_STATES
    if newest is not None and is_open and heard.now - newest.filed_at <= FOLLOW_UP:
        return newest
    return asked[0] if len(asked) == 1 else None


def asking(heard: Heard) -> tuple[FiledCase, ...]:
    """The cases in which an agency waits for the citizen's answer."""
    return tuple(case for case in heard.cases if case.state == NEEDS_INFO)


def codes_to_add_to(heard: Heard) -> tuple[str, ...]:
    return tuple(c.code for c in heard.cases if c.state in (*OPEN_STATES, ANSWERED))[:5]


def offer_withdrawal(draft: Draft, heard: Heard) -> Turn:
    codes = tuple(case.code for case in heard.cases if case.state in OPEN_STATES)[:5]
    if not codes:
        return say(draft, texts.NOTHING_TO_WITHDRAW)
    return Turn(draft, (Say(texts.PICK_WITHDRAWAL, keyboards.withdrawal(codes)),))


def ask_settled(draft: Draft, heard: Heard, pack: Pack) -> Turn | None:
    """ "It works now" or "still nothing" is asked back for the case that it can be about."""
    answered = [case for case in heard.cases if case.state in (ANSWERED, CLOSED)]
    if not answered:
        return None
    text = texts.status(tuple(answered[:1]), pack)
    return Turn(draft, (Say(text, keyboards.settled_question(answered[0].code)),))


def add_to_recent(draft: Draft, recent: FiledCase, text: str, attachment_id: int | None) -> Turn:
    """Words and a file for a case just filed."""
    files = (attachment_id,) if attachment_id is not None else ()
    return Turn(draft, (), additions(recent.code, text, files))


def press(draft: Draft, verb: str, rest: str, heard: Heard) -> Turn:
    """A tap on a filed case's button; whose case it is is looked at when it is done."""
    code, _, value = rest.partition(":")
    is_free = draft.step in ("idle", "adding", "rating")
    if verb == "case":
        return Turn(draft, (), (ShowCase(code),))
    if verb == "takeback":
        text = texts.ASK_WITHDRAWAL.format(code=code)
        return Turn(draft, (Say(text, keyboards.sure_withdrawal(code)),))
    if verb == "more":
        return _add_more(draft, code, heard) if is_free else say(draft, texts.FINISH_FIRST)
    if verb == "rate":
        return _rate(draft, code, value, is_free)
    changed = draft
    if verb == "unsettled" and is_free:
        # The next words and files are for that case.
        changed = _for_case(draft, code, step="adding")
    return Turn(changed, (), (ChangeCase(MOVES[verb], code),))


def _add_more(draft: Draft, code: str, heard: Heard) -> Turn:
    if code not in {case.code for case in heard.cases}:
        return say(draft, texts.STALE_BUTTON)
    adding = _for_case(draft, code, step="adding")
    return say(adding, texts.ASK_MORE.format(code=code))


def _rate(draft: Draft, code: str, stars: str, is_free: bool) -> Turn:
    if stars not in ("1", "2", "3", "4", "5"):
        return say(draft, texts.STALE_BUTTON)
    following = draft
    if is_free:
        following = _for_case(draft, code, step="rating")
    return Turn(following, (), (ChangeCase("rate", code, text=stars),))


def _for_case(draft: Draft, code: str, *, step: str) -> Draft:
    """The next words are for that case. Files, a pin and a number sent before wait with them."""
    return replace(draft, number=draft.number + 1, step=step, adding_to=code)


def take_rating_words(draft: Draft, heard: Heard) -> Turn:
    """The word that goes with a rating."""
    act = ChangeCase("rate_words", draft.adding_to or "", text=heard.text)
    return Turn(without_case(draft), (), (act,))


def without_case(draft: Draft) -> Draft:
    """The draft when the case that it was for is done with."""
    return replace(draft, number=draft.number + 1, step="idle", adding_to=None)


MOVES = {"settled": "settle", "unsettled": "reopen", "withdraw": "withdraw"}
CASE_BUTTONS = (*MOVES, "case", "takeback", "more", "rate")
