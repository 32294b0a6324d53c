"""The house keeps its promises: one list of packages, documented commands, logical CSS, no other origins."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

from himaya.commands.main import main

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_DOCS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
}
_LISTED = [shutil.which("git") or "git", "ls-files"]
_TRACKED = subprocess.run(_LISTED, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_conda_environment_matches_pyproject() -> None:
    conda = YAML(typ="safe").load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    (others,) = (entry["pip"] for entry in conda if not isinstance(entry, str))
    listed = {entry for entry in [*conda, *others] if isinstance(entry, str)} - {"pip", "--editable ."}
    extras = _PROJECT["optional-dependencies"]
    needed = {*_PROJECT["dependencies"], *extras["platform"], *extras["class"]}
    assert listed == {f"python{_PROJECT['requires-python']}", *needed}


@pytest.mark.parametrize("command", sorted(main.commands))
def test_command_is_documented(command: str) -> None:
    assert f"| `himaya {command}" in _DOCS["docs/commands.md"]


def test_documented_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) | {
        path.stem.replace("_", "-") for path in (ROOT / "benchmarks").glob("bench_*.py")
    }
    named = {(doc, target) for doc, text in _DOCS.items() for target in re.findall(r"`make ([a-z-]+)", text)}
    assert {target for _, target in named} >= {"start", "test", "check", "build", "bench", "setup"}
    assert {(doc, target) for doc, target in named if target not in known} == set()


@pytest.mark.parametrize("doc", _DOCS)
def test_links_of_a_document_lead_to_files(doc: str) -> None:
    folder = (ROOT / doc).parent
    prose = re.sub(r"^( *)(```+).*?^\1\2$|`[^`\n]*`", "", _DOCS[doc], flags=re.DOTALL | re.MULTILINE)
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", prose)
    assert [link for link in links if not (folder / link).exists()] == []


@pytest.mark.parametrize("reader", ["for-training-officers", "trainers", "mentors", "authors", "translators"])
def test_readme_leads_each_reader_to_a_document(reader: str) -> None:
    assert f"(docs/{reader}.md)" in _DOCS["README.md"]


def test_styles_know_no_left_and_right() -> None:
    sheets = [ROOT / name for name in _TRACKED if name.endswith((".css", "labextension.js"))]
    templates = [ROOT / name for name in _TRACKED if name.endswith((".html", ".j2"))]
    physical = re.compile(
        r"(?<![\w-])(?:(?:margin|padding|border)-)?(?:left|right)\s*:|text-align:\s*(?:left|right)|float:(?!\s*inline-)"
    )
    assert [str(path) for path in sheets + templates if physical.search(path.read_text(encoding="utf-8"))] == []


def test_what_a_browser_loads_names_no_other_origin() -> None:
    tools = re.compile(r"widgets/player/\w+\.js")  # they build, and no browser loads them
    names = [name for name in _TRACKED if not tools.fullmatch(name)]
    loaded = [ROOT / name for name in names if name.endswith((".js", ".css", ".html", ".j2"))]
    elsewhere = re.compile(r"https?://(?!127\.0\.0\.1|www\.w3\.org/2000/svg)")  # the name of drawings is no address
    assert [str(path) for path in loaded if elsewhere.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("wrong", [["nonsense"], ["start", "--port", "80"], ["check", "docs"]])
def test_wrong_usage_ends_with_2_and_a_sentence(wrong: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "himaya", *wrong], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Error:" in done.stderr


_PAUSES = {"time.sleep", "asyncio.sleep"}
_CLOCKS = {"time.monotonic", "time.perf_counter", "time.time"}
_WAITS = {
    "wait_for",
    "wait_for_function",
    "wait_for_load_state",
    "wait_for_selector",
    "wait_for_timeout",
    "wait_for_url",
}
_MAY_WAIT = {
    "tests/waiting.py",
    "tests/autograde/attacks/planted.py",
    "tests/autograde/hostile_cells.py",
    "tests/house/worker_steps.py",
}
"""The helper itself, and programs that tests start, which are no tests."""


def _name_of(node: ast.AST, imported: Mapping[str, str]) -> str:
    """Return what is called, by its full name as far as imports tell it."""
    match node:
        case ast.Name(id=name):
            return imported.get(name, name)
        case ast.Attribute(value=of, attr=name):
            return f"{_name_of(of, imported)}.{name}"
        case _:
            return "-"


def _waits_in(source: str) -> list[int]:
    """Return the lines in which a program pauses, lets a browser wait, or looks at a clock until it is late."""
    tree = ast.parse(source)
    imported: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {each.asname: each.name for each in node.names if each.asname}
        elif isinstance(node, ast.ImportFrom):
            imported |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}

    def called(within: ast.AST) -> set[str]:
        return {_name_of(each.func, imported) for each in ast.walk(within) if isinstance(each, ast.Call)}

    lines = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr | ast.stmt):
            continue
        match node:
            case ast.Call(func=func):
                name = _name_of(func, imported)
                of, _, last = name.rpartition(".")
                waits = name in _PAUSES or (of not in ("", "tests.waiting") and last in _WAITS)
            case ast.While(test=test):
                waits = bool(called(test) & _CLOCKS)
            case ast.BinOp(op=ast.Add()):
                waits = "time.monotonic" in called(node)
            case _:
                waits = False
        if waits:
            lines.add(node.lineno)
    return sorted(lines)


@pytest.mark.parametrize(
    ("source", "waits"),
    [
        ("import time\ntime.sleep(1)", True),
        ("from time import sleep\nsleep(1)", True),
        ("import time as clock\nclock.sleep(1)", True),
        ("from asyncio import sleep as pause\nasync def step(): await pause(1)", True),
        ("run('time.sleep(1)'); time.sleep(1)", True),
        ("page.wait_for_timeout(9)", True),
        ("page.locator('p').first.wait_for()", True),
        ("import time\nend = time.monotonic() + 5", True),
        ("from time import monotonic\nwhile monotonic() - began < 5: look()", True),
        ("run('import time; time.sleep(1)')", False),
        ("from tests.waiting import wait_for\nwait_for(page.locator('p'))", False),
        ("import time\ntook = time.monotonic() - began", False),
        ("import time\nsign(key, time.time() + 60)", False),
    ],
)
def test_waits_are_told_from_other_code(source: str, waits: bool) -> None:
    assert bool(_waits_in(source)) == waits


def test_every_wait_goes_through_one_helper() -> None:
    """A condition is waited for, never a time."""
    tests = {name for name in _TRACKED if re.fullmatch(r"tests/.+\.py", name)} - _MAY_WAIT
    found = {name: _waits_in((ROOT / name).read_text(encoding="utf-8")) for name in sorted(tests)}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_every_variable_is_documented() -> None:
    texts = [
        (ROOT / name).read_text(encoding="utf-8") for name in _TRACKED if name.endswith((".py", ".sh", "Makefile"))
    ]
    named = {found for text in texts for found in re.findall(r"\bHIMAYA_[A-Z_]+\b", text)}
    assert named - set(re.findall(r"HIMAYA_[A-Z_]+", _DOCS["docs/developers.md"])) == {"HIMAYA_TEST_SECRET"}
