"""No hostile cell reaches anything, earns anything or stops the others: as this user, and as an ordinary one."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from himaya_autograde.codecells import declared, earned, equal, grade_code
from himaya_autograde.sandbox import run as sandbox
from himaya_autograde.sandbox.inside import NotPlainError, plain
from himaya_autograde.sandbox.run import Limits
from tests.autograde.conftest import needs_sandbox
from tests.autograde.hostile_cells import DESTROYERS, FORGERS, PEEKS, REFUSED, notebook
from tests.autograde.unprivileged import as_nobody

SECRET = "only-the-trainer-knows"  # noqa: S105 - what the peeks look for
USERS = ["root", "ordinary"] if os.geteuid() == 0 else ["ordinary"]


@pytest.fixture(scope="module")
def corpus() -> dict[str, Any]:
    """What happened to every hostile cell, by user; both run at the same time."""
    command = [sys.executable, "-B", str(Path(__file__).with_name("hostile_cells.py"))]
    running = {
        user: subprocess.Popen(
            [
                *(as_nobody() if user == "ordinary" != USERS[0] else []),
                *command,
                *(["forging"] if user == USERS[0] else []),
            ],
            stdout=subprocess.PIPE,
            env={**os.environ, "HIMAYA_TEST_SECRET": SECRET},
        )
        for user in USERS
    }
    return {user: json.loads(process.communicate()[0]) for user, process in running.items()}


@pytest.fixture(params=USERS)
def happened(request: pytest.FixtureRequest, corpus: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = corpus[request.param]
    assert (found["uid"] == 0) == (request.param == "root")
    assert found["missing"] is None
    return found


@needs_sandbox
def test_cell_accesses_nothing_outside(happened: dict[str, Any]) -> None:
    assert sorted(happened["peeked"]) == sorted(PEEKS)
    reached = [name for name, told in happened["peeked"].items() if "NameError" not in told.get("problem", "")]
    assert reached == []
    assert happened["gradebook"] == [["noor", 1]]
    assert not happened["planted"]


@needs_sandbox
def test_hostile_cells_succeed_without_sandbox(happened: dict[str, Any]) -> None:
    assert sorted(happened["unprotected"]) == sorted(PEEKS)


@needs_sandbox
def test_sandbox_refuses_to_be_widened(happened: dict[str, Any]) -> None:
    allowed = [name for name in REFUSED if happened["refused"][name] is None]
    assert allowed == [] or platform.machine() not in ("x86_64", "aarch64")


@needs_sandbox
@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no filter is known for this machine")
def test_only_three_socket_families_reach_the_kernel() -> None:
    cell = """
import errno, socket
reached = []
for family in range(64):
    for make in (socket.socket, lambda family: socket.socketpair(family)[0]):
        try:
            make(family).close()
        except OSError as error:
            if error.errno == errno.EPERM: continue
        reached.append(family)
reached = sorted(set(reached))
"""
    ran = sandbox.run([("run", cell), ("value", "reached")], {})
    assert ran.results[1].get("value") == [1, 2, 10], ran


@needs_sandbox
def test_local_sockets_still_work() -> None:
    cell = """
import asyncio, socket
one, other = socket.socketpair()
one.send(b"x")
async def heard():
    return other.recv(1).decode()
