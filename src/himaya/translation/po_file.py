"""PO files: read them with the line of every message and with our own fields, write them as Weblate and Poedit do."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from babel.messages.pofile import PoFileError, denormalize, read_po, write_po

from himaya.content.source import LARGEST_CATALOGUE, LARGEST_TEXT, read_bytes
from himaya.errors import ContentError, Problem
from himaya.languages.facts import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

    from himaya.translation.units import Unit

State = Literal["draft", "reviewed", "released"]
STATES: tuple[State, ...] = ("draft", "reviewed", "released")
_LINE = re.compile(r'(?:#.*)?|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) )?"(?:[^"\\]|\\.)*"')
_STATE, _BY = "X-Himaya-State", "X-Himaya-Drafted-By"
_REVIEW = {"by": "X-Himaya-Reviewed-By", "date": "X-Himaya-Reviewed-On", "digest": "X-Himaya-Reviewed-Text"}


@dataclass(frozen=True)
class Entry:
    """A unit as a PO file holds it; `plural` is the English for more than one, where a number decides."""

    unit: Unit
    plural: str | None = None

    @property
    def id(self) -> str | tuple[str, str]:
        """The English, as PO files name a message."""
        return self.unit.text if self.plural is None else (self.unit.text, self.plural)


@dataclass(frozen=True)
class PoFile:
    """One PO file in memory.

    Attributes:
        shown: Its name in problems.
        language: ar or ckb.
        headers: Its header, field by field; Babel would lose the fields that are ours.
        catalog: Its messages.
    """

    shown: str
    language: str
    headers: dict[str, str]
    catalog: Catalog

    @property
    def state(self) -> str:
        """How far the translation is: draft, reviewed or released; draft where the file no longer says it."""
        return self.headers.get(_STATE, "draft")

    @property
    def lost(self) -> list[str]:
        """The fields of ours that are missing: Babel's `write_po` and some editors drop what they do not know."""
        needed = (_STATE,) if self.state == "draft" else (_STATE, *_REVIEW.values())
        return [name for name in needed if not self.headers.get(name)]

    @property
    def review(self) -> dict[str, str]:
        """Who reviewed it, when, and the digest of what was read; empty texts where there was none."""
        return {name: self.headers.get(label, "") for name, label in _REVIEW.items()}

    @property
    def is_reviewed(self) -> bool:
        """Whether exactly these translations were reviewed by somebody who is named."""
        return self.state != "draft" and all(self.review.values()) and self.review["digest"] == self.digest()

    def headers_mended(self) -> dict[str, str]:
        """Return the header with the state it counts as: a file that lost who signed it is a draft again."""
        return {**self.headers, _STATE: "draft"} if self.lost else self.headers

    def messages(self) -> list[Message]:
        """Return every message but the header."""
        return [message for message in self.catalog if message.id]

    def digest(self) -> str:
        """Return a name for exactly these translations, which a review is tied to."""
        lines = sorted(repr((m.context, m.id, m.string, m.fuzzy)) for m in self.messages())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    def translations(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return what may be shown, by place and English: translated and not fuzzy."""
        return {
            (message.context or "", english(message)): forms_of(message)
            for message in self.messages()
            if is_translated(message) and not message.fuzzy
        }

    def text(self) -> str:
        """Return the file as it is written."""
        header = "".join(f'"{name}: {value}\\n"\n' for name, value in self.headers.items())
        body = io.BytesIO()
        for message in self.messages():
            message.flags.discard("python-format")  # Babel takes the "% o" of "{percent} % of" for one
        write_po(body, self.catalog, width=100, omit_header=True, include_previous=True, include_lineno=False)
        return f'msgid ""\nmsgstr ""\n{header}\n{body.getvalue().decode()}'


def forms_of(message: Message) -> tuple[str, ...]:
    """Return the translation in each plural form; one where no number decides."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def is_translated(message: Message) -> bool:
    """Return whether a message has a text in every form."""
    return all(forms_of(message))


def english(message: Message) -> str:
    """Return the English of a message; the singular, where it has two."""
    return str(message.id) if isinstance(message.id, str) else str(message.id[0])


def read_catalogue(path: Path, shown: str, language: str) -> PoFile:
    """Return a PO file.

    Raises:
        ContentError: If it is not UTF-8, not PO, says another language or other plural rules, or names a message twice.
    """
    raw = read_bytes(path, shown, LARGEST_CATALOGUE)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ContentError([Problem(shown, line, "this file is not UTF-8 text; save it as UTF-8.")]) from None
    lines = text.splitlines()
    headers, places = _read_header(lines)
    found = (*_unreadable(lines), *_header_faults(headers, places, language), *_repeated(lines))
    problems = [Problem(shown, line, fault) for line, fault in found]
    if problems:
        raise ContentError(problems)
    try:
        catalog = read_po(io.StringIO(text), locale=language, abort_invalid=True)
    except (PoFileError, ValueError, LookupError, IndexError) as error:
        line = getattr(error, "lineno", 0) + 1
        raise ContentError([Problem(shown, line, f"this is not a PO file: {error}.")]) from None
    for message in catalog:
        if any(len(form) > LARGEST_TEXT for form in (english(message), *forms_of(message))):
            raise ContentError([Problem(shown, 1, f"a text has more than {LARGEST_TEXT:,} letters; allowed: fewer.")])
        _take_previous(message)
    return PoFile(shown, language, headers, catalog)


_QUOTED = r'"(?:[^"\\]|\\.)*"'


def _take_previous(message: Message) -> None:
    """Keep the English that a proposal was made from; Babel reads its lines as a person's comments."""
    lines = [comment[2:] for comment in message.user_comments if comment.startswith("| ")]
    message.user_comments = [comment for comment in message.user_comments if not comment.startswith("| ")]
    # Babel itself wraps within the quotes: only blanks were lost at the ends of its lines.
    quoted = re.findall(_QUOTED, " ".join(lines).partition("msgid ")[2].partition(" msgid_plural ")[0])
    if quoted:
        message.previous_id = [denormalize("\n".join(quoted))]


def _read_header(lines: Sequence[str]) -> tuple[dict[str, str], dict[str, int]]:
    """Return the fields of the header and their lines."""
    fields: dict[str, str] = {}
    places: dict[str, int] = {}
    begun, open_line = False, ""
    for number, line in enumerate(lines, 1):
        if line.startswith("msgstr") and not begun:
            begun = True
        elif begun and line.startswith('"'):
            open_line += line.strip().strip('"')
            if open_line.endswith("\\n"):  # a long field goes on in the next line
                name, _, value = open_line.removesuffix("\\n").partition(":")
                fields[name], places[name], open_line = value.strip(), number, ""
        elif begun:
            break
    return fields, places


def _header_faults(headers: Mapping[str, str], places: Mapping[str, int], language: str) -> Iterable[tuple[int, str]]:
    def squeezed(rule: str) -> str:
        return "".join(rule.split()).rstrip(";")

    if headers.get("Language") != language:
        said = headers.get("Language", "")
        yield places.get("Language", 1), f"the header says 'Language: {said}'; this file's language is '{language}'."
    charset = headers.get("Content-Type", "").partition("charset=")[2].lower()
    if charset != "utf-8":
        yield places.get("Content-Type", 1), f"the header says 'charset={charset}'; allowed: utf-8."
    if squeezed(headers.get("Plural-Forms", "")) != squeezed(ALL[language].plural):
        yield places.get("Plural-Forms", 1), f"the header must say 'Plural-Forms: {ALL[language].plural}'."
    state = headers.get(_STATE, "draft")
    if state not in STATES:
        yield places[_STATE], f"'{_STATE}: {state}'; allowed: {', '.join(STATES)}."


def _unreadable(lines: Sequence[str]) -> Iterable[tuple[int, str]]:
    """Find lines that are no PO; Babel would guess what they mean."""
    for number, line in enumerate(lines, 1):
        if not _LINE.fullmatch(line.strip()):
            yield number, "this is not a PO file: look for a missing or unescaped quotation mark."


def _repeated(lines: Sequence[str]) -> Iterable[tuple[int, str]]:
    """Find messages that stand twice; Babel would join them in silence."""
    seen: dict[str, int] = {}
    key, start, inside = "", 0, False
    for number, line in enumerate([*lines, ""], 1):
        if line.startswith(("msgctxt", "msgid ")):
            start = start or number
            inside = True
        elif line.startswith(("msgstr", "msgid_plural")):
            inside = False
        if inside:
            key += line
        elif start:
            if key in seen:
                yield start, f"this message stands in line {seen[key]} too; keep one of them."
            seen.setdefault(key, start)
            key, start = "", 0


def new_headers(language: str, project: str) -> dict[str, str]:
    """Return the header of a machine's draft."""
    return {
        "Project-Id-Version": f"Himaya {project}",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": ALL[language].plural,
        _STATE: "draft",
        _BY: "machine",
    }


def review_headers(po: PoFile, *, by: str, date: str, release: bool) -> dict[str, str]:
    """Return the fields of a header that say who has reviewed exactly the translations of `po`."""
    values = {"by": by, "date": date, "digest": po.digest()}
    return {_STATE: "released" if release else "reviewed"} | {
        _REVIEW[field]: " ".join(value.split()) for field, value in values.items()
    }
