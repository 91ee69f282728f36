"""From a citizen's words to a card that can be sent: read, find the place, ask, show. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot import keyboards, texts
from bot.draft import DENUNCIATION, Count, Draft, FileCase, Say, Turn, and_then, say
from bot.heard import LIKELIEST, Heard, Part, Understanding
from cases import deadlines
from routing.coordinates import coordinates_in
from routing.router import Decision, Matter, decide
from routing.tables import Pack
from routing.text import fold

# The longest text that is taken, in characters. Telegram cuts a long one into several messages.
LONGEST_PETITION = 12_000
# The answer to "where?" is short; what is longer has more to say than a place.
PLACE_WORDS = 10
# How sure a place is that stood on the card which was sent, in 0..1.
READ_ON_THE_CARD = 0.9
COMPLAINT = "khieu_nai"
SURE_COMPLAINT = 0.75
# A card must fit into one message, so it shows no more of the citizen's words than this.
EXCERPT = 300
# Fewer words than this seldom say what an agency must know.
ENOUGH_WORDS = 8
# In the list of the matters that were seen in one message.
SHORT_EXCERPT = 80


def take_petition(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """Take this text as a grievance: read it, then ask what is missing or show the card."""
    fresh = Draft(
        number=draft.number + 1,
        text=heard.text,
        message_id=heard.message_id,
        is_declared=draft.is_declared or draft.step == "declaring",
        attachment_ids=draft.attachment_ids,
        album=draft.album,
        waiting=draft.waiting,
        contact=draft.contact,
        anonymous=draft.anonymous,
        is_spoken=_stays_spoken(draft, heard),
        **place_before(draft),
    )
    petition = read(fresh, heard.understanding)
    if petition.is_declared:
        petition = replace(petition, legal_type="phan_anh")
    return take_words(petition, heard, pack)


def _stays_spoken(draft: Draft, heard: Heard) -> bool:
    """Whether words that a machine heard are among these."""
    is_rewritten = draft.step == "rewriting" or not draft.text
    stays = draft.is_spoken and not is_rewritten and draft.text in heard.text
    return heard.is_spoken or stays


def take_words(petition: Draft, heard: Heard, pack: Pack) -> Turn:
    """Go on with words that were read, unless they are, or may be, a denunciation."""
    if petition.denounces:
        return refuse_denunciation(petition, heard, pack)
    if petition.may_denounce:
        return ask_denunciation(petition)
    return find_place(petition, heard, pack)


def ask_denunciation(draft: Draft) -> Turn:
    """The machine only guesses: whether it is a denunciation the citizen says."""
    asking = replace(draft, step="ask_denunciation")
    return Turn(asking, (Say(texts.ASK_DENUNCIATION, keyboards.denunciation(draft.number)),))


def add_words(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """More of the story."""
    more = with_words(draft, heard)
    return next_question(more, heard, pack) if more else too_long(draft)


def with_words(draft: Draft, heard: Heard) -> Draft | None:
    """The draft with these words added and whom they accuse; None where it grows too long.

    The matter stays what it was; words that nobody could read need a person.
    """
    text = f"{draft.text}\n{heard.text}".strip()
    if len(text) > LONGEST_PETITION:
        return None
    is_spoken = draft.is_spoken or heard.is_spoken
    more = replace(draft, text=text, message_id=None, is_spoken=is_spoken)
    said = heard.understanding
    if not isinstance(said, Understanding):
        return replace(more, is_understood=False, parts=())
    is_complaint = (
        said.legal_type.name == COMPLAINT and said.legal_type.confidence >= SURE_COMPLAINT
    )
    legal_type = COMPLAINT if is_complaint and not draft.is_declared else draft.legal_type
    parts = _with_words_in_last(draft.parts, heard.text, said)
    accused, acting = _also_named(draft, heard)
    return replace(more, legal_type=legal_type, accused=accused, acting=acting, parts=parts)


def _with_words_in_last(
    parts: tuple[Part, ...], text: str, said: Understanding
) -> tuple[Part, ...]:
    """What is added to several matters is taken for more of the last one."""
    if not parts:
        return ()
    last = parts[-1]
    accused = tuple(dict.fromkeys((*last.accused, *said.accused)))
    acting = tuple(dict.fromkeys((*last.acting, *said.acting)))
    longer = replace(last, text=f"{last.text}\n{text}", accused=accused, acting=acting)
    return (*parts[:-1], longer)


def _also_named(draft: Draft, heard: Heard) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The units that the draft accuses or has acting, with those of the words heard."""
    said = heard.understanding
    more = (said.accused, said.acting) if isinstance(said, Understanding) else ((), ())
    accused = dict.fromkeys((*draft.accused, *more[0]))
    acting = dict.fromkeys((*draft.acting, *more[1]))
    return tuple(accused), tuple(acting)


