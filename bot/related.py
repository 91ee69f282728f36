"""A card that may be about something known: the citizen's own case, or what others reported. Pure.

It is asked once a draft, before the card; what the citizen answers is believed.
"""

from dataclasses import replace

from bot import keyboards, texts
from bot.draft import Draft, FileCase, Say, Turn
from bot.petition import needs_person
from cases.similar import Related
from routing.tables import Pack


def wants_related(turn: Turn, pack: Pack) -> bool:
    """Whether to look for related cases: a card is about to be shown for the first time."""
    draft = turn.draft
    is_first = draft.step == "confirm" and not draft.related_asked
    is_open = draft.category not in pack.policy.restricted_categories and not needs_person(draft)
    return is_first and is_open and draft.ward_code is not None and draft.category is not None


def with_related(turn: Turn, related: Related, pack: Pack) -> Turn:
    """The turn with a question in place of its card, where something related was found."""
    draft = replace(turn.draft, related_asked=True)
    if related.own is not None:
        asking = replace(draft, step="ask_same", same_code=related.own)
        text = texts.ASK_SAME.format(code=related.own)
        return _instead(turn, asking, Say(text, keyboards.same_matter(draft.number, related.own)))
    if related.hotspot is not None:
        asking = replace(
            draft, step="ask_join", joinable=related.hotspot, joined_people=related.people
        )
        ward = pack.wards[draft.ward_code or ""].name
        text = texts.ASK_JOIN.format(people=related.people, ward=ward)
        return _instead(turn, asking, Say(text, keyboards.join(draft.number)))
    return replace(turn, draft=draft)


def ask_related_again(draft: Draft, pack: Pack) -> Turn:
    related = Related(own=draft.same_code)
    if draft.step == "ask_join":
        related = Related(hotspot=draft.joinable, people=draft.joined_people)
    return with_related(Turn(draft, (Say(""),)), related, pack)


def _instead(turn: Turn, draft: Draft, question: Say) -> Turn:
    """The question where the card was: the last thing said."""
    if turn.afterwards and any(isinstance(act, FileCase) for act in turn.acts):
        return replace(turn, draft=draft, afterwards=(*turn.afterwards[:-1], question))
    return replace(turn, draft=draft, replies=(*turn.replies[:-1], question))
