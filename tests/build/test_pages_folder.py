"""`himaya pages` and the folder it writes: nothing of anybody's is removed, and trouble is a sentence."""

from __future__ import annotations

import errno
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.commands import apps
from himaya.commands.main import main
from himaya.content.forms import without_forms
from tests.courses import ROOT, one_module_course
from tests.engine.shipped import MODULES, loaded
from tests.shipped import a_code_module, a_module

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

_COURSE = "data-in-code"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the smallest course, with its one module beside it."""
    monkeypatch.chdir(tmp_path)
    for name in (f"courses/{_COURSE}", f"modules/{a_code_module()}", "courses/country.yaml"):
        source = MODULES.parent / name
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, tmp_path / name)
    return tmp_path / "courses" / _COURSE


def _pages(*options: str) -> Result:
    return CliRunner().invoke(main, ["pages", f"courses/{_COURSE}", "--language", "en", *options])


def _written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_folder_with_other_files_is_refused(course: Path, tmp_path: Path) -> None:
    diary = tmp_path / "mine" / "en" / "diary.txt"
    diary.parent.mkdir(parents=True)
    diary.write_text("mine", encoding="utf-8")
    done = _pages("--out", "mine")
    assert (done.exit_code, course.is_dir()) == (1, True)
    assert "other files than pages" in done.output
    assert _written(tmp_path / "mine") == {"en/diary.txt": b"mine"}


def test_full_disk_keeps_the_earlier_pages(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends replaces all of them."""
    out = tmp_path / "out"
    first = _pages("--out", "out")
    assert first.exit_code == 0
    assert first.output.splitlines()[-1] == "Open out/en/index.html, or give away the folder out."
    (out / "en" / "of-another-course.html").write_text("old", encoding="utf-8")
    before = _written(out)

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device", "index.html")

    with monkeypatch.context() as trouble:
        trouble.setattr("himaya.publish.pages.index_page", full)
        broken = _pages("--out", "out")
    assert (broken.exit_code, course.is_dir()) == (1, True)
    assert broken.output.endswith("Error: index.html: No space left on device.\n")
    assert _written(out) == before
    assert _pages("--out", "out").exit_code == 0
    assert set(_written(out)) == set(before) - {"en/of-another-course.html"}
    assert [path.name for path in out.iterdir()] == ["en"]


def test_index_in_english_has_its_own_digits(course: Path, tmp_path: Path) -> None:
    assert "[S" in (course / "overview.md").read_text(encoding="utf-8")
    assert _pages("--out", "out").exit_code == 0
    about = (tmp_path / "out" / "en" / "index.html").read_text(encoding="utf-8").partition('<section id="about">')[2]
    assert re.findall("[٠-٩]", about.partition("</section>")[0]) == []


def test_a_course_without_its_first_page_is_named(course: Path) -> None:
    (course / "overview.md").unlink()
    done = _pages()
    assert done.exit_code == 1
    assert done.output == f"Error: courses/{_COURSE}/overview.md: No such file or directory.\n"


def test_a_folder_that_cannot_be_written_is_named(course: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    done = _pages("--out", "file/below")
    assert (done.exit_code, course.is_dir()) == (1, True)
    assert done.output == "Error: file/below/en.new/scenarios: Not a directory.\n"


@pytest.mark.usefixtures("course")
def test_single_files_lead_to_no_other(tmp_path: Path) -> None:
    """Each may travel alone: the language stands in its name, and no link asks for a file that stayed behind."""
    done = _pages("--single", "--out", "out")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Share any file of out: each works by itself.")
    written = _written(tmp_path / "out")
    assert written
    for name, page in written.items():
        assert name.endswith("-en.html")
        links = set(re.findall(r'href="([^"]*)"', page.decode().partition("<script")[0]))
        assert {link for link in links if not link.startswith(("#", "https://"))} <= {"about:blank", "data:,"}, name


def test_practice_files_hold_no_key_of_what_is_graded(tmp_path: Path) -> None:
    module = loaded(a_module("core-protection"))
    graded = {name for name, each in without_forms(module).activities.items() if each.mode == "graded"}
    assert graded
    course = one_module_course(tmp_path / "core-protection")
    for flags, there in (((), False), (("--with-graded",), True)):
        arguments = ["pages", str(course), "--language", "en", "--practice", *flags, "--out", str(tmp_path / "out")]
        done = CliRunner().invoke(main, [*arguments, "--modules", str(ROOT / "modules")])
        assert done.exit_code == 0, done.output
        files = [file.read_text(encoding="utf-8") for file in (tmp_path / "out" / "en").rglob("*.html")]
        found = {name for name in graded if any(f'"{name}"' in file for file in files)}
        assert bool(found) is there, found


def test_shared_apps_hold_no_key_of_what_is_graded(tmp_path: Path) -> None:
    course = one_module_course(tmp_path / "core-protection")
    graded = {
        n for n, each in without_forms(loaded(a_module("core-protection"))).activities.items() if each.mode == "graded"
    }
    for kept in (False, True):
        target = tmp_path / f"apps-{kept}"
        target.mkdir()
        apps._write(course, ROOT / "modules", ("en",), target, graded=kept)
        files = [file.read_text(encoding="utf-8") for file in target.rglob("activities.json")]
        assert bool({name for name in graded if any(f'"{name}"' in file for file in files)}) is kept
