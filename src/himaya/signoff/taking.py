"""Takes findings in: corrections into the files of a module, signatures beside it; all of it or nothing."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.content.check import check_module
from himaya.content.country import FILE as COUNTRY_FILE
from himaya.content.country import check_country
from himaya.content.load import load_module
from himaya.errors import ContentError
from himaya.languages.facts import SOURCE, TRANSLATED
from himaya.signoff.findings import FindingsError, Outdated, outdated, signed_parts
from himaya.signoff.parts import FACTS
from himaya.signoff.reading import hashes_of, parts_to_read
from himaya.signoff.rewriting import put_texts
from himaya.signoff.signatures import Objection, Signature, Signatures, read_signatures, write_signatures
from himaya.signoff.standing import translations
from himaya.signoff.terms import Decision, occurrences, read_terms, replaced, replaced_everywhere, write_decisions
from himaya.translation.check import check_language
from himaya.translation.check_text import faults
from himaya.translation.domains import all_domains, domain_of, words_of
from himaya.translation.patterns import read_patterns
from himaya.translation.po_file import english

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from himaya.content.load import LoadedModule
    from himaya.signoff.findings import Findings, Read
    from himaya.signoff.parts import Part
    from himaya.signoff.terms import Term
    from himaya.translation.units import Unit


@dataclass(frozen=True)
class Taken:
    """What a file of findings does.

    Attributes:
        findings: What was read.
        outdated: What does not count, since it has changed since.
        diff: Lines of every file that changes, as `diff -u` writes them.
        signed: Parts that get a signature, by id; facts one by one.
        objections: What is rejected.
        terms: Decisions on terms, by id.
        places: In how many texts a decided term changes.
    """

    findings: Findings
    outdated: Outdated
    diff: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    objections: tuple[Objection, ...] = ()
    terms: Mapping[str, Decision] = field(default_factory=dict)
    places: int = 0


def take(
    read: Read,
    base: Path,
    *,
    by: str | None = None,
    rest: bool = False,
    without: Sequence[str] = (),
) -> Taken:
    """Return what findings change in the repository in `base`; `by` writes it.

    Args:
        read: The findings.
        base: The repository.
        by: Who takes them in and knows the reader; None only shows.
        rest: Take what still stands where something has changed since it was read.
        without: Ids of entries whose corrections are left out; their parts are not signed.

    Raises:
        FindingsError: If the module is not there, or something has changed and `rest` is not given.
        RewritingError: If a correction cannot be written.
        ContentError: If the module would not be in order afterwards.
    """
    findings = read.findings
    about = findings.about
    folder = base / "modules" / about.name
    if not (folder / "module.yaml").exists():
        msg = f"there is no module '{about.name}' here."
        raise FindingsError(msg)
    loaded = load_module(folder)
    words = words_of(base)
    terms = read_terms(words, about.language)
    old = outdated(findings, hashes_of(loaded, about.language), terms)
    if old and not rest:
        msg = (
            f"something has changed since this was read, so it is not taken in: {_few((*old.entries, *old.terms))}. "
            "Send the reader a new page, or take in the rest with --rest."
        )
        raise FindingsError(msg)
    skipped = frozenset((*old.entries, *without))
    with tempfile.TemporaryDirectory(prefix="himaya-findings-") as scratch:
        copy = Path(scratch) / "repository"
        _copied(base, about.name, copy)
        _corrected(findings, loaded, copy, skipped)
        after = load_module(copy / "modules" / about.name)
        parts = parts_to_read(after, about.language)
        signed = signed_parts(findings, parts, skipped)
        signatures, facts = _signatures(read, parts, signed, copy, by or "-")
        diff = tuple(_diff(base, copy))
        decided, changed = _decided(findings, terms, old, base)
        taken = Taken(
            findings,
            old,
            (*diff, *(line for lines in changed.values() for line in lines[1])),
            tuple(one.part for one in (*signatures, *facts)),
            tuple(_objections(findings, parts, skipped)),
            decided,
            sum(lines[2] for lines in changed.values()),
        )
        if by is not None:
            _write(taken, signatures, facts, base, copy)
            for path, (text, _, _) in changed.items():
                path.write_text(text, encoding="utf-8")
            if decided:
                write_decisions(words, about.language, dict(decided))
    return taken


def _few(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _copied(base: Path, module: str, copy: Path) -> None:
    shutil.copytree(base / "modules" / module, copy / "modules" / module)
    (copy / "courses").mkdir()
    if words_of(base).is_dir():
        shutil.copytree(words_of(base), words_of(copy))
    for name in (COUNTRY_FILE, "courses/signatures.yaml"):
        if (base / name).exists():
            shutil.copy(base / name, copy / name)


def _corrected(findings: Findings, loaded: LoadedModule, copy: Path, skipped: frozenset[str]) -> None:
    """Put every correction into the copy, and make sure that it is still in order.

    Raises:
        FindingsError: If a correction is about a text that is not the one that was read.
        RewritingError: If one cannot be written.
        ContentError: If the module, or the translation, would not be in order.
    """
    about = findings.about
    module = copy / "modules" / about.name
    new = _new_texts(findings, loaded, skipped)
    if not new:
        return
    if about.language != SOURCE:
        _put_translations(module, about.language, new)
        return
    put_texts(module, copy, new)
    problems = check_module(module)
    if any(unit.file == COUNTRY_FILE for unit in new):
        problems += check_country(copy)
    if problems:
        raise ContentError(problems)
    for language in TRANSLATED:
        domain = domain_of(load_module(module))
        if domain.file(language).exists():
            domain.update(language)


def _new_texts(findings: Findings, loaded: LoadedModule, skipped: frozenset[str]) -> dict[Unit, str]:
    language = findings.about.language
    known = {} if language == SOURCE else translations(loaded.path, language)
    parts = parts_to_read(loaded, language)
    units = list(dict.fromkeys(unit for part in parts for entry in part.entries for unit in entry.units))
    by_key = {(unit.place, unit.text): unit for unit in units}
    in_entry = {entry.id: {(u.place, u.text) for u in entry.units} for part in parts for entry in part.entries}

    def now(unit: Unit) -> str:
        return unit.text if language == SOURCE else (known.get((unit.place, unit.text)) or ("",))[0]

    here: dict[Unit, str] = {}
    phrases: list[tuple[str, str]] = []
    for judged in findings.entries:
        for correction in () if judged.id in skipped else judged.corrections:
            key = (correction.place, correction.text)
            unit = by_key.get(key)
            if unit is None or key not in in_entry.get(judged.id, ()) or now(unit) != correction.old:
                msg = f"'{judged.id}' has a correction of a text that does not stand there."
                raise FindingsError(msg)
            if not correction.new.strip():
                msg = f"'{judged.id}' has a correction without words."
                raise FindingsError(msg)
            here[unit] = correction.new
            if correction.everywhere is not None and len(correction.everywhere.from_) > 1:
                phrases.append((correction.everywhere.from_, correction.everywhere.to))
    whole = language == SOURCE
    for unit in units:
        text = now(unit)
        for phrase, instead in phrases:
            if unit not in here and any(True for _ in occurrences(text, phrase, whole=whole)):
                text = replaced_everywhere(text, phrase, instead, whole=whole)
        if unit not in here and text != now(unit):
            here[unit] = text
    return here


def _put_translations(module: Path, language: str, new: Mapping[Unit, str]) -> None:
    domain = domain_of(load_module(module))
    po = domain.read(language)
    if po is None:
        msg = f"there is no {domain.shown(language)} to correct."
        raise FindingsError(msg)
    wanted = {(unit.place, unit.text): text for unit, text in new.items()}
    for message in po.messages():
        text = wanted.get((message.context or "", english(message)))
        if text is not None:
            message.string = text
    domain.file(language).write_text(po.text(), encoding="utf-8")
    found = check_language(domain, language, faults_only=True).faults
    if found:
        raise ContentError(found)


def _signatures(
    read: Read, parts: Sequence[Part], signed: Sequence[Part], copy: Path, by: str
) -> tuple[list[Signature], list[Signature]]:
    """Return the signatures of a module's parts, and those of local facts: each over the text as it will stand."""
    findings = read.findings
    about = findings.about
    known = {} if about.language == SOURCE else translations(copy / "modules" / about.name, about.language)

    def signature(part: str, wanted: str) -> Signature:
        return Signature(
            part=part,
            language=about.language,
            hash=wanted,
            name=findings.name,
            role=findings.reader.role,
            date=findings.reader.date,
            taken_in_by=by,
            findings=read.digest,
        )

    hashes = {
        part.id: part.hash if about.language == SOURCE else part.translated_hash(known)
        for part in signed
        if part.id != FACTS
    }
    own = [signature(part, wanted) for part, wanted in hashes.items() if wanted is not None]
    accepted = {one.id for one in findings.entries if one.verdict != "reject"}
    facts = [
        signature(entry.id, entry.hash)
        for part in parts
        if part.id == FACTS
        for entry in part.entries
        if entry.id in accepted
    ]
    return own, facts


