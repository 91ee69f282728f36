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


def test_cases_from_before_get_their_clocks_and_the_head_of_their_history(empty_url: str) -> None:
    config = alembic_config(empty_url)
    command.upgrade(config, "0005")
    engine = create_engine(sqlalchemy_url(empty_url))
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into cases (code, text, state, legal_type, decision, filed_at, due_at,"
                " revision) values ('PA-AAAAAA', 'Ổ gà', 'needs_info', 'phan_anh', '{}',"
                " '2026-11-10Z', '2026-11-25Z', 1), ('PA-BBBBBB', 'Rác', 'answered', 'phan_anh',"
                " '{}', '2026-11-10Z', '2026-11-25Z', 1)"
            )
        )
        for seq in (1, 2):
            event = text(
                "insert into events (case_id, seq, name, actor, data, happened_at, previous_hash,"
                " hash) values (1, :seq, 'x', 'citizen', '{}', :at, '', :hash)"
            )
            values = {"seq": seq, "at": f"2026-11-1{seq}Z", "hash": f"hash {seq}"}
            connection.execute(event, values)
    command.upgrade(config, "head")
    with engine.begin() as connection:
        asked, answered = connection.execute(text("select * from cases order by id")).mappings()
        # To downgrade has a place to go back to, also where staff have shown something.
        connection.execute(
            text("insert into attachments (kind, created_at) values ('photo', now())")
        )
    assert (asked["event_count"], asked["last_hash"]) == (2, "hash 2")
    assert asked["stage_at"].isoformat().startswith("2026-11-12")
    assert asked["paused_at"] is not None
    assert (answered["event_count"], answered["last_hash"]) == (0, "")
    assert answered["stage_due_at"] > answered["filed_at"]
    command.downgrade(config, "0005")
    engine.dispose()


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
