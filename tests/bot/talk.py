"""One citizen's side of `bot.dialogue.advance`, without I/O: write, tap, look at the answer."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.dialogue import advance
from bot.draft import Act, Draft, Say, Turn
from bot.heard import FiledCase, Heard, NotUnderstood, Part, Scored, Understanding
from routing.tables import Pack
from tests.bot.conftest import NOW


def understood(
    intent: str = "report",
    sure: float = 0.95,
    category: str = "waste_pollution",
    legal_type: str = "phan_anh",
    accused: tuple[str, ...] = (),
    legal_sure: float = 0.9,
    answer: str = "",
    parts: tuple[Part, ...] = (),
) -> Understanding:
    return Understanding(
        intent=Scored(intent, sure),
        categories=(Scored(category, 0.9), Scored("other", 0.1)),
        legal_type=Scored(legal_type, legal_sure),
        entities=tuple({"entity": "unit", "role": "accused", "value": one} for one in accused),
        answer=answer,
        parts=parts,
    )


@dataclass
class Talk:
    pack: Pack
    draft: Draft = field(default_factory=Draft)
    cases: tuple[FiledCase, ...] = ()
    has_consented: bool = True
    now: datetime = NOW
    last: Turn = field(default_factory=lambda: Turn(Draft()))
    shown: tuple[Say, ...] = ()

    def hears(self, kind: Any, text: str = "", **more: Any) -> Turn:
        heard = Heard(kind, self.now, text, cases=self.cases, has_consented=self.has_consented)
        self.last = advance(self.draft, replace(heard, **more), self.pack)
        # What the next message finds is what PostgreSQL gives back.
        self.draft = Draft.from_json(self.last.draft.to_json())
        assert self.draft == self.last.draft
        self.shown = (*self.last.replies, *self.last.afterwards) or self.shown
        return self.last

    def writes(
        self,
        text: str,
        intent: str = "report",
        sure: float = 0.95,
        *,
        message_id: int | None = None,
        is_edit: bool = False,
        attachment_id: int | None = None,
        album: str | None = None,
        **reading: Any,
    ) -> Turn:
        return self.hears(
            "text",
            text,
            understanding=understood(intent, sure, **reading),
            message_id=message_id,
            is_edit=is_edit,
            attachment_id=attachment_id,
            album=album,
        )

    def writes_while_down(self, text: str) -> Turn:
        return self.hears("text", text, understanding=NotUnderstood("unreachable"))

    def says(
        self,
        text: str,
        intent: str = "report",
        sure: float = 0.95,
        *,
        recording: int = 1,
        case_code: str | None = None,
        **reading: Any,
    ) -> Turn:
        """A recording's words, as a machine heard them."""
        return self.hears(
            "transcript",
            text,
            understanding=understood(intent, sure, **reading),
            attachment_id=recording,
            case_code=case_code,
        )

    def records(self, number: int = 1) -> Turn:
        return self.hears("attachment", attachment_id=number, is_listening=True)

    def commands(self, name: str) -> Turn:
        return self.hears("command", name)

    def pins(self, latitude: float, longitude: float) -> Turn:
        return self.hears("location", latitude=latitude, longitude=longitude)

    def attaches(self, number: int, album: str | None = None) -> Turn:
        return self.hears("attachment", attachment_id=number, album=album)

    def presses(self, data: str) -> Turn:
        return self.hears("button", data)

    def taps(self, label: str) -> Turn:
        return self.presses(self.buttons()[label])

    def buttons(self) -> dict[str, str]:
        """Label -> data of what was last shown."""
        return {b.label: b.data for say in self.shown for row in say.buttons for b in row}

    def text(self) -> str:
        """What was last said, several messages as one."""
        return "\n".join(say.text for say in (*self.last.replies, *self.last.afterwards))

    def act(self) -> Act:
        (only,) = self.last.acts
        return only
