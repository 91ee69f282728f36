"""The tables are what the models say, from nothing, however many processes start at once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from procrastinate.schema import SchemaManager
from sqlalchemy import create_engine, inspect, make_url, text

from db.migrate import alembic_config, upgrade
from db.models import Base
from db.session import libpq_url, sqlalchemy_url

ROOT = Path(__file__).parents[2]
SQL = ROOT / "db" / "migrations" / "sql"


@pytest.fixture
def empty_url(database_url: str) -> Iterator[str]:
    """A second, empty database on the same server."""
    server = create_engine(sqlalchemy_url(database_url), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("create database langnghe_empty"))
    yield make_url(database_url).set(database="langnghe_empty").render_as_string(False)
    with server.connect() as connection:
        connection.execute(text("drop database langnghe_empty with (force)"))
    server.dispose()


def test_migrations_make_every_table_from_nothing_also_when_two_start_at_once(
    empty_url: str,
) -> None:
    command_line = [
        sys.executable,
        "-c",
        "import sys; from db.migrate import upgrade; upgrade(sys.argv[1])",
    ]
    started = [subprocess.Popen([*command_line, empty_url], cwd=ROOT) for _ in range(2)]
    assert [one.wait(60) for one in started] == [0, 0]
    upgrade(empty_url)
    engine = create_engine(sqlalchemy_url(empty_url))
    tables = set(inspect(engine).get_table_names())
    engine.dispose()
    assert tables >= {table.name for table in Base.metadata.sorted_tables}
    assert "procrastinate_jobs" in tables


def test_the_models_have_nothing_that_the_migrations_lack(database_url: str) -> None:
    command.check(alembic_config(database_url))


def test_the_job_queues_schema_is_the_one_that_it_ships() -> None:
    (copied,) = SQL.glob("procrastinate_*.sql")
    assert copied.read_text() == SchemaManager.get_schema()


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_any_postgresql_url_is_taken(scheme: str) -> None:
    assert sqlalchemy_url(f"{scheme}://u:p%40@h/d") == "postgresql+psycopg://u:p%40@h/d"
    assert libpq_url(f"{scheme}://u:p%40@h/d") == "postgresql://u:p%40@h/d"


def test_another_database_is_refused() -> None:
    with pytest.raises(ValueError, match="PostgreSQL"):
        sqlalchemy_url("sqlite:///langnghe.db")
