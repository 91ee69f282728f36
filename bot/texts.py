"""What the bot says, in the language of whoever reads it.

`texts.WELCOME` is the sentence of that name in the language of the moment (`speaking`): the
catalogues are `bot.vietnamese` and `bot.english`. What is put together of several is a function.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from bot import english, vietnamese
from bot.heard import FiledCase, Part
from cases.lifecycle import STATE_NAMES
from routing.router import Decision
from routing.tables import Pack

# What was agreed to is stored with this version: change it whenever CONSENT changes.
CONSENT_VERSION = "2026-11-24"
CATALOGUES: dict[str, ModuleType] = {"vi": vietnamese, "en": english}
DEFAULT = "vi"
LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)
_channel: ContextVar[str] = ContextVar("channel", default="telegram")


@contextmanager
def speaking(language: str, channel: str | None = None) -> Iterator[None]:
    """Within it everything is said in `language`, Vietnamese where there is no such catalogue, and
    as it is said on `channel`; without one, as before."""
    spoken = _language.set(language if language in CATALOGUES else DEFAULT)
    heard_on = _channel.set(channel or _channel.get())
    try:
        yield
    finally:
        _channel.reset(heard_on)
        _language.reset(spoken)


def __getattr__(name: str) -> str:
    """A sentence of the catalogue, as this channel has it."""
    catalogue = CATALOGUES[_language.get()]
    on_channel: dict[str, str] = catalogue.ON_CHANNEL.get(_channel.get(), {})
    sentence: str = on_channel.get(name) or getattr(catalogue, name)
    return sentence


def _table(name: str) -> dict[str, str]:
    table: dict[str, str] = getattr(CATALOGUES[_language.get()], name)
    return table


def _say(name: str, **values: object) -> str:
    return __getattr__(name).format(**values)


def answer_to(intent: str, pack: Pack) -> str:
    """The sentence for an intent that only calls for one; empty for any other."""
    return _table("ANSWERS").get(intent, "").format(province=pack.name)


def commands() -> dict[str, str]:
    """The bot's commands with their descriptions."""
    return _table("COMMANDS")


def consent(channel: str, pack: Pack) -> str:
    """What is agreed to before the first case is filed (Luật 91/2025/QH15)."""
    return _say("CONSENT", months=pack.retention_months, servers=_table("SERVERS")[channel])


def category_name(code: str | None, pack: Pack) -> str:
    if code not in pack.categories:
        return _say("UNKNOWN")
    return _table("CATEGORIES").get(code, pack.categories[code].name)


def state_name(state: str) -> str:
    return _table("STATES").get(state, STATE_NAMES[state])


def numbered(choices: list[Any]) -> str:
    """What a channel without buttons shows instead of them; `choices` as in `bot.choices`."""
    lines = [f"{choice['number']}. {choice['label']}" for choice in choices]
    return "\n".join([_say("CHOOSE_BY_NUMBER"), *lines])


def date_of(moment: datetime, pack: Pack) -> str:
    return moment.astimezone(ZoneInfo(pack.timezone)).strftime("%d/%m/%Y")


def summary(
    excerpt: str,
    category: str | None,
    place: str | None,
    decision: Decision,
    due_on: str,
    pack: Pack,
    *,
    extras: tuple[str, ...] = (),
    channel: str,
    has_consented: bool,
    is_complaint: bool,
) -> str:
    """The card: what was understood, where, who answers and by when; `extras` are lines more."""
    is_dispatched = decision.outcome == "dispatch"
    lines = [
        _say("CARD_HEAD"),
        _say("CARD_WORDS", excerpt=excerpt),
        _say("CARD_CATEGORY", category=category_name(category, pack)),
        _say("CARD_PLACE", place=place or _say("UNKNOWN")),
        _say("CARD_AGENCY", agency=decision.agency_name) if is_dispatched else _say("CARD_PERSON"),
        *extras,
        _say("CARD_NEXT", due_on=due_on),
    ]
    notes = [_say("COMPLAINT_NOTE")] if is_complaint else []
    notes += [] if has_consented else [consent(channel, pack)]
    return "\n\n".join(["\n".join(lines), *notes])


def several(parts: tuple[Part, ...], excerpts: tuple[str, ...], pack: Pack) -> str:
    """The matters seen in one message, each with the beginning of its words."""
    lines = [
        _say(
            "SEVERAL_LINE",
            number=number,
            category=category_name(part.category, pack),
            excerpt=excerpt,
        )
        for number, (part, excerpt) in enumerate(zip(parts, excerpts, strict=True), start=1)
    ]
    head = [_say("SEVERAL_HEAD", count=len(parts)), *lines]
    return "\n".join(head) + "\n\n" + _say("SEVERAL_TAIL")


