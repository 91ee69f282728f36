"""Rasa that is slow, wrong or gone, and clocks that jump: nobody loses a word."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot import texts
from bot.conversation import MESSAGES_A_MINUTE
from bot.heard import NotUnderstood, Understanding
from bot.understand import TIMEOUT_SECONDS, Rasa
from cases.lifecycle import NEEDS_TRIAGE
from db.models import Case, InboxUpdate, Reply
from tests.bot.conftest import REPORT, Clock, Desk, command, parse_of
from tests.bot.servers import answering

GOOD = json.dumps(parse_of()).encode()


TROUBLE = [
    pytest.param(200, GOOD, TIMEOUT_SECONDS + 1, "timeout", id="slow"),
    pytest.param(500, b"{}", 0.0, "unreachable", id="error"),
    pytest.param(200, b"<html>", 0.0, "bad_answer", id="no JSON"),
    pytest.param(200, b'{"intent": 3}', 0.0, "bad_answer", id="other JSON"),
    pytest.param(200, b"[]", 0.0, "bad_answer", id="no object"),
    pytest.param(200, b"null", 0.0, "bad_answer", id="nothing"),
    pytest.param(200, GOOD.replace(b"0.95", b"NaN"), 0.0, "bad_answer", id="no number"),
]


@pytest.mark.parametrize(("status", "body", "seconds", "why"), TROUBLE)
async def test_rasas_trouble_is_a_value(status: int, body: bytes, seconds: float, why: str) -> None:
    with answering(status, body, seconds=seconds) as url:
        rasa = Rasa(url)
        assert await rasa.parse(REPORT) == NotUnderstood(why)
        await rasa.close()


async def test_a_server_that_is_gone_is_a_value() -> None:
    rasa = Rasa("http://127.0.0.1:9")
    assert await rasa.parse(REPORT) == NotUnderstood("unreachable")
    await rasa.close()


@pytest.mark.parametrize(("status", "body", "seconds", "why"), TROUBLE[:3])
async def test_the_citizen_notices_at_most_a_simpler_question_and_it_is_read_later(
    desk: Desk, status: int, body: bytes, seconds: float, why: str
) -> None:
    well = desk.workshop.rasa
    with answering(status, body, seconds=seconds) as url:
        sick = Rasa(url)
        desk.workshop.conversation._rasa = sick
        (question,) = await desk.hears(REPORT)
        assert question["text"] == texts.ASK_CATEGORY_WHILE_DOWN
        (card,) = await desk.taps("Rác thải, ô nhiễm", [question])
        (filed,) = await desk.taps("Đồng ý và gửi", [card])
        await sick.close()
    assert "Mã vụ việc" in filed["text"]
    (case,) = await desk.all(Case)
    assert (case.text, case.state, case.understood_at) == (REPORT, NEEDS_TRIAGE, None)
    assert isinstance(await well.parse(REPORT), Understanding)
    await desk.workshop.understand_case(case.id)
    (case,) = await desk.all(Case)
    assert case.understood_at is not None


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1), timedelta(days=-400)])
async def test_a_clock_that_jumps_loses_and_repeats_nothing(
    desk: Desk, clock: Clock, jump: timedelta
) -> None:
    (card,) = await desk.hears(REPORT)
    clock.advance(jump)
    (filed,) = await desk.taps("Đồng ý và gửi", [card])
    clock.advance(-jump)
    (again,) = await desk.taps("Đồng ý và gửi", [card])
    (case,) = await desk.all(Case)
    assert case.code in filed["text"]
    assert case.code in again["text"]
    (status,) = await desk.takes(message=desk.message(**command("tinhtrang")))
    assert case.code in status["text"]


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1)])
async def test_a_clock_that_jumps_slows_nobody_for_longer_than_a_minute(
    desk: Desk, clock: Clock, jump: timedelta
) -> None:
    for _ in range(MESSAGES_A_MINUTE):
        await desk.takes(message=desk.message(**command("huongdan")))
    clock.advance(jump)
    (guide,) = await desk.takes(message=desk.message(**command("huongdan")))
    assert guide["text"] == texts.GUIDE


async def test_a_reply_queued_before_the_clock_jumped_is_sent_once(
    desk: Desk, clock: Clock, telegram: Any
) -> None:
    await desk.hears(REPORT)
    waiting = [reply for reply in await desk.all(Reply) if reply.sent_at is None]
    clock.advance(timedelta(hours=-3))
    for reply in waiting:
        await desk.replies.send(reply.id)
    clock.advance(timedelta(days=2))
    for reply in waiting:
        await desk.replies.send(reply.id)
    assert all(reply.sent_at and not reply.unclear_at for reply in await desk.all(Reply))


async def test_updates_that_come_late_and_out_of_order_change_nothing_twice(desk: Desk) -> None:
    (card,) = await desk.hears(REPORT)
    send = card["buttons"][0][0]["callback_data"]
    await desk.tapped(send)
    before = await desk.counts()
    rows = await desk.all(InboxUpdate)
    for row in reversed(rows):
        await desk.workshop.handle_update(row.id)
    assert await desk.counts() == before
    (old,) = await desk.tapped(send)  # The same tap in an update of its own.
    assert "được gửi rồi" in old["text"]
    assert len(await desk.all(Case)) == 1
    async with desk.database.in_transaction() as session:
        assert (
            await session.scalar(text("select count(*) from inbox where handled_at is null")) == 0
        )
