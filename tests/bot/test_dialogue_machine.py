"""A citizen who does anything, in any order, for as long as hypothesis likes: no draft's words are
lost, nothing is filed without the card, and nothing twice.

Each text that is written holds a mark of its own ("mk17"), so that what became of it can be
followed through drafts, cases and additions. `CONVERSATION_EXAMPLES` makes it look further.
"""

import json
import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot import english, texts, vietnamese
from bot.acts import petition_of
from bot.dialogue import SEND_WORDS, SURE_YES, advance
from bot.draft import Act, ChangeCase, Draft, FileCase, ManageData, Say, SpeakLanguage, Turn
from bot.heard import FiledCase, Heard, NotUnderstood, Part, Scored, Understanding
from bot.petition import LONGEST_PETITION
from bot.related import wants_related, with_related
from cases.codes import new_code
from cases.lifecycle import ANSWERED, ASSIGNED, CLOSED, NEEDS_INFO, REOPENED, WITHDRAWN
from cases.similar import Related
from routing.tables import LEGAL_TYPES, PACKS, load_pack
from routing.text import fold
from tests.bot.conftest import NOW
from tests.deployment.test_documents import drawn_steps

PACK = load_pack(PACKS / "hai_phong")
MARK = re.compile(r"mk\d+")
INTENTS = (
    "report", "affirm", "deny", "ask_status", "add_information", "withdraw", "correct", "cancel",
    "rate_good", "rate_bad", "emergency", "ask_how", "ask_anonymity", "delete_my_data", "greet",
    "thank", "insult", "talk_to_human", "out_of_scope", "unheard_of",
)  # fmt: skip
STORIES = (
    "Rác chất đống trước cổng chợ cả tuần không ai dọn {}",
    "Đèn đường hỏng ở phường Lê Chân {}",
    "ổ gà to lắm {}",
    "ở Cầu Giấy, Hà Nội nước bẩn {}",
    "Thang máy chung cư kêu to, sắp sập nhà, {} " + "ồn quá " * 20,
    "{} " + "a" * (LONGEST_PETITION - 20),
)
# Few words, as people answer questions with.
REMARKS = (
    "ừ {}",
    "không {}",
    "phường Lê Chân {}",
    "xã cam giang {}",
    "{}",
    "muốn chết {}",
    "12 {}",
)
PLAIN = ("gửi", "riêng", "chung", "👍", "1", "", "ok gửi đi")
confidences = st.sampled_from((0.0, 0.3, 0.5, 0.8, 1.0))
accused = st.lists(st.sampled_from(("UBND phường Lê Chân", "công an", "nơi nào đó")), max_size=2)


@st.composite
def readings(draw: st.DrawFn) -> Understanding | NotUnderstood:
    """What Rasa may make of a text; mostly a report."""
    if draw(st.integers(0, 7)) == 0:
        return NotUnderstood("timeout")
    intent = draw(st.sampled_from((*("report",) * 12, *INTENTS)))
    legal = draw(st.sampled_from((*("phan_anh",) * 5, *LEGAL_TYPES)))
    units = draw(accused)
    return Understanding(
        intent=Scored(intent, draw(confidences)),
        categories=(Scored(draw(st.sampled_from(("roads", "noise", "corruption", "other"))), 0.9),),
        legal_type=Scored(legal, draw(st.sampled_from((0.5, 0.9)))),
        entities=tuple({"entity": "unit", "role": "accused", "value": unit} for unit in units),
        # Questions alone have answers of the model's.
        answer="Xin gọi {hotlines}." if intent.startswith("ask_") and draw(st.booleans()) else "",
        question=draw(st.sampled_from(("", "Đoạn nào, hỏng từ bao giờ?"))),
    )


def marks(*texts_: str) -> set[str]:
    return {mark for text in texts_ for mark in MARK.findall(text)}


def in_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def said(turn: Turn) -> tuple[Say, ...]:
    return (*turn.replies, *turn.afterwards)


def says_one_of(turn: Turn, *names: str) -> bool:
    """Whether the turn says one of these sentences, in any language and on any channel."""
    sentences = {getattr(catalogue, name) for catalogue in (vietnamese, english) for name in names}
    for catalogue in (vietnamese, english):
        for said_there in catalogue.ON_CHANNEL.values():
            sentences |= {said_there[name] for name in names if name in said_there}
    starts = tuple(sentence.split("{")[0] for sentence in sentences)
    return any(say.text.startswith(starts) for say in said(turn))


