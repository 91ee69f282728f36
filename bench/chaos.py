"""`make chaos SEED=… CITIZENS=…`: people write while parts are killed, and nothing may be lost.

Citizens follow scripts on the playground as people do: they wait, they do not write twice.
Meanwhile receiver, worker, sender, Rasa and PostgreSQL get SIGKILL at moments drawn from the seed.
Afterwards the database and the chats must agree: each confirmed grievance is one case with its
very words and files, nobody who cancelled has one, every step was answered, and only replies
whose sending was unclear came twice.
"""

import argparse
import asyncio
import os
import random
import struct
import tempfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from sqlalchemy import func, select

from bench.town import SimulatedCitizen, Town, at_once, labels, together
from cases.events import first_broken
from db.embedded import embedded_postgres
from db.models import Attachment, Case, Event, InboxUpdate, Reply
from db.session import Database

PARTS = ("worker", "sender", "receiver", "rasa", "database")
# So long a person waits; Rasa alone takes a quarter of a minute to start.
PATIENCE_SECONDS = 300
# Between two kills, in seconds.
KILL_EVERY = (4.0, 9.0)
# So many people begin to write in a second: playground and two cores keep up.
ARRIVALS_A_SECOND = 4
DUPLICATES_ALLOWED = 0.005
_WISHES = ("Đồng ý và gửi", "Gửi", "Đây là phản ánh của tôi", "Đây là việc mới",
           "Gửi chung một vụ việc", "Không rõ, bỏ qua", "Bỏ qua")  # fmt: skip
_STREETS = (
    "Hồ Sen",
    "Chợ Hàng",
    "Cát Cụt",
    "Tô Hiệu",
    "Hai Bà Trưng",
    "Mê Linh",
    "Nguyễn Đức Cảnh",
)


@dataclass
class Outcome:
    """What became of one citizen. `words` is what the case must hold; None for no case."""

    chat: int
    words: str | None
    asked: str = ""  # A question on the way, which is words of the case when Rasa was away.
    files: int = 0
    code: str | None = None

    @property
    def possible(self) -> tuple[str, ...]:
        """The words that the case may hold."""
        if self.words is None:
            return ()
        return (self.words, f"{self.words}\n{self.asked}") if self.asked else (self.words,)


@dataclass
class Report:
    """What was found afterwards; `wrong` lists broken promises."""

    cases: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    duplicates: int = 0
    unclear: int = 0
    wrong: list[str] = field(default_factory=list)


async def run(town: Town, seed: int, citizens: int, kills: bool = True) -> Report:
    """Let so many citizens write while parts are killed; what was found afterwards."""
    dice = random.Random(seed)  # noqa: S311
    report = Report()
    limits = at_once(2 * citizens)
    async with httpx.AsyncClient(base_url=town.chat_url, limits=limits, timeout=90) as client:
        people = await together(
            *(SimulatedCitizen.arrive(client, f"Người {n}") for n in range(citizens))
        )
        scripts = [_SCRIPTS[n % len(_SCRIPTS)] for n in range(citizens)]
        starts = [dice.uniform(0, citizens / ARRIVALS_A_SECOND) for _ in range(citizens)]
        telling = asyncio.gather(
            *(
                _later(start, script, person, _words(dice, number))
                for number, (start, script, person) in enumerate(
                    zip(starts, scripts, people, strict=True)
                )
            )
        )
        killer = asyncio.create_task(_kill_at_random(town, dice, report)) if kills else None
        try:
            outcomes = await telling
        finally:
            if killer is not None:
                killer.cancel()
        await _check(town, outcomes, report)
        await _count_duplicates(client, people, report)
    return report


async def _kill_at_random(town: Town, dice: random.Random, report: Report) -> None:
    while True:
        await asyncio.sleep(dice.uniform(*KILL_EVERY))
        part = dice.choice(PARTS)
        kill = town.kill_database if part == "database" else lambda name=part: town.kill(name)
        await asyncio.to_thread(kill)
        report.kills[part] += 1


