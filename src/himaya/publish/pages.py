"""Write the pages of a course: one folder for each language, in which every file works by itself."""

from __future__ import annotations

import errno
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from himaya.content.assignments import is_second_form
from himaya.content.forms import parts_to_build, without_forms
from himaya.content.left_out import without_graded
from himaya.languages.facts import SOURCE, digits_of
from himaya.publish.canonical import compressed
from himaya.publish.edition import Edition
from himaya.publish.overview import NAME as OVERVIEW
from himaya.publish.page import address_alone, alone, index_page, module_page, scenario_page
from himaya.publish.reading import Reader
from himaya.publish.sections import literal_fact, prose_html
from himaya.signoff.standing import facts_to_show
from himaya.translation.translated import load_in, translated_course

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from himaya.content.load import LoadedModule
    from himaya.course.course import Course
    from himaya.publish.page_code import Code, Kind
_AS_SENT = 6  # how servers compress


@dataclass(frozen=True)
class Written:
    """One file: where it is, what it is, and how many bytes it has, raw and gzipped."""

    path: Path
    kind: Kind
    raw: int
    gzipped: int


def write_pages(
    course: Course,
    folder: Path,
    modules: Path,
    target: Path,
    code: Mapping[Kind, Code],
    *,
    languages: Sequence[str] = (SOURCE,),
    practice: bool = False,
    graded: bool = True,
    second_forms: bool = False,
    single: bool = False,
    on: date | None = None,
) -> Iterator[Written]:
    """Write `target/<language>/` anew for each language, and yield each file when it is written.

    Args:
        course: The course, in English.
        folder: Its folder, with overview.md.
        modules: Folder of the modules.
        target: Where to write.
        code: What each kind of page runs on.
        languages: Which languages to write.
        practice: A mentor's edition: everything is practice, nothing is graded or handed in.
        graded: With `practice`: keep what is graded, as practice; its keys are in the files.
        second_forms: Write the second form of each safety set, too: for whoever missed something in the first.
        single: Each file travels by itself: no index, no links between files, the language in each name.
        on: The day of the build, which decides which local facts are shown; without one, none is.

    Raises:
        ContentError: If a text file is not in order.
        OSError: If a folder cannot be written, or holds other files than pages.
    """
    for language in languages:
        prose = (folder / f"{OVERVIEW}.md").read_text(encoding="utf-8").strip()
        shown, prose = translated_course(course, prose, folder, language)
        digits = digits_of(language, course.digits)
        local = facts_to_show(modules.parent, on, language, digits)
        local = {name: literal_fact(fact) for name, fact in local.items()}
        english = None if language == SOURCE else course.sources
        reader = Reader(folder, shown.sources, local, language, digits, english)
        text = f"{reader.read(prose)}\n\n{reader.bibliography()}"
        overview = f'<section id="about">{prose_html(text, language)}</section>'
        edition = Edition(
            shown,
            code,
            language,
            on,
            practice=practice,
            graded=graded,
            languages=languages,
            overview=overview,
            second_forms=second_forms,
            single=single,
        )
        yield from _language(edition, modules, target / language)


def _language(edition: Edition, modules: Path, target: Path) -> Iterator[Written]:
    """Write a folder beside the one that is there, and put it in its place once it is whole."""
    if any(path.suffix != ".html" for path in target.rglob("*") if not path.is_dir()):
        why = "other files than pages are in this folder, and it would be written anew. Give another with --out"
        raise FileExistsError(errno.EEXIST, why, str(target))
    new = target.with_name(f"{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    try:
        yield from _folder(edition, modules, new, target)
        shutil.rmtree(target, ignore_errors=True)
        new.rename(target)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _folder(edition: Edition, modules: Path, new: Path, target: Path) -> Iterator[Written]:
    """Write every page of one language into `new`, and call it as it will be called in `target`."""
    (new / "scenarios").mkdir(parents=True)
    course, language = edition.course, edition.language
    whole = [course.taught(load_in(modules / name, language, course.digits)) for name in course.modules]
    loaded = [part for module in whole for part in _handed_out(edition, module)]
    sizes: dict[str, int] = {}
    ending = f"-{edition.language}.html" if edition.single else ".html"
    for module in loaded:
        pages: Iterable[tuple[str, Kind, str]] = [
            (f"{module.module.id}{ending}", "module", module_page(edition, module)),
            *(
                (f"{address_alone(module, scenario)}{ending}", "scenario", scenario_page(edition, module, scenario))
                for scenario in alone(module)
            ),
        ]
        for address, kind, page in pages:
            written = replace(_write(new / address, kind, page), path=target / address)
            sizes[address] = written.raw
            yield written
    if edition.single:
        return
    index = _write(new / "index.html", "index", index_page(edition, loaded, sizes))
    yield replace(index, path=target / "index.html")


def _handed_out(edition: Edition, module: LoadedModule) -> list[LoadedModule]:
    """Return what of a module gets a page: the forms of its safety set are no practice, the second one is asked for."""
    if edition.practice:
        own = without_forms(module)
        return [own if edition.graded else without_graded(own)]
    parts = parts_to_build(module, edition.course.paths.get(module.module.id, ()))
    return [part for part in parts if edition.second_forms or not is_second_form(part.module.id)]


def _write(path: Path, kind: Kind, page: str) -> Written:
    data = page.encode()
    path.write_bytes(data)
    return Written(path, kind, len(data), len(compressed(data, _AS_SENT)))