def _objections(findings: Findings, parts: Sequence[Part], skipped: frozenset[str]) -> Iterator[Objection]:
    where = {entry.id: part.id for part in parts for entry in part.entries}
    for judged in findings.entries:
        if judged.verdict == "reject" and judged.id not in skipped:
            yield Objection(
                entry=judged.id,
                part=where[judged.id],
                language=findings.about.language,
                hash=judged.hash,
                note=judged.note,
                name=findings.name,
                role=findings.reader.role,
                date=findings.reader.date,
            )


def _diff(base: Path, copy: Path) -> Iterator[str]:
    for path in sorted(copy.rglob("*")):
        name = path.relative_to(copy).as_posix()
        if path.suffix in (".yaml", ".md", ".po") and path.name != "signatures.yaml":
            yield from _lines(name, (base / name).read_text(encoding="utf-8"), path.read_text(encoding="utf-8"))


def _lines(name: str, before: str, after: str) -> Iterator[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm="", n=1)
    return iter(list(lines) if before != after else [])


def _decided(
    findings: Findings, terms: Sequence[Term], old: Outdated, base: Path
) -> tuple[dict[str, Decision], dict[Path, tuple[str, list[str], int]]]:
    """Return who decided which term, and what each PO file becomes: text, diff, number of texts that change."""
    language = findings.about.language
    by_id = {term.id: term for term in terms}
    decided: dict[str, Decision] = {}
    forms: dict[str, str] = {}
    for one in findings.terms:
        term = by_id.get(one.id)
        if term is None or one.id in old.terms:
            continue
        choice = next((choice for choice in term.choices if choice.id == one.choice), None)
        if choice is None:
            msg = f"the term '{one.id}' has no choice '{one.choice}'."
            raise FindingsError(msg)
        reader = findings.reader
        decided[one.id] = Decision(choice=choice.id, name=findings.name, role=reader.role, date=reader.date)
        if choice.id != term.now:
            forms |= choice.forms
    changed: dict[Path, tuple[str, list[str], int]] = {}
    for domain in all_domains(base) if forms else ():
        po = domain.read(language)
        if po is None:
            continue
        before, count = po.text(), 0
        entries = {(entry.unit.place, entry.unit.text): entry for entry in domain.entries}
        patterns = read_patterns(domain.words, language)
        for message in po.messages():
            if isinstance(message.string, str) and (new := replaced(message.string, forms)) != message.string:
                entry = entries.get((message.context or "", english(message)))
                if entry is not None and (wrong := [*faults(entry, (new,), language, patterns)]):
                    msg = f"{domain.shown(language)}: {message.context}: the decided term cannot stand here: {wrong[0]}"
                    raise FindingsError(msg)
                message.string = new
                count += 1
        if count:
            text = po.text()
            changed[domain.file(language)] = (text, [*_lines(domain.shown(language), before, text)], count)
    return decided, changed


