"""The life of a case: two clocks, acceptance, answers with evidence, the head of the events' chain."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)
CASE_MOMENTS = ("paused_at", "stage_due_at", "accepted_at", "reminded_at")


def upgrade() -> None:
    _widen_cases()
    _begin_stages()
    _note_heads()
    _complete_waiting_answers()
    op.add_column("messages", sa.Column("done_on", sa.Date(), nullable=True))
    op.add_column("messages", sa.Column("done_by", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("no_evidence", sa.Text(), nullable=True))
    op.alter_column("attachments", "file_id", nullable=True)
    for name, table in (("staff_id", "staff"), ("message_id", "messages")):
        op.add_column("attachments", sa.Column(name, sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f"fk_attachments_{name}"), "attachments", table, [name], ["id"])


def _widen_cases() -> None:
    now, none = sa.text("now()"), sa.text("0")
    op.add_column("cases", sa.Column("stage_at", MOMENT, server_default=now, nullable=False))
    for name in CASE_MOMENTS:
        op.add_column("cases", sa.Column(name, MOMENT, nullable=True))
    count = sa.Column("event_count", sa.BigInteger(), server_default=none, nullable=False)
    op.add_column("cases", count)
    op.add_column("cases", sa.Column("last_hash", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_cases_state_stage_due_at", "cases", ["state", "stage_due_at"])


def _begin_stages() -> None:
    """Cases from before: their stage began with their last event. A citizen who is being asked has
    stopped the clock from now on; everybody has the whole of their stage's limit."""
    op.execute(
        "update cases set stage_at = coalesce("
        "(select max(happened_at) from events where events.case_id = cases.id), filed_at)"
    )
    op.execute("update cases set paused_at = now() where state = 'needs_info'")
    op.execute(
        "update cases set stage_due_at = now() + interval '1 day'"
        " where state in ('needs_triage', 'assigned', 'reopened', 'disputed')"
    )
    op.execute(
        "update cases set stage_due_at = now() + interval '15 days' where state = 'answered'"
    )


def _note_heads() -> None:
    op.execute(
        "update cases set event_count = last.seq, last_hash = last.hash"
        " from (select distinct on (case_id) case_id, seq, hash from events"
        " order by case_id, seq desc) last where last.case_id = cases.id"
    )


def _complete_waiting_answers() -> None:
    """Answers that wait to be sent lack what the notice says since."""
    op.execute(
        "update replies set content = content || jsonb_build_object('files', 0, 'days', 15,"
        " 'done_on', to_char(queued_at, 'YYYY-MM-DD'), 'done_by', content ->> 'responder',"
        " 'no_evidence', '-') where content ->> 'notice' = 'answered' and sent_at is null"
    )


def downgrade() -> None:
    op.execute("delete from attachments where file_id is null")
    for name in ("staff_id", "message_id"):
        op.drop_column("attachments", name)
    op.alter_column("attachments", "file_id", nullable=False)
    for name in ("done_on", "done_by", "no_evidence"):
        op.drop_column("messages", name)
    op.drop_index("ix_cases_state_stage_due_at", table_name="cases")
    for name in ("stage_at", *CASE_MOMENTS, "event_count", "last_hash"):
        op.drop_column("cases", name)
