"""Signing in without a camera: a number, a code of ten digits, and the room's code of the day. It knows no HTTP.

The codes are kept as HMAC under a key outside the database: whoever steals the database alone cannot try them out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from himaya.languages.digits import in_digits
from himaya.languages.facts import digits_of
from himaya_server.pace import Bucket, Paces

if TYPE_CHECKING:
    from datetime import date

DIGITS = 10
_ROOM_DIGITS = 4
"""Of 1 to 9: on a wall the Arabic-Indic zero, a dot, is read as a full stop."""
NAME, NAME_AT_ONCE = 1.0, 30.0
"""Wrong tries on one number, a second and at once. More than the devices of a few people can make."""
DEVICE, DEVICE_AT_ONCE = 0.05, 10.0
"""Wrong tries of one device."""
ROOM, ROOM_AT_ONCE = 20.0, 200.0
"""Wrong tries of everybody together: what the chance of a stranger rests on."""


class Tries:
    """How often codes may be tried: slower and slower by number, device and room, and never locked."""

    def __init__(self) -> None:
        """Begin without a try."""
        self._names = Paces(NAME, NAME_AT_ONCE)
        self._devices = Paces(DEVICE, DEVICE_AT_ONCE)
        self._room = Bucket(ROOM, ROOM_AT_ONCE)

    def begin(self, name: str, device: str) -> bool:
        """Take a try, unless it is too soon for one."""
        buckets = self._of(name, device)
        if any(bucket.left() < 1 for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.take()
        return True

    def right(self, name: str, device: str) -> None:
        """Give a try back: only what is wrong is counted, since a class comes through one router."""
        for bucket in self._of(name, device):
            bucket.charge(-1)

    def _of(self, name: str, device: str) -> tuple[Bucket, Bucket, Bucket]:
        return self._names.of(name), self._devices.of(device), self._room


class Codes:
    """Makes and compares codes under one key."""

    def __init__(self, key: bytes) -> None:
        """Take the key."""
        self._key = key

    def kept(self, number: int, code: str) -> bytes:
        """Return what the database keeps of a person's code."""
        return self._under(f"code of {number}: {code}")

    def room(self, class_id: str, day: date) -> str:
        """Return the code of a class's room on one day: whoever is in the room reads it from the wall."""
        number = int.from_bytes(self._under(f"room of {class_id} on {day.isoformat()}")[:8], "big")
        return "".join(str(1 + number // 9**place % 9) for place in range(_ROOM_DIGITS))

    def device(self, name: str) -> str:
        """Return the proof that a browser was given this name here."""
        return self._under(f"device {name}").hex()

    def phone(self, name: str) -> str:
        """Return the proof that a phone was given this name here; it proves nothing of a browser of staff."""
        return self._under(f"phone {name}").hex()

    def derived(self, secret: str) -> str:
        """Return the code on the card of whoever joined with a secret of their phone: the same each time."""
        return f"{int.from_bytes(self._under(f'joined with {secret}')[:16], 'big') % 10**DIGITS:0{DIGITS}}"

    def _under(self, text: str) -> bytes:
        return hmac.digest(self._key, f"himaya codes: {text}".encode(), hashlib.sha256)


def new_code() -> str:
    """Return a code that nobody can guess."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def in_groups(code: str, language: str) -> str:
    """Return a code as people read it out, in the digits of their language: 482 173 9506, or on a wall 4821 7395."""
    parts = (code[:3], code[3:6], code[6:]) if len(code) == DIGITS else (code[:4], code[4:])
    groups = (in_digits(each, digits_of(language)) for each in parts)
    return "\N{NO-BREAK SPACE}".join(groups)  # after a plain space, Arabic-Indic digits would go on to the left


def typed(text: object) -> str:
    """Return the digits that somebody typed, in whatever script, without what stands between them."""
    if not isinstance(text, str) or len(text) > 50:
        return ""
    return "".join(str(unicodedata.decimal(letter)) for letter in text if letter.isdecimal())


def device_of(address: str) -> str:
    """Return whom an address stands for: in IPv6 one device has a whole network of them."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return parsed.exploded[:19] if isinstance(parsed, IPv6Address) else address