def too_long(draft: Draft) -> Turn:
    limit = f"{LONGEST_PETITION:,}".replace(",", ".")
    return say(draft, texts.TOO_LONG.format(limit=limit))


def place_before(draft: Draft) -> dict[str, Any]:
    """A pin sent before the words, or the place of the draft that is rewritten."""
    names = (
        "ward_code", "place_text", "place_confidence", "latitude", "longitude", "place_asked"
    )  # fmt: skip
    return {name: getattr(draft, name) for name in names}


def with_pin_and_contact(draft: Draft, text: str) -> str:
    """Words for a case that is filed, with what was sent for them beside."""
    is_shared = draft.contact and not draft.anonymous
    contact = texts.CONTACT_LINE.format(number=draft.contact) if is_shared else ""
    pin = "" if draft.latitude is None else f"({draft.latitude:.5f}, {draft.longitude:.5f})"
    return "\n".join(line for line in (text, contact, pin) if line)


def read(draft: Draft, said: object) -> Draft:
    """The draft with what Rasa made of its words, if it made anything."""
    if not isinstance(said, Understanding):
        unread = replace(draft, is_understood=False)
        if "to cao" not in fold(draft.text):
            return unread
        # Nobody read it, but the writer used the word: the citizen is asked.
        return replace(unread, legal_type=DENUNCIATION, legal_type_confidence=0.5)
    best = said.categories[0]
    return replace(
        draft,
        category=best.name,
        category_confidence=best.confidence,
        categories=tuple((c.name, c.confidence) for c in said.categories[:LIKELIEST]),
        category_words=said.category_words,
        legal_type=said.legal_type.name,
        legal_type_confidence=said.legal_type.confidence,
        accused=said.accused,
        acting=said.acting,
        parts=said.parts,
        question=said.question,
    )


def refuse_denunciation(denounced: Draft, heard: Heard, pack: Pack) -> Turn:
    """Keep nothing of what was written, say the lawful ways, count that it happened.

    The other matters of a message that was split before are none of it, and wait on.
    """
    body = decision_on(denounced, pack, heard.now).agency_name
    named = texts.DENUNCIATION_BODY.format(body=body) if body else ""
    ids = tuple(dict.fromkeys(i for i in (denounced.message_id, heard.message_id) if i))
    empty = Draft(
        number=denounced.number + 1,
        step="denounced",
        album=heard.album,
        denounced_ids=ids,
        waiting=denounced.waiting,
    )
    said = Say(texts.DENUNCIATION.format(body=named), keyboards.declare(empty.number, bool(ids)))
    return Turn(empty, (said,), (Count("denunciation"),))


# --- what is asked, and the card ----------------------------------------------------------


