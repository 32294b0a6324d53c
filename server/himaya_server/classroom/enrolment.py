"""A class's list as CSV, as spreadsheets of any country write it; what went out may be changed and come in."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from himaya.errors import ClassError
from himaya.languages.readable import readable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from himaya_server.classroom.sealing import Seal
    from himaya_server.classroom.store import Store

COLUMNS = ("id", "name", "language")
_LONGEST_NAME = 100
_LARGEST = 1_000_000  # bytes; a thousand people have some 50,000
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
    refused: list[tuple[int, str]]


def enrol(store: Store, class_id: str, data: bytes, seal: Seal | None, languages: Sequence[str]) -> Enrolled:
    """Take a list into a class. A line with an `id` changes that person, one without adds somebody.

    Args:
        store: Where people are kept.
        class_id: Their class.
        data: The file: UTF-8 or Windows-1256, with commas, semicolons or tabs.
        seal: Encrypts names; None leaves every name out.
        languages: Of the course, the usual one first.

    Raises:
        ClassError: If it is no list at all.
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
            why = f"'{readable(pseudonym)}' was forgotten and is not brought back"
        elif pseudonym and pseudonym not in here:
            why = f"nobody in this class has the id '{readable(pseudonym)}'; leave it empty for somebody new"
        elif pseudonym in seen:
            why = f"'{readable(pseudonym)}' stands here twice"
        if why:
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


def written(store: Store, class_id: str, seal: Seal | None) -> str:
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
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        message = f"{path} is larger than {_LARGEST // 1_000_000} MB and cannot be the list of a class."
        raise ClassError(message)
    return data


def _wrong(name: str, language: str, languages: Sequence[str]) -> str:
    if len(name) > _LONGEST_NAME:
        return f"the name has more than {_LONGEST_NAME} letters"
    if any(
        unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") and letter not in "\u200c\u200d" for letter in name
    ):
        return "the name holds a letter that cannot be printed"
    if language and language not in languages:
        return f"'{readable(language)}' is no language of this course; it has: {', '.join(languages)}"
    return ""


def _lines(data: bytes) -> list[tuple[int, dict[str, str]]]:
    text = _text(data)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, [_cell(cell) for cell in cells]) for cells in reader]
    except csv.Error as error:
        message = f"line {reader.line_num} is no line of a CSV file: {error}."
        raise ClassError(message) from error
    columns = [cell.casefold() for cell in rows[0][1]] if rows else []
    known = [column for column in columns if column in COLUMNS]
    if not known or len(set(known)) < len(known):
        message = f"the first line must name the columns, each once: {', '.join(COLUMNS)}; id and name may be missing."
        raise ClassError(message)
    if len(rows) > _MOST:
        message = f"a list has at most {_MOST} lines."
        raise ClassError(message)
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
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    message = "this is no text. In a spreadsheet, save it as 'CSV UTF-8'."
    raise ClassError(message)
