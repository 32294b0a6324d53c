"""The house keeps its promises: one list of packages, documented commands, logical CSS, no other origins."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from himaya.commands.main import main

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
    platform = _PROJECT["optional-dependencies"]["platform"]
    assert listed == {f"python{_PROJECT['requires-python']}", *_PROJECT["dependencies"], *platform}


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


def test_every_wait_goes_through_one_helper() -> None:
    """A condition is waited for, never a time. Programs that tests start are no tests: they may sleep."""
    wait = re.compile(
        r"time\.sleep\(|asyncio\.sleep\(|wait_for_timeout\(|\.wait_for\(|\.wait_for_(?:selector|function|url|load_state)\("
    )
    programs = {"tests/autograde/hostile_cells.py", "tests/autograde/attacks/planted.py", "tests/house/worker_steps.py"}
    tests = [name for name in _TRACKED if re.fullmatch(r"tests/.+\.py", name)]
    found = {
        f"{name}:{number}: {line.strip()}"
        for name in sorted({*tests} - {"tests/waiting.py", "tests/house/test_house.py", *programs})
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1)
        if wait.search(line) and not re.search(r"[\"'].*time\.sleep", line)
    }
    assert found == set()


def test_every_variable_is_documented() -> None:
    texts = [
        (ROOT / name).read_text(encoding="utf-8") for name in _TRACKED if name.endswith((".py", ".sh", "Makefile"))
    ]
    named = {found for text in texts for found in re.findall(r"\bHIMAYA_[A-Z_]+\b", text)}
    assert named - set(re.findall(r"HIMAYA_[A-Z_]+", _DOCS["docs/developers.md"])) == {"HIMAYA_TEST_SECRET"}
