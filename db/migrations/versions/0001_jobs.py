"""Extensions and the job queue's tables (procrastinate 3.10, its schema as published)."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

SCHEMA = Path(__file__).parents[1] / "sql" / "procrastinate_3_10.sql"


def upgrade() -> None:
    op.execute("create extension if not exists pg_trgm")
    op.execute("create extension if not exists unaccent")
    # An index needs an immutable function; unaccent() is only stable, as its rules could change.
    op.execute(
        "create function immutable_unaccent(text) returns text language sql immutable strict "
        "parallel safe as $$ select public.unaccent('public.unaccent'::regdictionary, $1) $$"
    )
    # The driver's own cursor: the file holds many statements and literal per cent signs.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(SCHEMA.read_text())
    cursor.close()


def downgrade() -> None:
    raise RuntimeError("restore a backup: dropping the job queue would lose messages")
