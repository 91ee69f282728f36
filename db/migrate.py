"""Bring a database's tables up to date with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from db.session import sqlalchemy_url


def upgrade(url: str, revision: str = "head") -> None:
    """Apply every missing migration. Safe to call from several processes at once."""
    command.upgrade(alembic_config(url), revision)


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = sqlalchemy_url(url)
    return config
