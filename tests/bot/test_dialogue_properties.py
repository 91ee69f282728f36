"""What holds whatever a citizen does, in whatever order."""

import json
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import texts
from bot.dialogue import advance
from bot.draft import Draft, FileCase, Say, Turn
from bot.heard import FiledCase, Heard, NotUnderstood, Part, Scored, Understanding
from bot.petition import LONGEST_PETITION
from cases.lifecycle import STATE_NAMES
from routing.tables import LEGAL_TYPES, PACKS, load_pack
from tests.bot.conftest import NOW

PACK = load_pack(PACKS / "hai_phong")
INTENTS = [
    *texts.ANSWERS,
    "ask_how",
    "report",
    "affirm",
    "deny",
    "ask_status",
    "add_information",
    "withdraw",
    "correct",
    "cancel",
    "rate_good",
    "rate_bad",
    "emergency",
    "unheard_of",
]
SECRET = "bí mật của người tố cáo"
VERBS = [
    "send",
    "cancel",
    "edit",
    "rewrite",
    "replace",
    "sort",
    "back",
    "category",
    "ward",
    "skip",
    "here",
    "split",
    "together",
    "report",
    "declare",
    "add",
    "settled",
    "unsettled",
    "withdraw",
]

storable = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
words = st.one_of(
    st.sampled_from(
        [
            "ở phường Lê Chân",
            "xã cam giang",
            "Rác ở Cầu Giấy, Hà Nội",
            "ừ",
            "huyện Thanh Hà",
            "Rác chất đống trước cổng chợ cả tuần không ai dọn",
            "",
            "ờ " * 30,
        ]
    ),
    st.text(storable, max_size=60),
)
# Long texts of one repeated piece: quick to make, and every length that matters.
long_words = st.builds(
    lambda piece, length: (piece * length)[:length],
    st.sampled_from(["a", "🙂", "ơ ", "phường Lê Chân ", "\n"]),
    st.sampled_from([299, 300, 301, 4096, LONGEST_PETITION - 40, LONGEST_PETITION]),
)
confidences = st.sampled_from([0.0, 0.2, 0.5, 0.79, 0.8, 1.0])
categories = st.sampled_from([*PACK.categories, "unheard_of"])
readings = st.one_of(
    st.just(NotUnderstood("timeout")),
    st.builds(
        lambda intent, sure, category, legal, accused, answer, parts: Understanding(
            intent=Scored(intent, sure),
            categories=(Scored(category, sure),),
            legal_type=Scored(legal, 0.9),
            entities=tuple({"entity": "unit", "role": "accused", "value": a} for a in accused),
            answer=answer,
            parts=tuple(parts) if len(parts) > 1 else (),
        ),
        st.sampled_from(INTENTS),
        confidences,
        categories,
        st.sampled_from(LEGAL_TYPES),
        st.lists(st.sampled_from(["UBND phường Lê Chân", "công an", "nơi nào đó"]), max_size=2),
        st.sampled_from(["", "Xin gọi {hotlines}."]),
        st.lists(
            st.builds(
                Part, st.sampled_from(["rác", "đèn ở phường Lê Chân"]), categories, confidences
            ),
            max_size=3,
        ),
    ),
)
cases = st.lists(
    st.builds(
        lambda state, minutes: FiledCase(
            "PA-AAAAAA", state, "Sở Xây dựng", NOW - timedelta(minutes=minutes), NOW
        ),
        st.sampled_from(sorted(STATE_NAMES)),
        st.sampled_from([1, 60]),
    ),
    max_size=10,
).map(tuple)
number = st.integers(1, 12)
album = st.sampled_from([None, "a", "b"])
texts_heard = st.builds(
    Heard,
    kind=st.just("text"),
    now=st.just(NOW),
    text=words | long_words,
    understanding=readings,
    message_id=number,
    is_edit=st.sampled_from([False, False, False, True]),
    cases=cases,
    album=album,
    attachment_id=st.none() | number,
    has_consented=st.booleans(),
)
taps = st.builds(
    Heard,
    kind=st.just("button"),
    now=st.just(NOW),
    cases=cases,
    has_consented=st.booleans(),
    text=st.tuples(
        st.sampled_from(VERBS), number, st.sampled_from(["", "11383", "roads", "PA-AAAAAA"])
    ).map(lambda parts: ":".join(map(str, parts)))
    | st.text(max_size=20),
)
others = st.one_of(
    st.builds(
        Heard,
        kind=st.just("command"),
        now=st.just(NOW),
        cases=cases,
        text=st.sampled_from(["start", "tinhtrang", "huongdan", "huy", "x"]),
    ),
    st.builds(
        Heard,
        kind=st.just("location"),
        now=st.just(NOW),
        latitude=st.floats(20.5, 21.1),
        longitude=st.floats(106.0, 107.0),
    ),
    st.builds(
        Heard,
        kind=st.just("location"),
        now=st.just(NOW),
        latitude=st.floats(-90, 90),
        longitude=st.floats(-180, 180),
    ),
    st.builds(
        Heard,
        kind=st.just("attachment"),
        now=st.just(NOW),
        attachment_id=number,
        album=album,
        cases=cases,
    ),
    st.builds(
        Heard,
        kind=st.just("transcript"),
        now=st.just(NOW),
        text=words | long_words,
        understanding=readings,
        attachment_id=number,
        cases=cases,
        has_consented=st.booleans(),
        not_heard=st.sampled_from([None, None, "nothing", "too_long", "crashed"]),
        case_code=st.sampled_from([None, None, "PA-AAAAAA"]),
    ),
    st.just(Heard("unreadable", NOW)),
)
# A tap on what was shown last is what people do most: `None` stands for the n-th such button.
steps = st.lists(st.one_of(texts_heard, number.map(lambda n: n - 1), taps, others), max_size=9)
lively = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def talk(heard_things: list[Any]) -> list[tuple[Heard, Draft, Turn]]:
    draft, shown, turns = Draft(), [], []
    for thing in heard_things:
        if isinstance(thing, int):
            data = shown[thing % len(shown)] if shown else "send:1"
            thing = Heard("button", NOW, data, has_consented=True)
        turn = advance(draft, thing, PACK)
        shown = [b.data for say in said(turn) for row in say.buttons for b in row] or shown
        turns.append((thing, draft, turn))
        draft = turn.draft
    return turns


