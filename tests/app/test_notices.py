"""Notices on their way out, over a real SMTP server and the playground's Bot API."""

import smtplib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from telegram.error import BadRequest, Forbidden, NetworkError

from app.mail import MailServer, MailUnreachable, build_message, is_address
from app.notices import Courier, write_letter
from app.retry import retry_failed
from cases.agency_notices import ASSIGNED, WORDS, notify_agency, troubled_addresses
from cases.intake import Petition, file_case
from cases.tables import Tables
from db.models import AgencyNotice, Case, Citizen, Delivery
from db.session import Database
from routing.router import Decision
from routing.tables import PACKS, Pack, load_pack

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ROADS = "so_xay_dung"
ADDRESS, OTHER = "truc@so.example.vn", "phong@so.example.vn"
PACK = load_pack(PACKS / "hai_phong")
WORDS_OF_AN = "Nhà bà Nguyễn Thị An số 12, điện thoại 0912345678, ổ gà trước cửa"


class Mailbox:
    """An SMTP server's inbox that answers as a test tells it to."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refusals: dict[str, list[str]] = {}  # Address -> the answers to come.

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answers = self.refusals.get(address, [])
        if answers:
            return answers.pop(0) if len(answers) > 1 else answers[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"


class Post:
    """What `Bot.send_message` does, as far as a courier can see."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.error: Exception | None = None

    async def send_message(self, chat_id: str, text: str) -> None:
        if self.error is not None:
            raise self.error
        self.said.append((chat_id, text))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@contextmanager
