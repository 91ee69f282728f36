"""Recordings whose words a machine is still to hear."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "attachments",
        sa.Column("awaits_words", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("attachments", sa.Column("chat_message_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("attachments", "chat_message_id")
    op.drop_column("attachments", "awaits_words")
