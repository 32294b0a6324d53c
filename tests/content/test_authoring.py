"""docs/authors.md, followed literally in a copy of the repository."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from himaya.commands.main import main

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/authors.md").read_text(encoding="utf-8")
ITEMS = Path("modules/case-management/items.yaml")
PROSE = Path("modules/case-management/module.md")


def _blocks(kind: str) -> list[str]:
    found = re.findall(rf"^( *)(```+){kind}\n(.*?)^\1\2$", GUIDE, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(body) if kind != "yaml" else _unindented(body, spaces) for spaces, _, body in found]


def _unindented(body: str, spaces: str) -> str:
    return "".join(line.removeprefix(spaces) for line in body.splitlines(keepends=True))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what an author changes, as the current folder."""
    for name in ("modules", "courses"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("source", "release", "*.db"))
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(command: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, command.split()[1:])
    return done.exit_code, done.output


@pytest.mark.usefixtures("repository")
def test_question_example_gets_the_hint_of_the_guide() -> None:
    before = ITEMS.read_text(encoding="utf-8")
    shorter = _blocks("yaml")[0]
    wanted = shorter.splitlines()
    lines = before.splitlines()
    at = lines.index("      - id: hear-out")
    assert wanted[0] == lines[at], "the guide shows the place as it stands in the file"
    lines[at + 1] = wanted[1]
    ITEMS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    counted, hinted, *_ = _blocks("text")
    assert _run("himaya check modules/case-management") == (0, counted)
    assert _run("himaya check --hints modules/case-management") == (0, counted + hinted)
    ITEMS.write_text(before, encoding="utf-8")
    assert _run("himaya check modules/case-management") == (0, "modules/case-management: in order\n")


@pytest.mark.proof
def test_guide_scenario_passes_and_is_counted(repository: Path) -> None:
    scenario = _blocks("yaml")[1]
    (repository / "modules/case-management/scenarios/rain-at-the-desk.yaml").write_text(scenario, encoding="utf-8")
    code, said = _run("himaya check modules/case-management")
    assert (code, "is never shown" in said) == (1, True)
    cell = _blocks("text")[2]
    heading = "## Listening with four columns"
    prose = PROSE.read_text(encoding="utf-8")
    assert prose.count(heading) == 1
    PROSE.write_text(prose.replace(heading, f"{cell}\n{heading}"), encoding="utf-8")
    assert _run("himaya check modules/case-management") == (0, "modules/case-management: in order\n")
    code, said = _run("himaya check --table docs/modules.md modules/case-management")
    assert code == 0
    row = "| Case management | Rain at the desk | practice | 2 | 0 | 0 | 9 | 2 |"
    assert row in Path("docs/modules.md").read_text("utf-8")


def test_guide_commands_exist() -> None:
    commands = [line for block in _blocks("sh") for line in block.splitlines()]
    assert commands.pop(0) == "source .venv/bin/activate"
    assert len(commands) >= 5
    for command in commands:
        name, *options = [
            word for word in command.split()[1:] if not word.startswith(("modules/", "courses/", "docs/"))
        ]
        code, said = _run(f"himaya {name} --help")
        assert code == 0, command
        assert all(option in said for option in options), command


def test_every_file_of_the_guide_exists() -> None:
    for named in re.findall(r"\]\(([^)#]+)\)", GUIDE):
        assert "media/" in named or (ROOT / "docs" / named).exists(), named
    for path in ("modules/case-management/media/six-steps.svg", "courses/country.yaml", "CHANGELOG.md"):
        assert (ROOT / path).exists()
