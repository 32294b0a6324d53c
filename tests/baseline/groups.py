"""What trainees and trainers hold already, as hashes by group: a later commit must give the same.

Each group is a function that returns nested dictionaries with the names of file, language and activity as keys, and
short hashes or counts as values. `record.py` writes them to JSON files; `test_baseline.py` and
`release/test_baseline.py` compare.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from click.testing import CliRunner
from nbgrader.utils import compute_checksum

from himaya.commands.main import main
from himaya.content.check import check_module
from himaya.content.forms import parts_to_build
from himaya.course.course import load_course
from himaya.publish.assignment import compile_module, write_assignment
from himaya.publish.edition import Edition
from himaya.publish.overview import write_overview
from himaya.publish.page import module_page
from himaya.translation.domains import all_domains
from himaya.translation.translated import load_in
from himaya_autograde.keys import write_keys
from himaya_widgets.player import page_code
from tests.autograde.cohorts import hand_in, own_settings, released_course, rows
from tests.autograde.pages import Reader
from tests.content.edits import EDITS
from tests.content.sound import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from himaya.content.load import LoadedModule
    from himaya.course.course import Course
    from himaya.languages.facts import Digits

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
JOURNALS = HERE / "journals"
DAY = date(2026, 11, 28)
"""The day of the builds here: country settings are shown as fresh or old by the day."""

Tree = dict[str, Any]


def short(value: object) -> str:
    """Return a short hash of text, or of a value as JSON with its order of keys, which content hashes depend on."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


# --- what is built ----------------------------------------------------------------------------------------------


def built(home: Path) -> list[tuple[str, str, Path]]:
    """Return language, module and folder of each course in each of its languages; built if `home` holds none yet."""
    if not (home / "built").exists():
        build(home)
    return [
        (language, name, home / "built" / language / course.id)
        for course in (load_course(file.parent) for file in sorted(ROOT.glob("courses/*/course.yaml")))
        for language in course.languages
        for name in (*_assignments(course), "overview")
    ]


def _assignments(course: Course) -> list[str]:
    """Return the modules of a course, and the forms of those that have a safety set."""
    loaded = (_in_language(name, "en", course.digits) for name in course.modules)
    return [part.module.id for module in loaded for part in parts_to_build(module)]


@cache
def _in_language(name: str, language: str, digits: Digits) -> LoadedModule:
    return load_in(ROOT / "modules" / name, language, digits)


def build(home: Path) -> None:
    """Build each course once for each of its languages."""
    for file in sorted(ROOT.glob("courses/*/course.yaml")):
        course = load_course(file.parent)
        for language in course.languages:
            folder = home / "built" / language / course.id
            folder.mkdir(parents=True)
            languages = sorted(course.languages, key=lambda each: each != language)
            opened = {}
            for name in course.modules:
                opened[name], *others = (_in_language(name, each, course.digits) for each in languages)
                for part, *in_others in zip(*map(parts_to_build, (opened[name], *others)), strict=True):
                    write_keys(part, folder, in_others)
                    write_assignment(part, folder / "source", course.id, DAY, in_others)
            shipped = course.model_copy(update={"languages": languages})
            write_overview(shipped, file.parent, [*opened.values()], folder / "source", DAY)


def source_notebooks(target: Path) -> Tree:
    """Every cell of every source notebook, in the language that it opens in: source, type, nbgrader's metadata."""
    found: Tree = {}
    for language, module, folder in built(target.parent):
        notebook = nbformat.read(folder / "source" / module / f"{module}.ipynb", 4)
        cells: Tree = {}
        for cell in notebook.cells:
            marked = cell.metadata.get("nbgrader", {})
            kept = [cell.cell_type, cell.source, marked]
            name = marked.get("grade_id") or cell.id
            cells[name] = short([*kept, compute_checksum(cell)] if marked.get("grade_id") else kept)
        found.setdefault(module, {})[language] = {"cells": len(notebook.cells), "order": short(list(cells)), **cells}
    return found


