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
_README = (ROOT / "README.md").read_text(encoding="utf-8")
_LISTED = [shutil.which("git") or "git", "ls-files"]
_TRACKED = subprocess.run(_LISTED, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_the_conda_environment_names_the_same_packages_as_the_project() -> None:
    conda = YAML(typ="safe").load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    (others,) = (entry["pip"] for entry in conda if not isinstance(entry, str))
    listed = {entry for entry in [*conda, *others] if isinstance(entry, str)} - {"pip", "--editable ."}
    platform = _PROJECT["optional-dependencies"]["platform"]
    assert listed == {f"python{_PROJECT['requires-python']}", *_PROJECT["dependencies"], *platform}


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"himaya {command}" in _README


@pytest.mark.parametrize("target", ["start", "test", "check", "build", "bench", "setup"])
def test_every_make_target_of_the_readme_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert f"make {target}" in _README


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", _README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_styles_know_no_left_and_right() -> None:
    sheets = [ROOT / name for name in _TRACKED if name.endswith((".css", "labextension.js"))]
    templates = [ROOT / name for name in _TRACKED if name.endswith((".html", ".j2"))]
    physical = re.compile(
        r"(?<![\w-])(?:(?:margin|padding|border)-)?(?:left|right)\s*:|text-align:\s*(?:left|right)|float:"
    )
    assert [str(path) for path in sheets + templates if physical.search(path.read_text(encoding="utf-8"))] == []


def test_what_a_browser_loads_names_no_other_origin() -> None:
    loaded = [ROOT / name for name in _TRACKED if name.endswith((".js", ".css", ".html", ".j2"))]
    elsewhere = re.compile(r"https?://(?!127\.0\.0\.1)")
    assert [str(path) for path in loaded if elsewhere.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("wrong", [["nonsense"], ["start", "--port", "80"], ["check", "docs"]])
def test_wrong_usage_ends_with_2_and_a_sentence(wrong: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "himaya", *wrong], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Error:" in done.stderr
