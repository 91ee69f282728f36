"""The keys that hide who wrote.

In production they are settings. On one machine with nothing configured they are made once,
beside the embedded database, readable by its owner only. Losing them loses every chat.
"""

import json
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from app.settings import Settings
from db.encryption import Vault

KEYS = ("LANGNGHE_ENCRYPTION_KEYS", "LANGNGHE_LOOKUP_KEY")


class MissingKeys(ValueError):
    """A database was configured without the keys that belong to it."""


def open_vault(settings: Settings) -> Vault:
    """The vault of this deployment. Raises MissingKeys, or ValueError for a malformed key."""
    keys = kept_keys(settings)
    encryption_keys = keys["LANGNGHE_ENCRYPTION_KEYS"].split(",")
    return Vault([key.strip() for key in encryption_keys], keys["LANGNGHE_LOOKUP_KEY"])


def kept_keys(settings: Settings) -> dict[str, str]:
    """The keys as settings, for a process that we start. Raises MissingKeys."""
    if settings.encryption_keys and settings.lookup_key:
        return {
            "LANGNGHE_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
            "LANGNGHE_LOOKUP_KEY": settings.lookup_key.get_secret_value(),
        }
    if settings.encryption_keys or settings.lookup_key:
        raise MissingKeys(f"{' and '.join(KEYS)} belong together: set both or none")
    if settings.database_url is not None:
        raise MissingKeys(f"LANGNGHE_DATABASE_URL needs {' and '.join(KEYS)}")
    return _local_keys(settings.data_dir)


def make_local_keys(settings: Settings) -> None:
    """Make the keys of an embedded database before it is first used. Raises MissingKeys where
    a database is there already: with new keys every chat in it would be lost."""
    path = settings.data_dir / "keys.json"
    is_local = not (settings.database_url or settings.encryption_keys or settings.lookup_key)
    if is_local and not path.exists():
        if (settings.data_dir / "postgres" / "PG_VERSION").exists():
            raise MissingKeys(f"{path} is missing, and the database beside it needs its keys")
        fresh = {
            "LANGNGHE_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "LANGNGHE_LOOKUP_KEY": secrets.token_urlsafe(32),
        }
        _write_once(path, json.dumps(fresh))


def _local_keys(folder: Path) -> dict[str, str]:
    path = folder / "keys.json"
    if not path.exists():
        raise MissingKeys(f"{path} is missing")
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def _write_once(path: Path, content: str) -> None:
    """Complete or absent, private from the start, and the first of two writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # Another process made them in the meantime: those count.
    finally:
        draft.unlink()
