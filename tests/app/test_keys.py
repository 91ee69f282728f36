"""The keys that hide who wrote: made once, never made again beside an old database."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from app.keys import MissingKeys, make_local_keys, open_vault
from app.settings import Settings


def settings(folder: Path, **values: SecretStr) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **values)  # type: ignore[call-arg]


def test_local_keys_are_made_once_and_opened_again(tmp_path: Path) -> None:
    make_local_keys(settings(tmp_path))
    hidden = open_vault(settings(tmp_path)).encrypt(b"1001")
    make_local_keys(settings(tmp_path))
    assert open_vault(settings(tmp_path)).decrypt(hidden) == b"1001"
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


def test_new_keys_are_not_made_beside_an_old_database(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18")
    with pytest.raises(MissingKeys, match=r"keys\.json is missing"):
        make_local_keys(settings(tmp_path))


def test_half_a_pair_of_keys_is_refused(tmp_path: Path) -> None:
    key = SecretStr(Fernet.generate_key().decode())
    with pytest.raises(MissingKeys, match="belong together"):
        open_vault(settings(tmp_path, encryption_keys=key))
