"""The folder of an assignment: nothing in it that a graded trainee must not read, and nothing left from before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from himaya.activities.kinds import without_key
from himaya.publish.assignment import activities_file, write_assignment, write_practice_app
from himaya.publish.canonical import canonical
from himaya.publish.compile import compile_activity
from himaya.publish.folder import ModuleFolder, summary
from tests.engine import shipped

if TYPE_CHECKING:
    from pathlib import Path

KEY_FIELDS = ("correct", "quality", "rationale", "effects", "answer", "key", "exemplar", "tolerance", "shown", "source")


def _read(folder: Path) -> dict[str, Any]:
    content: Any = json.loads((folder / "activities.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("name", shipped.NAMES)
def test_two_assignments_are_the_same_bytes(name: str, tmp_path: Path) -> None:
    folders = [write_assignment(shipped.loaded(name), tmp_path / part, "course") for part in ("one", "two")]
    one, two = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == two
    assert set(one) == {f"{name}.ipynb", "activities.json"}
    assert all(data.endswith(b"\n") for data in one.values())


@pytest.mark.parametrize("name", shipped.NAMES)
def test_activities_file_holds_only_practice_keys(name: str, tmp_path: Path) -> None:
    content = _read(write_assignment(shipped.loaded(name), tmp_path, "course"))
    assert list(content["activities"]) == list(shipped.compiled(name))
    for activity in (a for a in shipped.compiled(name).values() if a["mode"] != "practice"):
        released = content["activities"][activity["id"]]
        safe = {"safety_critical": True} if activity.get("safety_critical") else {}
        assert released == {**without_key(activity), **safe}
        shown = canonical({**released, "assumptions": []})  # a lab says where those come from
        assert not [field for field in KEY_FIELDS if f'"{field}":' in shown]
        assert not {"key", "debrief"} & set(released)


@pytest.mark.parametrize("name", shipped.NAMES)
def test_the_activities_file_holds_practice_whole(name: str) -> None:
    released = activities_file(shipped.loaded(name))["activities"]
    practice = {i: activity for i, activity in shipped.compiled(name).items() if activity["mode"] == "practice"}
    assert practice
    assert {i: released[i] for i in practice} == practice


@pytest.mark.parametrize("name", shipped.ASKED_BEFORE)
def test_handin_asks_for_all_but_pretest(name: str, tmp_path: Path) -> None:
    asked = [activity["id"] for activity in shipped.compiled(name).values() if activity["mode"] != "pretest"]
    found = summary(ModuleFolder(tmp_path, activities_file(shipped.loaded(name))))
    assert [entry["id"] for entry in found["open"]] == asked
    assert (found["total"], found["answered"]) == (len(asked), 0)
    graded = [entry["id"] for entry in shipped.compiled(name).values() if entry["mode"] == "graded"]
    assert found["counted"] == [0, len(graded)]
    assert [entry["id"] for entry in found["open"] if entry["mode"] == "graded"] == graded
    assert all(entry["lesson"] for entry in found["open"])
    assert len(asked) < len(shipped.compiled(name))


@pytest.mark.parametrize("name", shipped.NAMES)
def test_the_activities_file_names_its_module_and_course(name: str) -> None:
    content = activities_file(shipped.loaded(name), "core-protection")
    assert (content["module"]["id"], content["course"], content["keeps"]) == (name, "core-protection", True)


def test_rebuilding_replaces_only_its_own_folder(tmp_path: Path) -> None:
    name = shipped.NAMES[0]
    (tmp_path / name).mkdir()
    (tmp_path / name / "responses.jsonl").write_text("old", encoding="utf-8")
    (tmp_path / "another").mkdir()
    (tmp_path / "another" / "kept").write_text("kept", encoding="utf-8")
    folder = write_assignment(shipped.loaded(name), tmp_path, "course")
    assert not (folder / "responses.jsonl").exists()
    assert (tmp_path / "another" / "kept").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("name", shipped.NAMES)
def test_mentor_app_is_ungraded_practice(name: str, tmp_path: Path) -> None:
    folder = write_practice_app(shipped.loaded(name), tmp_path)
    content = _read(folder)
    assert (content["keeps"], content["course"]) == (False, None)
    assert {activity["mode"] for activity in content["activities"].values()} == {"practice"}
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert "nbgrader" not in cell.metadata
        assert "HIDDEN" not in cell.source
        assert cell.source != "submit()"


@pytest.mark.parametrize("name", shipped.NAMES)
def test_hash_covers_exactly_what_trainee_sees(name: str) -> None:
    loaded = shipped.loaded(name)
    for activity in loaded.activities.values():
        before = compile_activity(activity, loaded.module)["hash"]
        assert compile_activity(activity, loaded.module)["hash"] == before
        other = activity.model_copy(update={"mode": "practice" if activity.mode == "graded" else "graded"})
        assert compile_activity(other, loaded.module)["hash"] != before
        hidden = activity.model_copy(update={"outcomes" if activity.kind == "scenario" else "outcome": ["x"]})
        assert compile_activity(hidden, loaded.module)["hash"] == before


@pytest.mark.parametrize("name", shipped.NAMES)
def test_option_order_ignores_the_right_option(name: str) -> None:
    """The same order whichever option is right."""
    loaded = shipped.loaded(name)
    for activity in loaded.activities.values():
        if activity.kind not in ("choice", "order", "match"):
            continue
        turned = activity.model_copy(update={"options": activity.options[::-1]})
        orders = [[o["id"] for o in compile_activity(a, loaded.module)["options"]] for a in (activity, turned)]
        assert orders[0] == orders[1]
