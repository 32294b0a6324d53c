"""A file of findings: what a reader decided. Everything in it was written elsewhere, so nothing of it is believed."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from himaya.activities.format import Id, LanguageCode
from himaya.content.record import Record
from himaya.content.source import LARGEST_TEXT
from himaya.errors import HimayaError
from himaya.languages.facts import SOURCE
from himaya.signoff.seal import is_sealed, key_of
from himaya.signoff.signatures import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.signoff.parts import Part
    from himaya.signoff.terms import Term

LARGEST = 5_000_000
"""Bytes of a file of findings; one with a correction in every entry has some 300,000."""
FORMAT = "himaya-findings-1"

Words = Annotated[str, StringConstraints(max_length=LARGEST_TEXT)]
Short = Annotated[str, StringConstraints(max_length=300)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class FindingsError(HimayaError):
    """A file of findings is not taken in; the sentence says why."""


class About(Record):
    """Which page the findings come from."""

    kind: Literal["dossier", "review"]
    name: Id
    language: LanguageCode
    issue: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class Reader(Record):
    """Who read, as they say."""

    name: Short
    unnamed: bool
    role: Short
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Everywhere(Record):
    """Words that are to be replaced in every text of the module."""

    from_: Words = Field(alias="from")
    to: Words


class Correction(Record):
    """One text, as it was read and as it should be.

    Attributes:
        place: Where it stands; a place of a PO file.
        text: The English that stands there.
        old: What was read: the English, or the translation.
        new: What should stand there.
    """

    place: Short
    text: Words
    old: Words
    new: Words
    everywhere: Everywhere | None


class Judged(Record):
    """What a reader decided about one entry."""

    id: Short
    hash: Hash
    verdict: Literal["accept", "correct", "reject"]
    note: Annotated[str, StringConstraints(max_length=4000)]
    corrections: list[Correction] = Field(max_length=400)


class Decided(Record):
    """What a reader answered about a term."""

    id: Id
    hash: Hash
    choice: Id
    note: Short


class Findings(Record):
    """The whole file."""

    format: Literal["himaya-findings-1"]
    about: About
    reader: Reader
    entries: list[Judged] = Field(max_length=5000)
    terms: list[Decided] = Field(max_length=500)
    seal: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @property
    def name(self) -> str:
        """Under which name the reader signs."""
        return UNNAMED if self.reader.unnamed else self.reader.name


@dataclass(frozen=True)
class Read:
    """Findings that are sealed by one of our pages, and a name for exactly this file."""

    findings: Findings
    digest: str


def read_findings(raw: bytes, secret: bytes | None, *, today: date) -> Read:
    """Return a file of findings, once it is sure that a page from here saved exactly this.

    Args:
        raw: The file.
        secret: See `himaya.signoff.seal.secret_of`.
        today: No reader signs tomorrow.

    Raises:
        FindingsError: If it is anything else.
    """
    if len(raw) > LARGEST:
        msg = f"this file has more than {LARGEST:,} bytes; no page saves so much."
        raise FindingsError(msg)
    try:
        data = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        msg = f"this is no file of findings: {str(error)[:120]}."
        raise FindingsError(msg) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        msg = "this is no file of findings. Ask the reader for the file that the page saved."
        raise FindingsError(msg)
    try:
        findings = Findings.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        msg = f"this file of findings is damaged at {'.'.join(map(str, first['loc']))}: {first['msg']}."
        raise FindingsError(msg) from None
    if secret is None:
        msg = "no page was handed out from here: signoff.key is missing. Take findings in where their page was written."
        raise FindingsError(msg)
    if not is_sealed(key_of(secret, findings.about.issue), data):
        msg = (
            "this file is not as a page from here saved it: it was altered, or made otherwise, or the page was written "
            "with another signoff.key. Ask the reader to save and send it again."
        )
        raise FindingsError(msg)
    _check_reader(findings, today)
    return Read(_cleaned(findings), hashlib.sha256(raw).hexdigest()[:32])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a field stands in it twice"
        raise ValueError(msg)
    return found


def _no_number(name: str) -> object:
    msg = f"{name} is no number"
    raise ValueError(msg)


def _check_reader(findings: Findings, today: date) -> None:
    reader, about = findings.reader, findings.about
    if (about.kind == "dossier") != (about.language == SOURCE):
        msg = "a dossier is read in English, and a review in another language; this file says otherwise."
        raise FindingsError(msg)
    if not reader.role.strip() or not (reader.unnamed or reader.name.strip()):
        msg = "nobody stands behind this file: it has no role, or no name and no wish to stay unnamed."
        raise FindingsError(msg)
    try:
        day = date.fromisoformat(reader.date)
    except ValueError:
        msg = f"'{reader.date}' is no day."
        raise FindingsError(msg) from None
    if day > today + timedelta(days=1):  # it may be tomorrow already where the reader is
        msg = f"this file is dated {reader.date}, which has not come yet."
        raise FindingsError(msg)
    ids = [one.id for one in findings.entries]
    if len(set(ids)) != len(ids) or len({one.id for one in findings.terms}) != len(findings.terms):
        msg = "an entry is judged twice in this file."
        raise FindingsError(msg)
    for one in findings.entries:
        if one.verdict == "reject" and not one.note.strip():
            msg = f"'{one.id}' is rejected without a reason."
            raise FindingsError(msg)
        if (one.verdict == "correct") != bool(one.corrections):
            msg = f"'{one.id}' has corrections and another verdict, or the other way round."
            raise FindingsError(msg)


def _cleaned(findings: Findings) -> Findings:
    """Return findings whose texts hold nothing that cannot be seen: keyboards write marks of direction."""
    data = findings.model_dump(by_alias=True)
    return Findings.model_validate(_seen(data))


def _seen(value: Any, *, lines: bool = False) -> Any:
    if isinstance(value, dict):
        # `old` and `text` name what stands in our files; they are compared and never written.
        whole = ("old", "text", "place", "seal")
        return {key: each if key in whole else _seen(each, lines=key == "new") for key, each in value.items()}
    if isinstance(value, list):
        return [_seen(each) for each in value]
    if not isinstance(value, str):
        return value
    rows = ["".join(filter(_is_seen, row.replace("\t", " "))) for row in value.splitlines()]
    return ("\n" if lines else " ").join(" ".join(row.split()) for row in rows).strip()


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co")


@dataclass(frozen=True)
class Outdated:
    """What was judged and is no longer so."""

    entries: tuple[str, ...]
    terms: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.entries or self.terms)


def outdated(findings: Findings, hashes: Mapping[str, str | None], terms: Sequence[Term]) -> Outdated:
    """Return the entries and terms that are gone or have another text now than the reader saw.

    Args:
        findings: What was read.
        hashes: Of every entry, in the language of the findings, as it stands now.
        terms: Of that language.
    """
    known = {term.id: term.hash for term in terms if term.decided is None}
    return Outdated(
        tuple(one.id for one in findings.entries if hashes.get(one.id) != one.hash),
        tuple(one.id for one in findings.terms if known.get(one.id) != one.hash),
    )


def signed_parts(findings: Findings, parts: Sequence[Part], without: frozenset[str] = frozenset()) -> list[Part]:
    """Return the parts in which a reader judged every entry and rejected none.

    Args:
        findings: What was read.
        parts: Of the module, with the entries that a reader of this language judges.
        without: Entries that do not count, since they are outdated or a correction of them was not taken.
    """
    fine = {one.id for one in findings.entries if one.verdict != "reject"} - without
    return [part for part in parts if part.entries and all(entry.id in fine for entry in part.entries)]
