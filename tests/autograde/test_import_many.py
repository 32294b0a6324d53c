"""A whole cohort's saved files: however they are called, each goes to whom the roster says, and the report is short."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from click.testing import CliRunner

from himaya.answers.journal import FILE_NAME, Journal
from himaya.commands.main import main
from himaya.course.roster import Roster, read_roster
from himaya.errors import CourseError
from himaya.publish.folder import SPOKEN
from himaya_autograde.import_answers import Place, Taken, place_of, take_in

_MODULE = "small"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A course with one small module that is released, and nobody's work."""
    course = tmp_path / "course"
    (course / "release" / _MODULE).mkdir(parents=True)
    (course / "release" / _MODULE / f"{_MODULE}.ipynb").write_text("{}", encoding="utf-8")
    (course / "course.yaml").write_text("id: course\n", encoding="utf-8")
    keys: dict[str, Any] = {"module": {"id": _MODULE, "version": 1}, "activities": {"asked": {"id": "asked"}}}
    (course / "keys").mkdir()
    (course / "keys" / f"{_MODULE}.json").write_text(json.dumps(keys), encoding="utf-8")
    return place_of(course, _MODULE)


def _file(path: Path, number: int, **fields: Any) -> Path:
    """Write a saved file with one event of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    event = {"id": f"{number:024d}", "activity": "asked", "type": "begin", "turn": 0, **fields}
    path.write_text(json.dumps(event) + "\n", encoding="utf-8")
    return path


def _roster(folder: Path, text: str) -> Roster:
    (folder / "roster.csv").write_text(text, encoding="utf-8")
    return read_roster(folder / "roster.csv")


def _whose(place: Place, roster: Roster, *files: Path) -> list[str | None]:
    return [taken.trainee if taken.good else None for taken in take_in(place, roster, files)]


def test_importing_300_files_reads_each_submission_once(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"t{number:03}" for number in range(300)]
    files = [_file(tmp_path / f"{name}.jsonl", number) for number, name in enumerate(names)]
    read: list[Journal] = []
    rows = Journal.rows
    monkeypatch.setattr(Journal, "rows", lambda journal, *more: read.append(journal) or rows(journal, *more))
    assert _whose(place, Roster({}, frozenset(names)), *files) == names
    assert len(read) <= 2 * len(files)
    copied = _file(tmp_path / "later" / "t000.jsonl", 299)
    (taken,) = take_in(place, Roster({}, frozenset(names)), [copied])
    assert "the same answers were handed in by t299" in taken.text, "what was taken in meanwhile is known"


@pytest.mark.parametrize(
    "name",
    [
        "noor.jsonl",
        "noor (1).jsonl",
        "noor(2).jsonl",
        "noor.jsonl.txt",
        "noor.JSONL",
        "noor.json",
        "noor/responses.jsonl",
        "noor/case-management-2026-11-29.jsonl",
        "noor/case-management-2026-11-29 (1).jsonl.txt",
        "noor/responses (3).jsonl",
    ],
)
def test_renamed_download_is_still_recognized(place: Place, tmp_path: Path, name: str) -> None:
    """By the trainee's name, whatever a phone adds to the file's."""
    assert _whose(place, Roster({}, frozenset(["noor"])), _file(tmp_path / name, 1)) == ["noor"]


def test_named_file_does_not_belong_to_folder(place: Place, tmp_path: Path) -> None:
    assert _whose(place, Roster({}, frozenset(["noor"])), _file(tmp_path / "noor" / "sabah.jsonl", 1)) == [None]
    exact = Roster({}, frozenset(["noor", "noor (1)"]))
    assert _whose(place, exact, _file(tmp_path / "noor (1).jsonl", 2)) == ["noor (1)"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accented_names_match_in_any_normalization(place: Place, tmp_path: Path, form: Any) -> None:
    name = "آلاء.jsonl"
    roster = _roster(tmp_path, normalize("NFC" if form == "NFD" else "NFD", f"file,trainee\n{name},alaa\n"))
    assert _whose(place, roster, _file(tmp_path / normalize(form, name), 1)) == ["alaa"]


def test_ambiguous_files_belong_to_nobody(place: Place, tmp_path: Path) -> None:
    roster = _roster(tmp_path, "file,trainee\nanswers.jsonl,noor\n")
    files = [_file(tmp_path / name / "answers.jsonl", number) for number, name in enumerate(("one", "two"))]
    refused = list(take_in(place, roster, files))
    assert [taken.good for taken in refused] == [False, False]
    assert "several files are called so" in refused[0].text
    assert _whose(place, roster, files[0], files[0]) == ["noor", "noor"], "the same file twice is one file"
    (missing,) = take_in(place, roster, [tmp_path / "no" / "answers.jsonl"])
    assert missing == Taken(tmp_path / "no" / "answers.jsonl", good=False, text="there is no such file.")


def test_feedback_uses_last_read_language(place: Place, tmp_path: Path) -> None:
    roster = Roster({}, frozenset(["noor"]))
    spoken = place.folder("noor") / SPOKEN

    def take(number: int, language: object, day: str) -> None:
        time = {"time": f"2026-02-{day}T10:00:00.000Z"}
        file = _file(tmp_path / "noor.jsonl", number, language=language, **time)
        assert _whose(place, roster, file) == ["noor"]

    take(1, "fr", "01")
    assert not spoken.exists()
    take(2, ["ar"], "02")
    assert not spoken.exists()
    take(3, "ckb", "04")
    assert spoken.read_text(encoding="ascii") == "ckb\n"
    take(4, "ar", "03")
    assert spoken.read_text(encoding="ascii") == "ckb\n", "of an older device"
    take(5, "ar", "05")
    assert spoken.read_text(encoding="ascii") == "ar\n"
    assert [row["language"] for row in Journal(place.folder("noor") / FILE_NAME).rows()][-1] == "ar"


@pytest.mark.parametrize(
    "text",
    [
        "File, Trainee \nx.jsonl, noor\n",
        "file\ttrainee\nx.jsonl\tnoor\n",
        "\ntrainee,file"[1:] + "\nnoor,x.jsonl\n,\n\n",
    ],
)
def test_a_roster_is_read_as_spreadsheets_write_it(tmp_path: Path, text: str) -> None:
    assert _roster(tmp_path, text).files == {"x.jsonl": "noor"}


@pytest.mark.parametrize("data", ["trainee\nنور\n".encode("cp1256"), "trainee\nnoor\n".encode("utf-16")])
def test_roster_encoding_error_says_how_to_save(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "roster.csv").write_bytes(data)
    with pytest.raises(CourseError, match="save it as 'CSV UTF-8'"):
        read_roster(tmp_path / "roster.csv")


def test_unclosed_cell_is_named_with_line(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"roster.csv:1: this is no line of a CSV file"):
        _roster(tmp_path, "trainee" + "x" * 200_000 + "\n")


def test_report_ends_with_skipped_and_missing(place: Place, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("trainee\nnoor\ndilan\njian\n", encoding="utf-8")
    files = [_file(tmp_path / f"{name}.jsonl", number) for number, name in enumerate(("stranger", "noor"))]
    run = ["import", str(place.course), _MODULE, "--roster", str(tmp_path / "roster.csv"), *map(str, files)]
    done = CliRunner().invoke(main, run)
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert lines[0].startswith(str(files[1]))
    assert lines[1:] == [
        f"not taken in: {files[0]}: the roster names nobody for this file.",
        "in the roster, without a file here: dilan, jian",
        "taken in: 1; not taken in: 1",
    ]


@pytest.mark.parametrize("fails", ["copyfile", "put", "stamp", "put_in_place"])
def test_full_disk_leaves_no_half_submission(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """Whatever write finds the disk full: a first submission is not there, and an earlier one stays as it was."""
    roster = Roster({}, frozenset(["noor", "dilan"]))
    assert _whose(place, roster, _file(tmp_path / "noor.jsonl", 1)) == ["noor"]
    before = {path.name: path.read_bytes() for path in place.folder("noor").iterdir()}

    def full(*arguments: Any, **_options: Any) -> None:
        if fails == "copyfile":
            Path(arguments[1]).write_bytes(b"{")
        raise OSError(28, "No space left on device")

    where = {
        "copyfile": "himaya_autograde.import_answers.shutil.copyfile",
        "put": "himaya.answers.journal.os.fsync",
        "stamp": "himaya_autograde.import_answers._stamp",
        "put_in_place": "himaya_autograde.import_answers.put_in_place",
    }[fails]
    (place.released / "new.json").write_text("{}", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        files = [_file(tmp_path / "noor.jsonl", 2), _file(tmp_path / "dilan.jsonl", 3)]
        assert _whose(place, roster, *files) == [None, None]
    assert {path.name: path.read_bytes() for path in place.folder("noor").iterdir()} == before
    assert not place.folder("dilan").exists()
    assert not list(place.course.glob("submitted/*/.*"))
    assert _whose(place, roster, *files) == ["noor", "dilan"], "the next import goes on"
    assert len(Journal(place.folder("noor") / FILE_NAME).rows()) == 2
