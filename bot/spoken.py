"""What a machine heard in a recording: told back, and never taken for a tap. Pure."""

from dataclasses import replace

from bot import texts
from bot.draft import ChangeCase, Draft, Say, Turn, and_then, say
from bot.heard import LONGEST_MINUTES, Heard, Scored, Understanding
from bot.petition import ask_again, excerpt, next_question
from bot.related import ask_related_again
from routing.tables import Pack

# An echo is one message, whatever the letters.
LONGEST_ECHO = 2_000
# What is said before anything else.
_FIRST = ("EMERGENCY", "SELF_HARM")
# Words that are not told back: of a denunciation nothing stays, in the chat neither.
_SILENT = ("denounced", "ask_denunciation")
# Whoever typed these got what they meant; whoever seemed to say them is asked.
DECIDING = ("affirm", "deny", "cancel", "withdraw")


def while_listening(turn: Turn, heard: Heard) -> Turn:
    """The turn for a recording that came: its words follow, so nothing is asked before them."""
    attached = (a.attachment_id for a in turn.acts if isinstance(a, ChangeCase))
    if heard.attachment_id not in (*turn.draft.attachment_ids, *attached):
        return turn  # It is not kept.
    listening = Say(texts.LISTENING)
    if heard.kind == "attachment":  # Of an album it is said once.
        return replace(turn, replies=(listening,) if turn.replies else ())
    return replace(turn, replies=(*turn.replies, listening))


def echoed(turn: Turn, heard: Heard) -> Turn:
    """The turn with what was heard before its own words, and advice for danger before that."""
    if turn.draft.step in _SILENT:
        return turn
    urgent = tuple(getattr(texts, name) for name in _FIRST)
    first = tuple(said for said in turn.replies if said.text in urgent and not said.buttons)
    rest = tuple(said for said in turn.replies if said not in first)
    if [said.text for said in turn.replies] == [texts.SELF_HARM]:
        return turn  # Nothing else matters now.
    echo = Say(texts.HEARD.format(text=excerpt(heard.text, LONGEST_ECHO)))
    return replace(turn, replies=(*first, echo, *rest))


def not_heard(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """Why there are no words, and what was open once more; the recording stays."""
    sentences = {"nothing": texts.NOTHING_HEARD, "too_long": texts.RECORDING_TOO_LONG}
    sentence = sentences.get(heard.not_heard or "", texts.HEARING_FAILED)
    told = say(draft, sentence.format(minutes=LONGEST_MINUTES))
    if heard.case_code is not None:
        return told
    if draft.step == "idle":
        return and_then(told, say(draft, texts.WRITE_INSTEAD))
    return and_then(told, ask_once_more(draft, heard, pack))


def only_guessed(turn: Turn) -> Turn:
    return and_then(say(turn.draft, texts.HEARING_IS_A_GUESS), turn)


def ask_once_more(draft: Draft, heard: Heard, pack: Pack) -> Turn:
    """The question that is open, or the whole card."""
    if draft.step == "rewriting":
        return say(draft, texts.ASK_REWRITE)
    if draft.step == "declaring":
        return say(draft, texts.DECLARED)
    if draft.step in ("adding", "denounced"):
        return Turn(draft)
    if draft.step in ("ask_same", "ask_join"):
        return ask_related_again(draft, pack)
    if draft.step == "confirm":
        return next_question(draft, heard, pack)
    return ask_again(draft, heard, pack)


def without_decision(heard: Heard) -> Heard:
    """The words without a yes, a no or a "drop it" that a machine believes to have heard."""
    said = heard.understanding
    if not isinstance(said, Understanding) or said.intent.name not in DECIDING:
        return heard
    return replace(heard, understanding=replace(said, intent=Scored(said.intent.name, 0.0)))