def kept_files(draft: Draft) -> set[int]:
    waiting = (number for one in draft.waiting for number in kept_files(one))
    return {*draft.attachment_ids, *waiting}


def attached(acts: Iterable[Act]) -> set[int]:
    found: set[int] = set()
    for act in acts:
        if isinstance(act, FileCase):
            found |= set(act.draft.attachment_ids)
        elif isinstance(act, ChangeCase) and act.attachment_id is not None:
            found.add(act.attachment_id)
    return found


def words_of(acts: Iterable[Act]) -> str:
    return in_json([act.draft.text if isinstance(act, FileCase) else getattr(act, "text", "")
                    for act in acts])  # fmt: skip


class Citizen(RuleBasedStateMachine):
    """One citizen's chat, with as much of a world around it as the dialogue can see."""

    def __init__(self) -> None:
        super().__init__()
        self.draft = Draft()
        self.now = NOW
        self.has_consented = False
        self.cases: tuple[FiledCase, ...] = ()
        self.shown: list[str] = []
        self.old: list[str] = ["send:1", "settled:PA-000000", "x:1", ""]
        self.last_tap: str | None = None
        self.count = 0
        self.filed_numbers: set[int] = set()
        self.messages: dict[int, str] = {}
        self.language = "vi"
        self.channel = "telegram"
        self.related = Related()

    @initialize(channel=st.sampled_from(("telegram", "zalo")))
    def on(self, channel: str) -> None:
        self.channel = channel

    # --- what a citizen does

    @rule(
        story=st.sampled_from((*STORIES, *STORIES, *REMARKS)),
        reading=readings(),
        two=st.integers(0, 5),
        file=st.booleans(),
    )
    def write(
        self, story: str, reading: Understanding | NotUnderstood, two: int, file: bool
    ) -> None:
        text = story.format(self.new_mark())
        if two == 0 and isinstance(reading, Understanding):
            first, second = text, f"còn nữa, loa kẹo kéo ồn {self.new_mark()}"
            text = f"{first}\n{second}"
            parts = (Part(first, "roads", 0.9), Part(second, "noise", 0.9))
            reading = replace(reading, parts=parts)
        self.count += 1
        self.messages[self.count] = text
        attachment = self.new_file() if file else None
        album = None if attachment is None else "a"
        self.hear("text", text, understanding=reading, message_id=self.count,
                  attachment_id=attachment, album=album)  # fmt: skip

    @rule(text=st.sampled_from(PLAIN), reading=readings())
    def write_a_word(self, text: str, reading: Understanding | NotUnderstood) -> None:
        self.hear("text" if text else "unreadable", text, understanding=reading)

    @precondition(lambda self: self.messages)
    @rule(data=st.data(), reading=readings())
    def edit(self, data: st.DataObject, reading: Understanding | NotUnderstood) -> None:
        number = data.draw(st.sampled_from(sorted(self.messages)))
        text = f"sửa lại: rác ở phường Lê Chân {self.new_mark()}"
        self.messages[number] = text
        self.hear("text", text, understanding=reading, message_id=number, is_edit=True)

    @rule(data=st.data())
    def tap_what_is_shown(self, data: st.DataObject) -> None:
        if self.shown:
            self.tap(data.draw(st.sampled_from(self.shown)))

    @rule(data=st.data())
    def tap_something_old(self, data: st.DataObject) -> None:
        self.tap(data.draw(st.sampled_from(self.old)))

    @precondition(lambda self: self.last_tap is not None)
    @rule()
    def tap_again(self) -> None:
        self.tap(self.last_tap or "")

    @rule(data=st.text(max_size=20))
    def tap_nonsense(self, data: str) -> None:
        self.tap(data)

    @rule(album=st.sampled_from((None, "a", "b")))
    def send_a_file(self, album: str | None) -> None:
        self.hear("attachment", attachment_id=self.new_file(), album=album)

    @rule(why=st.sampled_from(("too_large", "type")))
    def send_a_file_that_is_refused(self, why: Any) -> None:
        self.hear("attachment", refused=why)

    @rule()
    def share_a_number(self) -> None:
        self.hear("contact", "0900 000 001")

    @rule(at=st.sampled_from(((20.85, 106.68), (21.03, 105.85), (90.0, -180.0))))
    def pin(self, at: tuple[float, float]) -> None:
        self.hear("location", latitude=at[0], longitude=at[1])

    @rule(
        name=st.sampled_from(
            ("start", "tinhtrang", "huongdan", "quyenrieng", "ngonngu", "huy", "x")
        ),
        payload=st.sampled_from(("", "w_11383", "w_00000", "w_", "'; drop table cases", "🙂")),
    )
    def command(self, name: str, payload: str) -> None:
        self.hear("command", name, payload=payload)

    # --- what happens meanwhile

    @rule(minutes=st.sampled_from((-60, 1, 11, 60 * 24 * 20)))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.cases)
    @rule(state=st.sampled_from((ASSIGNED, ANSWERED, NEEDS_INFO, CLOSED)), data=st.data())
    def staff_act(self, state: str, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(self.cases)).code
        self.cases = tuple(replace(c, state=state) if c.code == chosen else c for c in self.cases)

    @rule(people=st.sampled_from((0, 0, 3)), data=st.data())
    def others_report(self, people: int, data: st.DataObject) -> None:
        """What the next card may be about."""
        own = data.draw(st.sampled_from((None, *(case.code for case in self.cases))))
        self.related = Related(own=own, hotspot="PA-HOTSPT" if people else None, people=people)

    # --- the turn, and what must be true of it

    def tap(self, data: str) -> None:
        self.last_tap = data
        self.hear("button", data)

    def hear(self, kind: Any, text: str = "", **more: Any) -> None:
        heard = Heard(kind, self.now, text, cases=self.cases, has_consented=self.has_consented,
                      channel=self.channel, **more)  # fmt: skip
        before = self.draft
        with texts.speaking(self.language, self.channel):
            turn = advance(before, heard, PACK)
            if wants_related(turn, PACK):
                turn = with_related(turn, self.related, PACK)
        self.check_sayings(turn)
        self.check_filing(before, heard, turn)
        self.check_words(before, heard, turn)
        self.check_files(before, heard, turn)
        self.check_denunciation(before, heard, turn)
        self.draft = Draft.from_json(json.loads(in_json(turn.draft.to_json())))
        assert self.draft == turn.draft
        self.look_at(turn)
        for act in turn.acts:
            self.do(act)

    def check_sayings(self, turn: Turn) -> None:
        for say in said(turn):
            assert say.text.strip()
            assert len(say.text.encode("utf-16-le")) // 2 <= 4096
            assert unicodedata.is_normalized("NFC", say.text)
            for button in (button for row in say.buttons for button in row):
                assert 1 <= len(button.data.encode()) <= 64
                assert 1 <= len(button.label) <= 64

    def check_filing(self, before: Draft, heard: Heard, turn: Turn) -> None:
        filed = [act for act in turn.acts if isinstance(act, FileCase)]
        if not filed:
            return
        (act,) = filed
        assert before.step == "confirm"
        assert before.number not in self.filed_numbers
        self.filed_numbers.add(before.number)
        is_tap = heard.kind == "button" and heard.text == f"send:{before.number}"
        assert is_tap or (heard.has_consented and _is_plain_yes(heard))
        assert marks(act.draft.text) == marks(before.text)
        assert not act.draft.may_denounce
        numbers = [int(mark[2:]) for mark in MARK.findall(act.draft.text)]
        assert len(numbers) == len(set(numbers))
        if act.draft.anonymous:
            assert "0900" not in petition_of(act.draft).text

    def check_words(self, before: Draft, heard: Heard, turn: Turn) -> None:
        """Every word that was open is still open, filed or added, or its writer let go of it."""
        held = marks(before.text, *(one.text for one in before.waiting))
        there = marks(in_json(turn.draft.to_json()), words_of(turn.acts))
        lost = held - there
        if lost and not _lets_go(before, heard, turn):
            raise AssertionError(f"lost {lost} at {before.step} by {heard.kind}")
        new = marks(heard.text) if heard.kind == "text" else set()
        if new - there and not _is_answered(before, heard, turn):
            raise AssertionError(f"{new} was not taken at {before.step}, and nothing said so")

    def check_files(self, before: Draft, heard: Heard, turn: Turn) -> None:
        held = kept_files(before)
        if heard.attachment_id is not None:
            held.add(heard.attachment_id)
        lost = held - kept_files(turn.draft) - attached(turn.acts)
        is_told = says_one_of(turn, "ATTACHMENT_NOT_KEPT") or heard.kind == "attachment"
        if lost and not is_told and not _lets_go(before, heard, turn):
            raise AssertionError(f"a file was lost at {before.step} by {heard.kind}")

    def check_denunciation(self, before: Draft, heard: Heard, turn: Turn) -> None:
        if turn.draft.step != "denounced" or before.step == "denounced":
            return
        kept = replace(turn.draft, waiting=())
        for mark in marks(heard.text if heard.kind == "text" else "", before.text):
            assert mark not in in_json(kept.to_json())
            assert mark not in words_of(turn.acts)

    def look_at(self, turn: Turn) -> None:
        shown = [b.data for say in said(turn) for row in say.buttons for b in row]
        if shown:
            self.old = (self.old + self.shown)[-40:]
            self.shown = shown

    def do(self, act: Act) -> None:
        if isinstance(act, FileCase):
            self.has_consented = True
            case = FiledCase(new_code(), ASSIGNED, "Sở Xây dựng", self.now, self.now)
            self.cases = (case, *self.cases)[:8]
        elif isinstance(act, ChangeCase) and act.move in _STATE_AFTER:
            self.cases = tuple(
                replace(case, state=_STATE_AFTER[act.move]) if case.code == act.code else case
                for case in self.cases
            )
        elif isinstance(act, SpeakLanguage):
            self.language = act.language
        elif isinstance(act, ManageData) and act.what in ("withdraw", "erase_surely"):
            self.has_consented = False
            self.cases = () if act.what == "erase_surely" else self.cases

    @invariant()
    def the_step_is_drawn(self) -> None:
        assert self.draft.step in DRAWN

    def new_mark(self) -> str:
        self.count += 1
        return f"mk{self.count}"

    def new_file(self) -> int:
        self.count += 1
        return self.count