def filed(
    code: str,
    agency: str | None,
    due_on: str,
    why: str,
    *,
    restricted: bool,
    is_last: bool = True,
) -> str:
    """The answer to a case just filed; `why` says why this agency.

    `is_last`: no other matter of the same message is shown next, which files would go to.
    """
    whom = _say("FILED_TO_AGENCY", agency=agency) if agency else _say("FILED_TO_TRIAGE")
    if restricted:
        whom, why = _say("FILED_TO_INSPECTOR"), ""
    files = _say("FILED_FILES") if is_last else ""
    said_why = f" {why}" if why else ""
    return _say("FILED", code=code, whom=whom, why=said_why, due_on=due_on, files=files)


def status(cases: tuple[FiledCase, ...], pack: Pack) -> str:
    """The citizen's cases, a line each."""
    if not cases:
        return _say("NO_CASES")
    lines = [
        _say(
            "CASE_LINE",
            code=case.code,
            state=state_name(case.state),
            agency=_say("CASE_AGENCY", agency=case.agency) if case.agency else "",
            filed_on=date_of(case.filed_at, pack),
            due_on=date_of(case.due_at, pack),
        )
        for case in cases
    ]
    return "\n".join([_say("CASES"), *lines])


def case_details(
    case: FiledCase,
    events: list[tuple[datetime, str, str | None]],
    why: str,
    pack: Pack,
    *,
    restricted: bool,
    anonymous: bool,
) -> str:
    """One case in plain words. `events` are (when, the event's name, its agency's id)."""
    due_on = date_of(case.due_at, pack)
    if restricted:
        whom, why = _say("CASE_RESTRICTED", due_on=due_on), ""
    elif case.agency:
        whom = _say("CASE_ANSWERS", agency=case.agency, due_on=due_on)
    else:
        whom = _say("CASE_NO_AGENCY", due_on=due_on)
    lines = [_say("CASE_HEAD", code=case.code, state=state_name(case.state)), whom]
    lines += [why] if why else []
    lines += [_say("CASE_ANONYMOUS")] if anonymous else []
    return "\n".join([*lines, _say("CASE_HISTORY"), *_history(events, pack, restricted)])


def _history(
    events: list[tuple[datetime, str, str | None]], pack: Pack, restricted: bool
) -> list[str]:
    """What happened, a line each; who holds a restricted case is not told."""
    lines, words = [], _table("EVENTS")
    for at, name, agency_id in events:
        agency = None if restricted else pack.agencies.get(agency_id or "")
        shown = agency.name if agency else _say("NOT_SHOWN_AGENCY")
        if name in words:
            lines.append(f"{date_of(at, pack)}: {words[name].format(agency=shown)}")
    return lines


def rights(cases: int, files: int, consented_at: datetime | None, pack: Pack) -> str:
    """What is kept of the citizen, and what they may do about it."""
    agreed = (
        _say("RIGHTS_CONSENT", on=date_of(consented_at, pack))
        if consented_at
        else _say("RIGHTS_NO_CONSENT")
    )
    reception = pack.front_desk.reception
    return _say("RIGHTS", cases=cases, files=files, consent=agreed, reception=reception)


def notice(content: dict[str, Any], pack: Pack) -> str:
    """The words for what happened to a case (see `cases.notices`). Raises KeyError if unknown."""
    values = {key: value for key, value in content.items() if key != "due_at"}
    if "due_at" in content:
        values["due_on"] = date_of(datetime.fromisoformat(content["due_at"]), pack)
    if content["notice"] == "answered":
        values |= _answer_details(content)
    if content["notice"] == "rejected":
        values["guidance"] = _table("GUIDANCE")[content["why"]]
    return _say(_NOTICES[content["notice"]], **values)


def _answer_details(content: dict[str, Any]) -> dict[str, str]:
    """When it was done, and what is shown for it or why nothing is."""
    shown = "ANSWER_SHOWN" if content["files"] else "ANSWER_NOT_SHOWN"
    done_on = date.fromisoformat(content["done_on"])
    return {"done_on": f"{done_on:%d/%m/%Y}", "shown": _say(shown, **content)}


_NOTICES = {
    "assigned": "NOTICE_ASSIGNED",
    "accepted": "NOTICE_ACCEPTED",
    "disputed": "NOTICE_DISPUTED",
    "due_moved": "NOTICE_DUE_MOVED",
    "answered": "NOTICE_ANSWERED",
    "evidence": "NOTICE_EVIDENCE",
    "asked": "NOTICE_ASKED",
    "rejected": "NOTICE_REJECTED",
    "reminded": "NOTICE_REMINDED",
    "lapsed": "NOTICE_LAPSED",
}
