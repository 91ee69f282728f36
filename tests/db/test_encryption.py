"""Keys: rotated without losing anyone, needed for everything."""

import pytest
from cryptography.fernet import Fernet, InvalidToken

from db.encryption import Vault

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_after_a_rotation_the_old_key_still_opens_and_the_new_one_closes() -> None:
    before = Vault([OLD], "k").encrypt(b"1001")
    rotated = Vault([NEW, OLD], "k")
    assert rotated.decrypt(before) == b"1001"
    after = rotated.encrypt(b"1001")
    assert Vault([NEW], "k").decrypt(after) == b"1001"
    with pytest.raises(InvalidToken):
        Vault([OLD], "k").decrypt(after)


def test_the_same_address_is_never_encrypted_alike() -> None:
    vault = Vault([NEW], "k")
    assert vault.encrypt(b"1001") != vault.encrypt(b"1001")


def test_a_changed_token_is_refused() -> None:
    token = bytearray(Vault([NEW], "k").encrypt(b"1001"))
    token[20] ^= 1
    with pytest.raises(InvalidToken):
        Vault([NEW], "k").decrypt(bytes(token))


def test_looking_up_needs_the_key_and_tells_channels_and_people_apart() -> None:
    vault = Vault([NEW], "k")
    assert vault.lookup("telegram", "1001") == Vault([OLD], "k").lookup("telegram", "1001")
    others = {
        Vault([NEW], "another").lookup("telegram", "1001"),
        vault.lookup("zalo", "1001"),
        vault.lookup("telegram", "1002"),
    }
    assert len(others | {vault.lookup("telegram", "1001")}) == 4
    assert len(vault.lookup("telegram", "1001")) == 32


@pytest.mark.parametrize("keys", [["short"], []])
def test_a_bad_key_is_refused_at_once(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="Fernet"):
        Vault(keys, "k")