def said(turn: Turn) -> tuple[Say, ...]:
    return (*turn.replies, *turn.afterwards)


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@lively
@given(steps)
def test_no_sequence_of_things_heard_breaks_the_conversation(heard_things: list[Any]) -> None:
    for heard, before, turn in talk(heard_things):
        is_repeated_picture = heard.kind == "attachment" and heard.album == before.album
        assert turn.replies or turn.acts or is_repeated_picture


@lively
@given(steps)
def test_every_draft_survives_the_database(heard_things: list[Any]) -> None:
    for _, _, turn in talk(heard_things):
        stored = json.loads(json.dumps(turn.draft.to_json(), allow_nan=False))
        assert Draft.from_json(stored) == turn.draft


@lively
@given(steps)
def test_every_message_and_button_fits_into_telegram(heard_things: list[Any]) -> None:
    for _, _, turn in talk(heard_things):
        for say in said(turn):
            assert 1 <= utf16_units(say.text) <= 4096
            for button in (b for row in say.buttons for b in row):
                assert 1 <= len(button.data.encode()) <= 64


@lively
@given(steps, st.sampled_from(["report", "add_information", "correct"]), confidences)
def test_no_word_of_a_denunciation_stays_in_any_draft(
    before: list[Any], intent: str, sure: float
) -> None:
    understanding = Understanding(
        intent=Scored(intent, sure),
        categories=(Scored("corruption", 0.9),),
        legal_type=Scored("to_cao", 0.9),
        entities=({"entity": "unit", "role": "accused", "value": SECRET},),
        parts=(Part(SECRET, "roads", 0.9, (SECRET,)), Part(SECRET, "noise", 0.9)),
    )
    draft = talk(before)[-1][2].draft if before else Draft()
    if draft.is_declared or draft.step == "declaring":
        return  # These words are the ones that the citizen declared to be a report.
    turn = advance(draft, Heard("text", NOW, SECRET, understanding), PACK)
    assert SECRET not in json.dumps(turn.draft.to_json(), ensure_ascii=False)
    assert not any(isinstance(act, FileCase) for act in turn.acts)


@lively
@given(steps)
def test_only_a_card_files_and_never_a_denunciation(heard_things: list[Any]) -> None:
    for heard, before, turn in talk(heard_things):
        for act in turn.acts:
            if isinstance(act, FileCase):
                assert heard.kind != "transcript"
                assert before.step == "confirm"
                assert act.draft.legal_type != "to_cao"
                assert act.decision.outcome in ("dispatch", "triage")
