"""The check of translations: every fault with its file and line, and a table of how far each language is."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from himaya.errors import ContentError, Problem
from himaya.languages.facts import TRANSLATED
from himaya.translation.check_text import faults, notes, uneven
from himaya.translation.glossary import GLOSSARY, read_glossary
from himaya.translation.patterns import PATTERNS, read_patterns
from himaya.translation.po_file import english, forms_of, is_translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from babel.messages.catalog import Message

    from himaya.translation.domains import Domain
    from himaya.translation.patterns import Patterns
    from himaya.translation.po_file import Entry, PoFile

COLUMNS = ("strings", "translated", "fuzzy", "unreviewed", "glossary", "patterns", "length", "answers", "faults")


@dataclass
class Report:
    """How far one language of one module is.

    Attributes:
        faults: What must be mended: nothing is built while one is there.
        notes: What ought to be looked at.
        counts: By the names of COLUMNS.
        po: What was read; None where there is no such file, or it could not be read.
    """

    domain: str
    language: str
    shown: str
    state: str = "missing"
    faults: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    po: PoFile | None = None


def check_language(domain: Domain, language: str, *, faults_only: bool = False) -> Report:
    """Return everything that is wrong or odd in one PO file.

    Args:
        domain: Whose file it is.
        language: Of the file.
        faults_only: Leave out the notes on each text: looking for the glossary's words takes most of the time.
    """
    report = Report(domain.name, language, domain.shown(language))
    report.counts["strings"] = len(domain.entries)
    try:
        po = domain.read(language)
        patterns = read_patterns(domain.words, language)
        glossary = () if faults_only else read_glossary(domain.words, language)
    except ContentError as error:
        report.faults = error.problems
        report.counts["faults"] = len(report.faults)
        return report
    if po is None:
        return report
    report.state, report.po = po.state, po
    known = {(entry.unit.place, entry.unit.text): entry for entry in domain.entries}
    for message in po.messages():
        entry = known.get((message.context or "", english(message)))
        forms = _check_message(report, po, message, entry, patterns)
        if entry is not None and forms and not (message.fuzzy or faults_only):
            for name, text in notes(entry, forms, glossary, patterns):
                report.counts[name] += 1
                report.notes.append(Problem(po.shown, message.lineno or 1, text))
    _check_answers(report, po, domain.entries)
    _check_state(report, po, set(known) - set(po.translations()))
    report.counts["unreviewed"] = 0 if po.is_reviewed else report.counts["translated"]
    report.counts["faults"] = len(report.faults)
    return report


def check_all(domains: Iterable[Domain]) -> list[Report]:
    """Return a report for every PO file that there could be, and for each that is there without a known language."""
    known = list(domains)
    reports = [check_language(domain, language) for domain in known for language in TRANSLATED]
    return [*reports, *(_unknown(domain, path.stem) for domain in known for path in domain.strangers())]


def _unknown(domain: Domain, language: str) -> Report:
    allowed = ", ".join(TRANSLATED)
    text = f"there is no language '{language}' in languages.toml; there are: {allowed}. Add it, or remove this file."
    return Report(domain.name, language, domain.shown(language), "unknown", [Problem(domain.shown(language), 1, text)])


def _check_message(
    report: Report, po: PoFile, message: Message, entry: Entry | None, patterns: Patterns
) -> tuple[str, ...]:
    """Report what must be mended in a message, and return its forms; none where there is nothing to look at."""
    line = message.lineno or 1
    if entry is None:
        text = f"'{message.context}' has no such text now. Run: himaya translate {report.domain}"
        (report.notes if po.state == "draft" else report.faults).append(Problem(po.shown, line, text))
        return ()
    forms = forms_of(message)
    if not any(forms):
        return ()
    report.counts["fuzzy" if message.fuzzy else "translated"] += is_translated(message)
    report.faults += [Problem(po.shown, line, text) for text in faults(entry, forms, po.language, patterns)]
    return forms


def _check_answers(report: Report, po: PoFile, entries: list[Entry]) -> None:
    """Compare the lengths of the answers of each question, once all of them are translated."""
    translations = po.translations()
    lines = {(m.context, english(m)): m.lineno or 1 for m in po.messages()}
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.unit.sisters is not None:
            groups.setdefault(entry.unit.sisters, []).append(entry)
    for group in groups.values():
        texts = [translations.get((entry.unit.place, entry.unit.text)) for entry in group]
        answers = [(entry, text[0]) for entry, text in zip(group, texts, strict=True) if text is not None]
        if len(answers) == len(group):
            for entry, sentence in uneven(answers):
                report.counts["answers"] += 1
                line = lines[entry.unit.place, entry.unit.text]
                report.notes.append(Problem(po.shown, line, sentence))


def _check_state(report: Report, po: PoFile, missing: set[tuple[str, str]]) -> None:
    if po.lost:
        lost = ", ".join(po.lost)
        text = f"the header has lost: {lost}. It counts as a draft; run himaya translate, and have it signed again."
        report.faults.append(Problem(po.shown, 1, text))
        report.state = "draft"
        return
    if po.state == "draft":
        return
    if missing:
        text = f"the state is '{po.state}', but {len(missing)} texts are missing or fuzzy; set 'draft'."
        report.faults.append(Problem(po.shown, 1, text))
    if not po.is_reviewed:
        text = f"the state is '{po.state}', but nobody has signed exactly these texts. Run: himaya sign {report.domain}"
        report.faults.append(Problem(po.shown, 1, text))


def check_words(
    folder: Path, others: Mapping[str, Callable[[Path, str], object]] = MappingProxyType({})
) -> list[Problem]:
    """Return everything wrong with the words that translations keep to, sorted.

    Args:
        folder: The folder `languages` beside the modules; it may be missing.
        others: What reads the other files of a language, by their names.
    """
    allowed = (GLOSSARY, PATTERNS, *others)
    problems = []
    for path in sorted(folder.glob("*")):
        if path.name not in TRANSLATED or not path.is_dir():
            text = f"this is no language of languages.toml; there are: {', '.join(TRANSLATED)}."
            problems.append(Problem(path.as_posix(), 1, text))
            continue
        for file in sorted(path.glob("*")):
            if file.name not in allowed:
                text = f"nothing reads this file; allowed: {', '.join(allowed)}."
                problems.append(Problem(file.as_posix(), 1, text))
        for read in (read_glossary, read_patterns, *others.values()):
            try:
                read(folder, path.name)
            except ContentError as error:
                problems += error.problems
    return sorted(problems)


_HEAD = """# Languages

Made by `himaya check --languages > docs/languages.md`. *unreviewed*: signed by nobody. *glossary*: a word of
the glossary is given otherwise. *patterns*: a wording that readers found wrong. *length*: much longer or shorter than
the English. *answers*: one stands out by length; nothing is refused for its length.
"""


def table(reports: Iterable[Report]) -> str:
    """Return the reports as the Markdown page docs/languages.md."""
    return "\n".join([_HEAD, *_rows(reports)])


def _rows(reports: Iterable[Report]) -> Iterator[str]:
    yield f"| what | language | state | {' | '.join(COLUMNS)} |"
    yield f"| --- | --- | --- |{' ---: |' * len(COLUMNS)}"
    for report in reports:
        counts = " | ".join(str(report.counts[name]) for name in COLUMNS)
        yield f"| {report.domain} | {report.language} | {report.state} | {counts} |"
