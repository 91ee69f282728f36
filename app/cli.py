"""The command line, `langnghe`. Operators get one line and a non-zero exit, no traceback."""

import asyncio
import sys
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from subprocess import SubprocessError
from typing import Annotated, NoReturn

import typer
from cryptography.fernet import Fernet
from procrastinate.exceptions import ConnectorException
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from app import logs
from app.rasa_server import RasaFailed
from app.services import database_url, open_tables
from app.settings import Settings
from cases.tables import Tables
from db.migrate import upgrade
from routing.checks import check_pack
from routing.tables import PACKS, PackError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
staff_app = typer.Typer(no_args_is_help=True, help="Staff accounts of the console.")
db_app = typer.Typer(no_args_is_help=True, help="The database's tables.")
tables_app = typer.Typer(no_args_is_help=True, help="The province's tables.")
audit_app = typer.Typer(no_args_is_help=True, help="Whether the history of cases is unchanged.")
app.add_typer(staff_app, name="staff")
app.add_typer(db_app, name="db")
app.add_typer(tables_app, name="tables")
app.add_typer(audit_app, name="audit")

UNUSABLE = 2
# What an operator can mend, and the exit code that says so.
_EXPECTED = (
    ConnectorException,
    DBAPIError,
    OSError,
    PackError,
    RasaFailed,
    SubprocessError,
    ValueError,  # MissingKeys, ValidationError and our own one-line refusals.
)


class Watched(StrEnum):
    """The processes that only `langnghe health` can ask how they are."""

    WORKER = "worker"
    SENDER = "sender"
    RECEIVER = "receiver"


def main() -> None:
    """Entry point: expected failures become one line on standard error and exit code 2."""
    try:
        app()
    except _EXPECTED as error:
        fail(_one_line(error))


def fail(message: str) -> NoReturn:
    """Say why and leave with exit code 2."""
    print(f"langnghe: {message}", file=sys.stderr)
    raise SystemExit(UNUSABLE)


def _one_line(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        name = "LANGNGHE_" + "_".join(str(part) for part in first["loc"]).upper()
        return f"{name}: {first['msg']}"
    if isinstance(error, DBAPIError):
        return f"the database refused: {_one_line(error.orig or ValueError())}"
    return (str(error).splitlines() or [type(error).__name__])[0]


def load_settings() -> Settings:
    settings = Settings()
    logs.set_up(settings.log_level)
    return settings


@app.command()
def run() -> None:
    """Run everything on this machine; without a token, with the playground."""
    from app.run import run_everything

    raise SystemExit(run_everything(load_settings()))


@app.command()
def worker() -> None:
    """Read what citizens sent, decide, queue replies."""
    from app.processes import run_worker

    _with_database(run_worker)


@app.command()
def sender() -> None:
    """Send replies to citizens and notices to agencies; fetch citizens' files."""
    from app.processes import run_sender

    _with_database(run_sender)


@app.command()
def receiver() -> None:
    """Receive what citizens send: by webhook where LANGNGHE_WEBHOOK_URL is set, else by polling."""
    from app.processes import run_receiver

    _with_database(run_receiver)


@app.command()
def console() -> None:
    """Serve the staff console."""
    from app.processes import run_console

    _with_database(run_console)


@app.command()
def health(
    process: Annotated[Watched, typer.Argument(help="Which process of this container to ask.")],
) -> None:
    """Exit with 0 if the worker, sender or receiver of this container is at work, else with 2."""
    from app.health import check_receiver, check_webhook, check_worker

    settings = load_settings()
    if settings.database_url is None:
        fail("health checks are for production: LANGNGHE_DATABASE_URL is not set")
    url = settings.database_url.get_secret_value()
    if process in (Watched.WORKER, Watched.SENDER):
        check_worker(settings, url)
    elif settings.webhook_url is not None:
        check_webhook(settings)
    else:
        check_receiver(url)


@app.command()
def playground() -> None:
    """Serve a local Telegram with a chat page, on loopback only."""
    from app.processes import run_playground

    run_playground(load_settings())


@app.command()
def explain(
    text: Annotated[str | None, typer.Argument(help="What a citizen might write.")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Read {"id","text"} lines, write a JSON line each.')
    ] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="By the tables in force on this day."),
    ] = None,
) -> None:
    """Print how a text is understood, and where it would go and why."""
    from app.explain import explain_lines, explain_text

    if jsonl == (text is not None):
        fail("give either a text or --jsonl")
    on = as_of.date() if as_of else None
    settings = load_settings()
    if jsonl:
        raise SystemExit(explain_lines(settings, sys.stdin, sys.stdout, on))
    explain_text(settings, text or "", Console(), on)


