"""Questions for people: their format, the check of their places and sentences, and the sheet to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from himaya.commands.main import main
from himaya.errors import ContentError
from himaya.publish.people import PEOPLE, people_sheet
from himaya.signoff.dangers import MOST_PEOPLE_QUESTIONS, PersonKind, read_reading
from himaya.signoff.people import people_problems
from himaya.signoff.reading import parts_to_read

if TYPE_CHECKING:
    from tests.signoff.conftest import Desk


def _question(desk: Desk, **changed: Any) -> dict[str, Any]:
    entry = next(e for part in parts_to_read(desk.loaded()) for e in part.entries if e.units)
    sound = {
        "for": "clinician",
        "question": "Is this the first step?",
        "sentence": entry.units[0].text,
        "places": [entry.id],
        "changes": "The order of the steps.",
    }
    return sound | changed


def _write(desk: Desk, *questions: dict[str, Any]) -> None:
    with (desk.module / "dossier.yaml").open("w", encoding="utf-8") as file:
        YAML().dump({"people": list(questions)}, file)


def test_sound_questions_have_no_problem(desk: Desk) -> None:
    assert people_problems(desk.loaded()) == []
    _write(desk, _question(desk))
    assert people_problems(desk.loaded()) == []


def test_unknown_place_is_named_with_its_line(desk: Desk) -> None:
    _write(desk, _question(desk, places=["nowhere-at-all"]))
    [problem] = people_problems(desk.loaded())
    lines = (desk.module / "dossier.yaml").read_text("utf-8").splitlines()
    assert "nowhere-at-all" in lines[problem.line - 1]
    assert "nowhere-at-all" in problem.text
    assert problem.file == "modules/sound-module/dossier.yaml"


def test_changed_sentence_is_named_with_its_line(desk: Desk) -> None:
    _write(desk, _question(desk), _question(desk, sentence="Nobody wrote this sentence."))
    [problem] = people_problems(desk.loaded())
    lines = (desk.module / "dossier.yaml").read_text("utf-8").splitlines()
    assert "Nobody wrote this sentence." in lines[problem.line - 1]


@pytest.mark.parametrize("changed", [{"for": "neighbour"}, {"places": []}, {"question": "?" * 161}, {"more": 1}])
def test_wrong_field_is_refused(desk: Desk, changed: dict[str, Any]) -> None:
    _write(desk, _question(desk, **changed))
    assert people_problems(desk.loaded())
    with pytest.raises(ContentError):
        read_reading(desk.module)


def test_more_than_two_pages_are_refused(desk: Desk) -> None:
    _write(desk, *[_question(desk)] * (MOST_PEOPLE_QUESTIONS + 1))
    assert people_problems(desk.loaded())


def test_every_kind_of_person_has_a_heading() -> None:
    assert tuple(PEOPLE) == get_args(PersonKind)


def test_sheet_has_one_section_for_each_person(desk: Desk) -> None:
    _write(desk, _question(desk), _question(desk, **{"for": "federal-lawyer"}), _question(desk))
    sheet = people_sheet(desk.loaded())
    assert sheet is not None
    assert sheet.count("<section>") == 2
    assert sheet.count("Name and date:") == 2
    assert sheet.count("Answer:") == 3
    assert sheet.index(PEOPLE["federal-lawyer"]) < sheet.index(PEOPLE["clinician"])


def test_sheet_escapes_hostile_text(desk: Desk) -> None:
    hostile = "<script>alert(1)</script>"
    _write(desk, _question(desk, question=hostile, sentence=hostile, changes=hostile))
    sheet = people_sheet(desk.loaded())
    assert sheet is not None
    assert "<script" not in sheet
    assert sheet.count("&lt;script&gt;") == 3


def test_no_questions_make_no_sheet(desk: Desk) -> None:
    assert people_sheet(desk.loaded()) is None


def test_command_writes_the_sheet_and_checks_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.base)
    _write(desk, _question(desk))
    done = CliRunner().invoke(main, ["dossier", "modules/sound-module"])
    assert done.exit_code == 0, done.output
    assert (desk.base / "_build/reading/sound-module-people.html").exists()
    _write(desk, _question(desk, sentence="Nobody wrote this sentence."))
    for command in (["dossier", "modules/sound-module"], ["check", "modules/sound-module"]):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 1
