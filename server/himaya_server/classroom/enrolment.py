"""A class's list as CSV, as spreadsheets of any country write it; what went out may be changed and come in."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from himaya.errors import ClassError
from himaya.languages.interface import sentence
from himaya.languages.readable import readable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from himaya_server.classroom.sealing import Seal


class _Person(Protocol):
    id: int
    pseudonym: str
    language: str


class Register(Protocol):
    """Where people of a class are kept, whichever server does."""

    def class_of(self, class_id: str, /) -> object:
        """Return a class; refuse where there is none."""

    def people(self, class_id: str, /) -> Sequence[_Person]:
        """Return the people of a class."""

    def sealed_names(self, class_id: str, /) -> dict[int, bytes]:
        """Return the encrypted names of a class, by person."""

    def forgotten(self, pseudonym: str, /) -> bool:
        """Return whether somebody was forgotten."""

    def enrol(self, class_id: str, language: str, sealed: bytes | None, /) -> str:
        """Add a person, and return the pseudonym."""

    def change(self, person_id: int, language: str, sealed: bytes | None, /) -> None:
        """Set a person's language, and the name, where one is given."""


COLUMNS = ("id", "name", "language")
_LONGEST_NAME = 100
LARGEST = 1_000_000
"""Bytes of a list; a thousand people have some 50,000."""
_MOST = 5_000
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Enrolled:
    """What became of a list.

    Attributes:
        added: Pseudonyms of new people.
        changed: Pseudonyms of people whose line says something else now.
        refused: Lines that were passed over: number and reason.
    """

    added: list[str]
    changed: list[str]
    refused: list[tuple[int, Reason]]


class Reason(str):  # as text it is English
    """Why a line or a list is refused.

    Attributes:
        key: Which sentence of the interface says it.
        values: What stands in it.
    """

    key: str
    values: dict[str, Any]

    def __new__(cls, key: str, **values: Any) -> Self:
        """Make a reason."""
        made = super().__new__(cls, sentence(key, **values))
        made.key, made.values = key, values
        return made

    def in_language(self, language: str) -> str:
        """Return it in a language of ours."""
        return sentence(self.key, language, **self.values)


class ListError(ClassError):
    """This is no list at all."""

    def __init__(self, key: str, **values: Any) -> None:
        """Take the reason."""
        self.reason = Reason(key, **values)
        super().__init__(self.reason)


def enrol(store: Register, class_id: str, data: bytes, seal: Seal | None, languages: Sequence[str]) -> Enrolled:
    """Take a list into a class. A line with an `id` changes that person, one without adds somebody.

    Args:
        store: Where people are kept.
        class_id: Their class.
        data: The file: UTF-8 or Windows-1256, with commas, semicolons or tabs.
        seal: Encrypts names; None leaves every name out.
        languages: Of the course, the usual one first.

    Raises:
        ListError: If it is no list at all.
    """
    store.class_of(class_id)
    here = {person.pseudonym: person for person in store.people(class_id)}
    names = {} if seal is None else {who: seal.opened(name) for who, name in store.sealed_names(class_id).items()}
    done = Enrolled([], [], [])
    seen: set[str] = set()
    for number, line in _lines(data):
        pseudonym, name, language = (line.get(column, "") for column in COLUMNS)
        why = _wrong(name, language, languages)
        if pseudonym and store.forgotten(pseudonym):
            why = Reason("list-forgotten", said=readable(pseudonym))
        elif pseudonym and pseudonym not in here:
            why = Reason("list-unknown", said=readable(pseudonym))
        elif pseudonym in seen:
            why = Reason("list-twice", said=readable(pseudonym))
        if why is not None:
            done.refused.append((number, why))
            continue
        sealed = seal.sealed(name) if seal is not None and name else None
        if not pseudonym:
            done.added.append(store.enrol(class_id, language or languages[0], sealed))
            continue
        seen.add(pseudonym)
        person = here[pseudonym]
        spoken = language or person.language
        if spoken != person.language or (sealed is not None and names.get(person.id) != name):
            store.change(person.id, spoken, sealed)
            done.changed.append(pseudonym)
    return done


def written(store: Register, class_id: str, seal: Seal | None) -> str:
    """Return the list of a class: UTF-8 with a byte order mark, which a spreadsheet needs to read Arabic."""
    sealed = store.sealed_names(class_id)
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for person in store.people(class_id):
        name = seal.opened(sealed[person.id]) if seal is not None and person.id in sealed else ""
        rows.writerow([person.pseudonym, f"'{name}" if name.startswith(_FORMULA) else name, person.language])
    return f"\ufeff{file.getvalue()}"


def read_list(path: Path) -> bytes:
    """Return a file that may be a list.

    Raises:
        ClassError: If it is too large.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        message = f"{path}: {Reason('list-large', n=LARGEST // 1_000_000)}"
        raise ClassError(message)
    return data


def _wrong(name: str, language: str, languages: Sequence[str]) -> Reason | None:
    if len(name) > _LONGEST_NAME:
        return Reason("list-name-long", n=_LONGEST_NAME)
    if any(
        unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") and letter not in "\u200c\u200d" for letter in name
    ):
        return Reason("list-name-letter")
    if language and language not in languages:
        return Reason("list-language", said=readable(language), languages=", ".join(languages))
    return None


def _lines(data: bytes) -> list[tuple[int, dict[str, str]]]:
    text = _text(data)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, [_cell(cell) for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise ListError("list-line", n=reader.line_num) from error
    columns = [cell.casefold() for cell in rows[0][1]] if rows else []
    known = [column for column in columns if column in COLUMNS]
    if not known or len(set(known)) < len(known):
        raise ListError("list-columns", said=", ".join(COLUMNS))
    if len(rows) > _MOST:
        raise ListError("list-most", n=_MOST)
    return [(number, dict(zip(columns, cells, strict=False))) for number, cells in rows[1:] if any(cells)]


def _cell(cell: str) -> str:
    """Return a cell as it was meant: without spaces around it, and without the apostrophe that `written` adds."""
    text = unicodedata.normalize("NFC", cell.strip().strip("\u200e\u200f\u061c"))
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def _text(data: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, or what Arabic Windows writes."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1256"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:  # Windows-1256 reads a spreadsheet or a picture, too
            return text
    raise ListError("list-no-text")