@app.command()
def retry() -> None:
    """Queue again the updates and replies that failed for good, once their cause is mended."""
    from app.retry import retry_failed

    settings = load_settings()
    with database_url(settings) as url:
        updates, replies, notices = asyncio.run(retry_failed(url))
    print(f"queued again: {updates} updates, {replies} replies, {notices} notices")


@app.command()
def digest(
    week: Annotated[str, typer.Option(help="An ISO week: 2026-W48.")],
    out: Annotated[Path, typer.Option(help="The .docx file to write.")],
) -> None:
    """Write the weekly digest of what is overdue or unsettled."""
    from app.weekly import write_digest

    settings = load_settings()
    with database_url(settings) as url:
        upgrade(url)
        count = asyncio.run(write_digest(url, Tables(PACKS / settings.pack), week, out))
    print(f"{out}: {count} cases")


@app.command()
def poster(
    ward: Annotated[
        list[str],
        typer.Option(
            help="A ward's code or name (routing/packs/<pack>/wards.csv lists them), or all;"
            " may be given more than once."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The .pdf file to write.")],
    bot: Annotated[
        str | None, typer.Option(help="The bot's user name; by default Telegram is asked.")
    ] = None,
) -> None:
    """Write posters, A4, with a QR code that opens the bot and tells it the ward."""
    from app.poster import write_posters

    written = asyncio.run(write_posters(load_settings(), ward, bot, out))
    print(f"{out}: {written}")


@staff_app.command("add")
def add_staff(
    username: Annotated[str, typer.Argument(help="Letters a-z, digits, dot, dash, underscore.")],
    name: Annotated[str, typer.Option(help="The name shown in the console.")],
    role: Annotated[list[str], typer.Option(help="A role; may be given more than once.")],
    agency: Annotated[str | None, typer.Option(help="The agency's id, for its officers.")] = None,
) -> None:
    """Create an account; prints a one-time password."""
    from app.accounts import add_account

    settings = load_settings()
    with database_url(settings) as url:
        upgrade(url)
        known = asyncio.run(open_tables(settings, url)).pack.agencies
        if agency is not None and agency not in known:
            fail(f"unknown agency {agency!r}")
        password = asyncio.run(add_account(url, username, name, role, agency))
    print(f"one-time password of {username}: {password}")


@db_app.command("upgrade")
def upgrade_database() -> None:
    """Apply every missing migration."""
    settings = load_settings()
    with database_url(settings) as url:
        upgrade(url)
    print("the database is up to date")


@db_app.command("new-keys")
def new_keys() -> None:
    """Print fresh keys for production, as lines of an .env file."""
    import secrets

    print(f"LANGNGHE_ENCRYPTION_KEYS={Fernet.generate_key().decode()}")
    print(f"LANGNGHE_LOOKUP_KEY={secrets.token_urlsafe(32)}")


@tables_app.command("check")
def check_tables(
    pack: Annotated[
        str | None, typer.Argument(help="A pack's name; LANGNGHE_PACK's by default.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="A date, 2026-11-23; today by default.")] = None,
) -> None:
    """Check that every category, ward and legal type resolves to exactly one decision, with what
    staff saved in the database, where there is one."""
    from app.tables import read_saved

    settings = load_settings()
    name = pack or settings.pack
    if not (PACKS / name).is_dir():
        fail(f"no pack named {name!r}")
    saved = read_saved(settings, name)
    problems = check_pack(PACKS / name, date.fromisoformat(as_of) if as_of else None, saved)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        raise SystemExit(1)
    print(f"{name}: sound" + (f" (saved by staff: {', '.join(sorted(saved))})" if saved else ""))


@tables_app.command("list")
def list_tables() -> None:
    """Print the tables that staff may edit, and who last saved them."""
    from app.tables import describe_tables

    for line in describe_tables(load_settings()):
        print(line)


@tables_app.command("show")
def show_table(name: Annotated[str, typer.Argument(help="responsibilities.csv, ...")]) -> None:
    """Print a table as it is in force."""
    from app.tables import read_in_force

    print(read_in_force(load_settings(), [name])[name], end="")


@tables_app.command("export")
def export_tables(
    folder: Annotated[Path, typer.Argument(help="Where to write the tables; made if missing.")],
) -> None:
    """Write every table that staff may edit, as it is in force, into a folder."""
    from app.tables import read_in_force

    tables = read_in_force(load_settings())
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in tables.items():
        (folder / name).write_text(content, encoding="utf-8", newline="")
    print(f"{folder}: {len(tables)} tables")


@tables_app.command("preview")
def preview_table(
    edited: Annotated[Path, typer.Option(help="The edited table, under the table's own name.")],
    cases: Annotated[
        Path | None,
        typer.Option(
            help='Lines of {"id","text","category","confidence","legal_type","ward_code"};'
            " without it, the last 500 cases of the database, counted only."
        ),
    ] = None,
) -> None:
    """Check an edited table, and print which cases would go elsewhere with it. Saves nothing."""
    from app.tables import preview_edit

    try:
        lines = preview_edit(load_settings(), edited, cases)
    except PackError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        raise SystemExit(1) from None
    for line in lines:
        print(line)


@tables_app.command("revert")
def revert_tables(
    names: Annotated[list[str], typer.Argument(help="Tables that staff saved.")],
    note: Annotated[str, typer.Option(help="Why; kept in the tables' history.")],
) -> None:
    """Put the tables that came with the code back in force; what staff saved stays in history."""
    from app.tables import revert_saved

    settings = load_settings()
    with database_url(settings) as url:
        upgrade(url)
        asyncio.run(revert_saved(url, settings, names, note))
    print(f"back to the pack's own: {', '.join(names)}")


@audit_app.command("verify")
def verify_history(
    sealed: Annotated[
        Path | None, typer.Option(help="A file of `audit seal` from before, to compare with.")
    ] = None,
) -> None:
    """Check the history of every case; prints a line for each that was tampered with (exit 1)."""
    from app.audit import load_seal, verify

    heads = load_seal(sealed)
    settings = load_settings()
    with database_url(settings) as url:
        upgrade(url)
        broken = asyncio.run(verify(url, heads))
    for one in broken:
        print(f"{one.code}: {one.why}")
    if broken:
        raise SystemExit(1)
    print("no case's history was changed")


@audit_app.command("seal")
def seal_history(
    out: Annotated[Path, typer.Option(help="The file to write; keep it away from the database.")],
) -> None:
    """Write down how far each case's history goes, for a later `audit verify --sealed`."""
    from app.audit import collect_heads
    from app.files import write_whole
    from cases.audit import write_seal

    settings = load_settings()
    with database_url(settings) as url:
        upgrade(url)
        heads = asyncio.run(collect_heads(url))
    write_whole(out, write_seal(heads).encode())
    print(f"{out}: {len(heads)} cases")


def _with_database(process: Callable[[Settings, str], None]) -> None:
    settings = load_settings()
    with database_url(settings) as url:
        process(settings, url)
