"""Files that only look like saved answers: packed, repeated, outgrown, older, full of markup and of other names."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import socket
import zipfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from himaya.answers.journal import FILE_NAME, MAX_BYTES, MAX_EVENT_BYTES, Journal
from himaya.commands.main import main
from himaya.course.roster import read_roster
from himaya.languages.readable import readable
from himaya_autograde.course import Done
from himaya_autograde.import_answers import Place, Taken, take_in
from himaya_autograde.step import in_course
from himaya_autograde.synthetic import synthetic_journal
from tests.autograde.conftest import MODULE
from tests.shipped import an_activity

if TYPE_CHECKING:
    from collections.abc import Callable

    from himaya_autograde.course import CourseDirectory

_TEXT = an_activity("text", MODULE).id
_MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def _take(place: Place, tmp_path: Path, data: bytes, trainee: str = "noor") -> Taken:
    """Import one file and return what became of it."""
    file = tmp_path / f"{trainee}.jsonl"
    file.write_bytes(data)
    (tmp_path / "roster.csv").write_text(f"trainee\n{trainee}\n", encoding="utf-8")
    (taken,) = take_in(place, read_roster(tmp_path / "roster.csv"), [file])
    return taken


def _line(number: int, **fields: Any) -> bytes:
    event = {"id": f"{number:024d}", "activity": _TEXT, "type": "answer", "turn": 0, "value": "x", **fields}
    return json.dumps(event).encode() + b"\n"


def _scores(course: CourseDirectory, trainee: str = "noor") -> dict[str, float | None]:
    with course.api.gradebook as gradebook:
        notebook = gradebook.find_submission_notebook(MODULE, MODULE, trainee)
        return {grade.name: grade.auto_score for grade in notebook.grades}


def _zipped(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize("how", ["zip", "zip that leads out", "zip that unpacks to 100 MB", "gzip"])
def test_archives_are_never_unpacked(place: Place, whole: Any, tmp_path: Path, how: str) -> None:
    """So none can write outside or fill the disk."""
    answers = synthetic_journal(whole, Random(1), 0.6, 1).encode()
    packed = {
        "zip": lambda: _zipped("responses.jsonl", answers),
        "zip that leads out": lambda: _zipped("../../../planted", answers),
        "zip that unpacks to 100 MB": lambda: _zipped("responses.jsonl", b"\n" * 100_000_000),
        "gzip": lambda: gzip.compress(answers),
    }[how]()
    taken = _take(place, tmp_path, packed)
    assert (taken.good, "no saved answers" in taken.text) == (False, True)
    assert not place.folder("noor").exists()
    assert not list(tmp_path.parent.glob("**/planted"))


def test_line_repeated_ten_thousand_times_counts_once(
    course: CourseDirectory, place: Place, whole: Any, tmp_path: Path
) -> None:
    text = synthetic_journal(whole, Random(2), 0.6, 1).encode()
    assert _take(place, tmp_path, text).good
    assert course.grade(MODULE).problems == {}
    once = _scores(course)
    shutil.rmtree(course.path / "submitted")
    lines = text.splitlines(keepends=True)
    assert _take(place, tmp_path, b"".join([*lines, *lines, *lines[-1:] * 10_000])).good
    assert len(Journal(place.folder("noor") / FILE_NAME).rows()) == len(lines)
    assert course.grade(MODULE, force=True).problems == {}
    assert _scores(course) == once


def test_oversized_merge_changes_nothing(place: Place, tmp_path: Path) -> None:
    filler = "x" * (MAX_EVENT_BYTES - 1000)
    half = MAX_BYTES // 2 // MAX_EVENT_BYTES + 5
    assert _take(place, tmp_path, b"".join(_line(number, value=filler) for number in range(half))).good
    before = (place.folder("noor") / FILE_NAME).read_bytes()
    taken = _take(place, tmp_path, b"".join(_line(half + number, value=filler) for number in range(half)))
    assert not taken.good
    assert "noor: " in taken.text
    assert (place.folder("noor") / FILE_NAME).read_bytes() == before
    assert not list(place.folder("noor").glob("*.new"))


def test_answer_to_older_version_is_kept_and_scored(
    course: CourseDirectory, place: Place, whole: Any, tmp_path: Path
) -> None:
    """By the rules of today."""
    name = next(n for n, each in whole.items() if each["kind"] == "choice" and each["mode"] == "graded")
    right = [option["id"] for option in whole[name]["options"] if option["correct"]]
    begin = {"activity": name, "type": "begin", "content": "0" * 16}
    gone = {"activity": name, "type": "answer", "turn": 0, "value": ["an-option-of-last-year"]}
    kept = {"activity": name, "type": "answer", "value": right}
    lines = [_line(1, **begin), _line(2, **gone), _line(3, turn=0, **kept), _line(4, activity="taken-out-since")]
    assert _take(place, tmp_path, b"".join(lines)).good
    assert len(Journal(place.folder("noor") / FILE_NAME).rows()) == 4
    assert course.grade(MODULE).problems == {}
    assert _scores(course)[name] == whole[name]["points"]


@pytest.mark.parametrize(
    "fields",
    [
        {"activity": _MARKUP},
        {"activity": "../../../etc/passwd"},
        {"type": _MARKUP},
        {"value": _MARKUP},
        {"value": {"__proto__": {"finished": True}}},
        {"value": 10**300},
        {"turn": -1},
        {"turn": True},
        {"turn": "0"},
        {"time": _MARKUP},
        {"time": {"$date": 0}},
        {"seq": 2**70},
        {"content": ["0"]},
        {"at": None, "choice": [[]]},
        {"points": 1000, "score": 1000, "earned": 1000},
    ],
    ids=lambda fields: ",".join(f"{name}-{type(value).__name__}" for name, value in fields.items()),
)
def test_hostile_fields_change_nothing(
    course: CourseDirectory, place: Place, whole: Any, tmp_path: Path, fields: dict[str, Any]
) -> None:
    """No score, and they are never markup."""
    honest = synthetic_journal(whole, Random(3), 0.6, 1).encode()
    assert _take(place, tmp_path, honest).good
    assert course.grade(MODULE, force=True).problems == {}
    expected = _scores(course)
    shutil.rmtree(course.path / "submitted")
    hostile = [_line(100 + number, **{**fields, "turn": fields.get("turn", number)}) for number in range(30)]
    taken = _take(place, tmp_path, honest + b"".join(hostile))
    assert taken.good
    assert "<script" not in taken.text
    assert course.grade(MODULE, force=True).problems == {}
    assert _scores(course) == expected
    done = course.feedback(MODULE)
    page = (course.path / "feedback" / "noor" / MODULE / f"{MODULE}.html").read_text(encoding="utf-8")
    assert "<script" not in page, done
    assert "<img src=x" not in page


def test_unreadable_files_and_folders_are_named(place: Place, tmp_path: Path) -> None:
    (tmp_path / "noor.jsonl").mkdir()
    (tmp_path / "roster.csv").write_text("trainee\nnoor\ndilan\n", encoding="utf-8")
    roster = read_roster(tmp_path / "roster.csv")
    (folder,) = take_in(place, roster, [tmp_path / "noor.jsonl"])
    (missing,) = take_in(place, roster, [tmp_path / "dilan.jsonl"])
    assert (folder.good, missing.good) == (False, False)
    assert "Traceback" not in folder.text + missing.text


def _folder(path: Path) -> None:
    path.mkdir()


def _socket(path: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # a socket's path may have a hundred characters only
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(path.name)
    finally:
        os.chdir(before)


def _broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def _link_to_a_folder(path: Path) -> None:
    path.symlink_to(path.parent)


def _unreadable(path: Path) -> None:
    path.write_bytes(_line(1))
    path.chmod(0)


@pytest.mark.parametrize(
    "make", [_folder, os.mkfifo, _socket, _broken_link, _link_to_itself, _link_to_a_folder, _unreadable]
)
def test_irregular_file_does_not_stop_others(place: Place, tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "dilan.jsonl")
    (tmp_path / "noor.jsonl").write_bytes(_line(2))
    (tmp_path / "roster.csv").write_text("trainee\nnoor\ndilan\n", encoding="utf-8")
    files = [str(tmp_path / f"{name}.jsonl") for name in ("dilan", "noor", "gone")]
    done = CliRunner().invoke(
        main, ["import", str(place.course), MODULE, "--roster", str(tmp_path / "roster.csv"), *files]
    )
    assert done.exit_code == 1, done.output
    assert len(Journal(place.folder("noor") / FILE_NAME).rows()) == 1
    assert f"not taken in: {files[2]}: " in done.output
    if make is not _unreadable:  # root may read all
        assert f"not taken in: {files[0]}: dilan: this is no regular file" in done.output
        assert "taken in: 1; not taken in: 2" in done.output


_FORGED = "x.jsonl: noor: answers to 42 activities, 99 new events."


@pytest.mark.parametrize(
    "name",
    [
        f"a\n{_FORGED}",
        f"a\r{_FORGED}",
        f"a\x1b[1A\x1b[2K{_FORGED}",
        f"a\x9b2K{_FORGED}",
        "a\x85b.jsonl",
        f"a\u2028{_FORGED}",
        "noor\u202elnosj.exe",
        "a\u2066b\u2069.jsonl",
        "a\u200fb.jsonl",
        "a\x08\x08\x07b.jsonl",
        "a\udcff\udcfe.jsonl",
        "a" * 240 + ".jsonl",
    ],
    ids=range(12),
)
def test_file_names_never_reach_the_terminal_raw(place: Place, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(_line(1))
    (tmp_path / "roster.csv").write_text("trainee\nnoor\n", encoding="utf-8")
    run = ["import", str(place.course), MODULE, "--roster", str(tmp_path / "roster.csv")]
    done = CliRunner().invoke(main, [*run, str(tmp_path / name), str(tmp_path / f"gone{name}")])
    assert [line[:14] for line in done.output.split("\n")] == ["not taken in: "] * 2 + [
        "in the roster,",
        "taken in: 0; n",
        "",
    ]
    assert all(character.isprintable() for character in done.output.replace("\n", "")), ascii(done.output)


def test_a_roster_with_control_characters_is_named_readably(place: Place, tmp_path: Path) -> None:
    for text in ("trainee\nno\x1b[2Jor\n", "file,trainee\na\u202e/b,noor\n"):
        (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
        done = CliRunner().invoke(
            main, ["import", str(place.course), MODULE, "--roster", str(tmp_path / "roster.csv"), "x"]
        )
        assert done.exit_code == 1
        assert all(character.isprintable() for character in done.output.replace("\n", "")), ascii(done.output)


@pytest.mark.parametrize("step", ["collect", "grade", "feedback", "export"])
def test_reports_of_steps_print_names_readably(
    course: CourseDirectory, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    name = f"a\x1b[2K\n{_FORGED}\u202e"
    done = Done([name], {name: name}, [name], {name: name})
    result = [Path(name)] if step == "export" else done
    monkeypatch.setattr(f"himaya_autograde.course.CourseDirectory.{step}", lambda *_args, **_options: result)
    said = CliRunner().invoke(main, [step, str(course.path)]).output
    assert all(character.isprintable() for character in said.replace("\n", "")), ascii(said)
    assert not any(line.startswith("x.jsonl") for line in said.splitlines())


@pytest.mark.parametrize("step", ["collect", "grade", "feedback"])
def test_steps_of_the_page_answer_readably(
    course: CourseDirectory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str
) -> None:
    name = f"a\x1b[2K\n{_FORGED}\u202e"
    done = Done([name], {name: name}, [name], {name: name})
    monkeypatch.setattr(f"himaya_autograde.course.CourseDirectory.{step}", lambda *_args, **_options: done)
    shown = f"a\ufffd[2K\ufffd{_FORGED}\ufffd"
    answer = in_course(step, str(course.path), str(tmp_path))
    assert answer.pop("stopped") is False
    assert answer == {"good": [shown], "problems": {shown: shown}, "unchanged": [shown], "people": {shown: shown}}


def test_readable_names_are_short_and_one_line() -> None:
    assert readable("نور (1).jsonl") == "نور (1).jsonl"
    assert readable("a\nb\tc\u202e") == "a\ufffdb\ufffdc\ufffd"
    assert (len(readable("x" * 5000)), readable("x" * 5000)[-1]) == (200, "…")
