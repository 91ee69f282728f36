"""Who wrote is encrypted here, and nowhere else.

Threat: a copied database must not tell who wrote a case. Addresses and raw updates are
Fernet tokens (AES-128-CBC with HMAC-SHA256); several keys allow rotation. To find a citizen
again without decrypting every row there is a keyed hash: chat ids are few enough to try them
all against a plain hash, so the hash needs a key of its own.
"""

import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet


class Vault:
    """Encrypts and looks up what identifies a citizen."""

    def __init__(self, encryption_keys: list[str], lookup_key: str) -> None:
        """`encryption_keys` are Fernet keys, newest first; raises ValueError for a bad one."""
        self._fernet = MultiFernet([Fernet(key) for key in encryption_keys])
        self._lookup_key = lookup_key.encode()

    def encrypt(self, plain: bytes) -> bytes:
        return self._fernet.encrypt(plain)

    def decrypt(self, token: bytes) -> bytes:
        """Raises `cryptography.fernet.InvalidToken` when no key fits."""
        return self._fernet.decrypt(token)

    def lookup(self, channel: str, address: str) -> bytes:
        """The 32-byte keyed hash under which an address is found again."""
        message = f"{channel}:{address}".encode()
        return hmac.new(self._lookup_key, message, hashlib.sha256).digest()
