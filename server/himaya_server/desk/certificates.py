"""Certificates: a few fields as text, signed with the issuer's key, in a square code that is checked offline.

The issuer keeps the key in a file under a passphrase, off this machine where possible: the desk asks for it when it
issues, and keeps the public half alone, in `certificates/issuer.json` of the course. Whoever checks pins that half: a
certificate proves nothing about a key that it brings along, so it brings none.

What an issuer revokes stands in `certificates/revoked.txt`, one signed line for each key. A line only ever grows, so of
two lines of one key all that either of them revokes is revoked; the newer one says until when.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import json
import os
import re
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from himaya.answers.private import private_folder, write_whole
from himaya.errors import ClassError, CourseError, HimayaError
from himaya.languages.readable import LINE, readable
from himaya_server.classroom.sealing import locked, unlocked

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from pathlib import Path

MARK = "HIMAYA1"
"""How the text in a code begins: what it is, and its format."""
REVOKED_MARK = "HIMAYA-REVOKED1"
"""How a list of revoked certificates begins."""
FOLDER, FILE, REVOKED = "certificates", "issuer.json", "revoked.txt"
LONGEST_LIST = 1_000_000  # bytes of all lists
LONGEST_KEY = 10_000  # bytes of a key file
_LONGEST = 2000  # characters in a code
_TEXT = 200  # characters of a name or a title
_ID = re.compile("[A-Z2-7]{10}")


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


@dataclass(frozen=True)
class Revoked:
    """What an issuer has revoked.

    Attributes:
        key: The issuer's public key.
        number: Higher than that of any list before.
        day: On which it was signed, as YYYY-MM-DD.
        ids: Of certificates that this key signed, in order.
    """

    key: bytes
    number: int
    day: str
    ids: tuple[str, ...]


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
    with _locked(course):
        known = [issuer, *(each for each in pinned(course) if each.key != issuer.key)]
        text = json.dumps([{"name": each.name, "key": each.key.hex()} for each in known], ensure_ascii=False, indent=1)
        write_whole(course / FOLDER / FILE, f"{text}\n".encode())


@contextmanager
def _locked(course: Path) -> Iterator[None]:
    """Let nobody else read and replace a file here meanwhile."""
    private_folder(course / FOLDER)
    descriptor = os.open(course / FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


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
    return _sign(MARK, _payload(certificate), key)


def checked(text: str, issuers: list[Issuer], revoked: Iterable[Revoked] = ()) -> Certificate:
    """Return what a code says, signed by one of the pinned issuers and by nobody else.

    Raises:
        CertificateError: If it is no certificate, was altered, was signed with another key, or was revoked.
    """
    if len(text) > _LONGEST:
        raise CertificateError("certificate-unreadable")
    issuer, payload = _verified(MARK, text, issuers)
    found = _read(payload)
    if found.issuer != issuer.name:
        raise CertificateError("certificate-forged")
    if any(found.id in each.ids for each in revoked if each.key == issuer.key):
        raise CertificateError("certificate-revoked")
    return found


def revoke(course: Path, ids: Iterable[str], key: Ed25519PrivateKey, day: str) -> Revoked:
    """Add certificates to the list of a key, sign it and keep it in the course.

    Args:
        course: The course directory.
        ids: Of certificates.
        key: The issuer's; what another key signed, it cannot revoke.
        day: Today, as YYYY-MM-DD.

    Raises:
        CourseError: If the lists there are cannot be read: they are not written over.
    """
    public = key.public_key().public_bytes_raw()
    with _locked(course):
        before = {each.key: each for each in revoked_in(course)}
        here = before.get(public, Revoked(public, 0, day, ()))
        new = Revoked(public, here.number + 1, day, tuple(sorted({*here.ids, *ids})))
        payload = json.dumps([new.number, new.day, list(new.ids)], separators=(",", ":")).encode()
        lines = [line for line in revoked_lines(course) if _list_in(line, [Issuer("", public)]) is None]
        text = "\n".join([*lines, _sign(REVOKED_MARK, payload, key)])
        if len(text) > LONGEST_LIST:
            raise CertificateError("certificate-list-full")
        write_whole(course / FOLDER / REVOKED, f"{text}\n".encode())
    return new


def revoked_in(course: Path) -> list[Revoked]:
    """Return the lists of a course, by the issuers that are pinned there.

    Raises:
        CourseError: If a line cannot be read or is not signed by one of them: to pass over it would be to trust what
            was revoked.
    """
    issuers = pinned(course)
    found: dict[bytes, Revoked] = {}
    for line in revoked_lines(course):
        one = _list_in(line, issuers)
        if one is None:
            message = f"{course / FOLDER / REVOKED} cannot be read. Put back your last copy of it."
            raise CourseError(message)
        before = found.get(one.key, one)
        newest = max(before, one, key=lambda each: each.number)
        found[one.key] = replace(newest, ids=tuple(sorted({*before.ids, *one.ids})))
    return list(found.values())


def revoked_lines(course: Path) -> list[str]:
    """Return the signed lines of a course as they stand.

    Raises:
        CourseError: If the file cannot be read.
    """
    path = course / FOLDER / REVOKED
    try:
        lines = [line for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
        if not lines:  # it is never written so
            raise ValueError(path)
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read. Put back your last copy of it."
        raise CourseError(message) from error
    return lines


def id_in(text: str, issuers: list[Issuer], issued: Container[str]) -> str:
    """Return the id of a certificate, given by itself or with the whole code.

    Args:
        text: What was written.
        issuers: Whose codes are read.
        issued: The ids that were issued here: by itself, any other may be a slip.

    Raises:
        CertificateError: If it is neither.
    """
    if _ID.fullmatch(number := text.strip().upper()):
        if number not in issued:
            raise CertificateError("certificate-revoke-unknown")
        return number
    try:
        return checked(text, issuers).id
    except CertificateError as error:
        raise CertificateError("certificate-revoke-wrong") from error


def _list_in(line: str, issuers: Iterable[Issuer]) -> Revoked | None:
    """Return a list that one of the issuers signed, or None."""
    try:
        issuer, payload = _verified(REVOKED_MARK, line, issuers)
        number, day, ids = json.loads(payload)
        return Revoked(issuer.key, int(number), str(day), tuple(map(str, ids)))
    except (CertificateError, ValueError, TypeError):
        return None


def _sign(mark: str, payload: bytes, key: Ed25519PrivateKey) -> str:
    return f"{mark}.{_encoded(payload)}.{_encoded(key.sign(_signed_part(mark, payload)))}"


def _verified(mark: str, text: str, issuers: Iterable[Issuer]) -> tuple[Issuer, bytes]:
    """Return who signed a text, and what.

    Raises:
        CertificateError: If it is no such text, or none of the issuers signed it.
    """
    said, _, rest = text.strip().partition(".")
    payload_text, _, signature_text = rest.partition(".")
    if said != mark:
        raise CertificateError("certificate-unreadable")
    try:
        payload, signature = _decoded(payload_text), _decoded(signature_text)
    except (binascii.Error, ValueError) as error:
        raise CertificateError("certificate-unreadable") from error
    for issuer in issuers:
        try:
            Ed25519PublicKey.from_public_bytes(issuer.key).verify(signature, _signed_part(mark, payload))
        except (InvalidSignature, ValueError):
            continue
        return issuer, payload
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


def _signed_part(mark: str, payload: bytes) -> bytes:
    """Return what is signed: the mark too, so that a signature never holds for another format."""
    return f"{mark}.".encode() + payload


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
