"""The safety set of a module from building to the pass: two forms, each an assignment, and either one passes."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from itertools import pairwise
from math import comb, prod
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.assignments import form_names
from himaya.content.forms import forms_of, questions, without_forms
from himaya.content.load import load_module
from himaya.course.course import load_course
from himaya.course.pass_rule import Result, Standing, Work, verdict
from himaya.course.roster import Roster
from himaya.errors import CourseError
from himaya.publish.assignment import compile_module
from himaya.publish.pages import write_pages
from himaya_autograde.course import CourseDirectory
from himaya_autograde.import_answers import place_of, take_in
from himaya_server.home import state
from himaya_server.home.formgrader import counted
from himaya_server.home.snapshot import Folders, Snapshot
from himaya_widgets.player import page_code
from tests.autograde.cohorts import ROOT, built_and_released, hand_in, own_settings
from tests.courses import one_module_course, one_module_repository
from tests.engine import shipped
from tests.shipped import a_module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.content.load import LoadedModule

MODULE = a_module("core-protection")
FIRST, SECOND = form_names(MODULE)
WITH_SETS = [name for name in shipped.NAMES if shipped.loaded(name).module.safety]


def _journal(form: int, wrong: int = 0, number: int = 0) -> bytes:
    """Return the journal of a form in which the first `wrong` answers are not right."""
    events: list[dict[str, Any]] = []
    for at, whole in enumerate(compile_module(forms_of(shipped.loaded(MODULE))[form - 1]).values()):
        value = [option["id"] for option in whole["options"] if option["correct"] is (at >= wrong)][:1]
        events.append({"type": "begin", "turn": 0, "content": whole["hash"], "activity": whole["id"]})
        events.append({"type": "answer", "turn": 0, "value": value, "activity": whole["id"]})
    return "".join(
        json.dumps({"id": f"event-{number}-{at:06d}", **event}) + "\n" for at, event in enumerate(events)
    ).encode()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseDirectory]:
    """Three trainees answered the first form, of whom one got everything right; all is graded, with feedback."""
    home = tmp_path_factory.mktemp("forms")
    (home / "exchange").mkdir(mode=0o777)
    folder = one_module_course(home / "core-protection", MODULE)
    with own_settings(home):
        directory = built_and_released(folder, ROOT / "modules")
        for number, (trainee, wrong) in enumerate({"right": 0, "once-wrong": 1, "late": 0}.items()):
            stamp = "2026-02-01 08:00:00.000000 UTC" if trainee == "late" else "2026-01-01 08:00:00.000000 UTC"
            hand_in(folder, FIRST, trainee, _journal(1, wrong, number), stamp)
        assert directory.grade().problems == {}
        assert directory.feedback().problems == {}
        yield directory


def _edition(name: str, version: int) -> LoadedModule:
    loaded = shipped.loaded(name)
    return replace(loaded, module=loaded.module.model_copy(update={"version": version}))


def test_shipped_sets_ask_one_question_of_each_cell() -> None:
    assert WITH_SETS
    for name in WITH_SETS:
        loaded = shipped.loaded(name)
        cells = [{*cell} for cell in loaded.module.safety.values()]
        for form in forms_of(loaded):
            assert [len(cell & form.activities.keys()) for cell in cells] == [1, 1, 1, 1]
            assert len(form.activities) == 4
        first, second = (form.activities.keys() for form in forms_of(loaded))
        assert not first & second
        assert without_forms(loaded).activities.keys() == loaded.activities.keys() - {*questions(loaded.module)}


@pytest.mark.parametrize("name", WITH_SETS)
def test_each_question_is_asked_in_an_edition(name: str) -> None:
    """No question is spare for ever, and the next edition asks none in the same form."""
    editions = [[{*form.activities} for form in forms_of(_edition(name, version))] for version in range(1, 7)]
    assert {*questions(shipped.loaded(name).module)} == set().union(*(form for both in editions for form in both))
    for now, later in pairwise(editions):
        assert not now[0] & later[0]
        assert not now[1] & later[1]


@pytest.mark.parametrize("harder", [0.0, 0.04])
@pytest.mark.parametrize(("skill", "least", "most"), [(0.95, 0.95, 1.0), (0.60, 0.0, 0.25)])
def test_one_of_two_forms_tells_safe_from_unsafe(skill: float, least: float, most: float, harder: float) -> None:
    """Sum over every pattern of eight answers, judged by the rule of the course itself, and over the editions.

    The three questions of a cell may differ: one is answered rightly more often by `harder`, one less often.
    """
    course = load_course(ROOT / "courses" / "core-protection").model_copy(update={"modules": [MODULE], "pass_mark": 1})
    points = Work(MODULE, (Result(MODULE, "other", 1, 1.0),))
    of_a_cell = [min(skill + harder, 1.0), skill, skill - harder]
    drawn = [(of_a_cell[version % 3], of_a_cell[(version + 1) % 3]) for version in range(3)]
    passing = 0.0
    for right in ((first, second) for first in range(5) for second in range(5)):
        forms = [
            Work(name, tuple(Result(name, f"q{at}", 1, float(at < number), safety_critical=True) for at in range(4)))
            for name, number in zip(form_names(MODULE), right, strict=True)
        ]
        share = fmean(
            prod(comb(4, number) * p**number * (1 - p) ** (4 - number) for number, p in zip(right, skills, strict=True))
            for skills in drawn
        )
        passing += share * verdict(course, [points, *forms]).passed
    print(f"right {skill:.0%} of the time: passes one of two forms {passing:.2%}")
    assert least < passing < most


@pytest.mark.proof
def test_release_holds_second_form_back(course: CourseDirectory) -> None:
    outbound = {path.name for path in (course.exchange / course.course.id / "outbound").iterdir()}
    assert {MODULE, FIRST} <= outbound
    assert SECOND not in outbound
    released = json.loads((course.path / "release" / MODULE / "activities.json").read_text(encoding="utf-8"))
    asked = json.loads((course.path / "release" / FIRST / "activities.json").read_text(encoding="utf-8"))["activities"]
    assert len(asked) == 4
    assert not asked.keys() & released["activities"].keys()
    assert "correct" not in json.dumps(asked)
    text = (course.path / "release" / FIRST / f"{FIRST}.ipynb").read_text(encoding="utf-8")
    assert "score(" not in text
    assert "submit()" in text


@pytest.mark.proof
def test_form_decides_safety_and_no_points(course: CourseDirectory) -> None:
    results = course.results()
    told = {name: results.verdict(name) for name in ("right", "once-wrong")}
    assert all(each.standing.earned == 0.0 for each in told.values())
    assert not any("safety questions" in reason for reason in told["right"].reasons)
    assert f"No form of the safety questions is all right yet in: {MODULE}." in told["once-wrong"].reasons


@pytest.mark.proof
def test_set_without_its_keys_passes_nobody(course: CourseDirectory) -> None:
    keys = course.path / "keys" / f"{SECOND}.json"
    aside = keys.rename(keys.with_suffix(".aside"))
    try:
        with pytest.raises(CourseError, match=f"holds no keys of the module '{SECOND}'"):
            course.results()
    finally:
        aside.rename(keys)


@pytest.mark.proof
def test_form_tells_one_number_everywhere(course: CourseDirectory) -> None:
    page = (course.path / "feedback" / "once-wrong" / FIRST / f"{FIRST}.html").read_text(encoding="utf-8")
    standing = state.standing_of(page)
    assert standing is not None
    assert (standing.earned, standing.worth, standing.percent, standing.reached) == (3.0, 4.0, 75, False)
    (row,) = counted([{"student": "once-wrong", "name": FIRST}], course.results())
    assert (row["score"], row["max_score"]) == (3.0, 4.0)
    header, rows = course.results().item_table()
    table = {str(row[0]): dict(zip(header, row, strict=True)) for row in rows}
    assert table["once-wrong"][f"{FIRST}/percent"] == 75
    assert table["right"][f"{FIRST}/percent"] == 100
    assert "your trainer opens the other form" in page


@pytest.mark.proof
def test_second_form_waits_for_who_missed_one(course: CourseDirectory) -> None:
    assert Snapshot(course).second_forms == {SECOND: 1}
    rows = {row["module"]: row for row in state.waiting(course, Snapshot(course), Folders.of(course))}
    assert (rows[SECOND]["second"], rows[SECOND]["released"], rows[FIRST]["second"]) == (1, False, 0)
    assert rows[SECOND]["title"] == "Case management: safety form 2"


@pytest.mark.proof
def test_answers_after_feedback_are_refused(course: CourseDirectory, tmp_path: Path) -> None:
    """Feedback holds the key, so the same form is no second try."""
    saved = tmp_path / "once-wrong.jsonl"
    saved.write_bytes(_journal(1, 0, number=9))
    (taken,) = take_in(place_of(course.path, FIRST), Roster({saved.name: "once-wrong"}, frozenset()), [saved])
    assert not taken.good
    assert "a form is answered once" in taken.text
    inbound = course.exchange / course.course.id / "inbound"
    stamp = "2026-02-02 08:00:00.000000 UTC"
    later = shutil.copytree(
        course.path / "submitted" / "once-wrong" / FIRST, inbound / f"once-wrong+{FIRST}+{stamp}+aaaa"
    )
    (later / "responses.jsonl").chmod(0o644)
    (later / "responses.jsonl").write_bytes(_journal(1, 0, number=9))
    (later / "timestamp.txt").write_text(stamp, encoding="utf-8")
    done = course.collect(FIRST)
    assert "a form is answered once" in done.people[f"{FIRST}/once-wrong"]
    kept = (course.path / "submitted" / "once-wrong" / FIRST / "responses.jsonl").read_bytes()
    assert kept == _journal(1, 1, number=1)


@pytest.mark.proof
def test_second_form_passes_who_missed_first(course: CourseDirectory) -> None:
    assert course.release(SECOND).problems == {}
    assert Snapshot(course).second_forms == {SECOND: 1}
    hand_in(course.path, SECOND, "once-wrong", _journal(2))
    assert course.grade(SECOND).problems == {}
    reasons = course.results().verdict("once-wrong").reasons
    assert not any("safety questions" in reason for reason in reasons)
    assert Snapshot(course).second_forms == {}
    assert SECOND in course.release().good, "what is open is renewed with everything else"


@pytest.mark.parametrize(
    ("earned", "answered", "shown"), [(None, 0, False), (4.0, 0, False), (3.0, 0, True), (4.0, 1, True)]
)
def test_home_shows_second_form_to_who_needs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, earned: float | None, answered: int, *, shown: bool
) -> None:
    standing = None if earned is None else Standing(earned, 4.0, 100)
    states = {
        FIRST: state.ModuleState(FIRST, "First", "feedback", standing=standing),
        SECOND: state.ModuleState(SECOND, "Second", "begun", answered=answered, total=4),
    }
    monkeypatch.setattr(state, "released_modules", lambda *_: [FIRST, SECOND])
    monkeypatch.setattr(state, "_module_state", lambda path, *_: states[path.name])
    listed = [each.id for each in state.trainee_modules(tmp_path, tmp_path, "core-protection")]
    assert listed == ([FIRST, SECOND] if shown else [FIRST])


@pytest.mark.proof
def test_class_keeps_edition_with_questions_inside(tmp_path: Path) -> None:
    """Who answered before the forms existed is graded and passes by what was in the module then."""
    modules = one_module_repository(tmp_path / "repository", ROOT / "modules" / MODULE)
    about = modules / MODULE / "module.yaml"
    text = about.read_text(encoding="utf-8")
    about.write_text(re.sub(r"^safety:\n(  .*\n)+", "", text, flags=re.MULTILINE), encoding="utf-8")
    before = compile_module(load_module(about.parent))
    (tmp_path / "exchange").mkdir(mode=0o777)
    folder = one_module_course(tmp_path / "core-protection", MODULE)
    with own_settings(tmp_path):
        course = built_and_released(folder, modules)
        assert course.assignments == [MODULE]
        for trainee, wrong in (("right-then", 0), ("wrong-then", 1)):
            inside = questions(shipped.loaded(MODULE).module)
            events: list[dict[str, Any]] = []
            for at, name in enumerate(inside):
                value = [option["id"] for option in before[name]["options"] if option["correct"] is (at >= wrong)][:1]
                events.append({"type": "begin", "turn": 0, "content": before[name]["hash"], "activity": name})
                events.append({"type": "answer", "turn": 0, "value": value, "activity": name})
            lines = [json.dumps({"id": f"event-{trainee}-{at:05d}", **event}) for at, event in enumerate(events)]
            hand_in(folder, MODULE, trainee, ("\n".join(lines) + "\n").encode())
        about.write_text(text, encoding="utf-8")
        said: list[str] = []
        course.build(modules, on_kept=said.append)
        assert len(said) == 1
        assert course.assignments == [MODULE], "a class that keeps its edition is given no forms"
        course.build(modules, move_on=True)
        assert course.assignments == [MODULE, FIRST, SECOND]
        assert course.release().problems == {}
        assert course.grade().problems == {}
        results = course.results()
    needs = {
        name: any("safety questions" in each for each in results.verdict(name).reasons)
        for name in ("right-then", "wrong-then")
    }
    assert needs == {"right-then": False, "wrong-then": True}
    assert results.works("right-then")[0].earned == len(inside)


def test_pages_hand_out_the_first_form_only(tmp_path: Path) -> None:
    course = load_course(one_module_course(tmp_path / "courses" / "core-protection", MODULE))
    code = page_code()

    def names(**asked: bool) -> set[str]:
        written = write_pages(
            course, tmp_path / "courses" / "core-protection", ROOT / "modules", tmp_path / "out", code, **asked
        )
        return {each.path.name for each in written if each.kind == "module"}

    assert names() == {f"{MODULE}.html", f"{FIRST}.html"}
    assert names(second_forms=True) == {f"{MODULE}.html", f"{FIRST}.html", f"{SECOND}.html"}
    assert names(practice=True) == {f"{MODULE}.html"}
    practice = (tmp_path / "out" / "en" / f"{MODULE}.html").read_text(encoding="utf-8")
    assert not [name for name in questions(shipped.loaded(MODULE).module) if f'data-show="{name}"' in practice]
