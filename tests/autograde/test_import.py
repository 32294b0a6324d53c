"""Saved answers become submissions: whose they are the roster says, nothing handed in gets lost, nothing foreign in."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from himaya.answers.journal import FILE_NAME, MAX_BYTES, Journal
from himaya.commands.main import main
from himaya.course.roster import read_roster
from himaya.errors import CourseError
from himaya_autograde.import_answers import Place, Taken, merged, take_in
from himaya_autograde.synthetic import synthetic_journal
from tests.autograde.conftest import MODULE

if TYPE_CHECKING:
    from himaya_autograde.course import CourseDirectory

EARLIER = "2026-01-11 08:00:00.000000 UTC"


def _journal(whole: Any, seed: int, share: float = 1) -> str:
    return synthetic_journal(whole, Random(seed), 0.6, share)


def _take(place: Place, tmp_path: Path, name: str, text: str | bytes, roster: str = "trainee\nnoor\ndilan\n") -> Taken:
    """Import one file and return what became of it."""
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
    (taken,) = take_in(place, read_roster(tmp_path / "roster.csv"), [file])
    return taken


def _rows(place: Place, trainee: str) -> list[dict[str, Any]]:
    return Journal(place.folder(trainee) / FILE_NAME).rows()


def test_imported_journal_scores_as_in_notebook(
    course: CourseDirectory, place: Place, whole: Any, tmp_path: Path
) -> None:
    text = _journal(whole, 1)
    # Another person's events have other ids; the answers are the same.
    handed_in = place.folder("dilan")
    shutil.copytree(place.released, handed_in)
    other = "".join(line.replace('"id": "', '"id": "x') for line in text.splitlines(keepends=True))
    (handed_in / FILE_NAME).write_text(other, encoding="utf-8")
    (handed_in / "timestamp.txt").write_text(EARLIER, encoding="utf-8")
    assert _take(place, tmp_path, "noor.jsonl", text).good

    imported = place.folder("noor")
    assert sorted(path.name for path in imported.iterdir()) == sorted(path.name for path in handed_in.iterdir())
    assert (imported / f"{MODULE}.ipynb").read_bytes() == (handed_in / f"{MODULE}.ipynb").read_bytes()
    done = course.grade(MODULE)
    assert done.problems == {}
    with course.api.gradebook as gradebook:
        scores = {
            trainee: {
                grade.name: (grade.auto_score, grade.max_score, grade.needs_manual_grade)
                for grade in gradebook.find_submission_notebook(MODULE, MODULE, trainee).grades
            }
            for trainee in ("noor", "dilan")
        }
    assert scores["noor"] == scores["dilan"]
    assert sum(score or 0 for score, *_ in scores["noor"].values()) > 10


def test_roster_decides_whose_a_file_is(place: Place, whole: Any, tmp_path: Path) -> None:
    text = _journal(whole, 2)
    claims = text.replace('"seq"', '"trainee": "dilan", "owner": "dilan", "seq"')
    assert _take(place, tmp_path, "answers (1).jsonl", claims, "file,trainee\nanswers (1).jsonl,noor\n,dilan\n").good
    assert not place.folder("dilan").exists()
    assert all("trainee" not in row for row in _rows(place, "noor"))
    unknown = _take(place, tmp_path, "sabah.jsonl", text)
    assert (unknown.good, unknown.text) == (False, "the roster names nobody for this file.")


def test_an_older_file_changes_nothing_and_is_named(place: Place, whole: Any, tmp_path: Path) -> None:
    text = _journal(whole, 3)
    older = "".join(text.splitlines(keepends=True)[:20])
    assert _take(place, tmp_path, "noor.jsonl", text).good
    before = {path.name: path.read_bytes() for path in place.folder("noor").iterdir()}
    for again, why in ((older, "older"), (text, "was handed in before")):
        assert why in _take(place, tmp_path, "noor.jsonl", again).text
    assert {path.name: path.read_bytes() for path in place.folder("noor").iterdir()} == before


def test_two_devices_are_merged_by_time(place: Place, whole: Any, tmp_path: Path) -> None:
    name = next(name for name, activity in whole.items() if activity["kind"] == "choice")
    options = [option["id"] for option in whole[name]["options"]]

    def line(identity: str, option: str, time: str) -> str:
        return json.dumps(
            {"id": identity, "activity": name, "type": "answer", "turn": 0, "value": [option], "time": time}
        )

    late, early = line("b" * 24, options[0], "2026-02-02T10:00:00.000Z"), line("a" * 24, options[1], "2026-02-01")
    assert _take(place, tmp_path, "noor.jsonl", late).good
    assert "earlier events stay" in _take(place, tmp_path, "noor.jsonl", early).text
    assert [row["value"] for row in _rows(place, "noor")] == [[options[1]], [options[0]]]


def test_backward_clock_keeps_event_order() -> None:
    one = [{"id": "1", "time": "2026-05-01"}, {"id": "2", "time": "1970-01-01"}, {"id": "3"}]
    other = [{"id": "4", "time": "2026-04-01"}, {"id": "2", "time": "2026-06-01"}]
    assert [row["id"] for row in merged(one, other)] == ["4", "1", "2", "3"]


def test_handin_time_never_moves_back(place: Place, whole: Any, tmp_path: Path) -> None:
    """The time is what the trainer says."""
    lines = _journal(whole, 4).splitlines(keepends=True)
    file = tmp_path / "noor.jsonl"
    (tmp_path / "roster.csv").write_text("trainee\nnoor\n", encoding="utf-8")
    roster = read_roster(tmp_path / "roster.csv")
    stamp = place.folder("noor") / "timestamp.txt"
    for count, changed, expected in ((10, 1_800_000_000, "2027-01-15"), (20, 1_700_000_000, "2027-01-15")):
        file.write_text("".join(lines[:count]), encoding="utf-8")
        os.utime(file, (changed, changed))
        assert all(taken.good for taken in take_in(place, roster, [file], "file"))
        assert stamp.read_text(encoding="utf-8").startswith(expected)
        assert stamp.read_text(encoding="utf-8").endswith(" UTC")


def test_answers_under_two_names_are_not_imported(place: Place, whole: Any, tmp_path: Path) -> None:
    text = _journal(whole, 5)
    assert _take(place, tmp_path, "noor.jsonl", text).good
    copied = _take(place, tmp_path, "dilan.jsonl", text)
    assert not copied.good
    assert "the same answers were handed in by noor" in copied.text
    assert not place.folder("dilan").exists()


_FOREIGN = json.dumps({"id": "f" * 24, "activity": "elsewhere", "type": "answer", "value": "x"})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "no saved answers"),
        ("<html><script>alert(1)</script>", "no saved answers"),
        ("\x00\xff\xfe" * 50, "no saved answers"),
        ('{"id": "short", "activity": "x", "type": "answer"}', "no saved answers"),
        ("[" * 90_000, "no saved answers"),
        (_FOREIGN, "belong to another module"),
        (b" " * (MAX_BYTES + 1), "larger than 20 MB"),
    ],
    ids=["empty", "markup", "binary", "impossible-id", "deep", "foreign", "huge"],
)
def test_file_without_module_answers_is_refused(place: Place, tmp_path: Path, content: str | bytes, why: str) -> None:
    """With the reason."""
    taken = _take(place, tmp_path, "noor.jsonl", content)
    assert not taken.good
    assert why in taken.text
    assert not place.folder("noor").exists()


def test_damaged_lines_are_counted_and_the_rest_imported(place: Place, whole: Any, tmp_path: Path) -> None:
    lines = _journal(whole, 6).splitlines()[:9]
    deep = json.dumps({"id": "d" * 24, "activity": MODULE, "type": "answer", "value": json.loads("[" * 40 + "]" * 40)})
    text = "\ufeff" + "\r\n".join([*lines[:4], '{"id": "torn', deep, *lines[4:]])
    taken = _take(place, tmp_path, "noor.jsonl", text)
    assert taken.good
    assert "damaged lines left out: 2" in taken.text
    assert [row["id"] for row in _rows(place, "noor")] == [json.loads(line)["id"] for line in lines]


def test_links_and_devices_are_never_read_or_written(place: Place, whole: Any, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("trainee\nnoor\ndilan\njian\n", encoding="utf-8")
    roster = read_roster(tmp_path / "roster.csv")
    real = tmp_path / "real.jsonl"
    real.write_text(_journal(whole, 7), encoding="utf-8")
    (tmp_path / "noor.jsonl").symlink_to(real)
    os.mkfifo(tmp_path / "dilan.jsonl")
    shutil.copy(real, tmp_path / "jian.jsonl")
    outside = tmp_path / "outside"
    outside.mkdir()
    (place.course / "submitted" / "jian").mkdir(parents=True)
    place.folder("jian").symlink_to(outside)
    files = [tmp_path / f"{name}.jsonl" for name in ("noor", "dilan", "jian")]
    assert [taken.good for taken in take_in(place, roster, files)] == [False, False, False]
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("roster", "why"),
    [
        ("file,trainee\na.jsonl,../../etc\n", ":2: '../../etc' is no trainee's id"),
        ("file,trainee\na.jsonl,noor\nb.jsonl,/root\n", ":3: '/root' is no trainee's id"),
        ("trainee\n-rf\n", ":2: '-rf'"),
        ("trainee\n.hidden\n", ":2: '.hidden'"),
        ("trainee\nno\u202eor\n", "is no trainee's id"),
        ("trainee\n" + "a" * 101 + "\n", "is no trainee's id"),
        ("file,trainee\na.jsonl,\n", ":2: '' is no trainee's id"),
        ("file,trainee\n../a.jsonl,noor\n", "is no plain file name"),
        ("file,trainee\na.jsonl,noor\na.jsonl,dilan\n", ":3: the file 'a.jsonl' stands here twice"),
        ("name\nnoor\n", "must name the columns"),
        ("", "must name the columns"),
    ],
)
def test_misleading_roster_is_refused_with_its_line(tmp_path: Path, roster: str, why: str) -> None:
    (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
    with pytest.raises(CourseError) as error:
        read_roster(tmp_path / "roster.csv")
    assert why in str(error.value)


def test_a_roster_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("\ufefffile;trainee\r\nresponses (2).jsonl;نور\r\n", encoding="utf-8")
    assert read_roster(tmp_path / "roster.csv").trainee(Path("x/responses (2).jsonl")) == "نور"


def test_command_names_files_and_exits_with_1(
    course: CourseDirectory, place: Place, whole: Any, tmp_path: Path
) -> None:
    (tmp_path / "roster.csv").write_text("trainee\nnoor\n", encoding="utf-8")
    (tmp_path / "noor.jsonl").write_text(_journal(whole, 8), encoding="utf-8")
    (tmp_path / "sabah.jsonl").write_text(_journal(whole, 9), encoding="utf-8")
    run = ["import", str(course.path), MODULE, "--roster", str(tmp_path / "roster.csv")]
    done = CliRunner().invoke(main, [*run, str(tmp_path / "noor.jsonl"), str(tmp_path / "sabah.jsonl")])
    assert done.exit_code == 1
    assert "noor.jsonl: noor: answers to" in done.output
    assert "sabah.jsonl: the roster names nobody" in done.output
    assert "taken in: 1; not taken in: 1" in done.output
    assert len(_rows(place, "noor")) > 10
    unbuilt = CliRunner().invoke(main, ["import", str(tmp_path), MODULE, "--roster", run[-1], run[-1]])
    assert unbuilt.exit_code == 2
    assert "holds no course.yaml" in unbuilt.output