def _write(taken: Taken, own: Sequence[Signature], facts: Sequence[Signature], base: Path, copy: Path) -> None:
    findings = taken.findings
    module = base / "modules" / findings.about.name
    for path in sorted(copy.rglob("*")):
        target = base / path.relative_to(copy)
        if path.is_file() and path.name != "signatures.yaml" and path.read_bytes() != target.read_bytes():
            shutil.copyfile(path, target)
    _sign(module, findings, own, [one for one in taken.objections if not one.entry.startswith("fact.")])
    if facts or any(one.entry.startswith("fact.") for one in taken.objections):
        _sign(base / "courses", findings, facts, [one for one in taken.objections if one.entry.startswith("fact.")])


def _sign(folder: Path, findings: Findings, new: Iterable[Signature], objections: Sequence[Objection]) -> None:
    known = read_signatures(folder)
    accepted = {one.id for one in findings.entries if one.verdict != "reject"}
    who = (findings.name, findings.reader.role)
    kept = [
        one
        for one in known.objections
        if not (one.entry in accepted and one.language == findings.about.language and (one.name, one.role) == who)
    ]
    new = [one for one in new if one not in known.signatures]
    if new or objections or kept != known.objections:
        both = [*kept, *(one for one in objections if one not in kept)]
        write_signatures(folder, Signatures(signatures=[*known.signatures, *new], objections=both))
