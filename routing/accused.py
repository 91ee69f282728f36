"""Which agencies a complaint is about, and so may not handle it.

"Nobody handles a complaint about themselves": the units that the words name, whatever lies below
them, and whoever took over from them, are barred. When the words name a unit that cannot be told,
that is said as well, so that a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from routing.text import Phrases, Token, normalise, tokenise

if TYPE_CHECKING:
    from routing.tables import Pack

# Vietnamese words for the ward's offices, the same in every province. An empty role: the unit
# itself is named, not one of its offices, so neither office may have the case.
_UNITS = {
    "ubnd": "ubnd|ub|ủy ban|uỷ ban|ủy ban nhân dân|uỷ ban nhân dân|một cửa|bộ phận một cửa",
    "police": "công an|ca|cảnh sát khu vực|cskv",
    "": "phường|xã|đặc khu|thị trấn",
}
_STAFF = {
    "ubnd": "chủ tịch|phó chủ tịch|địa chính|tư pháp|văn phòng|kế toán|công chức|hộ tịch",
    "police": "trưởng công an|phó công an",
    "": "cán bộ|chính quyền|địa phương|lãnh đạo|trưởng thôn|tổ trưởng|bí thư",
}
_ABOVE_WARD = ("thanh pho", "tp", "tinh", "huyen", "quan", "thi xa", "bo", "trung uong")


@dataclass(frozen=True)
class Accused:
    """`agency_ids`: the units recognised. `unrecognised`: words that name a unit nobody here is."""

    agency_ids: frozenset[str]
    unrecognised: tuple[str, ...]


def identify(words: Iterable[str], ward_code: str | None, pack: Pack) -> Accused:
    """The agencies that each of the words names; a ward office without a name is `ward_code`'s."""
    found: set[str] = set()
    unrecognised: list[str] = []
    for phrase in words:
        agency_ids = _identify_one(phrase, ward_code, pack)
        found |= agency_ids
        if not agency_ids:
            unrecognised.append(phrase)
    return Accused(frozenset(found), tuple(unrecognised))


def named_agencies(text: str, pack: Pack) -> set[str]:
    """The agencies whose name or alias stands in a text."""
    return {match.payload for match in pack.agency_names.everywhere(_tokens(text))}


def barred_by(accused: Iterable[str], pack: Pack) -> frozenset[str]:
    """The accused agencies, their successors, and everything below any of them."""
    barred = set(accused)
    while True:
        successors = {pack.agencies[one].successor_id for one in barred}
        below = {one.agency_id for one in pack.agencies.values() if one.parent_id in barred}
        wider = barred | below | {one for one in successors if one is not None}
        if wider == barred:
            return frozenset(barred)
        barred = wider


def _identify_one(phrase: str, ward_code: str | None, pack: Pack) -> set[str]:
    tokens = _tokens(phrase)
    matches = list(pack.agency_names.everywhere(tokens))
    if not matches:
        return _ward_offices(tokens, ward_code, pack)
    covered = {index for match in matches for index in range(match.start, match.end)}
    rest = [token for index, token in enumerate(tokens) if index not in covered]
    named = {match.payload for match in matches}
    # "cán bộ Sở Nội vụ" accuses the department alone, "Sở Nội vụ và UBND xã" the ward as well.
    return named | (_ward_offices(rest, ward_code, pack) if _roles(rest, _UNITS) else set())


def _ward_offices(tokens: list[Token], ward_code: str | None, pack: Pack) -> set[str]:
    roles = _roles(tokens, _UNITS) | _roles(tokens, _STAFF)
    place = pack.gazetteer.find(" ".join(token.word for token in tokens))
    codes = [candidate.ward_code for candidate in place.candidates]
    if not codes and roles and ward_code is not None and not _is_above_ward(tokens, place.outcome):
        codes = [ward_code]
    prefixes = pack.policy.roles
    named = [prefixes[role] for role in roles if role in prefixes] or list(prefixes.values())
    return {prefix + code for prefix in named for code in codes} & pack.agencies.keys()


def _is_above_ward(tokens: list[Token], outcome: str) -> bool:
    """Whether the words name a place elsewhere or a tier above the ward: a province, a ministry."""
    text = " ".join(token.folded for token in tokens)
    return outcome == "elsewhere" or any(f" {tier} " in f" {text} " for tier in _ABOVE_WARD)


def _roles(tokens: list[Token], words: Mapping[str, str]) -> set[str]:
    return {match.payload for match in _phrases(tuple(words.items())).everywhere(tokens)}


@cache
def _phrases(words: tuple[tuple[str, str], ...]) -> Phrases[str]:
    phrases: Phrases[str] = Phrases()
    for role, spellings in words:
        for spelling in spellings.split("|"):
            phrases.add(spelling, role)
    return phrases


def _tokens(text: str) -> list[Token]:
    return tokenise(normalise(text).replace(",", " ").replace("&", " ").replace(".", " "))
