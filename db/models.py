"""The tables. One PostgreSQL dialect; every time is aware UTC.

Threat: who wrote a case. A citizen is known only by an encrypted chat address and a keyed
look-up value (see `db.encryption`); nothing else in these tables names a citizen.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        str: Text,
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: ARRAY(Text),
        int: BigInteger,
    }


class Citizen(Base):
    """A person who wrote, known by an encrypted address on one channel."""

    __tablename__ = "citizens"
    __table_args__ = (UniqueConstraint("channel", "address_lookup"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    channel: Mapped[str] = mapped_column(server_default="telegram")  # 'telegram' or 'zalo'.
    address: Mapped[bytes]  # Encrypted: only the bot's processes hold the key.
    address_lookup: Mapped[bytes]  # Keyed hash, to find the row again without decrypting.
    consent_version: Mapped[str | None]
    consented_at: Mapped[datetime | None]
    consent_withdrawn_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(server_default="vi")  # Of the bot's own words.
    # What typed numbers mean now, on a channel without buttons: see `bot.choices`.
    choices: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    blocked_at: Mapped[datetime | None]  # When the channel said that the citizen blocked the bot.
    # The minute in which messages are counted, how many came, and when slowing was last said.
    minute_at: Mapped[datetime | None]
    minute_count: Mapped[int] = mapped_column(server_default=sql("0"))
    slowed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]  # On request: the row goes with its last reply.
    created_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))


class Draft(Base):
    """The conversation so far, as `bot.dialogue` left it."""

    __tablename__ = "drafts"

    citizen_id: Mapped[int] = mapped_column(
        ForeignKey("citizens.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


class InboxUpdate(Base):
    """One update of a channel, stored before it is handled.

    `update_key` is the channel's own name for it (Telegram's update_id, Zalo's message_id); it is
    unique per bot, so a second bot on the same database cannot shadow the first. The payload is
    encrypted (it names the sender) and wiped once the update is handled: by then its content
    stands in the draft, the case or an attachment.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "bot_id", "update_key"),
        Index("ix_inbox_parked", "failed_at", postgresql_where=sql("handled_at is null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    channel: Mapped[str] = mapped_column(server_default="telegram")
    bot_id: Mapped[int]
    update_key: Mapped[str]
    payload: Mapped[bytes | None]
    received_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    handled_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]  # The exception's class only: messages can hold citizens' words.


class Case(Base):
    """One grievance (vụ việc)."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(
            "legal_type in ('phan_anh','kien_nghi','khieu_nai','to_cao')", "legal_type"
        ),
        Index("ix_cases_state_filed_at", "state", "filed_at"),
        Index("ix_cases_agency_id_state", "agency_id", "state"),
        Index("ix_cases_state_stage_due_at", "state", "stage_due_at"),
        Index(
            "ix_cases_search",
            literal_column("lower(immutable_unaccent(text))").label("folded"),
            postgresql_using="gin",
            postgresql_ops={"folded": "gin_trgm_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    citizen_id: Mapped[int | None] = mapped_column(ForeignKey("citizens.id", ondelete="SET NULL"))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id"), unique=True)
    text: Mapped[str]
    state: Mapped[str]
    restricted: Mapped[bool] = mapped_column(server_default=sql("false"))
    category: Mapped[str | None]
    category_confidence: Mapped[float | None]
    categories: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    legal_type: Mapped[str]
    ward_code: Mapped[str | None]
    place_text: Mapped[str | None]
    place_confidence: Mapped[float] = mapped_column(server_default=sql("0"))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accused: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))  # Words naming units.
    agency_id: Mapped[str | None]  # The lead: it answers.
    supporting: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))  # Who work with it.
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # While disputed.
    decision: Mapped[dict[str, Any]]  # outcome, agency, rule, reasons, confidence.
    understood_at: Mapped[datetime | None]  # None while Rasa has not read it.
    filed_at: Mapped[datetime]
    due_at: Mapped[datetime]  # Of the answer; it moves on by what the clock was stopped for.
    paused_at: Mapped[datetime | None]  # Since when that clock is stopped, to wait for the citizen.
    # When the case came into its state, and until when whoever is to act there should have acted.
    stage_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    stage_due_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]  # By the agency that holds it.
    answered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]  # That silence will close it.
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]  # 'citizen' or 'silence': counted apart (promise 4).
    transfers: Mapped[int] = mapped_column(server_default=sql("0"))
    reopenings: Mapped[int] = mapped_column(server_default=sql("0"))
    anonymous: Mapped[bool] = mapped_column(
        server_default=sql("false")
    )  # Asked for by the citizen.
    joins_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)  # A hotspot's.
    rating: Mapped[int | None]  # 1 to 5, the citizen's.
    rating_words: Mapped[str | None]
    rated_at: Mapped[datetime | None]
    # The head of the chain of events (`cases.events`): without it nobody would miss the last ones.
    event_count: Mapped[int] = mapped_column(server_default=sql("0"))
    last_hash: Mapped[str] = mapped_column(server_default="")
    revision: Mapped[int] = mapped_column()

    events: Mapped[list["Event"]] = relationship(order_by="Event.seq", viewonly=True)
    messages: Mapped[list["Message"]] = relationship(order_by="Message.id", viewonly=True)
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.id", viewonly=True)

    __mapper_args__ = {"version_id_col": revision}


class Event(Base):
    """A past-tense fact about a case, chained by hash to the one before it."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_events_name_happened_at", "name", "happened_at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    name: Mapped[str]
    actor: Mapped[str]  # 'citizen', 'system' or 'staff:<id>'.
    data: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class Message(Base):
    """Words about a case: what the citizen adds, what staff answer."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    # 'addition' (citizen); 'answer', 'unsent_answer', 'question' or 'contribution' (staff).
    kind: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str]
    created_at: Mapped[datetime]
    # Of an answer: when it was done and by whom, and why nothing is shown for it.
    done_on: Mapped[date | None]
    done_by: Mapped[str | None]
    no_evidence: Mapped[str | None]

    staff: Mapped["Staff | None"] = relationship(viewonly=True)


class Attachment(Base):
    """A file that a citizen sent with a draft or a case, or that staff show with an answer.

    The content of a citizen's is fetched by a job. Staff's has `staff_id`, no `file_id` and its
    content from the first; `message_id` is the answer that it goes with, None until that is sent.
    """

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    citizen_id: Mapped[int | None] = mapped_column(ForeignKey("citizens.id", ondelete="SET NULL"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    kind: Mapped[str]  # photo, video, voice, document.
    file_id: Mapped[str | None]  # The channel's name for it.
    media_type: Mapped[str | None]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    # The chat message that it came with, where the channel has numbers.
    chat_message_id: Mapped[int | None]
    # The citizen was told that a machine listens; false again once that is done, whatever came out.
    awaits_words: Mapped[bool] = mapped_column(server_default=sql("false"))
    transcript: Mapped[str | None]  # A recording's words as a machine heard them.
    created_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    failure: Mapped[str | None]


class Reply(Base):
    """Something to be said to a citizen: queued with its cause, sent once by `bot.send`.

    `sending_at` is written before the channel is called and taken away when it surely said no: a
    row that has it without `sent_at` may have arrived. `unclear_at` marks a reply that was sent
    again after such a result, the only kind that a citizen can get twice. `content` is wiped when
    it was sent: it may repeat the citizen's words.
    """

    __tablename__ = "replies"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    citizen_id: Mapped[int] = mapped_column(
        ForeignKey("citizens.id", ondelete="CASCADE"), index=True
    )
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    content: Mapped[dict[str, Any] | None]
    queued_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    sending_at: Mapped[datetime | None]
    unclear_at: Mapped[datetime | None]
    timeouts: Mapped[int] = mapped_column(server_default=sql("0"))
    parts_sent: Mapped[int] = mapped_column(server_default=sql("0"))  # Of a text cut into several.
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]


class AgencyNotice(Base):
    """Something that an agency should know of a case: a line of its inbox in the console."""

    __tablename__ = "agency_notices"
    __table_args__ = (Index("ix_agency_notices_agency_id_created_at", "agency_id", "created_at"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    agency_id: Mapped[str]
    kind: Mapped[str]  # See `cases.agency_notices`.
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    case: Mapped[Case] = relationship(viewonly=True)


class Delivery(Base):
    """One notice on its way to one address outside the console, sent at least once."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("notice_id", "channel", "address"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("agency_notices.id", ondelete="CASCADE"))
    channel: Mapped[str]  # 'email' or 'telegram'.
    address: Mapped[str]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]  # 'refused' is the address's fault; else the exception's class.

    notice: Mapped[AgencyNotice] = relationship(viewonly=True)


class TableVersion(Base):
    """A table of the province as staff saved it. The newest of a name is in force; none is
    ever changed or removed, so the rows are the history."""

    __tablename__ = "table_versions"
    __table_args__ = (Index("ix_table_versions_pack_name_id", "pack", "name", "id"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    pack: Mapped[str]
    name: Mapped[str]  # The file that it stands in for: 'responsibilities.csv'.
    content: Mapped[str]
    note: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    saved_at: Mapped[datetime]

    staff: Mapped["Staff | None"] = relationship(viewonly=True)


class Tally(Base):
    """How often something happened on a day that must leave no other trace (tố cáo)."""

    __tablename__ = "tallies"

    day: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class Staff(Base):
    """A person who logs in to the console."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]]
    agency_id: Mapped[str | None]
    must_change_password: Mapped[bool]
    failed_logins: Mapped[int] = mapped_column(server_default=sql("0"))
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))


class StaffSession(Base):
    """A log-in. Only a hash of the cookie's token is kept, so a stolen table opens nothing."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship(lazy="joined")
