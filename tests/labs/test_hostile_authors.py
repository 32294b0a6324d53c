"""A lab's file with a fault in it: the check names file, line, what is wrong and what is allowed, and never breaks."""

from __future__ import annotations

import copy
import random
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from himaya.activities.lab import model as labs
from himaya.activities.lab.checks import findings
from himaya.activities.lab.format import written
from himaya.content.check import check_module, known_in
from himaya.publish.compile import compile_activity
from tests.engine.shipped import MODULES, loaded
from tests.labs.test_hostile_texts import DECISIONS
from tests.shipped import activities_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LABS = {found.activity["lab"]: found for found in activities_of("lab")}
FAULTS = [
    ("caseload", "least: 4", "least: 400", "a month of 4 weeks has no 400 decisions to finish by."),
    (
        "caseload",
        "day-minutes: {value: 360",
        "day-minutes: {value: 10000",
        "'day-minutes' is 10000; allowed: 0 to 600",
    ),
    (
        "find-me",
        "      - mother_tongue\n",
        "      - eviction_threat\n",
        "there is no 'eviction_threat'; allowed: record_id",
    ),
    ("find-me", "      - mother_tongue\n", "      - site_code\n", "'site_code' stands twice in 'keys'."),
    ("find-me", "      - id: use\n", "      - id: useful\n", "there is no 'useful'; allowed: identifiers"),
    ("find-me", "    most_hidden: 4\n", "    most_hidden: 3\n", "with 1 small counts needs 4 hidden numbers or more"),
    ("find-me", "    - [2, 9, 14]", "    - [2, 9]", "every line of 'counts' has the same number of columns."),
    (
        "find-me",
        "    - [2, 9, 14]",
        "    - [-2, 9, 14]",
        "'data.counts.0.0': Input should be greater than or equal to 0.",
    ),
    ("complaint", "first: never", "first: first-hour", "the key names the time 'first-hour', which does not exist."),
    ("complaint", "last: never", "last: at-once", "a card is either never right or from one time to another"),
    (
        "complaint",
        "        concern: kits\n        criterion",
        "        criterion",
        "has 2 keys for 'gate'",
    ),
    (
        "complaint",
        "concern: kits\n        criterion",
        "concern: kit\n        criterion",
        "the key names the concern 'kit'",
    ),
    ("complaint", '        latest: "11:20"\n', "", "a time needs 'earliest' and 'latest'"),
    ("complaint", '        latest: "11:20"\n', '        latest: "25:20"\n', "latest' is '25:20'"),
    ("complaint", "        values: [desk]\n", "", "an option needs 'values'"),
    ("complaint", "values: [psychosocial]", "values: [money]", "the key names the option 'money'"),
    ("referral", "unsafe: [mint]", "unsafe: [minty]", "'minty' does not exist; allowed:"),
]
HOSTILE: list[Any] = [
    *(None, True, 0, -1, 10**30, 1.5, float("nan"), "", "x", "never", "none", "self", [], {}, ["x"], [None], {"a": 1}),
    *([[]], [{}], "site_code", "y" * 5_000, ["site_code", "site_code"]),
]


def _lab_file(name: str) -> Path:
    return LABS[name].file


@pytest.mark.parametrize(("name", "was", "becomes", "told"), FAULTS, ids=[fault[3][:40] for fault in FAULTS])
def test_a_fault_is_told_with_file_and_line(tmp_path: Path, name: str, was: str, becomes: str, told: str) -> None:
    lab = LABS[name]
    folder = tmp_path / "modules" / lab.module
    shutil.copytree(MODULES / lab.module, folder, ignore=shutil.ignore_patterns("locale"))
    path = folder / "labs" / lab.file.name
    before, found, after = path.read_text(encoding="utf-8").partition(was)
    assert found
    path.write_text(before + becomes + after, encoding="utf-8")
    problems = [problem for problem in check_module(folder) if told in problem.text]
    assert len(problems) == 1, check_module(folder)
    assert problems[0].file == f"modules/{lab.module}/labs/{lab.file.name}"
    assert abs(problems[0].line - before.count("\n") - 1) <= 12  # the place itself, or the list it belongs to


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield from _paths(entry, (*path, key))


def _spoilt(tree: Any, drawn: random.Random) -> Any:
    """Return a copy in which one place, most often of the data, holds something else, is gone or stands twice."""
    copied = copy.deepcopy(tree)
    path = drawn.choice([path for path in _paths(copied) if path[0] == "data" or drawn.random() < 0.2])
    parent = copied
    for key in path[:-1]:
        parent = parent[key]
    what = drawn.random()
    if what < 0.7:
        parent[path[-1]] = copy.deepcopy(drawn.choice(HOSTILE))
    elif what < 0.85 or isinstance(parent, dict):
        del parent[path[-1]]
    else:
        parent.append(copy.deepcopy(parent[path[-1]]))
    return copied


@pytest.mark.parametrize("name", LABS)
def test_accepted_content_can_be_played_and_scored(name: str) -> None:
    drawn, known = random.Random(name), known_in(loaded(LABS[name].module))
    module = loaded(LABS[name].module).module
    tree = YAML(typ="safe").load(_lab_file(name).read_text(encoding="utf-8"))
    played = 0
    for _ in range(60):
        spoilt = _spoilt(tree, drawn)
        try:
            lab = written(tree["lab"]).model_validate(spoilt)
        except ValidationError:
            continue
        if findings(lab, known):
            continue
        activity = compile_activity(lab, module)
        state = labs.run(activity, DECISIONS[name])
        labs.model(activity["lab"]).view(labs.data_of(activity), state)
        part, of = labs.score(activity, DECISIONS[name])
        assert 0 <= part <= of
        labs.told(activity, DECISIONS[name])
        labs.judged({**activity, "mode": "graded"}, DECISIONS[name])
        played += 1
    assert played > 0