def serving(handler: Any, **options: Any) -> Iterator[MailServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield MailServer("127.0.0.1", port, "lang-nghe@tinh.example.vn", security="none")
    finally:
        controller.stop()


@pytest.fixture
def mail_server(mailbox: Mailbox) -> Iterator[MailServer]:
    with serving(mailbox) as server:
        yield server


def pack_with(**addresses: str) -> Pack:
    agencies = PACK.agencies | {ROADS: replace(PACK.agencies[ROADS], **addresses)}
    return replace(PACK, agencies=agencies)


class Desk:
    """A courier, a notice to the roads department, and a clock."""

    def __init__(self, database: Database, server: MailServer | None, **addresses: str) -> None:
        self.database, self.now, self.post = database, NOW, Post()
        pack = pack_with(**(addresses or {"email": ADDRESS}))
        self.courier = Courier(
            database,
            Tables(PACKS / "hai_phong", pack),
            self.post,  # type: ignore[arg-type]
            server,
            "https://console.example.vn/",
            lambda: self.now,
        )

    async def notice(self, case: Case) -> int:
        async with self.database.in_transaction() as session:
            made = await notify_agency(session, case, ROADS, ASSIGNED, self.now)
        return made.id

    async def deliveries(self) -> list[Delivery]:
        async with self.database.in_transaction() as session:
            return list(await session.scalars(select(Delivery).order_by(Delivery.id)))

    async def troubles(self) -> list[tuple[str, str]]:
        async with self.database.in_transaction() as session:
            return [(one.address, one.why) for one in await troubled_addresses(session)]


@pytest_asyncio.fixture
async def case(database: Database) -> AsyncIterator[Case]:
    an = Citizen(address=b"encrypted", address_lookup=b"an")
    petition = Petition(WORDS_OF_AN, "roads", 0.9, "phan_anh", None)
    decision = Decision("triage", None, None, 0.9, "test", ("vì vậy",))
    async with database.in_transaction() as session:
        session.add(an)
        await session.flush()
        filed = await file_case(session, petition, decision, PACK, an.id, None, NOW)
    yield filed


async def test_a_notice_reaches_every_address_once(
    database: Database, mail_server: MailServer, mailbox: Mailbox, case: Case
) -> None:
    desk = Desk(database, mail_server, email=f"{ADDRESS}; {OTHER}", telegram_group="-1001")
    notice_id = await desk.notice(case)
    for _ in range(2):  # A job may run twice.
        await desk.courier.deliver(notice_id)
    assert [letter["To"] for letter in mailbox.letters] == [ADDRESS, OTHER]
    assert [chat for chat, _ in desk.post.said] == ["-1001"]
    assert all(one.sent_at == NOW for one in await desk.deliveries())
    letter = mailbox.letters[0]
    assert letter["Subject"] == f"[Lắng Nghe] Được giao vụ việc: {case.code}"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert f"https://console.example.vn/vu-viec/{case.code}" in letter.get_content()


async def test_a_repeat_after_a_crash_has_the_same_message_id_and_date(
    database: Database, mail_server: MailServer, mailbox: Mailbox, case: Case
) -> None:
    desk = Desk(database, mail_server)
    notice_id = await desk.notice(case)
    await desk.courier.deliver(notice_id)
    async with database.in_transaction() as session:  # As if the mark had never been made.
        (await session.scalars(select(Delivery))).one().sent_at = None
    desk.now += timedelta(hours=1)
    await desk.courier.deliver(notice_id)
    first, second = mailbox.letters
    assert (first["Message-ID"], first["Date"]) == (second["Message-ID"], second["Date"])


async def test_a_refused_address_is_shown_and_left_alone_for_a_day(
    database: Database, mail_server: MailServer, mailbox: Mailbox, case: Case
) -> None:
    mailbox.refusals[ADDRESS] = ["550 no such user here"]
    desk = Desk(database, mail_server)
    await desk.courier.deliver(await desk.notice(case))
    assert await desk.troubles() == [(ADDRESS, "refused")]
    await desk.courier.deliver(await desk.notice(case))
    assert await desk.troubles() == [(ADDRESS, "paused")]
    mailbox.refusals.clear()
    desk.now += timedelta(days=1, minutes=1)
    await desk.courier.deliver(await desk.notice(case))
    assert await desk.troubles() == []
    assert len(mailbox.letters) == 1


async def test_one_refused_address_does_not_hold_up_the_others(
    database: Database, mail_server: MailServer, mailbox: Mailbox, case: Case
) -> None:
    mailbox.refusals[ADDRESS] = ["550 no such user here"]
    desk = Desk(database, mail_server, email=f"{ADDRESS};{OTHER}")
    await desk.courier.deliver(await desk.notice(case))
    assert [letter["To"] for letter in mailbox.letters] == [OTHER]


async def test_a_busy_server_is_asked_again(
    database: Database, mail_server: MailServer, mailbox: Mailbox, case: Case
) -> None:
    mailbox.refusals[ADDRESS] = ["451 try again later", "451 try again later"]
    desk = Desk(database, mail_server, email=f"{ADDRESS};{OTHER}")
    notice_id = await desk.notice(case)
    with pytest.raises(MailUnreachable, match="451"):
        await desk.courier.deliver(notice_id)
    mailbox.refusals.clear()
    await desk.courier.deliver(notice_id)
    assert [letter["To"] for letter in mailbox.letters] == [OTHER, ADDRESS]
    assert await desk.troubles() == []


async def test_a_server_that_is_away_loses_nothing(database: Database, case: Case) -> None:
    desk = Desk(database, MailServer("127.0.0.1", 1, "a@b.vn", security="none"))
    with pytest.raises(MailUnreachable):
        await desk.courier.deliver(await desk.notice(case))
    (delivery,) = await desk.deliveries()
    assert (delivery.sent_at, delivery.failed_at) == (None, None)


async def test_a_server_without_starttls_is_not_sent_anything_in_the_clear(
    database: Database, mail_server: MailServer, mailbox: Mailbox, case: Case
) -> None:
    desk = Desk(database, replace(mail_server, security="starttls"))
    with pytest.raises(MailUnreachable):
        await desk.courier.deliver(await desk.notice(case))
    assert mailbox.letters == []


async def test_a_server_with_starttls_gets_its_mail_encrypted_and_an_unknown_certificate_none(
    database: Database, mailbox: Mailbox, case: Case, tmp_path: Path
) -> None:
    with serving(mailbox, tls_context=_self_signed(tmp_path), require_starttls=True) as server:
        strict = Desk(database, replace(server, security="starttls"))
        with pytest.raises(MailUnreachable):
            await strict.courier.deliver(await strict.notice(case))
        assert mailbox.letters == []
        trusting = replace(server, security="starttls", validate_certs=False)
        desk = Desk(database, trusting)
        await desk.courier.deliver(await desk.notice(case))
    assert len(mailbox.letters) == 1


def _self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody vouches for, for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context


async def test_without_a_mail_server_staff_are_told_and_a_retry_delivers(
    database: Database, database_url: str, mail_server: MailServer, mailbox: Mailbox, case: Case
) -> None:
    desk = Desk(database, None)
    notice_id = await desk.notice(case)
    await desk.courier.deliver(notice_id)
    assert await desk.troubles() == [(ADDRESS, "unconfigured")]
    assert await retry_failed(database_url) == (0, 0, 1)
    desk.courier.mail_server = mail_server
    await desk.courier.deliver(notice_id)
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize("error", [BadRequest("Chat not found"), Forbidden("bot was kicked")])
async def test_a_group_that_does_not_have_the_bot_is_shown(
    database: Database, case: Case, error: Exception
) -> None:
    desk = Desk(database, None, telegram_group="-1001")
    desk.post.error = error
    await desk.courier.deliver(await desk.notice(case))
    assert await desk.troubles() == [("-1001", "refused")]


async def test_a_network_that_fails_is_tried_again(database: Database, case: Case) -> None:
    desk = Desk(database, None, telegram_group="-1001")
    desk.post.error = NetworkError("away")
    notice_id = await desk.notice(case)
    with pytest.raises(NetworkError):
        await desk.courier.deliver(notice_id)
    desk.post.error = None
    await desk.courier.deliver(notice_id)
    assert len(desk.post.said) == 1


async def test_an_agency_without_addresses_has_its_inbox(database: Database, case: Case) -> None:
    desk = Desk(database, None, email="")
    await desk.courier.deliver(await desk.notice(case))
    assert await desk.deliveries() == []
    async with database.in_transaction() as session:
        assert (await session.scalars(select(AgencyNotice))).one().read_at is None


@given(
    kind=st.sampled_from(sorted(WORDS)),
    words=st.text(min_size=12, max_size=200),
    place=st.text(min_size=12, max_size=60),
    restricted=st.booleans(),
)
def test_no_letter_holds_anything_of_the_citizen(
    kind: str, words: str, place: str, restricted: bool
) -> None:
    case = Case(
        code="PA-ABC123",
        text=words,
        place_text=place,
        ward_code="11383",
        category="roads",
        restricted=restricted,
        due_at=NOW,
    )
    letter = write_letter(kind, case, PACK.agencies[ROADS], PACK, "https://c.vn")
    whole = letter.subject + letter.body
    assert words not in whole
    assert place not in whole
    assert PACK.wards["11383"].name not in whole
    assert (PACK.categories["roads"].name in whole) is not restricted


@pytest.mark.parametrize("text", ["a@b.vn\nBcc: x@y.vn", "a b@c.vn", "a@b", "a@b.vn,c@d.vn", ""])
def test_what_is_no_single_address_is_told(text: str) -> None:
    assert not is_address(text)


def test_a_line_break_cannot_become_a_header() -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        build_message("a@b.vn", "c@d.vn", "x\nBcc: e@f.vn", "", "<1@b.vn>")


def test_the_server_of_the_tests_is_a_real_one(mail_server: MailServer, mailbox: Mailbox) -> None:
    with smtplib.SMTP(mail_server.host, mail_server.port) as client:
        client.sendmail("a@b.vn", ["c@d.vn"], b"Subject: x\r\n\r\ny")
    assert [str(letter["Subject"]) for letter in mailbox.letters] == ["x"]
