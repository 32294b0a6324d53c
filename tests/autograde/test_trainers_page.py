"""The trainer's page without a command line: tables to download, and answers from phones, each under the right name."""

from __future__ import annotations

import csv
import io
import urllib.error
import zipfile
from html import unescape
from random import Random
from typing import TYPE_CHECKING

import pytest

from himaya.answers.journal import FILE_NAME
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.platform import Platform, write_configuration
from tests.autograde.conftest import MODULE, ROOT, copy_of
from tests.autograde.trainers_server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BOUNDARY = "between-the-fields"


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
    activities = compile_module(load_module(ROOT / "modules" / MODULE))
    return synthetic_journal(activities, Random(seed), 0.6, 1.0).encode()


def _form(files: Sequence[tuple[str, bytes]], whose: Sequence[str], module: str = MODULE) -> bytes:
    fields = [('name="module"', module.encode())]
    fields += [('name="trainee"', name.encode()) for name in whose]
    fields += [(f'name="files"; filename="{name}"', body) for name, body in files]
    parts = (f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body for head, body in fields)
    return b"\r\n".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def _bring(server: Server, files: Sequence[tuple[str, bytes]], whose: Sequence[str], module: str = MODULE) -> str:
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return unescape(server.post("himaya/trainer/answers", _form(files, whose, module), kind).decode())


def test_two_files_of_one_name_go_to_the_two_people_that_the_trainer_named(server: Server, platform: Platform) -> None:
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
def test_a_name_that_is_none_is_refused_and_the_other_files_go_in(
    server: Server, platform: Platform, whose: str
) -> None:
    before = sorted(path.name for path in (platform.course / "submitted").glob("*"))
    page = _bring(server, [("<b>x</b>.jsonl", _journal(3)), ("y.jsonl", _journal(4))], [whose, "hana"])
    assert f"'{whose}' is no trainee's id" in page
    assert "hana: " in page
    after = sorted(path.name for path in (platform.course / "submitted").glob("*"))
    assert set(after) - set(before) <= {"hana"}


def test_a_files_name_leads_nowhere_and_is_shown_as_text(server: Server, platform: Platform) -> None:
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    body = _form([("../../../<img src=x>.jsonl", b"{}")], ["noor"])
    page = server.post("himaya/trainer/answers", body, kind).decode()
    assert "&lt;img src=x&gt;.jsonl" in page
    assert "<img" not in page
    assert not list(platform.home.rglob("*img*"))


@pytest.mark.parametrize("whose", [[], ["noor", "dilan"]])
def test_a_file_without_exactly_one_name_is_refused(server: Server, whose: list[str]) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        _bring(server, [("a.jsonl", b"{}")], whose)


def test_a_module_that_the_course_has_not_is_refused(server: Server) -> None:
    page = _bring(server, [("a.jsonl", _journal(5))], ["noor"], "../core-protection")
    assert "course 'core-protection' has no module '../core-protection'" in page
    assert "Done: 0." in page


def test_the_tables_are_one_file_that_holds_what_the_command_writes(server: Server) -> None:
    packed = zipfile.ZipFile(io.BytesIO(server.get("himaya/trainer/tables")))
    assert sorted(packed.namelist()) == ["grades.csv", "items.csv", "responses.csv"]
    grades = list(csv.DictReader(io.TextIOWrapper(packed.open("grades.csv"), "utf-8")))
    assert "noor" in {row["student_id"] for row in grades}


def test_course_and_modules_are_named_by_their_titles_in_the_language_that_is_read(server: Server) -> None:
    english = server.get("himaya/trainer").decode()
    assert '<bdi lang="en">Core protection</bdi>' in english
    assert '<bdi lang="en" dir="ltr">Case management</bdi>' in english
    server.get("himaya/trainer?language=ar&")
    arabic = server.get("himaya/trainer").decode()
    server.get("himaya/trainer?language=en&")
    assert '<bdi lang="ar" dir="rtl">' in arabic
    assert "Core protection" not in arabic
    assert "Case management" not in arabic