# --- scripts ------------------------------------------------------------------------------


def _words(dice: random.Random, number: int) -> str:
    street = dice.choice(_STREETS)
    return (
        f"Đèn đường {street} gần số nhà {number} phường Lê Chân hỏng {dice.randint(2, 9)} tuần, "
        f"nay tối om không ai sửa, mã thử {number}"
    )


async def _later(start: float, script: Any, person: SimulatedCitizen, words: str) -> Outcome:
    await asyncio.sleep(start)
    outcome: Outcome = await script(person, words)
    return outcome


async def _until(person: SimulatedCitizen, wanted: str) -> dict[str, Any]:
    """Hear until something says `wanted`; without Rasa there is a question before it."""
    while True:
        message = await person.hear(PATIENCE_SECONDS)
        if wanted in message["text"]:
            return message
        await _sort_by_hand(person, message)


async def _send(person: SimulatedCitizen) -> str:
    """Tap what leads to a code."""
    while True:
        message = await person.hear(PATIENCE_SECONDS)
        if "Mã vụ việc: " in message["text"]:
            return str(message["text"].split("Mã vụ việc: ")[1][:9])
        label = next((wish for wish in _WISHES if wish in labels(message)), None)
        if label is not None:
            await person.tap(message, label)
        else:
            await _sort_by_hand(person, message)


async def _sort_by_hand(person: SimulatedCitizen, message: dict[str, Any]) -> None:
    """While Rasa is away people choose what it is about; what neighbours wrote is another lamp."""
    on_the_way = ("Chiếu sáng", "Đây là việc mới")
    label = next((one for one in labels(message) if one.startswith(on_the_way)), None)
    if label is not None:
        await person.tap(message, label)


async def _plain(person: SimulatedCitizen, words: str) -> Outcome:
    await person.write(words)
    return Outcome(person.chat, words, code=await _send(person))


async def _without_place(person: SimulatedCitizen, words: str) -> Outcome:
    words = words.replace(" phường Lê Chân", "")
    await person.write(words)
    await _until(person, "xã, phường nào")
    await person.write("phường Lê Chân")
    return Outcome(person.chat, words, code=await _send(person))


async def _with_album(person: SimulatedCitizen, words: str) -> Outcome:
    await person.send_photos([picture(n) for n in range(3)], words)
    return Outcome(person.chat, words, files=3, code=await _send(person))


async def _with_photo_afterwards(person: SimulatedCitizen, words: str) -> Outcome:
    await person.write(words)
    code = await _send(person)
    await person.send_photos([picture(9)])
    await _until(person, "Đã thêm tệp")
    return Outcome(person.chat, words, files=1, code=code)


async def _with_a_question(person: SimulatedCitizen, words: str) -> Outcome:
    await person.write(words)
    await _until(person, "Xin kiểm tra")
    question = "Mấy ngày thì có trả lời vậy?"
    await person.write(question)
    return Outcome(person.chat, words, question, code=await _send(person))


async def _cancelled(person: SimulatedCitizen, words: str) -> Outcome:
    await person.write(words)
    card = await _until(person, "Xin kiểm tra")
    await person.tap(card, "Hủy")
    await _until(person, "Đã hủy")
    return Outcome(person.chat, None)


async def _followed_up(person: SimulatedCitizen, words: str) -> Outcome:
    await person.write(words)
    code = await _send(person)
    await person.write("/tinhtrang")
    await _until(person, code)
    return Outcome(person.chat, words, code=code)


_SCRIPTS = (
    _plain,
    _without_place,
    _with_album,
    _with_photo_afterwards,
    _with_a_question,
    _cancelled,
    _followed_up,
)


