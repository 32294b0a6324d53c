"""Hostile submissions, each made by a function named after what it tries.

Each takes the folder of somebody who answered nothing, and what they attack. Code that is planted first leaves a mark,
so that it shows whether anything of it ever ran; what it does then is bounded, in case a defect lets it.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.shipped import a_module

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MODULE = a_module("core-protection")
JOURNAL = "responses.jsonl"


@dataclass(frozen=True)
class Aim:
    """What is attacked.

    Attributes:
        course: The trainer's course directory.
        marks: A folder that every planted piece of code leaves a file in.
        activities: The module's activities as trainees have them, by id.
    """

    course: Path
    marks: Path
    activities: Mapping[str, Any]


def _mark(aim: Aim, name: str) -> str:
    return f"open({str(aim.marks / name)!r}, 'w').write('ran')\n"


_CODE = {
    "gradebook-read": "import sqlite3\nprint(sqlite3.connect({course!r} + '/gradebook.db').execute('select 1'))",
    "gradebook-write": (
        "import sqlite3\ndb = sqlite3.connect({course!r} + '/gradebook.db')\n"
        "db.execute('update grade set auto_score = 99, manual_score = 99'); db.commit()"
    ),
    "answer-key": "print(open({course!r} + '/source/{module}/{module}.ipynb').read())",
    "other-submissions": "import glob\nprint([open(p).read() for p in glob.glob({course!r} + '/submitted/*/*/*.j*')])",
    "own-grade": "from IPython.core.displayhook import DisplayHook\nDisplayHook.__call__ = lambda *a: 1000\n1000",
    "builtins": "import builtins\nbuiltins.min = builtins.round = builtins.float = lambda *a: 1000",
    "grader": "import himaya_autograde.scoring as s\ns.score = s.earned = lambda *a, **k: 1000",
    "socket": "import socket\nsocket.create_server(('127.0.0.1', 0))",
    "environment": "import os\nprint(dict(os.environ))",
    "memory": "hoard = bytearray(200_000_000)",
    "endless-loop": "import time\nend = time.time() + 30\nwhile time.time() < end: pass",
    "fork-bomb": "import os\nfor _ in range(4): os.fork()",
    "double-fork": "import os, time\nif os.fork() == 0 and os.setsid() and os.fork() == 0: time.sleep(20)",
    "file-outside": "open({course!r} + '/planted.txt', 'w').write('x')",
    "link-outside": "import os\nos.symlink({course!r}, 'course')",
    "shell": "!touch planted.txt\n%%bash\ntouch planted.txt",
}


# --- in the notebook ----------------------------------------------------------------------------------------------


def code_in_every_cell(folder: Path, aim: Aim) -> None:
    path = folder / f"{MODULE}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    pieces = [_mark(aim, name) + code.format(course=str(aim.course), module=MODULE) for name, code in _CODE.items()]
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            cell["source"] = pieces[number % len(pieces)]
    for piece in pieces:
        blank: dict[str, Any] = {"metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"].insert(0, {"cell_type": "code", "source": piece, **blank})
    path.write_text(json.dumps(notebook), encoding="utf-8")


def full_marks_in_the_outputs(folder: Path, _aim: Aim) -> None:
    path = folder / f"{MODULE}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            result = {"output_type": "execute_result", "data": {"text/plain": "1000.0"}, "metadata": {}}
            cell["outputs"], cell["execution_count"] = [{**result, "execution_count": 1}], 1
    path.write_text(json.dumps(notebook), encoding="utf-8")


def cells_that_declare_a_key_of_their_own(folder: Path, aim: Aim) -> None:
    path = folder / f"{MODULE}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in aim.activities and cell["cell_type"] == "code":
            key = {"points": 1000, "correct": []}
            cell["source"] = f'show("{name}")\nfrom himaya_autograde import score\nscore("{name}", {key})'
    path.write_text(json.dumps(notebook), encoding="utf-8")


def kernel_of_its_own(folder: Path, aim: Aim) -> None:
    path = folder / f"{MODULE}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["kernelspec"] = {"name": "../../evil", "display_name": "evil", "language": "python"}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "evil").mkdir()
    argv = ["sh", "-c", f"touch {aim.marks}/kernel"]
    spec = {"argv": argv, "display_name": "evil", "language": "python"}
    (folder / "evil" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


# --- files beside it ----------------------------------------------------------------------------------------------


def modules_that_shadow(folder: Path, aim: Aim) -> None:
    names = ("json", "himaya", "himaya_autograde", "nbgrader", "sitecustomize", "conftest", "ast", "sqlite3")
    for name in names:
        (folder / f"{name}.py").write_text(_mark(aim, f"shadow-{name}"), encoding="utf-8")
    (folder / "evil.pth").write_text(f"import os; {_mark(aim, 'pth')}", encoding="utf-8")


def configuration_of_nbgrader(folder: Path, aim: Aim) -> None:
    for name in ("nbgrader_config.py", "jupyter_config.py", "ipython_config.py", "jupyter_nbconvert_config.py"):
        (folder / name).write_text(_mark(aim, name), encoding="utf-8")


def activities_worth_a_thousand(folder: Path, aim: Aim) -> None:
    activities = {name: {**activity, "points": 1000, "mode": "practice"} for name, activity in aim.activities.items()}
    (folder / "activities.json").write_text(json.dumps({"activities": activities}), encoding="utf-8")


def record_that_says_it_was_graded(folder: Path, _aim: Aim) -> None:
    record = {"digest": "", "remarks": [], "waits": {}, "grades": {"*": 1000}}
    (folder / "graded.json").write_text(json.dumps(record), encoding="utf-8")


def record_that_breaks_its_reader(folder: Path, _aim: Aim) -> None:
    (folder / "graded.json").write_text("[" * 100_000, encoding="utf-8")


def feedback_and_keys_brought_along(folder: Path, aim: Aim) -> None:
    for name in ("feedback", "keys", "source"):
        (folder / name).mkdir()
        (folder / name / f"{MODULE}.html").write_text("You passed.", encoding="utf-8")
        (folder / name / f"{MODULE}.json").write_text(
            json.dumps({"activities": dict(aim.activities)}), encoding="utf-8"
        )


def archives_that_climb_out(folder: Path, aim: Aim) -> None:
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as archive:
        archive.writestr(f"../../../../../../..{aim.marks}/zip", "ran")
        archive.writestr(str(aim.marks / "zip-absolute"), "ran")
    (folder / f"{MODULE}.zip").write_bytes(inside.getvalue())
    with tarfile.open(folder / "answers.tar.gz", "w:gz") as archive:
        link = tarfile.TarInfo("out")
        link.type, link.linkname = tarfile.SYMTYPE, str(aim.marks)
        archive.addfile(link)
        file = tarfile.TarInfo("out/tar")
        file.size = 3
        archive.addfile(file, io.BytesIO(b"ran"))


def names_that_are_commands(folder: Path, aim: Aim) -> None:
    names = (
        f"$(touch {aim.marks.name})",
        "; touch x",
        "| touch x",
        "`touch x`",
        "--force",
        "-rf",
        "*",
        "{student_id}",
        "%s",
    )
    for name in names:
        (folder / name).write_text("x", encoding="utf-8")


# --- in the journal -----------------------------------------------------------------------------------------------


def _write(folder: Path, events: list[dict[str, Any]]) -> None:
    lines = (json.dumps({"id": os.urandom(6).hex(), "time": "2026-01-11T08:00:00Z", **event}) for event in events)
    (folder / JOURNAL).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def events_that_award_points(folder: Path, aim: Aim) -> None:
    events: list[dict[str, Any]] = []
    for name in aim.activities:
        award = {"activity": name, "turn": 0, "score": 1000, "points": 1000, "finished": True}
        kinds = ("score", "grade", "finish", "check", "end", "continue", "restart", "unskip")
        events += [{**award, "type": kind} for kind in kinds]
        events.append({"activity": name, "type": "begin", "content": {"points": 1000}, "state": {"finished": True}})
    _write(folder, events)


def answers_of_every_shape_but_the_right_one(folder: Path, aim: Aim) -> None:
    events = []
    for name, activity in aim.activities.items():
        options = [option["id"] for option in activity.get("options", ())]
        rows = [row["id"] for row in activity.get("rows", ())]
        shapes = [
            {"$ne": None},
            [options],
            options * 3,
            [*options, "__proto__"],
            [[row, option] for row in rows for option in options],
            True,
            -1,
            10**30,
            "NaN",
            "1e999",
            "inf",
            "٩" * 5000,
            None,
            [[]],
        ]
        if activity.get("select") != "several":  # there, every option at once is an answer, worth nothing
            events += [
                {"activity": name, "type": "answer", "turn": turn, "value": v} for turn in (0, -1) for v in shapes
            ]
    _write(folder, events)


def every_option_at_once(folder: Path, aim: Aim) -> None:
    events = []
    for name, activity in aim.activities.items():
        if activity["kind"] == "choice":
            value = [option["id"] for option in activity["options"]]
            events.append({"activity": name, "type": "answer", "turn": 0, "value": value})
    _write(folder, events)


def choices_that_are_not_open(folder: Path, aim: Aim) -> None:
    events = []
    for name, activity in aim.activities.items():
        for node in activity.get("nodes", ())[1:]:
            for choice in node["choices"]:
                events.append({"activity": name, "type": "choose", "turn": 0, "at": node["id"], "choice": choice["id"]})
                events.append({"activity": name, "type": "continue", "turn": 1})
    _write(folder, events)


def activities_that_are_paths(folder: Path, aim: Aim) -> None:
    names = ("../../gradebook.db", "/etc/passwd", "__class__", "constructor", "' or 1=1 --", "\x00", "a" * 90_000)
    _write(
        folder, [{"activity": name, "type": "answer", "turn": 0, "value": name} for name in (*names, *aim.marks.parts)]
    )


def numbers_that_break_readers(folder: Path, aim: Aim) -> None:
    name = next(iter(aim.activities))
    start = f'{{"id": "0123456789ab", "activity": "{name}", "type": "answer", "value": '
    values = (
        "1" * 5000,
        "1e400",
        "-1e400",
        "NaN",
        "Infinity",
        "[" * 5000,
        '"\\ud800"',
        '{"a":' * 900 + "1" + "}" * 900,
    )
    (folder / JOURNAL).write_text("".join(f"{start}{value}}}\n" for value in values), encoding="utf-8")


ATTACKS: list[Callable[[Path, Aim], None]] = [
    code_in_every_cell,
    full_marks_in_the_outputs,
    cells_that_declare_a_key_of_their_own,
    kernel_of_its_own,
    modules_that_shadow,
    configuration_of_nbgrader,
    activities_worth_a_thousand,
    record_that_says_it_was_graded,
    record_that_breaks_its_reader,
    feedback_and_keys_brought_along,
    archives_that_climb_out,
    names_that_are_commands,
    events_that_award_points,
    answers_of_every_shape_but_the_right_one,
    every_option_at_once,
    choices_that_are_not_open,
    activities_that_are_paths,
    numbers_that_break_readers,
]
