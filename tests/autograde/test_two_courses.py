"""A platform with two courses: each step, page and file belongs to one course, and every guard holds for both."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import urllib.error
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from himaya.answers.journal import FILE_NAME
from himaya.content.assignments import form_names
from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from himaya_autograde.course import CourseDirectory
from himaya_autograde.synthetic import synthetic_journal
from himaya_server import platform as platform_module
from himaya_server.platform import Platform, prepare
from tests.autograde.cohorts import ROOT
from tests.autograde.trainers_server import Server, serving
from tests.courses import one_module_course
from tests.shipped import a_module

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.proof  # a platform with two classes
FIRST, SECOND = "core-protection", "mainstreaming-pseah"
MODULE, OTHER = a_module("core-protection"), a_module("mainstreaming-pseah", with_=lambda module: module.module.safety)
_IN = f"himaya/course/{SECOND}"


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two courses of one module each."""
    folder = tmp_path_factory.mktemp("courses")
    return [one_module_course(folder / FIRST, MODULE), one_module_course(folder / SECOND, OTHER, SECOND)]


@pytest.fixture(scope="module")
def platform(courses: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A new platform with both, whose class is smaller than that of a real one."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("two") / "home"
        patch.setenv("JUPYTER_CONFIG_DIR", str(home / "config"))
        patch.setenv("JUPYTER_DATA_DIR", str(home / "data"))
        patch.setattr(platform_module, "COHORT", 2)
        patch.setattr(platform_module, "_COLLECTED", 1)
        made = prepare(home, courses, ROOT / "modules", lambda _: None)
        # A trainer's rule for the first course must not reach the second.
        with (made.course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write('\nc = get_config()\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
        yield made


@pytest.fixture(scope="module")
def server(platform: Platform) -> Iterator[Server]:
    with serving(platform.home) as running:
        running.get("himaya/trainer")  # as somebody does who then presses a button
        yield running


def _all_of(platform: Platform, course: str) -> dict[str, str]:
    """Return every file of a course's directory and of its part of the exchange, but for databases."""
    top = [platform.desk / "trainer" / course, platform.exchange / course]
    files = [path for folder in top for path in folder.rglob("*") if path.is_file() and path.suffix != ".db"]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _hand_in(platform: Platform) -> None:
    """Answer and hand in the second course's module, as the notebook does."""
    folder = platform.desk / "trainee" / SECOND / OTHER
    activities = compile_module(without_forms(load_module(ROOT / "modules" / OTHER)))
    (folder / FILE_NAME).write_text(synthetic_journal(activities, Random(7), 0.8, 1.0), encoding="utf-8")
    course = json.loads((folder / "activities.json").read_text(encoding="utf-8"))["course"]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(platform.config),
        "JUPYTER_DATA_DIR": str(platform.data),
        "HIMAYA_TRAINEE": "trainee",
    }
    command = [sys.executable, "-m", "himaya_autograde.submit", "submit", course, str(folder)]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=folder).stdout
    assert "receipt" in json.loads(answer)["answer"], answer


def test_second_course_goes_from_opening_to_feedback(server: Server, platform: Platform) -> None:
    page = server.get("himaya/trainee").decode()
    assert page.index(f'himaya/open/{MODULE}/app"') < page.index(f'{_IN}/open/{OTHER}/app"')
    server.get(f"{_IN}/open/{OTHER}/notebook")
    _hand_in(platform)
    first = _all_of(platform, FIRST)
    graded = CourseDirectory(platform.course, platform.exchange).gradebook().handed_in()
    for step, done in {"collect": 2, "grade": 1, "feedback": 1}.items():  # nobody answered the safety form
        # Feedback asks first, since a reflection waits to be read.
        told = server.post(f"{_IN}/trainer/{step}", b"what=all" if step == "feedback" else b"").decode()
        assert f"Done: {done}. Needs you: 0." in told, told
        assert "Protection mainstreaming and PSEAH</bdi></h1>" in told
    assert _all_of(platform, FIRST) == first
    assert CourseDirectory(platform.course, platform.exchange).gradebook().handed_in() == graded
    page = server.get("himaya/trainee").decode()
    assert f'{_IN}/feedback/{OTHER}"' in page
    assert page.count('class="standing"') == 1
    assert b"</html>" in server.get(f"{_IN}/feedback/{OTHER}")
    for other in (f"himaya/feedback/{OTHER}", f"{_IN}/feedback/{MODULE}", f"{_IN}/open/{MODULE}/app"):
        _refused(server, other, 404)
    (work,) = CourseDirectory(platform.desk / "trainer" / SECOND, platform.exchange).gradebook().handed_in()
    assert work == ("trainee", OTHER)


def test_formgrader_lists_points_that_count(server: Server, platform: Platform) -> None:
    course = CourseDirectory(platform.desk / "trainer" / SECOND, platform.exchange)
    standing = course.results().verdict("trainee").standing
    at = f"{_IN}/formgrader/api"
    (student,) = json.loads(server.get(f"{at}/students"))
    lists = (f"submissions/{OTHER}", f"submitted_notebooks/{OTHER}/{OTHER}", "student_submissions/trainee")
    rows = [row for path in lists for row in json.loads(server.get(f"{at}/{path}")) if row["name"] == OTHER]
    rows += [student, json.loads(server.get(f"{at}/submission/{OTHER}/trainee"))]
    assert [(row["score"], row["max_score"]) for row in rows] == [(standing.earned, standing.worth)] * 5
    (module,) = (each for each in json.loads(server.get(f"{at}/assignments")) if each["name"] == OTHER)
    assert (module["average_score"], module["max_score"]) == (standing.earned, standing.worth)
    assert course.gradebook().modules()[0].most > standing.worth, "scenarios count for nothing here"
    _refused(server, f"{at}/student/nobody", 404)


def test_first_course_keeps_its_folders(server: Server, platform: Platform) -> None:
    for address, folder in (
        (f"himaya/open/{MODULE}/notebook", f"trainee/{MODULE}"),
        ("himaya/open/overview/notebook", "trainee/overview"),
        (f"{_IN}/open/overview/notebook", f"trainee/{SECOND}/overview"),
    ):
        server.get(address)
        assert list((platform.desk / folder).glob("*.ipynb"))
    ours, theirs = (platform.desk / "trainee" / name / "overview" / "overview.ipynb" for name in ("", SECOND))
    assert ours.read_bytes() != theirs.read_bytes()


def test_every_course_has_its_formgrader(server: Server) -> None:
    """Side by side, so that no tab acts on a course that another tab has chosen."""
    for _ in range(2):
        for at, course, module in (("formgrader", FIRST, MODULE), (f"{_IN}/formgrader", SECOND, OTHER)):
            listed = json.loads(server.get(f"{at}/api/assignments"))
            assert [each["name"] for each in listed] == [module, *form_names(module)]
            page = server.get(f"{at}/manage_assignments").decode()
            assert f'"{course}"' in page or f"'{course}'" in page
            assert f"/{at}/static/" in page
    told = json.loads(server.post(f"{_IN}/formgrader/api/assignment/{OTHER}/collect"))
    assert told["success"], told


def test_marking_page_belongs_to_its_course(server: Server, platform: Platform) -> None:
    for at, name, module in (("formgrader", FIRST, MODULE), (f"{_IN}/formgrader", SECOND, OTHER)):
        with CourseDirectory(platform.desk / "trainer" / name, platform.exchange).api.gradebook as gradebook:
            (submission, *_) = gradebook.notebook_submissions(module, module)
            number = submission.id
        page = server.get(f"{at}/submissions/{number}/").decode()
        assert f'data-api="/{at}/api/"' in page
        other = "formgrader" if at != "formgrader" else f"{_IN}/formgrader"
        _refused(server, f"{other}/submissions/{number}/", 404)
        _refused(server, f"{at}/submissions/{number}/evil.svg", 404)


@pytest.mark.parametrize("path", ["..", f"trainer/{FIRST}/submitted/x", "trainee", "/tmp"])  # noqa: S108
def test_formgrader_loads_no_other_configuration(server: Server, platform: Platform, path: str) -> None:
    """nbgrader runs the `nbgrader_config.py` of whatever folder the address names."""
    folder = platform.desk / path
    folder.mkdir(parents=True, exist_ok=True)
    ran = platform.home / "ran"
    planted = folder / "nbgrader_config.py"
    if not path.startswith("/"):
        planted.write_text(f"open({str(ran)!r}, 'w').close()\n", encoding="utf-8")
    for at in ("formgrader", f"{_IN}/formgrader"):
        _refused(server, f"{at}?path={folder}&", 404)
    server.get("formgrader/manage_assignments")
    planted.unlink(missing_ok=not planted.exists())
    assert not ran.exists()


@pytest.mark.parametrize("course", [FIRST, SECOND])
@pytest.mark.parametrize("route", ["files/{}/x.svg", "api/contents/{}", "voila/render/{}/x.ipynb"])
@pytest.mark.parametrize("step", ["submitted", "autograded", "feedback", "keys"])
def test_nothing_handed_in_is_opened(server: Server, platform: Platform, course: str, route: str, step: str) -> None:
    folder = platform.desk / "trainer" / course / step
    folder.mkdir(exist_ok=True)
    (folder / "x.svg").touch()
    (folder / "x.ipynb").touch()
    try:
        with pytest.raises(urllib.error.HTTPError) as refused:
            server.get(route.format(f"trainer/{course}/{step}"))
        assert refused.value.code in (403, 404)
        refused.value.close()
    finally:
        (folder / "x.svg").unlink()
        (folder / "x.ipynb").unlink()
    assert server.get(f"api/contents/trainer/{course}/source")


def test_saved_answers_go_to_their_course(server: Server, platform: Platform) -> None:
    activities = compile_module(without_forms(load_module(ROOT / "modules" / OTHER)))
    journal = synthetic_journal(activities, Random(8), 0.8, 1.0).encode()
    kind = "application/octet-stream"
    first = _all_of(platform, FIRST)
    asked = json.dumps({"module": OTHER, "files": 1, "bytes": len(journal)}).encode()
    batch = json.loads(server.post(f"{_IN}/trainer/answers", asked, kind))["batch"]
    with pytest.raises(urllib.error.HTTPError) as refused:  # a batch is of the course that it began in
        server.post(f"himaya/trainer/answers/{batch}/0", journal, kind)
    assert refused.value.code == 404
    refused.value.close()
    server.post(f"{_IN}/trainer/answers/{batch}/0", journal, kind)
    server.post(f"{_IN}/trainer/answers/{batch}", b'[{"name": "a", "trainee": "noor"}]', kind)
    while not json.loads(server.get(f"{_IN}/trainer/answers/{batch}"))["ended"]:
        pass
    assert "Done: 1. Needs you: 0." in server.get(f"{_IN}/trainer?taken={batch}&").decode()
    assert (platform.desk / "trainer" / SECOND / "submitted" / "noor" / OTHER / FILE_NAME).exists()
    assert _all_of(platform, FIRST) == first


def test_apps_of_both_courses_are_there_to_show(server: Server) -> None:
    page = server.get("himaya/mentor").decode()
    assert f"mentor/{MODULE}/{MODULE}.ipynb" in page
    assert f"mentor/{OTHER}/{OTHER}.ipynb" in page


@pytest.mark.parametrize(
    "path", [f"{_IN}/trainer", f"{_IN}/trainer/tables", f"{_IN}/formgrader", f"{_IN}/formgrader/api/assignments"]
)
def test_trainee_opens_nothing_of_either_course(trainee_only: Server, path: str) -> None:
    _refused(trainee_only, path, 403)


@pytest.mark.parametrize("course", [FIRST, SECOND])
def test_trainee_reads_no_file_of_either_course(trainee_only: Server, course: str) -> None:
    for path in (f"files/trainer/{course}/course.yaml", f"api/contents/trainer/{course}/source"):
        _refused(trainee_only, path, 404)


@pytest.fixture(scope="module")
def trainee_only(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same platform, as it was made, for a user of the role trainee alone."""
    home = shutil.copytree(platform.home, tmp_path_factory.mktemp("trainee") / "home")
    copied = Platform(home, FIRST, (SECOND,))
    platform_module.write_configuration(copied)
    path = copied.config / "jupyter_server_config.json"
    configured = json.loads(path.read_text(encoding="utf-8"))
    configured["HimayaHome"]["roles"] = ["trainee"]
    path.write_text(json.dumps(configured), encoding="utf-8")
    with serving(home, "himaya/trainee") as running:
        yield running


def _refused(server: Server, path: str, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        server.get(path)
    assert refused.value.code == status
    refused.value.close()


def test_earlier_platform_keeps_its_course_first(platform: Platform, courses: list[Path], tmp_path: Path) -> None:
    """A folder of the version before knew one course, and its name stood in the configuration alone."""
    home = tmp_path / "home"
    (home / "desk" / "trainee" / OTHER).mkdir(parents=True)
    for part in ("config", "data", "desk/mentor"):
        shutil.copytree(platform.home / part, home / part)
    for part in ("desk/trainer", "exchange"):
        shutil.copytree(platform.home / part / SECOND, home / part / SECOND)
    (home / "ready").write_text("The platform in this folder is complete.\n", encoding="utf-8")
    earlier = {"HimayaHome": {"course": f"trainer/{SECOND}", "course_id": SECOND}}
    (home / "config" / "jupyter_server_config.json").write_text(json.dumps(earlier), encoding="utf-8")
    only = prepare(home, courses[1:], ROOT / "modules", lambda _: None)
    assert only.courses == (SECOND,)
    both = prepare(home, courses, ROOT / "modules", lambda _: None)
    assert both.courses == (SECOND, FIRST)
    again = prepare(home, courses[:1], ROOT / "modules", lambda _: None)
    assert again.courses == (FIRST,)
    configured = json.loads((home / "config" / "jupyter_server_config.json").read_text(encoding="utf-8"))
    (course,) = configured["HimayaHome"]["courses"]
    assert course == {"id": FIRST, "directory": f"trainer/{FIRST}", "trainee": f"trainee/{FIRST}"}
    assert CourseDirectory(home / "desk" / "trainer" / FIRST, home / "exchange").gradebook().trainees() == []


def test_platform_for_a_real_class_invents_nobody(courses: list[Path], tmp_path: Path) -> None:
    made = prepare(tmp_path / "home", courses[:1], ROOT / "modules", lambda _: None, invented=False)
    assert (made.course / "release" / MODULE).is_dir()
    assert not (made.course / "submitted").exists()
    assert not (made.exchange / FIRST / "inbound").exists() or not list((made.exchange / FIRST / "inbound").iterdir())
    assert CourseDirectory(made.course, made.exchange).gradebook().trainees() == []


def test_course_that_was_half_made_is_made_again(
    courses: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform_module, "_demonstrate", lambda *_: None)
    home = tmp_path / "home"
    prepare(home, courses[:1], ROOT / "modules", lambda _: None)

    def full(*_: object, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(CourseDirectory, "release", full)
        with pytest.raises(OSError, match="No space"):
            prepare(home, courses, ROOT / "modules", lambda _: None)
    assert prepare(home, courses[:1], ROOT / "modules", lambda _: None).courses == (FIRST,)
    assert not (home / "desk" / "trainer" / SECOND).exists()
    prepare(home, courses, ROOT / "modules", lambda _: None)
    assert (home / "desk" / "trainer" / SECOND / "release" / OTHER).is_dir()
    assert list((home / "exchange" / SECOND / "outbound").iterdir())
