"""Tables that staff edit, notices to agencies, disputed cases and those who work on a case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _widen_cases()
    op.create_index("ix_events_name_happened_at", "events", ["name", "happened_at"])
    _create_agency_notices()
    _create_table_versions()


def _widen_cases() -> None:
    op.add_column(
        "cases",
        sa.Column("place_confidence", sa.Float(), server_default=sa.text("0"), nullable=False),
    )
    for name in ("accused", "supporting"):
        texts = postgresql.ARRAY(sa.Text())
        empty = sa.text("'{}'")
        op.add_column("cases", sa.Column(name, texts, server_default=empty, nullable=False))
    op.add_column("cases", sa.Column("decider_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_cases_decider_id"), "cases", "staff", ["decider_id"], ["id"])


def _create_agency_notices() -> None:
    op.create_table(
        "agency_notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_agency_notices_case_id")),
        sa.ForeignKeyConstraint(["read_by"], ["staff.id"], name=op.f("fk_agency_notices_read_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_notices")),
    )
    op.create_index(op.f("ix_agency_notices_case_id"), "agency_notices", ["case_id"])
    op.create_index(
        "ix_agency_notices_agency_id_created_at", "agency_notices", ["agency_id", "created_at"]
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["agency_notices.id"],
            name=op.f("fk_deliveries_notice_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "notice_id", "channel", "address", name=op.f("uq_deliveries_notice_id_channel_address")
        ),
    )


def _create_table_versions() -> None:
    op.create_table(
        "table_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_table_versions_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_table_versions")),
    )
    op.create_index("ix_table_versions_pack_name_id", "table_versions", ["pack", "name", "id"])


def downgrade() -> None:
    op.drop_table("table_versions")
    op.drop_table("deliveries")
    op.drop_table("agency_notices")
    op.drop_index("ix_events_name_happened_at", table_name="events")
    for name in ("decider_id", "supporting", "accused", "place_confidence"):
        op.drop_column("cases", name)