def next_question(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """Ask whether several matters are to be one case, and what is missing and matters, the place
    once; else show the card."""
    if draft.category is None:
        asking = replace(draft, step="ask_category")
        text = texts.ASK_CATEGORY if draft.is_understood else texts.ASK_CATEGORY_WHILE_DOWN
        return Turn(asking, (Say(text, keyboards.category_question(draft.number, pack)),))
    if _holds_several(draft, pack):
        return _ask_several(draft, pack)
    if draft.ward_code is None and not draft.place_asked:
        return _ask_place(draft)
    if _wants_detail(draft):
        asking = replace(draft, step="ask_detail", detail_asked=True)
        return Turn(asking, (Say(draft.question, keyboards.detail_question(draft.number)),))
    return _show_card(replace(draft, step="confirm"), heard, pack)


def _wants_detail(draft: Draft) -> bool:
    """Whether few words want the category's own question; words that say enough are not asked."""
    is_short = len(draft.text.split()) < ENOUGH_WORDS
    return bool(draft.question) and is_short and not draft.detail_asked and not draft.waiting


def ask_again(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """The question that is open, after something else was answered; of the card a line."""
    if draft.step == "confirm":
        send_label = keyboards.send_label(heard.has_consented)
        text = texts.CARD_WAITS.format(excerpt=excerpt(draft.text, SHORT_EXCERPT), send=send_label)
        card = keyboards.card(draft.number, heard.has_consented, draft.anonymous)
        return Turn(draft, (Say(text, card),))
    if draft.step == "ask_detail":
        return Turn(draft, (Say(draft.question, keyboards.detail_question(draft.number)),))
    if draft.step == "offered":
        return Turn(draft, (Say(texts.UNCLEAR, keyboards.offer_report(draft.number)),))
    if draft.step == "elsewhere":
        return ask_elsewhere(draft, pack)
    if draft.step == "ask_denunciation":
        return ask_denunciation(draft)
    return next_question(draft, heard, pack)


def ask_elsewhere(draft: Draft, pack: Pack) -> Turn:
    asking = replace(draft, step="elsewhere")
    text = texts.ELSEWHERE.format(province=pack.name)
    return Turn(asking, (Say(text, keyboards.elsewhere(draft.number)),))


def _ask_place(draft: Draft) -> Turn:
    text = texts.ASK_WHICH_WARD if draft.candidates else texts.ASK_PLACE
    buttons = keyboards.place_question(draft.number, draft.candidates)
    return Turn(replace(draft, step="ask_place"), (Say(text, buttons),))


def _show_card(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    due = deadlines.answer_due_at(draft.category, pack, heard.now)
    ward = pack.wards.get(draft.ward_code or "")
    text = texts.summary(
        excerpt(draft.text),
        draft.category,
        ward.name if ward else excerpt(draft.place_text or ""),
        decision_on(draft, pack, heard.now),
        texts.date_of(due, pack),
        pack,
        extras=_extras(draft),
        channel=heard.channel,
        has_consented=heard.has_consented,
        is_complaint=draft.legal_type == "khieu_nai",
    )
    card = keyboards.card(draft.number, heard.has_consented, draft.anonymous)
    return Turn(draft, (Say(text, card),))


def _extras(draft: Draft) -> tuple[str, ...]:
    """The lines of a card that only some have."""
    files, contact = len(draft.attachment_ids), draft.contact and not draft.anonymous
    lines = (
        texts.CARD_SPOKEN if draft.is_spoken else "",
        texts.CARD_FILES.format(count=files) if files else "",
        texts.CARD_CONTACT if contact else "",
        texts.CARD_ANONYMOUS if draft.anonymous else "",
        texts.CARD_JOINS.format(people=draft.joined_people) if draft.joins else "",
    )
    return tuple(line for line in lines if line)


def send(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """File the draft, which is the consent to what follows too."""
    decision = decision_on(draft, pack, heard.now)
    following = go_on(draft, replace(heard, has_consented=True), pack)
    kept = replace(following.draft, filed_message_id=draft.message_id)
    return Turn(kept, (), (FileCase(draft, decision),), following.replies)


def confirm_by_word(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A typed yes files. The first time the card is shown again: agreeing to the data's use is
    a tap on the button that says so, which can be proved (Luật 91/2025/QH15)."""
    if heard.has_consented:
        return send(draft, heard, pack)
    return and_then(say(draft, texts.TAP_TO_CONSENT), _show_card(draft, heard, pack))


def cancel(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """Drop the draft. Its files may show the next matter of the message, and go on with it."""
    if not draft.waiting:
        return say(Draft(number=draft.number + 1), texts.CANCELLED)
    first, *rest = draft.waiting
    with_files = replace(first, attachment_ids=draft.attachment_ids, album=draft.album)
    kept = replace(draft, waiting=(with_files, *rest))
    return and_then(say(kept, texts.DROPPED), go_on(kept, heard, pack))


def edit(draft: Draft) -> Turn:
    editing = replace(draft, step="editing")
    return Turn(editing, (Say(texts.ASK_WHAT_TO_EDIT, keyboards.edit_menu(draft.number)),))


def excerpt(text: str, longest: int = EXCERPT) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


# --- several matters in one message -------------------------------------------------------


def _holds_several(draft: Draft, pack: Pack) -> bool:
    """Whether to ask "one case, or one each?". What only an inspecting body may read, or a person
    reads first, is not told apart by a machine."""
    known = pack.categories.keys() - pack.policy.restricted_categories
    is_known = all(part.category in known for part in draft.parts)
    return len(draft.parts) > 1 and is_known and not needs_person(draft)


def _ask_several(draft: Draft, pack: Pack) -> Turn:
    excerpts = tuple(excerpt(part.text, SHORT_EXCERPT) for part in draft.parts)
    text = texts.several(draft.parts, excerpts, pack)
    buttons = keyboards.several(draft.number, len(draft.parts))
    return Turn(replace(draft, step="several"), (Say(text, buttons),))


def file_apart(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """A card for each matter, one after the other; the files stay with the first."""
    first, *rest = (_draft_of(part, draft, pack) for part in draft.parts)
    kept = replace(first, attachment_ids=draft.attachment_ids, album=draft.album)
    return next_question(replace(kept, waiting=(*rest, *draft.waiting)), heard, pack)


def file_together(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    return next_question(replace(draft, parts=()), heard, pack)


def _draft_of(part: Part, draft: Draft, pack: Pack) -> Draft:
    """One of the draft's matters by itself: where its own words say, else where the draft is. No
    message has exactly these words, so that none can be edited."""
    alone = replace(
        draft,
        text=part.text,
        message_id=None,
        category=part.category,
        category_confidence=part.confidence,
        categories=((part.category, part.confidence),),
        category_words=(),
        accused=part.accused,
        acting=part.acting,
        attachment_ids=(),
        album=None,
        parts=(),
        waiting=(),
    )
    place = pack.gazetteer.find(part.text)
    if place.outcome != "found" or place.ward_code == draft.ward_code:
        return alone
    there = replace(alone, ward_code=place.ward_code, place_text=place.matched, candidates=())
    sure = place.confidence
    return replace(there, place_confidence=sure, latitude=None, longitude=None, place_asked=False)


def go_on(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """What comes after a draft that is done with: the next matter of its message, or nothing.

    The place that was given for one is the place of the next, unless that has its own.
    """
    if not draft.waiting:
        return Turn(Draft(number=draft.number + 1))
    following, *rest = draft.waiting
    if following.ward_code is None and not following.place_asked:
        following = replace(following, **place_before(draft))
    numbered = replace(following, number=draft.number + 1, waiting=tuple(rest))
    return and_then(say(numbered, texts.NEXT_MATTER), next_question(numbered, heard, pack))


# --- who would answer ---------------------------------------------------------------------


def decision_on(draft: Draft, pack: Pack, now: datetime) -> Decision:
    """Who would answer this draft if it were sent now."""
    matter = Matter(
        category=draft.category,
        category_confidence=draft.category_confidence,
        legal_type=draft.legal_type,
        ward_code=draft.ward_code,
        text=draft.text,
        accused=draft.accused,
        acting=draft.acting,
        categories=draft.categories,
        place_confidence=confirmed(draft),
        category_words=draft.category_words,
        place_words=draft.place_text,
        why_person=_why_person(draft),
    )
    return decide(matter, pack, pack.local_day(now))


def confirmed(draft: Draft) -> float:
    """How sure the place is once the citizen sends the card that shows it: surer than words alone,
    less than a pin or a button, for people skim."""
    return max(draft.place_confidence, READ_ON_THE_CARD)


def _why_person(draft: Draft) -> str:
    """Why a person must look first, whatever the tables say; empty for no reason."""
    if draft.is_declared:
        return "Người gửi khẳng định chỉ phản ánh, không tố cáo."
    if not draft.is_understood:
        return "Hệ thống hiểu ngôn ngữ tạm ngừng, lĩnh vực do người dân chọn."
    return ""


def needs_person(draft: Draft) -> bool:
    return draft.is_declared or not draft.is_understood


# --- where --------------------------------------------------------------------------------


def find_place(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """Look for the place in the words, unless the citizen gave it apart from them."""
    if draft.place_asked and (draft.ward_code or draft.place_text):
        return next_question(draft, heard, pack)
    place = pack.gazetteer.find(draft.text)
    if draft.ward_code is not None and place.outcome != "found":
        return next_question(draft, heard, pack)  # Rewritten words that name no place keep it.
    if place.outcome == "elsewhere":
        return ask_elsewhere(draft, pack)
    candidates = tuple((c.ward_code, c.name) for c in place.candidates[:6])
    ward_code = place.ward_code if place.outcome == "found" else None
    found = replace(
        _with_pin(draft, draft.text),
        ward_code=ward_code,
        place_text=place.matched,
        place_confidence=place.confidence if ward_code else 1.0,
        candidates=candidates,
    )
    return next_question(found, heard, pack)


def _with_pin(draft: Draft, text: str) -> Draft:
    """The draft with the point that a map link in a text gives, if it gives one."""
    pin = coordinates_in(text)
    return draft if pin is None else replace(draft, latitude=pin[0], longitude=pin[1])


def place_from_text(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """The answer to "where?". Words that name no ward are kept for a person to read."""
    place = pack.gazetteer.find(heard.text)
    told = draft
    if len(heard.text.split()) > PLACE_WORDS:  # More than a place: part of the story.
        more = with_words(draft, heard)
        if more is None:
            return too_long(draft)
        told = replace(more, is_understood=draft.is_understood)
    accused, acting = _also_named(draft, heard)
    asked = replace(told, place_asked=True, place_text=heard.text)
    asked = replace(asked, accused=accused, acting=acting)
    if place.outcome == "found":
        # The answer to "where?" is about the place, so it is as sure as a button; a machine's ear
        # is not.
        sure = place.confidence if heard.is_spoken else 1.0
        there = replace(
            _with_pin(asked, heard.text), ward_code=place.ward_code, place_confidence=sure
        )
        return next_question(there, heard, pack)
    if place.outcome == "ambiguous":
        candidates = tuple((c.ward_code, c.name) for c in place.candidates[:6])
        return _ask_place(replace(asked, candidates=candidates))
    if place.outcome == "elsewhere":
        return ask_elsewhere(asked, pack)
    return next_question(asked, heard, pack)
