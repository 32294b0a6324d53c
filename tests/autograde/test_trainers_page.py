"""The trainer's page without a command line: tables to download, and answers from phones, each under the right name."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request
import zipfile
from functools import partial
from html import unescape
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from himaya.answers.journal import FILE_NAME, MAX_BYTES
from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from himaya_autograde.course import CourseDirectory
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.platform import Platform, write_configuration
from tests.autograde.conftest import MODULE, ROOT, copy_of
from tests.autograde.trainers_server import Server, serving
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@pytest.fixture(scope="module")
def platform(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """A platform whose course has one trainee, noor, and nothing handed in."""
    made = Platform(tmp_path_factory.mktemp("page"), "core-protection")
    course = copy_of(released, made.course.parent)
    with course.api.gradebook as gradebook:
        gradebook.update_or_create_student("noor")
    for folder in (made.config, made.data, made.exchange):
        folder.mkdir()
    write_configuration(made)
    return made


@pytest.fixture(scope="module")
def server(platform: Platform) -> Iterator[Server]:
    with serving(platform.home) as running:
        running.get("himaya/trainer")  # as somebody does who then presses a button
        yield running


def _journal(seed: int) -> bytes:
    activities = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
    return synthetic_journal(activities, Random(seed), 0.6, 1.0).encode()


def _ask(server: Server, path: str, body: object) -> tuple[int, dict[str, Any]]:
    """Return what the page is answered: a status and JSON."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        return 200, json.loads(server.post(f"himaya/trainer/answers{path}", sent, "application/octet-stream"))
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


def _begin(server: Server, count: int, size: int = 0, module: str = MODULE) -> str:
    status, told = _ask(server, "", {"module": module, "files": count, "bytes": size})
    assert status == 200, told
    return str(told["batch"])


def _bring(server: Server, files: Sequence[tuple[str, bytes]], whose: Sequence[str], module: str = MODULE) -> str:
    """Bring files in as the page's script does, and return the page that tells what became of them."""
    batch = _begin(server, len(files), module=module)
    for number, (_, body) in enumerate(files):
        assert _ask(server, f"/{batch}/{number}", body) == (200, {})
    named = [{"name": name, "trainee": trainee} for (name, _), trainee in zip(files, whose, strict=True)]
    assert _ask(server, f"/{batch}", named) == (200, {})
    _wait_taken(server, batch)
    return unescape(server.get(f"himaya/trainer?taken={batch}&").decode())


def _wait_taken(server: Server, batch: str) -> None:
    ended = partial(server.get, f"himaya/trainer/answers/{batch}")
    wait_until(lambda: json.loads(ended())["ended"], "the files are taken in", seconds=300)


def test_same_named_files_go_to_named_trainees(server: Server, platform: Platform) -> None:
    ours, theirs = _journal(1), _journal(2)
    page = _bring(server, [("answers.jsonl", ours), ("answers.jsonl", theirs)], ["noor", "dilan"])
    assert "Done: 2. Needs you: 0." in page
    for name, journal in (("noor", ours), ("dilan", theirs)):
        handed_in = platform.course / "submitted" / name / MODULE / FILE_NAME
        assert len(handed_in.read_bytes().splitlines()) == len(journal.splitlines())
    assert "dilan is new in this course: check the name." in page
    assert "noor is new in this course" not in page
    again = _bring(server, [("answers.jsonl", ours)], ["noor"])
    assert "nothing new: this file was handed in before" in again


@pytest.mark.parametrize("whose", ["../../noor", "", "-rf", "no or"])
def test_invalid_name_does_not_stop_other_files(server: Server, platform: Platform, whose: str) -> None:
    before = sorted(path.name for path in (platform.course / "submitted").glob("*"))
    page = _bring(server, [("<b>x</b>.jsonl", _journal(3)), ("y.jsonl", _journal(4))], [whose, "hana"])
    assert f"'{whose}' is no trainee's id" in page
    assert "hana: " in page
    after = sorted(path.name for path in (platform.course / "submitted").glob("*"))
    assert set(after) - set(before) <= {"hana"}


def test_file_name_is_text_and_no_path(server: Server, platform: Platform) -> None:
    batch = _begin(server, 1)
    assert _ask(server, f"/{batch}/0", b"{}") == (200, {})
    name = "../../../<img src=x>\u202e\x1b[2J.jsonl"
    assert _ask(server, f"/{batch}", [{"name": name, "trainee": "noor"}]) == (200, {})
    _wait_taken(server, batch)
    page = server.get(f"himaya/trainer?taken={batch}&").decode()
    assert "&lt;img src=x&gt;\ufffd\ufffd[2J.jsonl" in page
    assert "<img" not in page
    assert not list(platform.home.rglob("*img*"))


@pytest.mark.parametrize(
    "named",
    [
        [],
        [{"name": "a", "trainee": "noor"}] * 2,
        [{"name": "a"}],
        [["a", "noor"]],
        {"a": "noor"},
        b"no JSON",
        b"[" * 9999,
    ],
)
def test_a_file_without_exactly_one_name_is_refused(server: Server, named: object) -> None:
    batch = _begin(server, 1)
    assert _ask(server, f"/{batch}/0", b"{}")[0] == 200
    assert _ask(server, f"/{batch}", named)[0] == 400


