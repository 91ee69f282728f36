"""Alembic's entry: one connection, one advisory lock, one transaction."""

from alembic import context
from sqlalchemy import create_engine, text

from db.models import Base

# Any constant will do: it keeps two processes from migrating at once.
MIGRATION_LOCK = 5_047_831


def include(name: str | None, kind: str, parents: object) -> bool:
    """Tables of procrastinate are not ours to compare."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        context.run_migrations()
engine.dispose()
