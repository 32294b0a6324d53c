"""Certificates: a few fields as text, signed with the issuer's key, in a square code that is checked offline.

The issuer keeps the key in a file under a passphrase, off this machine where possible: the desk asks for it when it
issues, and keeps the public half alone, in `certificates/issuer.json` of the course. Whoever checks pins that half: a
certificate proves nothing about a key that it brings along, so it brings none.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from himaya.answers.private import private_folder
from himaya.errors import ClassError, CourseError, HimayaError
from himaya.languages.readable import LINE, readable
from himaya_server.classroom.sealing import locked, unlocked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MARK = "HIMAYA1"
"""How the text in a code begins: what it is, and its format."""
FOLDER, FILE = "certificates", "issuer.json"
LONGEST_KEY = 10_000  # bytes of a key file
_LONGEST = 2000  # characters in a code
_TEXT = 200  # characters of a name or a title


@dataclass(frozen=True)
class Certificate:
    """What a certificate says.

    Attributes:
        name: The person's.
        course: The title of the course.
        day: On which it was issued, as YYYY-MM-DD.
        hours: Of training.
        draft: Whether something of the content had not been signed by a specialist.
        language: In which it is written.
        issuer: Who issued it.
        id: Ten letters and digits of its own.
    """

    name: str
    course: str
    day: str
    hours: int
    draft: bool
    language: str
    issuer: str
    id: str


@dataclass(frozen=True)
class Issuer:
    """Whose public key is pinned in a course."""

    name: str
    key: bytes

    @property
    def fingerprint(self) -> str:
        """Sixteen letters and digits that name the key, in fours, to be read aloud or printed."""
        text = hashlib.sha256(self.key).hexdigest()[:16]
        return " ".join(text[at : at + 4] for at in range(0, 16, 4))


class CertificateError(HimayaError):
    """A certificate is not what it seems; its text is a key of the interface catalogue."""


def new_key(passphrase: str) -> tuple[bytes, bytes]:
    """Return a new key as the file that the issuer keeps, under a passphrase, and its public half."""
    key = Ed25519PrivateKey.generate()
    return locked(key.private_bytes_raw(), passphrase), key.public_key().public_bytes_raw()


def opened_key(file: bytes, passphrase: str) -> Ed25519PrivateKey:
    """Return the key in a file.

    Raises:
        CertificateError: If the passphrase is another one, or the file holds no key.
    """
    try:
        return Ed25519PrivateKey.from_private_bytes(unlocked(file, passphrase))
    except (ClassError, ValueError) as error:
        raise CertificateError("certificate-key-wrong") from error


def pin(course: Path, issuer: Issuer) -> None:
    """Pin an issuer in a course directory; earlier ones stay pinned for what they issued."""
    known = [issuer, *(each for each in pinned(course) if each.key != issuer.key)]
    private_folder(course / FOLDER)
    text = json.dumps([{"name": each.name, "key": each.key.hex()} for each in known], ensure_ascii=False, indent=1)
    new = course / FOLDER / f".{FILE}"
    new.write_text(text + "\n", encoding="utf-8")
    os.replace(new, course / FOLDER / FILE)


def pinned(course: Path) -> list[Issuer]:
    """Return the issuers whose keys are pinned in a course, the newest first.

    Raises:
        CourseError: If the file cannot be read: it is not written over.
    """
    path = course / FOLDER / FILE
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return [Issuer(str(each["name"]), bytes.fromhex(each["key"])) for each in known]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path} cannot be read. Put back your last copy of it."
        raise CourseError(message) from error


def signed(certificate: Certificate, key: Ed25519PrivateKey) -> str:
    """Return the text of a certificate's code."""
    payload = _payload(certificate)
    return f"{MARK}.{_encoded(payload)}.{_encoded(key.sign(_signed_part(payload)))}"


def checked(text: str, issuers: list[Issuer]) -> Certificate:
    """Return what a code says, signed by one of the pinned issuers and by nobody else.

    Raises:
        CertificateError: If it is no certificate, was altered, or was signed with another key.
    """
    mark, _, rest = text.strip().partition(".")
    payload_text, _, signature_text = rest.partition(".")
    if mark != MARK or len(text) > _LONGEST:
        raise CertificateError("certificate-unreadable")
    try:
        payload, signature = _decoded(payload_text), _decoded(signature_text)
    except (binascii.Error, ValueError) as error:
        raise CertificateError("certificate-unreadable") from error
    for issuer in issuers:
        try:
            Ed25519PublicKey.from_public_bytes(issuer.key).verify(signature, _signed_part(payload))
        except (InvalidSignature, ValueError):
            continue
        found = _read(payload)
        if found.issuer != issuer.name:
            raise CertificateError("certificate-forged")
        return found
    raise CertificateError("certificate-forged")


def certificate_for(name: str, about: Mapping[str, object]) -> Certificate:
    """Return a certificate with an id of its own.

    Args:
        name: The person's; control characters and marks of direction are shown as what they are.
        about: The other fields but the id.
    """
    given: dict[str, Any] = {key: _line(each) if isinstance(each, str) else each for key, each in about.items()}
    number = base64.b32encode(os.urandom(10)).decode()[:10]
    return Certificate(name=_line(name), id=number, **given)


_JOINER = "\u200c"  # part of how some Kurdish and Persian names are written


def _line(text: str) -> str:
    return _JOINER.join(readable(part, LINE) for part in text.split(_JOINER))[:_TEXT]


def _payload(certificate: Certificate) -> bytes:
    return json.dumps(list(asdict(certificate).values()), ensure_ascii=False, separators=(",", ":")).encode()


def _signed_part(payload: bytes) -> bytes:
    """Return what is signed: the mark too, so that a signature never holds for another format."""
    return f"{MARK}.".encode() + payload


def _read(payload: bytes) -> Certificate:
    try:
        values = json.loads(payload)
        found = Certificate(**dict(zip((each.name for each in fields(Certificate)), values, strict=True)))
    except (ValueError, TypeError) as error:
        raise CertificateError("certificate-unreadable") from error
    if _payload(found) != payload:
        raise CertificateError("certificate-unreadable")
    return found


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encoded(data) != text:  # one text for one certificate
        raise ValueError(text)
    return data