@pytest.mark.parametrize(
    ("batch", "status", "why"),
    [
        ({"module": MODULE, "files": 2_001, "bytes": 1}, 413, "You chose 2001 files. At most 2000 "),
        ({"module": MODULE, "files": 2, "bytes": 10**9 + 1}, 413, "These files are 1001 MB together. At most 1000 MB "),
        ({"module": MODULE, "files": 0, "bytes": 0}, 400, "needs a module"),
        ({"module": MODULE, "files": -1, "bytes": 0}, 400, "needs a module"),
        ({"module": MODULE, "files": "1", "bytes": 0}, 400, "needs a module"),
        ({"files": 1, "bytes": 0}, 400, "needs a module"),
        ([], 400, "needs a module"),
    ],
)
def test_batch_limits_are_explained(server: Server, batch: object, status: int, why: str) -> None:
    answered, told = _ask(server, "", batch)
    assert answered == status
    assert why in told["problem"]


def test_file_at_limit_does_not_stop_others(server: Server) -> None:
    page = _bring(server, [("large.jsonl", b"x" * (MAX_BYTES + 1)), ("b.jsonl", _journal(30))], ["noor", "jian"])
    assert "the file is larger than 20 MB and cannot be saved answers" in page
    assert "Done: 1. Needs you: 1." in page
    batch = _begin(server, 1)
    status, told = _ask(server, f"/{batch}/0", b"x" * (MAX_BYTES + 2))
    assert status == 413
    assert "larger than 20 MB" in told["problem"]


def test_files_and_batches_that_are_none_are_refused(server: Server) -> None:
    batch = _begin(server, 2)
    for path in (
        f"/{batch}/2",
        f"/{batch}/9999",
        f"/{'0' * 16}/0",
        f"/{'0' * 16}",
        f"/{batch}/-1",
        "/../x",
        f"/{batch}/0/0",
    ):
        with pytest.raises(urllib.error.HTTPError) as error:
            server.post(f"himaya/trainer/answers{path}", b"[]", "application/octet-stream")
        assert error.value.code in {404, 405, 409}
    page = server.get(f"himaya/trainer?taken={'0' * 16}&").decode()
    assert 'id="taken"' not in page


def test_a_batch_is_taken_in_once(server: Server) -> None:
    batch = _begin(server, 1)
    assert _ask(server, f"/{batch}/0", _journal(31))[0] == 200
    named = [{"name": "a.jsonl", "trainee": "rojin"}]
    assert _ask(server, f"/{batch}", named)[0] == 200
    assert _ask(server, f"/{batch}", named)[0] == 409
    assert _ask(server, f"/{batch}/0", b"{}")[0] == 409
    _wait_taken(server, batch)


def test_upload_requires_login(server: Server) -> None:
    batch = _begin(server, 1)
    for path in ("", f"/{batch}", f"/{batch}/0"):
        request = urllib.request.Request(f"{server.address}himaya/trainer/answers{path}", data=b"{}")  # noqa: S310
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(request, timeout=30)  # noqa: S310 - our own server
        assert error.value.code == 403


def test_missing_trainees_are_named_once(server: Server, platform: Platform) -> None:
    with CourseDirectory(platform.course).api.gradebook as gradebook:
        gradebook.update_or_create_student("absent-one")
    page = _bring(
        server, [(f"{number}.jsonl", _journal(40 + number)) for number in range(60)], [f"t{n}" for n in range(60)]
    )
    assert "Done: 60. Needs you: 0." in page
    missing = page.partition('id="missing"')[2].partition("</details>")[0]
    assert "absent-one" in missing
    assert "t1<" not in missing


def test_unknown_module_is_refused(server: Server) -> None:
    page = _bring(server, [("a.jsonl", _journal(5))], ["noor"], "../core-protection")
    assert "course 'core-protection' has no module '../core-protection'" in page
    assert "Done: 0." in page


def test_download_holds_the_exported_tables(server: Server) -> None:
    packed = zipfile.ZipFile(io.BytesIO(server.get("himaya/trainer/tables")))
    assert sorted(packed.namelist()) == ["grades.csv", "items.csv", "responses.csv"]
    grades = list(csv.DictReader(io.TextIOWrapper(packed.open("grades.csv"), "utf-8")))
    assert "noor" in {row["student_id"] for row in grades}


def test_trainer_page_uses_translated_titles(server: Server) -> None:
    english = server.get("himaya/trainer").decode()
    assert '<bdi lang="en">Core protection</bdi>' in english
    assert '<bdi lang="en" dir="ltr">Case management</bdi>' in english
    server.get("himaya/trainer?language=ar&")
    arabic = server.get("himaya/trainer").decode()
    server.get("himaya/trainer?language=en&")
    assert '<bdi lang="ar" dir="rtl">' in arabic
    assert ">حماية</a>" in arabic, "the header says the name as headings do"
    assert "Core protection" not in arabic
    assert "Case management" not in arabic