def picture(shade: int) -> bytes:
    """A grey PNG of 16 by 16."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes([16 * shade % 256]) * 16 for _ in range(16))
    header = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


# --- what must be true afterwards -----------------------------------------------------------


async def _check(town: Town, outcomes: list[Outcome], report: Report) -> None:
    with embedded_postgres(town.data_dir / "postgres") as url:
        database = Database(url, pool_size=2)
        await _settle(database, report)
        async with database.in_transaction() as session:
            query = select(Case).where(Case.text.contains("mã thử"))
            cases = {case.code: case for case in await session.scalars(query)}
            files = await session.execute(
                select(Attachment.case_id, func.count()).group_by(Attachment.case_id)
            )
            attached = dict(files.all())
            for case in cases.values():
                events = select(Event).where(Event.case_id == case.id).order_by(Event.seq)
                if first_broken(case.code, list(await session.scalars(events))) is not None:
                    report.wrong.append(f"{case.code}: the chain of events is broken")
            marked = select(func.count()).where(Reply.unclear_at.is_not(None))
            report.unclear = await session.scalar(marked) or 0
        await database.close()
    report.cases = len(cases)
    _compare(outcomes, cases, attached, report)


async def _settle(database: Database, report: Report) -> None:
    """Wait until nothing is under way any more."""
    waiting = {
        "updates": select(func.count()).where(InboxUpdate.handled_at.is_(None)),
        "replies": select(func.count()).where(Reply.sent_at.is_(None), Reply.failed_at.is_(None)),
    }
    left: dict[str, int] = {}
    for _ in range(240):
        async with database.in_transaction() as session:
            left = {name: await session.scalar(query) or 0 for name, query in waiting.items()}
            failed = await session.scalar(select(func.count()).where(Reply.failed_at.is_not(None)))
        if not any(left.values()):
            break
        await asyncio.sleep(0.5)
    report.wrong += [f"{count} {name} were left" for name, count in left.items() if count]
    report.wrong += [f"{failed} replies were given up"] if failed else []


def _compare(
    outcomes: list[Outcome], cases: dict[str, Case], attached: dict[int, int], report: Report
) -> None:
    by_words = Counter(case.text for case in cases.values())
    wished = {words for outcome in outcomes for words in outcome.possible}
    report.wrong += [f"filed {n} times: {words}" for words, n in by_words.items() if n > 1]
    report.wrong += [f"filed, not confirmed: {words}" for words in by_words.keys() - wished]
    for outcome in outcomes:
        if outcome.words is None:
            continue
        case = cases.get(outcome.code or "")
        if case is None or case.text not in outcome.possible:
            report.wrong.append(f"{outcome.code}: not the case that was confirmed")
        elif attached.get(case.id, 0) != outcome.files:
            have = attached.get(case.id, 0)
            report.wrong.append(f"{outcome.code}: {have} files instead of {outcome.files}")


async def _count_duplicates(
    client: httpx.AsyncClient, people: list[SimulatedCitizen], report: Report
) -> None:
    """The same message twice in a row is a reply that was sent twice."""
    for person in people:
        answer = await client.get(
            f"/api/chats/{person.chat}/messages", params={"after": 0, "from": "bot"}
        )
        shown = [message["text"] for message in answer.json()["messages"]]
        report.messages += len(shown)
        report.duplicates += sum(a == b for a, b in pairwise(shown))
    if report.duplicates > max(report.unclear, 0):
        report.wrong.append("more replies came twice than were unclear")
    if report.duplicates > max(1, DUPLICATES_ALLOWED * report.messages):
        report.wrong.append(f"{report.duplicates} of {report.messages} replies came twice")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    parser.add_argument("--citizens", type=int, default=300)
    asked = parser.parse_args()
    console = Console(highlight=False)
    console.print(f"seed {asked.seed}, {asked.citizens} citizens")
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        town = Town(Path(folder) / "data")
        town.start()
        try:
            report = asyncio.run(run(town, asked.seed, asked.citizens))
        finally:
            town.stop()
    kills = ", ".join(f"{part} {count}" for part, count in sorted(report.kills.items()))
    console.print(f"killed: {kills}")
    console.print(
        f"{report.cases} cases, {report.messages} messages, {report.duplicates} twice, "
        f"{report.unclear} unclear"
    )
    for line in report.wrong:
        console.print(f"WRONG: {line}", markup=False)
    raise SystemExit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
