"""Passwords of staff, as Argon2 keeps them. Trainees have none."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
_LONGEST = 200
_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return _hasher.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Return whether a password is the right one; without one that is kept it takes as long to say no."""
    if len(password) > _LONGEST:
        return False
    try:
        _hasher.verify(_of_nobody() if kept is None else kept, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _of_nobody() -> str:
    return hashed("nobody")