DRAWN = drawn_steps()
_STATE_AFTER = {"settle": CLOSED, "reopen": REOPENED, "withdraw": WITHDRAWN}


def _is_plain_yes(heard: Heard) -> bool:
    said_ = heard.understanding
    sure = isinstance(said_, Understanding) and said_.intent.confidence >= SURE_YES
    is_yes = sure and isinstance(said_, Understanding) and said_.intent.name == "affirm"
    return heard.kind == "text" and (is_yes or fold(heard.text).strip(" .!") in SEND_WORDS)


def _lets_go(before: Draft, heard: Heard, turn: Turn) -> bool:
    """Whether the citizen let go of what was open: cancelled it, wrote it anew, erased all, edited
    the message, or it was a denunciation."""
    if turn.draft.step == "denounced" or says_one_of(turn, "CANCELLED", "DROPPED"):
        return True
    if turn.draft.step == "offered" and turn.draft.denounces:
        return True  # Held back until a tap says what it is, and then refused.
    is_rewritten = before.step in ("rewriting", "declaring") and heard.kind == "text"
    is_edited = heard.is_edit and heard.message_id == before.message_id
    erases = any(isinstance(act, ManageData) and act.what == "erase_surely" for act in turn.acts)
    return is_rewritten or is_edited or erases


def _is_answered(before: Draft, heard: Heard, turn: Turn) -> bool:
    """Whether words, or a file, that were not taken got an answer, so that nobody thinks they were.

    What tells of a matter is taken, or it is said why not; a question, a yes or a no is answered.
    """
    reading = heard.understanding
    intent = reading.intent.name if isinstance(reading, Understanding) else "report"
    if heard.kind == "text" and intent in ("report", "add_information"):
        is_refused = turn.draft.step == "denounced"
        return is_refused or says_one_of(turn, "TOO_LONG", "EDIT_NOT_TAKEN", "SELF_HARM")
    return bool(said(turn)) or bool(turn.acts) or _is_more_of_an_album(before, heard)


def _is_more_of_an_album(before: Draft, heard: Heard) -> bool:
    return heard.album is not None and heard.album == before.album


TestCitizen = Citizen.TestCase
TestCitizen.settings = settings(
    max_examples=int(os.environ.get("CONVERSATION_EXAMPLES", "120")),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestCitizen.pytestmark = [pytest.mark.timeout(600)]
