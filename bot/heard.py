"""What was heard from a citizen, and what Rasa made of it: plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from routing.router import Matter

# Of the model's ranking of all categories: the rest together is next to nothing.
LIKELIEST = 5


@dataclass(frozen=True)
class Scored:
    """A name with a confidence in 0..1."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Part:
    """The words of one of several matters in a text, and what Rasa made of them."""

    text: str
    category: str
    confidence: float
    accused: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()


@dataclass(frozen=True)
class Understanding:
    """Rasa's reading of one text. `categories` is best first; `entities` are Rasa's own.

    `answer` is what the model says to a question, with the province's facts still in braces
    (`bot.answers` fills them in); empty where there is none. `parts` are the matters of a text that
    surely holds several, in reading order; empty where it is one. `category_words` are the words
    that gave the best category.
    """

    intent: Scored
    categories: tuple[Scored, ...]
    legal_type: Scored
    entities: tuple[dict[str, Any], ...]
    answer: str = ""
    parts: tuple[Part, ...] = ()
    category_words: tuple[str, ...] = ()
    question: str = ""  # What the best category asks about: "Đoạn nào, hỏng từ bao giờ?"

    @property
    def accused(self) -> tuple[str, ...]:
        """The words that name a unit which the text accuses."""
        return tuple(str(entity["value"]) for entity in self.entities if is_accused(entity))

    @property
    def acting(self) -> tuple[str, ...]:
        """The words that name a unit which may be accused, in words that no rule knows."""
        return tuple(str(entity["value"]) for entity in self.entities if is_acting(entity))

    def matter(self, text: str, ward_code: str | None, *, category: str | None = None) -> Matter:
        """What routing decides on; a `category` that a person chose is sure."""
        best = self.categories[0]
        is_chosen = category is not None and category != best.name
        return Matter(
            category=category or best.name,
            category_confidence=1.0 if is_chosen else best.confidence,
            legal_type=self.legal_type.name,
            ward_code=ward_code,
            text=text,
            accused=self.accused,
            acting=self.acting,
            categories=tuple((c.name, c.confidence) for c in self.categories[:LIKELIEST]),
            category_words=() if is_chosen else self.category_words,
        )


def is_acting(entity: dict[str, Any]) -> bool:
    """Whether this is a unit that the text has doing something, good or bad."""
    return entity.get("entity") == "unit" and entity.get("role") == "acting"


def is_accused(entity: dict[str, Any]) -> bool:
    """Whether this is a unit that the text accuses."""
    return entity.get("entity") == "unit" and entity.get("role") == "accused"


@dataclass(frozen=True)
class NotUnderstood:
    """Rasa could not be asked; `why` is for logs: 'unreachable', 'timeout' or 'bad_answer'."""

    why: str


# A longer recording is not heard by a machine: a person listens to it.
LONGEST_MINUTES = 5

Why = Literal["nothing", "too_long", "broken", "crashed", "timeout", "unavailable"]


@dataclass(frozen=True)
class NotHeard:
    """Why a recording gave no words: silence, more than LONGEST_MINUTES, no sound that can be read,
    or a failure of the recogniser."""

    why: Why


@dataclass(frozen=True)
class FiledCase:
    """A case of this citizen, as far as the conversation needs it."""

    code: str
    state: str
    agency: str | None
    filed_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Heard:
    """One thing that a citizen did, with all that the dialogue may know about them."""

    kind: Literal[
        "text", "button", "command", "location", "attachment", "contact", "transcript", "unreadable"
    ]
    now: datetime
    # What was typed, a caption, a command's name, a button's data, a telephone number, or what a
    # machine heard in a recording.
    text: str = ""
    understanding: Understanding | NotUnderstood | None = None
    message_id: int | None = None
    is_edit: bool = False
    latitude: float | None = None
    longitude: float | None = None
    attachment_id: int | None = None
    album: str | None = None
    has_consented: bool = False
    cases: tuple[FiledCase, ...] = ()  # Newest first.
    payload: str = ""  # What a link put behind /start.
    refused: Literal["", "too_large", "type"] = ""  # Why a file was not taken.
    channel: str = "telegram"
    is_listening: bool = False  # A machine listens to the file that came; its words come later.
    not_heard: Why | None = None  # Why a recording gave no words.
    case_code: str | None = None  # The case that the recording was filed with or added to.

    @property
    def is_spoken(self) -> bool:
        """Its words are a machine's guess, so they decide nothing."""
        return self.kind == "transcript"
