"""What routing decides on and what it answers with: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["dispatch", "triage", "redirect"]


@dataclass(frozen=True)
class Matter:
    """What is known of a case. Confidences are in 0..1.

    `categories` are (code, share) of all that the words may be about, best first: several
    categories may lead to one agency, which is then surer than any of them. `accused` are the words
    that name units complained about, `acting` those that name units which do something in the text:
    perhaps they are complained about as well. `category_words` and `place_words` are those that
    gave the category and the ward.
    `why_person` is the reason for which a person must look first, in Vietnamese; empty for none.
    """

    category: str | None
    category_confidence: float
    legal_type: str
    ward_code: str | None
    text: str
    accused: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()
    categories: tuple[tuple[str, float], ...] = ()
    place_confidence: float = 1.0
    category_words: tuple[str, ...] = ()
    place_words: str | None = None
    why_person: str = ""


@dataclass(frozen=True)
class Decision:
    """Where a case goes. `rule` is a stable id; `reasons` are plain Vietnamese for staff.

    The agency of a triage is whoever classifies it; of a redirect, the body that the citizen may
    turn to, or None when that cannot be told. It is never a unit complained about. `excluded` are
    the units complained about and all below them: no person may give them the case later either.

    `suggestions` are the likely agencies of a triage, likeliest first, and `ask` what the citizen
    should be asked. `for_citizen` is one sentence: why this agency, or why a person looks first.
    `desk_barred`: the triage desk itself is complained about, so its officers may not read it.
    """

    outcome: Outcome
    agency_id: str | None
    agency_name: str | None
    confidence: float
    rule: str
    reasons: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    ask: str | None = None
    for_citizen: str = ""
    desk_barred: bool = False
