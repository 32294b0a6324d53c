"""Rules for every text: nothing that could be a real person's data or an address outside. Hints on long sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from himaya.activities.limits import LONG_SENTENCE
from himaya.content.load import prose_file
from himaya.content.markdown import markdown_dangers
from himaya.content.prose import CITATION, MARK
from himaya.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from himaya.content.load import LoadedModule

_NO_TEXT = {
    "answer", "date", "effects", "goto", "id", "kind", "lab", "language", "marks", "mode", "outcome", "principle",
    "quality", "select", "start", "status", "tolerance", "when",
}  # fmt: skip
_CODE = {"starter", "solution", "value"}
_NO_SENTENCE = {"title", "by", "year", *_CODE}

# Digits of any script; signs that people put between the digits of a phone number.
_DIGITS = re.compile(r"(?<!\d)[+(]?\d(?:(?:[ \-\u2013/()\u00a0\u200e\u200f]{0,2}|\.)\d){6,}")
_YEARS = re.compile(r"(?:19|20)\d\d(?:[ /\u2013-]+(?:(?:19|20)\d\d|\d\d))*")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[ \u00a0]\d{3}){2,}")  # 1 500 000 is no phone
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LAW = re.compile(r"[1-9]\d{0,3}(?:/| ?\()(?:19|20)\d\d\)?")  # number and year, such as 111/1969 or 1325 (2000)
_IDENTITY = re.compile(r"[1-9]\d{8,}|[\u0661-\u0669\u06f1-\u06f9]\d{8,}")
_MAIL = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+\w+)")
_URL = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|www\.)(?:[^/\s@]*@)?([^\s/:?#)>\"']+)", re.IGNORECASE)
_RESERVED = re.compile(r"(^|\.)(example\.(com|net|org)|example|invalid|test|localhost)$", re.IGNORECASE)

_END = re.compile(r"""[.?!]+["'\u201d\u2019\u00bb)]*(?=\s|$)""")
_BLOCK = re.compile(r"^\s*(?:[-*+]\s|\d+\.\s|>|#+\s|\||:)\s?")


def word_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what is wrong with the words of a module: its YAML files and its prose."""
    return _everywhere(loaded, _yaml_faults, markdown_faults)


def _yaml_faults(key: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield each fault of a text in YAML; some of them are written into the Markdown of a notebook."""
    yield from personal(text)
    if key not in _CODE:
        yield from markdown_dangers(text)


def word_hints(loaded: LoadedModule) -> list[Problem]:
    """Return what an author may want to read aloud: its YAML files and its prose."""
    return _everywhere(loaded, lambda key, text: () if key in _NO_SENTENCE else long_sentences(text), markdown_hints)


def _everywhere(
    loaded: LoadedModule,
    in_yaml: Callable[[str, str], Iterable[tuple[int, str]]],
    in_markdown: Callable[[str, int], Iterable[tuple[int, str]]],
) -> list[Problem]:
    problems = []
    for document in loaded.documents.values():
        for path, text in texts(document.data):
            found = in_yaml(_last_key(path), text)
            problems += [Problem(document.file, document.line(*path), sentence) for _, sentence in found]
    for cell in loaded.cells:
        if cell.kind == "markdown":
            found = in_markdown(cell.source, cell.line)
            problems += [Problem(prose_file(loaded), line, sentence) for line, sentence in found]
    return problems


def markdown_faults(source: str, first: int) -> Iterator[tuple[int, str]]:
    """Yield each fault of words in Markdown that begins on the line `first`: its line, and what to do."""
    for line, text, _ in blocks(source, first):
        for below, sentence in personal(text, links=False):
            yield line + below, sentence


def markdown_hints(source: str, first: int) -> Iterator[tuple[int, str]]:
    """Yield each long sentence of Markdown that begins on the line `first`: its line, and a hint."""
    for line, text, prose in blocks(source, first):
        for below, sentence in long_sentences(text) if prose else ():
            yield line + below, sentence


def _last_key(path: tuple[str | int, ...]) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def texts(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield each text of a YAML document with its path; ids and settings hold no text."""
    if isinstance(data, dict):
        for key, entry in data.items():
            if key not in _NO_TEXT:
                yield from texts(entry, (*path, str(key)))
    elif isinstance(data, list):
        for position, entry in enumerate(data):
            yield from texts(entry, (*path, position))
    elif isinstance(data, str):
        yield path, data


def blocks(source: str, first: int) -> Iterator[tuple[int, str, bool]]:
    """Yield each paragraph, list entry, heading, table row of Markdown: its line, text, and whether it is sentences."""
    held: list[str] = []
    begin = first
    for line, text in enumerate(source.split("\n"), first):
        marker = _BLOCK.match(text)
        if held and (marker or not text.strip()):
            yield begin, "\n".join(held), True
            held = []
        if marker and marker[0].strip()[:1] in ("#", "|"):
            yield line, text, False
        elif text.strip():
            begin = begin if held else line
            held.append(text[marker.end() :] if marker else text)
    if held:
        yield begin, "\n".join(held), True


def long_sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield each long sentence: lines below the first, and a hint. Citations do not count."""
    for pattern in (CITATION, MARK):
        text = pattern.sub(lambda found: "\n" * found[0].count("\n"), text)
    text = re.sub(r"\]\([^)]*\)|[*_`]", "", text)
    begin = 0
    for end in [*(found.end() for found in _END.finditer(text)), len(text)]:
        words = [word for word in text[begin:end].split() if any(map(str.isalnum, word))]
        if len(words) > LONG_SENTENCE:
            lead = len(text[begin:end]) - len(text[begin:end].lstrip())
            said = " ".join(words[:4])
            yield (
                text.count("\n", 0, begin + lead),
                f"the sentence '{said} ...' has {len(words)} words; read it aloud. Did you have to read it twice?",
            )
        begin = end


def personal(text: str, *, links: bool = True) -> Iterator[tuple[int, str]]:
    """Yield whatever looks like a real phone or identity number, e-mail or, with `links`, web address.

    Years, ranges of years, dates, laws with their year and large numbers in groups of three are none of these.
    """
    for found in _DIGITS.finditer(text):
        if any(pattern.fullmatch(found[0]) for pattern in (_YEARS, _DATE, _LAW, _THOUSANDS)):
            continue
        kind = "an identity number" if _IDENTITY.fullmatch(found[0]) else "a phone number"
        yield _below(text, found), f"'{found[0]}' looks like {kind}; write words, such as 'your hotline'."
    for found in _MAIL.finditer(text):
        if not _RESERVED.search(found[1]):
            remedy = "allowed: none, or an invented one that ends in '.example'."
            yield _below(text, found), f"'{found[0]}' looks like a real e-mail address; {remedy}"
    for found in _URL.finditer(text):
        if (links or "://" not in found[0]) and not _RESERVED.search(found[1]):
            remedy = "allowed: none, or an invented one that ends in '.example'."
            yield _below(text, found), f"'{found[0]}' is a real web address; {remedy}"


def _below(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start())
