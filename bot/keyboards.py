"""Buttons under the bot's messages, and what a tap says back (Telegram: at most 64 bytes).

Data is `verb:draft number:value` for a draft, `verb:code` for a filed case. The number tells
a tap on an old card from one on the card that is open.
"""

from dataclasses import dataclass

from bot import texts
from bot.channel import Rows
from cases.lifecycle import ANSWERED, CLOSED, OPEN_STATES, REJECTED
from routing.tables import Pack


@dataclass(frozen=True)
class Button:
    label: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]


def rows_of(keyboard: Keyboard) -> Rows:
    """A keyboard as a queued reply holds it."""
    return [[{"text": b.label, "callback_data": b.data} for b in row] for row in keyboard]


def send_label(has_consented: bool) -> str:
    return texts.SEND if has_consented else texts.CONSENT_AND_SEND


def card(number: int, has_consented: bool, is_anonymous: bool = False) -> Keyboard:
    hide = texts.SHOW_ME if is_anonymous else texts.HIDE_ME
    return (
        (Button(send_label(has_consented), f"send:{number}"),),
        (Button(texts.EDIT, f"edit:{number}"), Button(hide, f"hide:{number}")),
        (Button(texts.ADD_FILES, f"files:{number}"), Button(texts.CANCEL, f"cancel:{number}")),
    )


def edit_menu(number: int) -> Keyboard:
    return (
        (Button(texts.EDIT_WORDS, f"rewrite:{number}"),),
        (Button(texts.EDIT_PLACE, f"replace:{number}"),),
        (Button(texts.EDIT_CATEGORY, f"sort:{number}"),),
        (Button(texts.BACK, f"back:{number}"),),
    )


def place_question(number: int, candidates: tuple[tuple[str, str], ...]) -> Keyboard:
    """`candidates` are (ward code, name)."""
    wards = tuple((Button(name, f"ward:{number}:{code}"),) for code, name in candidates)
    return (*wards, (Button(texts.SKIP_PLACE, f"skip:{number}"),))


def detail_question(number: int) -> Keyboard:
    return ((Button(texts.SKIP, f"nodetail:{number}"),),)


def elsewhere(number: int) -> Keyboard:
    return (
        (Button(texts.IT_IS_HERE, f"here:{number}"),),
        (Button(texts.CANCEL, f"cancel:{number}"),),
    )


def category_question(number: int, pack: Pack) -> Keyboard:
    buttons = [
        Button(texts.category_name(code, pack), f"category:{number}:{code}")
        for code in pack.categories
    ]
    rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    return (*rows, (Button(texts.CANCEL, f"cancel:{number}"),))


def offer_report(number: int) -> Keyboard:
    return ((Button(texts.THIS_IS_MINE, f"report:{number}"),),)


def denunciation(number: int) -> Keyboard:
    return (
        (Button(texts.ONLY_REPORT, f"disclaim:{number}"),),
        (Button(texts.I_DENOUNCE, f"denounce:{number}"),),
    )


def several(number: int, count: int) -> Keyboard:
    return (
        (Button(texts.SEND_APART.format(count=count), f"split:{number}"),),
        (Button(texts.SEND_TOGETHER, f"together:{number}"),),
        (Button(texts.CANCEL, f"cancel:{number}"),),
    )


def declare(number: int, can_delete: bool) -> Keyboard:
    only_report = (Button(texts.ONLY_REPORT, f"declare:{number}"),)
    delete = (Button(texts.DELETE_MESSAGE, f"scrub:{number}"),)
    return (delete, only_report) if can_delete else (only_report,)


def same_matter(number: int, code: str) -> Keyboard:
    return (
        (Button(texts.ADD_TO.format(code=code), f"same:{number}"),),
        (Button(texts.NEW_MATTER, f"new:{number}"),),
    )


def join(number: int) -> Keyboard:
    return (
        (Button(texts.SAME_MATTER, f"join:{number}"),),
        (Button(texts.NEW_MATTER, f"new:{number}"),),
    )


def addition(number: int, codes: tuple[str, ...]) -> Keyboard:
    rows = tuple(
        (Button(texts.ADD_TO.format(code=code), f"add:{number}:{code}"),) for code in codes
    )
    return (*rows, (Button(texts.NEW_MATTER, f"report:{number}"),))


def reply_to_question(number: int, codes: tuple[str, ...]) -> Keyboard:
    rows = tuple(
        (Button(texts.ANSWER_FOR.format(code=code), f"add:{number}:{code}"),) for code in codes
    )
    return (*rows, (Button(texts.NEW_MATTER, f"report:{number}"),))


def withdrawal(codes: tuple[str, ...]) -> Keyboard:
    return tuple((Button(texts.WITHDRAW.format(code=code), f"withdraw:{code}"),) for code in codes)


def sure_withdrawal(code: str) -> Keyboard:
    keep = Button(texts.KEEP, f"case:{code}")
    return ((Button(texts.WITHDRAW.format(code=code), f"withdraw:{code}"), keep),)


def settled_question(code: str) -> Keyboard:
    return (
        (
            Button(texts.IS_SETTLED, f"settled:{code}"),
            Button(texts.IS_NOT_SETTLED, f"unsettled:{code}"),
        ),
    )


def still_open(code: str) -> Keyboard:
    """Under what says that a case was closed."""
    return ((Button(texts.IS_NOT_SETTLED, f"unsettled:{code}"),),)


def objection(code: str) -> Keyboard:
    return ((Button(texts.OBJECT, f"unsettled:{code}"),),)


def asked(code: str) -> Keyboard:
    return ((Button(texts.REPLY, f"more:{code}"),),)


def rating(code: str) -> Keyboard:
    return (tuple(Button(str(stars), f"rate:{code}:{stars}") for stars in range(1, 6)),)


def cases(codes: tuple[str, ...]) -> Keyboard:
    return tuple((Button(code, f"case:{code}"),) for code in codes)


def case_moves(code: str, state: str) -> Keyboard:
    """What the citizen can do with one case now."""
    more = Button(texts.MORE, f"more:{code}")
    if state in OPEN_STATES:
        return ((more, Button(texts.WITHDRAW_THIS, f"takeback:{code}")),)
    if state == ANSWERED:
        return (*settled_question(code), (more,))
    if state == CLOSED:
        return still_open(code)
    if state == REJECTED:
        return objection(code)
    return ()


def rights() -> Keyboard:
    return (
        (Button(texts.SEE_DATA, "data:export"),),
        (Button(texts.WITHDRAW_CONSENT, "data:withdraw"), Button(texts.ERASE, "data:erase")),
    )


def sure_erasure() -> Keyboard:
    keep = Button(texts.DO_NOT_ERASE, "data:keep")
    return ((Button(texts.ERASE_SURELY, "data:erase_surely"), keep),)


def languages() -> Keyboard:
    names = texts.LANGUAGE_NAMES.items()
    return (tuple(Button(name, f"language:{code}") for code, name in names),)