def activity_files(target: Path) -> Tree:
    """Every activity that a trainee's folder holds, in each language, and its content hash, as it is."""
    found: Tree = {}
    for language, module, folder in built(target.parent):
        content = _json(folder / "source" / module / "activities.json")
        activities = content.pop("activities")
        found.setdefault(module, {})[language] = {
            "rest of the file": short(content),
            "order": short(list(activities)),
            **{name: f"{short(each)} {each['hash']}" for name, each in activities.items()},
        }
        for path in sorted((folder / "source" / module).glob("activities.*.json")):
            other = _json(path)
            found[module][f"{language}, switched to {other['language']}"] = {
                "activities": short(other.pop("activities", {})),
                "prose": short(other.pop("prose", {})),
                "rest of the file": short(other),
            }
    return found


def keys(target: Path) -> Tree:
    """Every activity with its key, as the trainer's folder holds it."""
    found: Tree = {}
    for language, module, folder in built(target.parent):
        if module == "overview":
            continue
        content = _json(folder / "keys" / f"{module}.json")
        activities = content.pop("activities")
        found.setdefault(module, {})[language] = {
            "rest of the file": short(content),
            **{name: short(each) for name, each in activities.items()},
        }
    return found


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


class _Text(HTMLParser):
    """Collects the text of a page without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._inside += [tag] if tag in ("script", "style") else []

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.parts += [] if self._inside else [data]


_SIZE = re.compile(r"\d+([\s\u2066-\u2069]*)(kB|كيلوبايت|کیلۆبایت)")


def text_of(page: str) -> str:
    """Return the text of a page without tags, scripts, styles and sizes of files, white space evened out."""
    reader = _Text()
    reader.feed(page)
    reader.close()
    text = " ".join("".join(reader.parts).split())
    return _SIZE.sub(r"n\1\2", text)


def write_all_pages(target: Path) -> list[Path]:
    """Write every page of every course and language, both editions, as `himaya pages` does, and return them."""
    for file in sorted(ROOT.glob("courses/*/course.yaml")):
        for practice in ((), ("--practice",)):
            folder = target / f"{file.parent.name}{'-practice' if practice else ''}"
            where = ["--out", str(folder), "--modules", str(ROOT / "modules")]
            done = CliRunner().invoke(main, ["pages", str(file.parent), *where, *practice])
            assert done.exit_code == 0, done.output
    return sorted(target.rglob("*.html"))


def page_text(target: Path) -> Tree:
    """The text of each page as it stands in the file; what a script draws is in the slow group `pages_shown`."""
    found: Tree = {}
    for path in write_all_pages(target):
        edition, language, *name = path.relative_to(target).parts
        text = text_of(path.read_text(encoding="utf-8"))
        found.setdefault(edition, {}).setdefault(language, {})["/".join(name)] = f"{len(text)} {short(text)}"
    return found


def pages_shown(target: Path) -> Tree:
    """The text that the player draws of the first activity of each kind and mode in one module, in each language."""
    course = load_course(ROOT / "courses" / "core-protection")
    name = course.modules[0]
    target.mkdir(parents=True)
    paths = []
    for language in course.languages:
        loaded = _in_language(name, language, course.digits)
        paths.append(target / f"{language}.html")
        edition = Edition(course, page_code(), language, languages=course.languages)
        paths[-1].write_text(module_page(edition, loaded), encoding="utf-8")
    command = [sys.executable, "-m", "tests.baseline.drawn", f"himaya:{course.id}/{name}:seed", *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found: Tree = {}
    for language, texts in zip(course.languages, json.loads(done.stdout), strict=True):
        first: Tree = {}
        for activity in compile_module(_in_language(name, language, course.digits)).values():
            text = texts[activity["id"]]
            first.setdefault(f"{activity['kind']}, {activity['mode']}", f"{activity['id']} {len(text)} {short(text)}")
        found[language] = first
    return found


# --- what commands say ------------------------------------------------------------------------------------------


def schemas(target: Path) -> Tree:
    """What `himaya schemas` writes."""
    done = CliRunner().invoke(main, ["schemas", str(target)])
    assert done.exit_code == 0, done.output
    return {path.name: short(path.read_text(encoding="utf-8")) for path in sorted(target.iterdir())}


_REPLACED = {
    ".md": ("module.md",),
    ".svg": ("media/chairs.svg",),
    ".yaml": ("items.yaml", "module.yaml", "scenarios/short-walk.yaml"),
}


def check_sentences(target: Path) -> Tree:
    """What the content check says of each edited file in the place of each file that it might replace."""
    found: Tree = {}
    module = target / "modules" / "sound-module"
    for name, edit in sorted(EDITS.items()):
        suffix = Path(edit.file).suffix
        for replaced in _REPLACED[suffix]:
            shutil.rmtree(module, ignore_errors=True)
            shutil.copytree(FIXTURES / "sound-module", module)
            sound = (module / edit.file).read_bytes()
            edit.make(module)
            if replaced != edit.file:
                shutil.copyfile(module / edit.file, module / replaced)
                (module / edit.file).write_bytes(sound)
            said = [str(problem) for problem in check_module(module)]
            found.setdefault(f"{name}{suffix}", {})[replaced] = f"{len(said)} {short(said)}"
    return found


def translations(target: Path) -> Tree:
    """Which PO files `himaya translate` would change: none."""
    found: Tree = {}
    for number, domain in enumerate(all_domains(ROOT)):
        folder = shutil.copytree(domain.folder, target / str(number))
        for path in sorted(folder.glob("*.po")):
            before = path.read_bytes()
            replace(domain, folder=folder).update(path.stem)
            unchanged = path.read_bytes() == before
            found.setdefault(domain.name, {})[path.stem] = "unchanged" if unchanged else "changed"
    return found


# --- what saved journals earn -----------------------------------------------------------------------------------


def journals() -> dict[tuple[str, str], bytes]:
    """Return the saved journals by module and trainee."""
    return {tuple(path.stem.split(".")): path.read_bytes() for path in sorted(JOURNALS.glob("*.jsonl"))}


def grades(found: Mapping[tuple[str, ...], Mapping[str, Any]]) -> Tree:
    """Return gradebook rows as the baseline keeps them: by module, trainee and cell.

    Args:
        found: As `cohorts.rows` returns them.
    """
    kept: Tree = {}
    for (table, trainee, module, cell, kind), row in sorted(found.items()):
        if table == "student":
            continue
        told = f"{row['auto_score']}/{row['max_score'] or row['max_task_score']} " if table == "grade" else ""
        kept.setdefault(module, {}).setdefault(trainee, {})[f"{table} {cell} {kind}"] = f"{told}{short(dict(row))}"
    return kept


def graded(target: Path) -> dict[str, Tree]:
    """Hand in the saved journals, grade them, write feedback and tables, and return the groups in `GRADED`."""
    with own_settings(target):
        course = released_course(target)
        for (module, trainee), journal in journals().items():
            hand_in(course.path, module, trainee, journal)
        assert course.grade().problems == {}
        assert course.feedback().problems == {}
        written = course.export(target / "tables")
        feedback: Tree = {}
        for module, trainee in journals():
            page = Reader((course.path / "feedback" / trainee / module / f"{module}.html").read_text(encoding="utf-8"))
            told = {name: short(text) for name, text in page.articles.items()}
            feedback.setdefault(module, {})[trainee] = {"whole page": short(page.text), **told}
        return {"graded": grades(rows(course.path)), "feedback": feedback, "tables": _tables(written)}


_WHOSE = ("student_id", "trainee")


def _tables(paths: Iterable[Path]) -> Tree:
    """Return each table by trainee and module; a difference in the verdict stands apart from one in points."""
    found: Tree = {}
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            read = list(csv.DictReader(file))
        table = found.setdefault(path.stem, {"columns": short(list(read[0])), "rows": len(read)})
        cells: dict[tuple[str, str], list[object]] = {}
        for row in read:
            who = next(row[name] for name in _WHOSE if name in row)
            for column, value in row.items():
                module = row.get("module") or row.get("assignment") or column.partition("/")[0]
                cells.setdefault((who, module), []).append([column, value])
        for (who, module), values in sorted(cells.items()):
            table.setdefault(who, {})[module] = short(values)
    return found


FAST: dict[str, Callable[[Path], Tree]] = {
    "source_notebooks": source_notebooks,
    "activity_files": activity_files,
    "keys": keys,
    "schemas": schemas,
    "check_sentences": check_sentences,
}
GRADED = ("graded", "feedback", "tables")
SLOW: dict[str, Callable[[Path], Tree]] = {
    "page_text": page_text,
    "pages_shown": pages_shown,
    "translations": translations,
}
