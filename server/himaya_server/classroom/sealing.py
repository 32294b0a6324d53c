"""Names and backups, encrypted: names under a key beside the database, backups under a passphrase."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from himaya.answers.private import sync_folder
from himaya.errors import ClassError

if TYPE_CHECKING:
    from pathlib import Path

_NONCE = 12
_SALT = 16
_MAGIC = b"himaya-backup-1\n"
_COST = 2**17  # of scrypt: some 128 MB and half a second for each guess


class Seal:
    """Encrypts names under one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        """Take the key."""
        self._cipher = AESGCM(key)

    def sealed(self, name: str) -> bytes:
        """Return a name encrypted."""
        nonce = os.urandom(_NONCE)
        return nonce + bytes(self._cipher.encrypt(nonce, name.encode(), None))

    def opened(self, sealed: bytes) -> str:
        """Return the name.

        Raises:
            ClassError: If it was sealed under another key.
        """
        try:
            return bytes(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)).decode()
        except InvalidTag as error:
            message = "the names of this class were sealed with another key: class.key is not the one of this class."
            raise ClassError(message) from error


def kept_key(path: Path) -> bytes:
    """Return the key that lies in a file; made where there is none, whole or not at all, and closed to others."""
    if not os.path.lexists(path):
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as made:  # 0600
            made.write(AESGCM.generate_key(256))
            made.flush()
            os.fsync(made.fileno())
            with suppress(FileExistsError):  # another process was faster
                os.link(made.name, path)
        sync_folder(path.parent)
    return path.read_bytes()


def locked(data: bytes, passphrase: str) -> bytes:
    """Return data encrypted under a passphrase."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    return _MAGIC + salt + nonce + bytes(AESGCM(_derived(passphrase, salt)).encrypt(nonce, data, _MAGIC))


def unlocked(data: bytes, passphrase: str) -> bytes:
    """Return what `locked` took.

    Raises:
        ClassError: If this is no backup, or the passphrase is another one.
    """
    if not data.startswith(_MAGIC):
        message = "this file is no backup of a class."
        raise ClassError(message)
    rest = data[len(_MAGIC) :]
    salt, nonce, sealed = rest[:_SALT], rest[_SALT : _SALT + _NONCE], rest[_SALT + _NONCE :]
    try:
        return bytes(AESGCM(_derived(passphrase, salt)).decrypt(nonce, sealed, _MAGIC))
    except InvalidTag as error:
        message = "the passphrase is another one, or the file is damaged."
        raise ClassError(message) from error


def _derived(passphrase: str, salt: bytes) -> bytes:
    return bytes(Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode()))
