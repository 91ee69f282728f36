"""The citizen's conversation on several channels: language, choices, ratings, unclear sendings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
ZERO = sa.text("0")


def upgrade() -> None:
    _widen_citizens()
    _name_channels()
    _widen_cases()
    op.add_column("attachments", sa.Column("transcript", sa.Text(), nullable=True))
    for name in ("sending_at", "unclear_at"):
        op.add_column("replies", sa.Column(name, MOMENT, nullable=True))
    for name in ("timeouts", "parts_sent"):
        op.add_column(
            "replies", sa.Column(name, sa.BigInteger(), server_default=ZERO, nullable=False)
        )


def _widen_citizens() -> None:
    for name in ("consent_withdrawn_at", "minute_at", "slowed_at", "erased_at"):
        op.add_column("citizens", sa.Column(name, MOMENT, nullable=True))
    language = sa.Column("language", sa.Text(), server_default="vi", nullable=False)
    empty = sa.text("'[]'")
    choices = sa.Column("choices", postgresql.JSONB(), server_default=empty, nullable=False)
    count = sa.Column("minute_count", sa.BigInteger(), server_default=ZERO, nullable=False)
    for column in (language, choices, count):
        op.add_column("citizens", column)


def _name_channels() -> None:
    op.add_column(
        "inbox", sa.Column("channel", sa.Text(), server_default="telegram", nullable=False)
    )
    op.drop_constraint("uq_inbox_bot_id_update_id", "inbox")
    op.alter_column(
        "inbox",
        "update_id",
        new_column_name="update_key",
        type_=sa.Text(),
        postgresql_using="update_id::text",
    )
    op.create_unique_constraint(
        "uq_inbox_channel_bot_id_update_key", "inbox", ["channel", "bot_id", "update_key"]
    )
    parked = sa.text("handled_at is null")
    op.create_index("ix_inbox_parked", "inbox", ["failed_at"], postgresql_where=parked)


def _widen_cases() -> None:
    false = sa.text("false")
    op.add_column(
        "cases", sa.Column("anonymous", sa.Boolean(), server_default=false, nullable=False)
    )
    for column in (
        sa.Column("joins_id", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.BigInteger(), nullable=True),
        sa.Column("rating_words", sa.Text(), nullable=True),
        sa.Column("rated_at", MOMENT, nullable=True),
    ):
        op.add_column("cases", column)
    op.create_foreign_key(op.f("fk_cases_joins_id"), "cases", "cases", ["joins_id"], ["id"])
    op.create_index(op.f("ix_cases_joins_id"), "cases", ["joins_id"])


def downgrade() -> None:
    op.drop_index("ix_cases_joins_id", table_name="cases")
    op.drop_constraint("fk_cases_joins_id", "cases")
    for name in ("anonymous", "joins_id", "rating", "rating_words", "rated_at"):
        op.drop_column("cases", name)
    for name in ("sending_at", "unclear_at", "timeouts", "parts_sent"):
        op.drop_column("replies", name)
    op.drop_column("attachments", "transcript")
    op.drop_index("ix_inbox_parked", table_name="inbox")
    op.drop_constraint("uq_inbox_channel_bot_id_update_key", "inbox")
    # Only Telegram's keys are numbers; what other channels sent is not known to the old tables.
    op.execute("delete from inbox where channel <> 'telegram'")
    op.alter_column(
        "inbox",
        "update_key",
        new_column_name="update_id",
        type_=sa.BigInteger(),
        postgresql_using="update_key::bigint",
    )
    op.create_unique_constraint("uq_inbox_bot_id_update_id", "inbox", ["bot_id", "update_id"])
    op.drop_column("inbox", "channel")
    for name in (
        "consent_withdrawn_at", "minute_at", "slowed_at", "erased_at", "language", "choices",
        "minute_count",
    ):  # fmt: skip
        op.drop_column("citizens", name)