heard = asyncio.run(heard())
server = socket.create_server(("127.0.0.1", 0))
"""
    ran = sandbox.run([("run", cell), ("value", "heard")], {})
    assert ran.results[0].get("problem") is None, ran
    assert ran.results[1].get("value") == "x"


@needs_sandbox
def test_forged_answers_earn_no_point(corpus: dict[str, Any]) -> None:
    paid = {name: told["points"] for name, told in corpus[USERS[0]]["forged"].items() if told["points"]}
    assert sorted(corpus[USERS[0]]["forged"]) == sorted(FORGERS)
    assert paid == {}
    assert corpus[USERS[0]]["honest"]["points"] == 4


@needs_sandbox
def test_memory_search_finds_the_sandbox_input(corpus: dict[str, Any]) -> None:
    assert corpus[USERS[0]]["searched"]["value"] == 604179


@needs_sandbox
def test_nothing_a_cell_gives_back_is_markup(corpus: dict[str, Any]) -> None:
    written = json.loads(corpus[USERS[0]]["forged"]["markup"]["written"])["cells"]
    assert written[0]["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": "<script>alert(1)</script>\n"},
    ]
    shown = written[1]["outputs"][0]["data"]["text/html"]
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown


@needs_sandbox
def test_each_limit_holds(happened: dict[str, Any]) -> None:
    told = happened["destroyed"]
    assert sorted(told) == sorted(DESTROYERS)
    assert told["memory"]["got"] < 400  # MB
    assert told["memory of children"]["ending"] == "used too much memory"
    assert 1_000_000 < told["disk"]["got"] <= 4 * 1024 * 1024
    assert 0 < told["children"]["got"] <= 12
    assert 0 < told["threads"]["got"] <= 12
    assert told["deaf endless loop"]["ending"] == "timed out"
    assert told["flood"]["ending"] == "gave too much output"
    for name in ("leaving", "crash"):
        assert told[name]["ending"] == "stopped itself or was stopped by a limit"


@needs_sandbox
def test_failing_cell_keeps_the_next_points(happened: dict[str, Any]) -> None:
    """Also after a cell that never ends."""
    for name in ("memory", "disk", "endless loop", "printing", "children", "threads", "double fork"):
        assert happened["destroyed"][name] | {"got": None} == {"ending": "finished", "got": None, "after": 1}, name


@needs_sandbox
def test_no_process_outlives_its_sandbox(happened: dict[str, Any]) -> None:
    assert happened["destroyed"]["double fork"]["got"] is True
    assert happened["left"] == []


@needs_sandbox
def test_each_right_check_earns_its_own_points(tmp_path: Path) -> None:
    (tmp_path / "ages.csv").write_text("age\n30\n31\n30\n", encoding="utf-8")
    made = notebook("import pandas\nages = pandas.read_csv('ages.csv')\nanswer = 3\nraise NotImplementedError")
    key = declared(made["cells"][1]["source"])
    assert key is not None
    key["files"] = ["ages.csv"]
    key["checks"] = [
        {"says": "Whole table", "value": "ages", "equals": {"columns": ["age"], "rows": [[30], [31], [30]]}},
        {"says": "Mean", "value": "ages.age.mean()", "equals": 30.3333, "tolerance": 0.001, "points": 2},
        {"says": "Smallest", "value": "answer", "equals": 1},
    ]
    key["checks"] = [{"tolerance": 0, "points": 1, **check} for check in key["checks"]]
    made["cells"][1]["source"] = f"# tests\nscore_code({key!r})"
    shared = made["cells"][1]["metadata"]
    grades = grade_code(made, tmp_path)
    assert "himaya" not in shared, "what was found in one submission would stand in the next one"
    assert grades.points == {"item": 3.0}
    assert grades.problem is None
    assert "NotImplementedError" in made["cells"][0]["outputs"][0]["text"]


@pytest.mark.parametrize("bwrap", [None, "/bin/false"])
def test_missing_sandbox_runs_nothing(bwrap: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person is told what to do."""
    monkeypatch.setattr(sandbox.shutil, "which", lambda _: bwrap)
    sandbox.missing.cache_clear()
    try:
        grades = grade_code(notebook(f"open({str(tmp_path / 'ran')!r}, 'w')"), tmp_path, Limits())
    finally:
        sandbox.missing.cache_clear()
    assert grades.points == {"item": None}
    assert grades.problem is not None
    assert "mark these answers by hand" in grades.problem
    assert ("apt-get install bubblewrap" in grades.problem) == (bwrap is None)
    assert not (tmp_path / "ran").exists()


def test_missing_check_needs_marking() -> None:
    """A wrong check earns nothing."""
    key = declared(notebook("")["cells"][1]["source"])
    assert key is not None
    assert earned(key, [{"problem": "NameError"}]) == 0
    assert earned(key, [{"value": 604179.0}]) == 4


@pytest.mark.parametrize(
    ("value", "expected", "same"),
    [
        (True, 1, False),
        (1, True, False),
        (2.0, 2, True),
        (2.04, 2, True),
        (2.06, 2, False),
        (float("inf"), 2, False),
        (10**400, 2.5, False),
        ("2", 2, False),
        (None, None, True),
        ([1, [2.01]], [1, [2]], True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1}, {"a": 1}, True),
    ],
)
def test_values_are_compared_as_data(value: object, expected: object, *, same: bool) -> None:
    assert equal(value, expected, 0.05) is same


def test_tables_series_and_missing_values_become_data() -> None:
    import pandas as pd  # only here

    table = pd.DataFrame({"age": [1, 2], "k": ["a", None]})
    assert plain(table) == {"columns": ["age", "k"], "rows": [[1, "a"], [2, None]]}
    assert plain(table.age.max()) == 2
    assert plain({"s": table.age, "d": pd.Timestamp("2026-01-02"), "n": pd.NA}) == {
        "s": [1, 2],
        "d": "2026-01-02T00:00:00",
        "n": None,
    }
    assert plain({3, 1}) == [1, 3]


@pytest.mark.parametrize("value", [10**30, float("inf"), object(), [0] * 20_001, [[[[[[[1]]]]]]]])
def test_oversized_or_non_data_value_is_refused(value: object) -> None:
    with pytest.raises(NotPlainError):
        plain(value)


@pytest.mark.parametrize(
    "source", ["", "x", "score_code()", "score_code(open('x'))", "f.score_code({})", "score_code([1]"]
)
def test_undeclared_cell_is_never_run(source: str) -> None:
    assert declared(source) is None
