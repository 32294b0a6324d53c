"""What is translated together and has its own PO files: the interface, the local facts, each course, each module."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.content.country import FILE as COUNTRY_FILE
from himaya.content.country import read_country
from himaya.content.load import LANGUAGES_FOLDER, load_module
from himaya.content.source import read_text
from himaya.course.course import load_course
from himaya.languages.facts import TRANSLATED
from himaya.languages.interface import SENTENCES
from himaya.translation.glossary import read_glossary
from himaya.translation.po_file import Entry, PoFile, read_catalogue, review_headers
from himaya.translation.units import Unit, units_of, with_course_texts, with_texts
from himaya.translation.updating import updated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from himaya.content.load import LoadedModule

_AUDIENCES = dict(zip(SENTENCES, ("trainees see it", "only trainers and mentors see it"), strict=True))
OVERVIEW = "overview.md"


@dataclass(frozen=True)
class Domain:
    """One thing that is translated as a whole.

    Attributes:
        name: interface, country, or the id of a course or module.
        folder: Where its PO files lie.
        base: Folder that file names in problems are shown relative to.
        words: Folder of what its translations keep to, for each language: glossary, patterns, terms.
        entries: Its texts.
    """

    name: str
    folder: Path
    base: Path
    words: Path
    entries: list[Entry] = field(repr=False)

    def file(self, language: str) -> Path:
        """Return the PO file of one language."""
        return self.folder / f"{language}.po"

    def shown(self, language: str) -> str:
        """Return its name in problems."""
        path = self.file(language)
        return path.relative_to(self.base).as_posix() if path.is_relative_to(self.base) else path.as_posix()

    def strangers(self) -> list[Path]:
        """Return PO files in a language that languages.toml does not know, so that nothing reads them."""
        return [path for path in sorted(self.folder.glob("*.po")) if path.stem not in TRANSLATED]

    def read(self, language: str) -> PoFile | None:
        """Return the PO file of one language, or None if there is none.

        Raises:
            ContentError: If it cannot be used.
        """
        path = self.file(language)
        return read_catalogue(path, self.shown(language), language) if path.exists() else None

    def update(self, language: str) -> PoFile:
        """Bring the PO file up to date with the English, write it if it changed, and return it.

        Raises:
            ContentError: If the PO file, or the glossary, cannot be used as it is.
        """
        new = updated(self.entries, self.read(language), language, self.name, read_glossary(self.words, language))
        path, text = self.file(language), new.text()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return new

    def sign(self, language: str, *, by: str, date: str, release: bool) -> None:
        """Write into the PO file who has reviewed exactly these translations.

        Raises:
            ContentError: If the PO file cannot be used as it is.
            ValueError: If there is none, or a text is missing or fuzzy.
        """
        po = self.read(language)
        if po is None:
            msg = f"there is no {self.shown(language)}. Run: himaya translate {self.name}"
            raise ValueError(msg)
        wanted = {(entry.unit.place, entry.unit.text) for entry in self.entries}
        if open_texts := wanted - set(po.translations()):
            msg = f"{self.shown(language)}: {len(open_texts)} texts are missing or fuzzy; nothing was signed."
            raise ValueError(msg)
        po.headers.update(review_headers(po, by=by, date=date, release=release))
        self.file(language).write_text(po.text(), encoding="utf-8")


def words_of(base: Path) -> Path:
    """Return the folder of what translations keep to, in the repository in `base`."""
    return base / "modules" / LANGUAGES_FOLDER


def module_domain(path: Path) -> Domain:
    """Return the texts of the module in the folder `path`.

    Raises:
        ContentError: If the module cannot be read.
    """
    return domain_of(load_module(path))


def domain_of(loaded: LoadedModule) -> Domain:
    """Return the texts of a module that is loaded."""
    units = units_of(lambda answer: with_texts(loaded, answer))
    folder = loaded.path
    words = folder.parent / LANGUAGES_FOLDER
    return Domain(loaded.module.id, folder / "locale", folder.parent.parent, words, [Entry(unit) for unit in units])


def course_domain(path: Path) -> Domain:
    """Return the texts of the course in the folder `path`: its title, its summary, its overview.

    Raises:
        ContentError: If course.yaml cannot be read.
    """
    course = load_course(path)
    overview = path / OVERVIEW
    prose = read_text(overview, str(overview)) if overview.exists() else ""
    units = units_of(lambda answer: with_course_texts(course, prose, answer))
    base = path.parent.parent
    return Domain(path.name, path / "locale", base, words_of(base), [Entry(unit) for unit in units])


def country_domain(base: Path) -> Domain:
    """Return the local facts of the repository in `base` that may be shown: each value and where it was read.

    Raises:
        ContentError: If country.yaml cannot be read.
    """
    units = [
        Unit(f"{name}.{key}", text, kind, COUNTRY_FILE)
        for name, setting in read_country(base).settings.items()
        if setting.value and setting.day
        for key, text, kind in (
            ("value", setting.value, "a local fact, shown inside a sentence"),
            ("source", (setting.source or "").rstrip("."), "where a local fact was read"),
        )
        if text
    ]
    folder = (base / COUNTRY_FILE).parent / "locale"
    return Domain("country", folder, base, words_of(base), [Entry(unit) for unit in units])


def interface_domain(words: Path) -> Domain:
    """Return the sentences of the interface; their translations keep to the words of the content beside them."""
    folder = Path(str(files("himaya.languages")))
    return Domain("interface", folder / "locale", folder.parent.parent.parent, words, list(_interface(folder)))


def _interface(folder: Path) -> Iterable[Entry]:
    for name, audience in _AUDIENCES.items():
        for key, text in json.loads((folder / name).read_text(encoding="utf-8")).items():
            if isinstance(text, str):
                yield Entry(Unit(key, text, f"sentence of the interface; {audience}", name))
            else:
                kind = f"sentence in which the number {{{text['by']}}} decides the form; {audience}"
                yield Entry(Unit(key, text["one"], kind, name), text["other"])


def all_domains(base: Path) -> list[Domain]:
    """Return the interface and the local facts, then every course and every module of the repository in `base`.

    Raises:
        ContentError: If a module or a course cannot be read.
    """
    courses = [course_domain(file.parent) for file in sorted(base.glob("courses/*/course.yaml"))]
    modules = [module_domain(file.parent) for file in sorted(base.glob("modules/*/module.yaml"))]
    country = [country_domain(base)] if (base / COUNTRY_FILE).exists() else []
    return [interface_domain(words_of(base)), *country, *courses, *modules]
