"""From a citizen's words, or a pin on the map, to a ward.

Citizens name a ward by its new name, by a commune or district abolished in 2025 or before, by a
landmark, without diacritics, with l for n, misspelt, abbreviated, or not at all; and a ward's name
is often a street's or a person's as well.
`Gazetteer.find` never picks one of several by luck: it says "ambiguous" and gives the candidates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from routing.areas import Areas
from routing.coordinates import coordinates_in
from routing.mentions import Mention, Referent, read_mentions, slip_key
from routing.misspelt import Guess, Spellings
from routing.text import Phrases, Token, normalise, spelling, tokenise

Outcome = Literal["found", "ambiguous", "none", "elsewhere"]

_ADJACENT_WORDS = 2
_ON_A_BORDER, _DISTRICT_ONLY, _ELSEWHERE, _MISSPELT = 0.7, 0.8, 0.8, 0.6

# How sure each sign makes us; unmeasured, they only order the answers and set off weak ones.
_SIGN_CONFIDENCE = {"ward": 0.95, "locative": 0.8, "bare": 0.65}
_LANDMARK = 0.85
_INEXACT, _SLIPPED, _OLD_NAME, _OTHER_KIND = 0.92, 0.85, 0.95, 0.85


@dataclass(frozen=True)
class Candidate:
    """A ward that the words may mean."""

    ward_code: str
    name: str


@dataclass(frozen=True)
class Place:
    """What was understood of a place.

    found: one ward. ambiguous: a person must choose among `candidates` (one candidate means "did
    you mean ...?"). none: no place was named. elsewhere: a place outside the province. `confidence`
    is 0..1 and `matched` the citizen's own words that decided.
    """

    outcome: Outcome
    ward_code: str | None
    name: str | None
    confidence: float
    candidates: tuple[Candidate, ...]
    matched: str | None


NOWHERE = Place("none", None, None, 0.0, (), None)


@dataclass(frozen=True)
class _Claim:
    """The wards that one mention may mean, the likeliest first."""

    mention: Mention
    codes: tuple[str, ...]
    confidence: float


class Gazetteer:
    """The names and the map of one province, built by `load_pack`; holds no citizen's words."""

    def __init__(
        self,
        ward_names: Mapping[str, str],
        referents: Iterable[tuple[str, Referent]],
        areas: Areas,
    ) -> None:
        self._ward_names = dict(ward_names)
        named = list(referents)
        self._phrases: Phrases[Referent] = Phrases(slip_key)
        for words, referent in named:
            self._phrases.add(words, referent)
        self._spellings = Spellings(named)
        self._areas = areas

    def find(self, text: str) -> Place:
        """The ward that a text speaks of; a map link in it counts more than any words.

        Any text is accepted; nothing is raised.
        """
        text = normalise(text)
        pin = coordinates_in(text)
        if pin is not None:
            return replace(self.locate(*pin), matched=f"{pin[0]}, {pin[1]}")
        tokens = tokenise(text)
        place = self._resolve(text, tokens, read_mentions(tokens, self._phrases))
        if place.outcome != "none":
            return place
        guess = self._spellings.guess(tokens)
        return NOWHERE if guess is None else self._misspelt(text, guess)

    def locate(self, latitude: float, longitude: float) -> Place:
        """The ward that holds a point (WGS 84 degrees): found, or elsewhere.

        Raises ValueError when a coordinate is not a finite number.
        """
        pin = self._areas.at(latitude, longitude)
        if pin is None:
            return Place("elsewhere", None, None, 1.0, (), None)
        return self._found(pin.ward_code, 1.0 if pin.certain else _ON_A_BORDER, None)

    def point_in(self, ward_code: str) -> tuple[float, float]:
        """A point well inside a ward: latitude, longitude. Raises KeyError for an unknown code."""
        return self._areas.point_in(ward_code)

    def _resolve(self, text: str, tokens: Sequence[Token], mentions: Sequence[Mention]) -> Place:
        mentions = _without_wards_elsewhere(mentions)
        districts, provinces = _hints(mentions)
        speaking = _speaking(mentions, districts)
        claims = [
            _inside_its_district(_claim(mention, districts, provinces), mentions, districts)
            for mention in speaking
        ]
        if not any(claim.mention.sign == "ward" for claim in claims):
            claims += _landmark_claims(mentions, districts)
        if claims:
            return self._choose(text, claims)
        hints = [m for m in mentions if m.district_codes and (m.sign != "bare" or not m.needs_sign)]
        if hints:
            claims = [_Claim(m, _namesake_first(m), _DISTRICT_ONLY) for m in hints]
            return self._likelier_first(self._choose(text, claims), tokens)
        abroad = [mention for mention in mentions if mention.is_elsewhere]
        if abroad and not provinces:
            return Place("elsewhere", None, None, _ELSEWHERE, (), abroad[0].surface(text))
        return NOWHERE

    def _choose(self, text: str, claims: Sequence[_Claim]) -> Place:
        shared = set(claims[0].codes).intersection(*(claim.codes for claim in claims[1:]))
        if any(claim.mention.beside == "border" for claim in claims):
            shared = set()  # On the border of two wards is in either.
        everyone = _in_turn([claim.codes for claim in claims])
        codes = [code for code in everyone if not shared or code in shared]
        matched = claims[0].mention.surface(text)
        confidence = max(claim.confidence for claim in claims)
        sure = all(not claim.mention.doubtful for claim in claims)
        if len(codes) == 1 and sure:
            return self._found(codes[0], confidence, matched)
        candidates = tuple(Candidate(code, self._ward_names[code]) for code in codes)
        return Place(
            "ambiguous", None, None, round(confidence / len(codes), 3), candidates, matched
        )

    def _likelier_first(self, district: Place, tokens: Sequence[Token]) -> Place:
        """A district's wards, those first whose name stands before it with a slip."""
        guess = self._spellings.guess(tokens)
        if guess is None or district.outcome != "ambiguous":
            return district
        near = {code for referent in guess.referents for code in referent.codes}
        ordered = sorted(district.candidates, key=lambda one: one.ward_code not in near)
        return replace(district, candidates=tuple(ordered))

    def _misspelt(self, text: str, guess: Guess) -> Place:
        """Always asked, "did you mean ...?", even where only one ward comes near."""
        codes = dict.fromkeys(code for referent in guess.referents for code in referent.codes)
        candidates = tuple(Candidate(code, self._ward_names[code]) for code in codes)
        matched = text[guess.offsets[0] : guess.offsets[1]]
        confidence = round(_MISSPELT / len(candidates), 3)
        return Place("ambiguous", None, None, confidence, candidates, matched)

    def _found(self, code: str, confidence: float, matched: str | None) -> Place:
        name = self._ward_names[code]
        candidates = (Candidate(code, name),)
        return Place("found", code, name, round(confidence, 3), candidates, matched)


def _in_turn(lists: Sequence[Sequence[str]]) -> list[str]:
    """The first of each list, then the second of each, and so on; each code once."""
    longest = max(len(codes) for codes in lists)
    ordered = (codes[rank] for rank in range(longest) for codes in lists if rank < len(codes))
    return list(dict.fromkeys(ordered))


def _without_wards_elsewhere(mentions: Sequence[Mention]) -> list[Mention]:
    """Drop what another province claims: "phường Trần Phú, Hà Nội"; bare names beside it too."""
    abroad = [mention for mention in mentions if mention.is_elsewhere]
    home = any(mention.names_home for mention in mentions)
    kept: list[Mention] = []
    for mention in mentions:
        followed = any(0 <= far.start - mention.end <= _ADJACENT_WORDS for far in abroad)
        unsigned = mention.sign == "bare" and abroad and not home
        if mention.is_elsewhere or mention.provinces or not (followed or unsigned):
            kept.append(mention)
    return kept


def _hints(mentions: Sequence[Mention]) -> tuple[frozenset[str], frozenset[str]]:
    """The districts and former provinces that narrow the other names.

    A bare district name ("Nguyên Giáp, Tứ Kỳ") is a hint when another name lies inside it.
    """
    districts = {
        key for mention in mentions if mention.sign == "district" for key in mention.districts
    }
    for mention in mentions:
        if mention.sign in ("bare", "locative") and mention.districts and not mention.beside:
            others = [other for other in mentions if other is not mention and other.may_be_ward]
            lying = {key for other in others for ward in other.wards for key in ward.within}
            districts |= mention.districts & lying
    provinces = {key for mention in mentions for key in mention.provinces}
    return frozenset(districts), frozenset(provinces)


def _speaking(mentions: Sequence[Mention], districts: frozenset[str]) -> list[Mention]:
    """The mentions that name a ward: all signed ones, or else those that are no mere hint."""
    able = [m for m in mentions if m.may_be_ward and m.wards]
    within = [m for m in able if m.beside != "near"]
    able = within or able  # "ở xã Tiên Lãng giáp xã Kiến Thụy" is in the former.
    signed = [m for m in able if m.sign == "ward"]
    if signed:
        return [m for m in able if m.sign == "ward" or m.beside == "border"]
    speaking = [
        m
        for m in able
        if not (m.districts & districts) or _only_name(m, able) or m.beside == "border"
    ]
    return [m for m in speaking if not _needs_sign(m) or _is_located(m, mentions)]


def _needs_sign(mention: Mention) -> bool:
    """Names of old are streets and villages today: they count with a sign or a district only."""
    return mention.needs_sign or all(ward.level == "older_ward" for ward in mention.wards)


def _only_name(mention: Mention, able: Sequence[Mention]) -> bool:
    return all(other is mention or other.districts & mention.districts for other in able)


def _is_located(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """A street's or person's name counts with a sign before it or a district after it."""
    is_older = all(ward.level == "older_ward" for ward in mention.wards)
    if mention.sign == "locative" and mention.kind != "people" and not is_older:
        return True
    following = [m for m in mentions if 0 <= m.start - mention.end <= _ADJACENT_WORDS]
    within = {key for ward in mention.wards for key in ward.within}
    return any(within & (m.districts | m.provinces) for m in following if m is not mention)


def _claim(mention: Mention, districts: frozenset[str], provinces: frozenset[str]) -> _Claim:
    hints = districts - mention.districts or (districts if mention.sign == "ward" else frozenset())
    near = list(mention.wards)
    for narrowing in (hints, provinces):
        near = [ward for ward in near if ward.within & narrowing] or near
    near = [ward for ward in near if ward.level != "older_ward"] or near
    wards, confidence = _by_kind(mention, near)
    if mention.sign == "ward" and not any(ward.within & districts for ward in wards):
        wards = _in_force(wards)
    if all(ward.level != "ward" for ward in wards):
        confidence *= _OLD_NAME
    codes = tuple(dict.fromkeys(code for ward in wards for code in ward.codes))
    if mention.sign != "ward" and not hints:
        codes = tuple(dict.fromkeys(codes + mention.district_codes))
    return _Claim(mention, codes, confidence)


def _inside_its_district(
    claim: _Claim, mentions: Sequence[Mention], districts: frozenset[str]
) -> _Claim:
    """A name that lies in none of the districts named with it is of a unit that the tables do not
    know (merged away before 2025): then it is in that district's wards, never in another's."""
    mention = claim.mention
    own = [
        m
        for m in mentions
        if m is not mention and m.district_codes and _belongs(m, mention, districts)
    ]
    if not own or mention.sign not in ("ward", "bare", "locative") or mention.beside:
        return claim
    keys = {key for m in own for key in m.districts}
    if any(ward.within & keys for ward in mention.wards) or mention.districts & keys:
        return claim
    codes = tuple(dict.fromkeys(code for m in own for code in _namesake_first(m)))
    return _Claim(mention, codes, _DISTRICT_ONLY)


def _belongs(district: Mention, mention: Mention, districts: frozenset[str]) -> bool:
    """Whether a district is said of a name: "xã Quang Trung, huyện Kinh Môn", or right after it."""
    if district.sign == "district":
        return bool(district.districts & districts)
    is_right_after = 0 <= district.start - mention.end <= 0
    return mention.sign == "ward" and is_right_after and not district.beside


def _landmark_claims(mentions: Sequence[Mention], districts: frozenset[str]) -> list[_Claim]:
    """The wards of the landmarks and streets that the tables know, narrowed by the districts."""
    claims: list[_Claim] = []
    for mention in mentions:
        landmarks = list(mention.landmarks)
        inside = [one for one in landmarks if one.within & districts] or landmarks
        codes = tuple(dict.fromkeys(code for one in inside for code in one.codes))
        if codes:
            claims.append(_Claim(mention, codes, _LANDMARK if mention.exact else _LANDMARK * 0.9))
    return claims


def _namesake_first(district: Mention) -> tuple[str, ...]:
    """A district's wards, the one that kept its name before the others."""
    kept = [code for r in district.wards for code in r.codes if r.level == "ward"]
    codes = district.district_codes
    return tuple(dict.fromkeys([code for code in kept if code in codes] + list(codes)))


def _in_force(wards: list[Referent]) -> list[Referent]:
    """A ward of today wins over an abolished one of the very same name."""
    today = {spelling(ward.name) for ward in wards if ward.level == "ward"}
    return [ward for ward in wards if ward.level == "ward" or spelling(ward.name) not in today]


def _by_kind(mention: Mention, wards: list[Referent]) -> tuple[list[Referent], float]:
    """The wards that fit the word before the name; where none does, it may be the old word."""
    confidence = _SIGN_CONFIDENCE.get(mention.sign, _SIGN_CONFIDENCE["bare"])
    confidence *= 1.0 if mention.exact else _INEXACT
    confidence *= _SLIPPED if mention.slipped else 1.0
    fitting = [ward for ward in wards if ward.kind == mention.kind]
    if mention.sign == "ward" and fitting:
        return fitting, confidence
    return wards, confidence * (_OTHER_KIND if mention.sign == "ward" else 1.0)
