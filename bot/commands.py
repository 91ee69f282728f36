"""Commands and the menus that they open: start, cases, guide, my data, language, cancel. Pure."""

from dataclasses import replace

from bot import keyboards, texts
from bot.draft import Draft, ManageData, Say, SpeakLanguage, Turn, say
from bot.filed import show_cases
from bot.heard import Heard
from bot.petition import cancel
from routing.tables import Pack

# A ward's poster: t.me/<bot>?start=w_10507.
WARD_LINK = "w_"
# How sure it is that what a poster's reader writes is in the poster's ward: their words go first.
SURE_OF_POSTER = 0.7


def on_command(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    if heard.text == "tinhtrang":
        return show_cases(draft, heard, pack)
    if heard.text == "huongdan":
        return say(draft, texts.GUIDE)
    if heard.text == "quyenrieng":
        return Turn(draft, (), (ManageData("show"),))
    if heard.text == "ngonngu":
        return Turn(draft, (Say(texts.ASK_LANGUAGE, keyboards.languages()),))
    if heard.text == "huy":
        is_open = draft.step != "idle" or draft.attachment_ids or draft.ward_code
        return cancel(draft, heard, pack) if is_open else say(draft, texts.NOTHING_TO_CANCEL)
    return _start(draft, heard, pack)


def _start(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """Hello; from a ward's poster its ward is where things are unless the words say otherwise."""
    code = heard.payload.removeprefix(WARD_LINK)
    if not heard.payload.startswith(WARD_LINK) or code not in pack.wards:
        return say(draft, texts.WELCOME.format(province=pack.name))
    ward = pack.wards[code].name
    welcome = texts.WELCOME_TO_WARD.format(ward=ward, province=pack.name)
    if draft.step != "idle":  # What is being written keeps its own place.
        return say(draft, welcome)
    placed = replace(
        draft, ward_code=code, place_text=ward, place_confidence=SURE_OF_POSTER, latitude=None,
        longitude=None,
    )  # fmt: skip
    return say(placed, welcome)


def press_menu(draft: Draft, verb: str, value: str) -> Turn:
    """A tap in the menus of /quyenrieng and /ngonngu."""
    if verb == "language" and value in texts.CATALOGUES:
        with texts.speaking(value):
            return Turn(draft, (Say(texts.LANGUAGE_SET),), (SpeakLanguage(value),))
    if verb == "data" and value == "keep":
        return say(draft, texts.NOT_ERASED)
    if verb == "data" and value in ("export", "withdraw", "erase", "erase_surely"):
        kept = Draft(number=draft.number + 1) if value == "erase_surely" else draft
        return Turn(kept, (), (ManageData(value),))
    return say(draft, texts.STALE_BUTTON)


MENU_BUTTONS = ("language", "data")
