"""Whatever stands in the place of an author's file, the check answers with a sentence, soon and in little memory."""

from __future__ import annotations

import os
import resource
import shutil
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from himaya.content.check import check_module, module_hints
from himaya.content.load import read_yaml
from himaya.content.source import LARGEST_CATALOGUE, read_bytes
from himaya.course.check import check_course
from himaya.errors import ContentError
from himaya.translation.po_file import read_catalogue
from tests.courses import ROOT
from tests.lanes import sampled
from tests.shipped import a_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_SECONDS = 120  # far more than any takes, on a busy machine too
_MEMORY = 1_000_000_000  # bytes beyond what the tests hold


@contextmanager
def _bounded() -> Iterator[None]:
    """Fail what takes too long or too much memory, such as a wait for a pipe."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    with open("/proc/self/statm", encoding="ascii") as pages:
        held = int(pages.read().split()[0]) * resource.getpagesize()
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (held + _MEMORY, limits[1]))
    signal.alarm(_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, limits)
        signal.signal(signal.SIGALRM, before)


def _bomb(levels: int, width: int, leaf: str) -> str:
    begin = f"a0: &a0 {leaf}\n"
    return begin + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]\n" for n in range(1, levels))


_YAML = {
    "alias bomb": _bomb(9, 10, "lol"),
    "deep alias bomb": _bomb(38, 2, "lol"),
    "alias bomb of one text": _bomb(4, 60, f"'{'x' * 9_000}'"),
    "alias bomb of fields": "b0: &b0 {x: 1}\n"
    + "".join(f"b{n}: &b{n} {{p: *b{n - 1}, q: *b{n - 1}}}\n" for n in range(1, 30)),
    "alias of itself": "items: &a [*a]\n",
    "field of itself": "items: &a {b: *a}\n",
    "merge of itself": "items: &a {<<: *a}\n",
    "merge of many": "a: &a {x: 1}\n" + "".join(f"b{n}: &a\n  <<: [{', '.join(['*a'] * 20)}]\n" for n in range(300)),
    "merge of a text": "a: &a text\nb: {<<: *a}\n",
    "nesting of 5,000": f"items: {'[' * 5_000}{']' * 5_000}\n",
    "nesting of 100,000": f"items: {'[' * 100_000}{']' * 100_000}\n",
    "nesting of 200,000": f"items: {'[' * 200_000}{']' * 200_000}\n",
    "nesting of fields": f"items: {'{a: ' * 2_000}1{'}' * 2_000}\n",
    "nesting of blocks": "".join(f"{' ' * n}a:\n" for n in range(600)),
    "nesting of lists on one line": f"items:\n  {'- ' * 20_000}x\n",
    "nesting of questions": f"{'? ' * 5_000}x\n",
    "number of 5,000 digits": f"version: {'9' * 5_000}\n",
    "negative number of 5,000 digits": f"version: -{'9' * 5_000}\n",
    "long hexadecimal number": f"version: 0x{'f' * 50_000}\n",
    "long octal number": f"version: 0o{'7' * 50_000}\n",
    "long binary number": f"version: 0b{'1' * 50_000}\n",
    "number of a hundred digits": f"version: {'9' * 100}\n",
    "day that is none": "version: 2026-02-31\n",
    "hour that is none": "version: 2026-02-01T99:99:99Z\n",
    "binary that is none": "version: !!binary '%%%'\n",
    "number that is none": "version: !!int x\n",
    "set of lists": "version: !!set {[1]: }\n",
    "ordered map that is none": "version: !!omap [1, 2]\n",
    "unknown tag": "version: !!python/object/apply:os.system ['true']\n",
    "undefined alias": "items: *nowhere\n",
    "half a character": "items: ['\\ud800']\n",
    "directive": "%YAML 9.9\n---\nitems: []\n",
    "many documents": "---\n" * 100_000,
    "many entries": "items:\n" + "- x\n" * 60_000,
    "long text": f"items: ['{'x' * 100_000}']\n",
    "open quotes": f"items: '{'[' * 100_000}\n",
    "many anchors": "items:\n" + "".join(f"- &a{n} x\n" for n in range(20_000)),
    "colons": f"items: {':' * 100_000}\n",
    "comments": "#\n" * 120_000,
    "bars in a comment": f"{'# | ' * 50_000}\nitems: x\n",
    "tabs": "\t" * 200_000,
}
_PROSE = {
    "alias bomb in the header": f"---\n{_bomb(9, 10, 'lol')}---\n# Title\n",
    "nesting in the header": f"---\na: {'[' * 5_000}\n---\n# Title\n",
    "header without an end": f"---\n{_bomb(9, 10, 'lol')}# Title\n",
    "number in the header": f"---\na: {'9' * 5_000}\n---\n",
    "alias bomb in a cell": "# Title\n\n```{code-cell} ipython3\n---\n" + _bomb(9, 10, "lol") + "---\nshow('x')\n```\n",
    "option of a cell": "# Title\n\n```{code-cell} ipython3\n:tags: [a]\nsubmit()\n```\n",
    "data of a cell": "# Title\n\n+++ " + '{"a": ' * 5_000 + "\n\nText\n",
    "backticks": "# Title\n" + "`" * 90_000,
    "backticks of growing length": "# Title\n" + " ".join("`" * n for n in range(300)),
    "brackets": "# Title\n" + "[" * 9_900,
    "brackets in many cells": "# Title\n" + "\n+++\n\n".join(["![" * 4_900] * 9),
    "citations": "# Title\n" + "[S1:" * 2_400,
    "stars": "# Title\n" + "*a_" * 3_300,
    "quotes in quotes": "# Title\n" + ">" * 9_900 + " x",
    "lists in lists": "# Title\n" + "".join(f"{' ' * 2 * n}- x\n" for n in range(130)),
    "html that never ends": "# Title\n" + "<a " * 3_300,
    "too large": "# Title\n" + "word " * 100_000,
    "cell that is too large": "# Title\n" + "word " * 10_000,
    "null": "# Title\n\x00\x00\n",
}
_SLOW = ["brackets in many cells"]


@pytest.mark.parametrize("name", _YAML)
@pytest.mark.parametrize("file", sampled(["items.yaml"], ["module.yaml", "scenarios/short-walk.yaml"]))
def test_hostile_yaml_gets_a_sentence(file: str, name: str, sound_module: Path) -> None:
    (sound_module / file).write_text(_YAML[name], encoding="utf-8")
    with _bounded():
        problems = check_module(sound_module)
    assert any(problem.file == f"modules/sound-module/{file}" for problem in problems), problems[:5]
    assert len(problems) <= 250
    assert max(len(str(problem)) for problem in problems) < 2_000


@pytest.mark.parametrize("name", sampled([name for name in _PROSE if name not in _SLOW], _SLOW))
def test_hostile_prose_gets_a_sentence(name: str, sound_module: Path) -> None:
    (sound_module / "module.md").write_text(_PROSE[name], encoding="utf-8")
    with _bounded():
        problems = check_module(sound_module)
        module_hints(sound_module)
    assert any(problem.file == "modules/sound-module/module.md" for problem in problems), problems[:5]


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50_000_000_000)


_STRANGE: dict[str, Callable[[Path], None]] = {
    "pipe": _pipe,
    "link to a pipe": lambda path: (os.mkfifo(f"{path}.pipe"), path.symlink_to(f"{path}.pipe"))[1],
    "endless device": lambda path: path.symlink_to("/dev/zero"),
    "empty device": lambda path: path.symlink_to("/dev/null"),
    "terminal": lambda path: path.symlink_to("/dev/tty"),
    "huge": _huge,
    "folder": lambda path: path.mkdir(),
    "link to itself": lambda path: path.symlink_to(path.name),
    "link to nothing": lambda path: path.symlink_to("nowhere"),
    "file of the kernel": lambda path: path.symlink_to("/proc/self/mem"),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00\x01" * 100) and None,
}


@pytest.mark.parametrize("name", _STRANGE)
@pytest.mark.parametrize(
    "file", ["module.yaml", "module.md", "items.yaml", "scenarios/short-walk.yaml", "media/chairs.svg"]
)
def test_irregular_file_gets_a_sentence(file: str, name: str, sound_module: Path) -> None:
    (sound_module / file).unlink()
    _STRANGE[name](sound_module / file)
    with _bounded():
        problems = check_module(sound_module)
        module_hints(sound_module)
    assert problems
    assert all(problem.text.endswith((".", ".\n")) for problem in problems), problems


@pytest.mark.parametrize("name", _STRANGE)
@pytest.mark.parametrize("file", ["course.yaml", "overview.md"])
def test_irregular_course_file_gets_a_sentence(file: str, name: str, tmp_path: Path) -> None:
    course = tmp_path / "courses" / "core-protection"
    shutil.copytree(ROOT / "courses" / "core-protection", course)
    (course / file).unlink()
    _STRANGE[name](course / file)
    with _bounded():
        assert check_course(course, ROOT / "modules")


_HEADER = (ROOT / "modules" / a_module() / "locale" / "ar.po").read_text(encoding="utf-8").split("\n\n")[0]
_PO = {
    "long text": _HEADER + f'\n\nmsgctxt "a"\nmsgid "{"[" * 100_000}"\nmsgstr "{"[" * 100_000}"\n',
    "open quotes": _HEADER + '\n\nmsgid "' + "\\" * 100_000,
    "many messages": _HEADER
    + "".join(f'\n\nmsgctxt "a{n}"\nmsgid "x"\nmsgstr "y"\n' for n in range(200))
    + '\nmsgid "',
    "no header": "x" * 100_000,
}


@pytest.mark.parametrize("name", _PO)
def test_hostile_catalogue_gets_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "ar.po").write_text(_PO[name], encoding="utf-8")
    with _bounded(), pytest.raises(ContentError):
        read_catalogue(tmp_path / "ar.po", "ar.po", "ar")


@pytest.mark.parametrize("name", _STRANGE)
def test_invalid_catalogue_gets_a_sentence(name: str, tmp_path: Path) -> None:
    _STRANGE[name](tmp_path / "ar.po")
    with _bounded(), pytest.raises(ContentError):
        read_catalogue(tmp_path / "ar.po", "ar.po", "ar")


def test_catalogue_size_limit_is_exact(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * LARGEST_CATALOGUE)
    assert len(read_bytes(tmp_path / "file", "file", LARGEST_CATALOGUE)) == LARGEST_CATALOGUE
    (tmp_path / "file").write_bytes(b"x" * (LARGEST_CATALOGUE + 1))
    with pytest.raises(ContentError, match="allowed: up to 5,000,000 bytes"):
        read_bytes(tmp_path / "file", "file", LARGEST_CATALOGUE)


def test_file_vanishing_while_read_gets_a_sentence(sound_module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really_open = os.open

    def vanish(path: object, *more: int) -> int:
        if str(path).endswith("chairs.svg"):
            (sound_module / "media" / "chairs.svg").unlink(missing_ok=True)
        return really_open(path, *more)

    monkeypatch.setattr("himaya.content.source.os.open", vanish)
    assert [problem.text for problem in check_module(sound_module)] == ["this file is missing."]


def test_aliases_as_our_modules_use_them_are_read(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text("a: &words [x, y]\nb: *words\nc: {<<: &m {k: 1}}\n", encoding="utf-8")
    assert read_yaml(tmp_path / "file.yaml", "file.yaml").data["b"] == ["x", "y"]
