"""What the dialogue works on and answers with: plain values."""

from dataclasses import asdict, dataclass
from typing import Any

from bot.heard import Part
from bot.keyboards import Keyboard
from routing.router import Decision

DENUNCIATION = "to_cao"
# Surer than this the writer used the word or spelt out the act (see rasa_project/README.md);
# below it the model only guesses, and the citizen is asked.
SURE_DENUNCIATION = 0.75


@dataclass(frozen=True)
class Draft:
    """What is known so far. `number` rises with each draft, so old cards cannot be tapped."""

    number: int = 1
    step: str = "idle"
    text: str = ""
    message_id: int | None = None  # The one message whose words `text` is; None for several.
    category: str | None = None
    category_confidence: float = 0.0
    categories: tuple[tuple[str, float], ...] = ()
    category_words: tuple[str, ...] = ()
    legal_type: str = "phan_anh"
    legal_type_confidence: float = 1.0
    accused: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()  # Units that the words have doing something: perhaps accused.
    is_understood: bool = True
    is_declared: bool = False  # "I report a fact, I denounce nobody."
    ward_code: str | None = None
    place_text: str | None = None
    place_confidence: float = 1.0
    latitude: float | None = None
    longitude: float | None = None
    candidates: tuple[tuple[str, str], ...] = ()
    place_asked: bool = False  # The place is the citizen's own answer, also where it is "skip".
    adding_to: str | None = None  # The reopened case that the next words and files are for.
    attachment_ids: tuple[int, ...] = ()
    album: str | None = None
    parts: tuple[Part, ...] = ()  # Its words hold these matters: one case, or one each?
    anonymous: bool = False
    contact: str = ""  # A telephone number that was shared.
    question: str = ""  # What its category asks about, from the model.
    detail_asked: bool = False
    related_asked: bool = False
    same_code: str | None = None  # The citizen's own case that it may belong to.
    joinable: str | None = None  # The first case of a hotspot that it may be one of …
    joined_people: int = 0  # … which so many people reported.
    joins: str | None = None  # The hotspot's first case, when the citizen said that it is.
    denounced_ids: tuple[int, ...] = ()  # Messages of a denunciation that could be deleted.
    is_spoken: bool = False  # Words of it were heard by a machine.
    filed_message_id: int | None = None  # The message whose words were filed last.
    waiting: tuple["Draft", ...] = ()  # The other matters of the message, after this one.

    @property
    def denounces(self) -> bool:
        """It is a denunciation (tố cáo), as far as a machine can be sure, and not disclaimed."""
        return self.may_denounce and self.legal_type_confidence >= SURE_DENUNCIATION

    @property
    def may_denounce(self) -> bool:
        return self.legal_type == DENUNCIATION and not self.is_declared

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Draft":
        values: dict[str, Any] = {
            name: _value(name, value)
            for name, value in content.items()
            if name in cls.__dataclass_fields__  # A draft of another version is still read.
        }
        return cls(**values)


def _value(name: str, value: Any) -> Any:
    """What JSON kept of a draft's field, as the field is."""
    if not isinstance(value, list | tuple):
        return value
    if name == "waiting":
        return tuple(Draft.from_json(item) for item in value)
    if name == "parts":
        return tuple(_part(item) for item in value)
    return tuple(tuple(item) if isinstance(item, list) else item for item in value)


def _part(content: dict[str, Any]) -> Part:
    units = {name: tuple(content.get(name, ())) for name in ("accused", "acting")}
    return Part(**{**content, **units})


@dataclass(frozen=True)
class Say:
    """A message to the citizen."""

    text: str
    buttons: Keyboard = ()
    replaces: bool = False  # In place of the message whose button was tapped, where that goes.


@dataclass(frozen=True)
class FileCase:
    """File this draft; its answer is `texts.filed`."""

    draft: Draft
    decision: Decision


@dataclass(frozen=True)
class ChangeCase:
    """settle, reopen, withdraw, add (text), attach to, rate (text: 1-5) or rate_words (text) one of
    the citizen's own cases."""

    move: str
    code: str
    text: str = ""
    attachment_id: int | None = None


@dataclass(frozen=True)
class Count:
    """Something happened that leaves no other trace."""

    name: str


@dataclass(frozen=True)
class ShowCase:
    """Tell the citizen all about one of their own cases."""

    code: str


@dataclass(frozen=True)
class ManageData:
    """show, export, withdraw (consent), erase (ask first) or erase_surely what is kept."""

    what: str


@dataclass(frozen=True)
class SpeakLanguage:
    """Say everything in this language from now on."""

    language: str


@dataclass(frozen=True)
class ForgetFile:
    """Delete a citizen's file, also where a case holds it already."""

    attachment_id: int


@dataclass(frozen=True)
class DeleteMessages:
    """Delete the citizen's own messages from the chat."""

    message_ids: tuple[int, ...]


Act = (
    FileCase
    | ChangeCase
    | Count
    | ShowCase
    | ManageData
    | SpeakLanguage
    | ForgetFile
    | DeleteMessages
)


def additions(code: str, text: str, attachment_ids: tuple[int, ...]) -> tuple[ChangeCase, ...]:
    """Words and files for one of the citizen's own cases."""
    files = (ChangeCase("attach", code, attachment_id=number) for number in attachment_ids)
    return (ChangeCase("add", code, text=text), *files)


@dataclass(frozen=True)
class Turn:
    """What a thing heard leads to. A file that `draft` no longer names is forgotten."""

    draft: Draft
    replies: tuple[Say, ...] = ()
    acts: tuple[Act, ...] = ()
    afterwards: tuple[Say, ...] = ()  # Said after what the acts themselves have to say.


def say(draft: Draft, text: str) -> Turn:
    return Turn(draft, (Say(text),))


def and_then(first: Turn, second: Turn) -> Turn:
    """Both turns' words and acts; the second one's draft."""
    return Turn(
        second.draft,
        first.replies + second.replies,
        first.acts + second.acts,
        first.afterwards + second.afterwards,
    )
