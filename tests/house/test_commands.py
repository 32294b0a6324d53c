"""Commands: a course or module by id or by folder, usage errors end with 2, and what was stopped says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from himaya.commands.arguments import Folder, module_id
from himaya.commands.main import main
from tests.shipped import a_module

MODULE = a_module(but=a_module())
ROOT = Path(__file__).parents[2]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with one course and one module, as the current folder."""
    for name in ("courses/core-protection", f"modules/{MODULE}"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("source", "release", "*.db"))
    shutil.copy(ROOT / "courses/country.yaml", tmp_path / "courses")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("given", ["core-protection", "courses/core-protection", "courses/core-protection/"])
def test_course_is_found_by_id_and_by_folder(given: str) -> None:
    found = Folder(course=Path("courses")).convert(given, None, None)
    assert found == Path("courses/core-protection")


def test_folder_with_the_name_of_a_course_wins(repository: Path) -> None:
    shutil.copytree(repository / "courses/core-protection", repository / "core-protection")
    assert Folder(course=Path("courses")).convert("core-protection", None, None) == Path("core-protection")


@pytest.mark.usefixtures("repository")
def test_unknown_id_is_told_the_nearest_one() -> None:
    with pytest.raises(click.BadParameter, match="Did you mean 'core-protection'"):
        Folder(module=Path("modules"), course=Path("courses")).convert("core-protecton", None, None)


@pytest.mark.parametrize("given", [MODULE, f"modules/{MODULE}", f"modules/{MODULE}/"])
def test_module_is_found_by_id_and_by_folder(given: str) -> None:
    context = click.Context(main)
    assert module_id(context, main.commands["grade"].params[1], given) == MODULE


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("given", [MODULE, f"modules/{MODULE}"])
def test_check_takes_ids_and_folders(given: str) -> None:
    done = CliRunner().invoke(main, ["check", given])
    assert done.exit_code == 0
    assert done.output.startswith(f"modules/{MODULE}: in order")  # it may have hints


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    "command", ["apps", "build", "check", "collect", "export", "feedback", "grade", "pages", "release"]
)
def test_unknown_course_is_a_usage_error(command: str) -> None:
    done = CliRunner().invoke(main, [command, "no-such-course"])
    assert done.exit_code == 2
    assert "There are: core-protection" in done.output


def test_stopped_command_ends_with_130(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("himaya.content.check.check_module", stop)
    done = CliRunner().invoke(main, ["check", str(repository / "modules" / MODULE)])
    assert done.exit_code == 130
    assert "Stopped." in done.output


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_ends_with_an_example(command: str) -> None:
    done = CliRunner().invoke(main, [command, "--help"])
    assert done.exit_code == 0
    description = done.output.split("\nOptions:")[0].rstrip().splitlines()
    assert f"Example: himaya {command}" in " ".join(line.strip() for line in description[-2:])
