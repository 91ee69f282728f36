"""A queue for each process: jobs that wait go to the one whose work they are."""

from alembic import op

revision = "0005"
down_revision = "0004"

SENT = "('send_reply', 'fetch_attachment', 'deliver_notice')"


def upgrade() -> None:
    op.execute(
        "update procrastinate_jobs"  # noqa: S608
        f" set queue_name = case when task_name in {SENT} then 'sender' else 'worker' end"
    )


def downgrade() -> None:
    op.execute("update procrastinate_jobs set queue_name = 'default'")
