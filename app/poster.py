"""`langnghe poster`: posters of wards, found by code or name."""

import re
from pathlib import Path

from rapidfuzz import fuzz
from telegram.error import InvalidToken, TelegramError

from app.files import write_whole
from app.services import open_pack, telegram_bot
from app.settings import Settings
from bot.poster import render_posters
from routing.tables import Pack, Ward
from routing.text import fold, spelling

ALL = "all"
NEAREST = 3


async def write_posters(settings: Settings, wanted: list[str], bot: str | None, out: Path) -> str:
    """Write a page for each ward to `out`; what was written, in words.

    Raises ValueError, in one line for operators, for a ward that is unknown or not the only one of
    its name, a bot that has no name, or a file that cannot be written.
    """
    if out.suffix != ".pdf":
        raise ValueError(f"{out.name}: only .pdf can be written")
    pack = open_pack(settings)
    wards = find_wards(wanted, pack)
    name = _checked(bot) if bot is not None else await _ask_for_name(settings)
    write_whole(out, render_posters(name, pack.name, wards))
    return _listed(wards) if len(wards) <= NEAREST else f"{len(wards)} wards"


def find_wards(wanted: list[str], pack: Pack) -> list[Ward]:
    """The wards that are wanted by code or name, each once, in that order; "all" for all.
    Raises ValueError for the first that is not found, or fits several."""
    if ALL in wanted:
        return list(pack.wards.values())
    return list(dict.fromkeys(_find_ward(words, pack) for words in wanted))


def _find_ward(words: str, pack: Pack) -> Ward:
    if words in pack.wards:
        return pack.wards[words]
    named = [ward for ward in pack.wards.values() if fold(words.strip()) in _folded(ward)]
    # "Cẩm Giang" and "Cẩm Giàng" differ in nothing but the marks that were typed, or were not.
    exact = [ward for ward in named if spelling(words) in map(spelling, _names(ward))]
    found = exact or named
    if len(found) == 1:
        return found[0]
    where = f"codes and names: routing/packs/{pack.pack_id}/wards.csv"
    if found:
        raise ValueError(f"{words!r} fits several: {_listed(found)} ({where})")
    raise ValueError(f"no ward {words!r}; nearest: {_listed(_nearest(words, pack))} ({where})")


def _nearest(words: str, pack: Pack) -> list[Ward]:
    def likeness(ward: Ward) -> float:
        return max(fuzz.ratio(fold(words), name) for name in _folded(ward))

    return sorted(pack.wards.values(), key=likeness, reverse=True)[:NEAREST]


def _names(ward: Ward) -> tuple[str, str]:
    """Phường Lê Chân, Lê Chân."""
    kind = ward.kind.replace("_", " ")
    has_kind = fold(ward.name).startswith(f"{kind} ")
    return ward.name, ward.name[len(kind) + 1 :] if has_kind else ward.name


def _folded(ward: Ward) -> set[str]:
    return {fold(name) for name in _names(ward)}


def _listed(wards: list[Ward]) -> str:
    return ", ".join(f"{ward.name} {ward.code}" for ward in wards)


def _checked(bot: str) -> str:
    """The user name as links have it. Raises ValueError for one that Telegram gives nobody."""
    name = bot.removeprefix("@")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,31}", name):
        raise ValueError(f"--bot: {bot!r} is no user name of Telegram's, such as langnghe_bot")
    return name


async def _ask_for_name(settings: Settings) -> str:
    if settings.telegram_token is None:
        raise ValueError("give the bot's user name with --bot, or set LANGNGHE_TELEGRAM_TOKEN")
    bot = telegram_bot(settings)
    try:
        async with bot:
            return _checked(bot.username)
    except InvalidToken:
        raise ValueError("the Bot API server does not know LANGNGHE_TELEGRAM_TOKEN") from None
    except TelegramError as error:
        kind = type(error).__name__
        raise ValueError(f"Telegram does not say the bot's name ({kind}); give --bot") from None
