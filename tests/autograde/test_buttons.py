"""formgrader's buttons, pressed over HTTP: hostile code reaches nothing, and every step works outside the server."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from himaya_server.platform import Platform, write_configuration
from tests.autograde.cohorts import built_and_released, own_settings
from tests.autograde.conftest import ROOT, needs_sandbox
from tests.autograde.hostile_cells import PEEKS, SECRET
from tests.autograde.test_code_items import ALL, ITEM, MODULE, hand_in, module
from tests.autograde.trainers_server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya_autograde.course import CourseDirectory

pytestmark = pytest.mark.proof  # formgrader with hostile code in a sandbox
_LEFT = "3141592653"  # seconds that a process left behind would sleep, so that it can be found


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> CourseDirectory:
    """A released course with code to write, in a platform of its own."""
    platform = Platform(tmp_path_factory.mktemp("buttons"), "core-protection")
    platform.course.mkdir(parents=True)
    for folder in (platform.config, platform.data, platform.exchange, platform.course.parent / "exchange"):
        folder.mkdir(parents=True, exist_ok=True)
    text = f"id: core-protection\ntitle: x\nsummary: x\nmodules: [{MODULE}]\npass_mark: 80\nlanguages: [en]\n"
    (platform.course / "course.yaml").write_text(text, encoding="utf-8")
    for name in ("nbgrader_config.py", "overview.md"):
        (platform.course / name).write_bytes((ROOT / "courses" / "core-protection" / name).read_bytes())
    module(platform.home)
    write_configuration(platform)
    with own_settings(platform.home):
        return built_and_released(platform.course, platform.home / "modules")


@pytest.fixture(scope="module")
def server(course: CourseDirectory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIMAYA_TEST_SECRET", SECRET)
        with serving(course.path.parents[2]) as running:
            yield running


def _hostile(course: CourseDirectory) -> str:
    place: dict[str, Any] = {"course": course.path, "pid": os.getpid(), "port": 9, "name": "himaya"}
    tries = [source.format(**place) for source in PEEKS.values()]
    lines = "\n".join(f"try:\n    exec({source!r})\nexcept BaseException: pass" for source in tries)
    left = f"import subprocess\nsubprocess.Popen(['sleep', '{_LEFT}'], start_new_session=True)"
    printed = "print(repr(got) if 'got' in globals() else 'nothing', '<script>')"
    return f"{lines}\n{printed}\n{ALL}\n{left}\nraise SystemExit"


def _untouched(course: CourseDirectory) -> dict[str, str]:
    folders = [course.path / name for name in ("source", "release", "keys", "submitted")]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _grade(server: Server, trainee: str) -> dict[str, Any]:
    return dict(json.loads(server.post(f"formgrader/api/submission/{MODULE}/{trainee}/autograde")))


@needs_sandbox
def test_hostile_code_reaches_nothing_and_earns_nothing(server: Server, course: CourseDirectory) -> None:
    hand_in(course, "honest", ALL)
    hand_in(course, "hostile", _hostile(course))
    hand_in(course, "endless", "while True: pass")
    before = _untouched(course)
    for trainee in ("honest", "hostile", "endless"):
        assert _grade(server, trainee)["success"], trainee
    assert _untouched(course) == before
    assert not (course.path / "planted").exists()
    assert [each.pid for each in psutil.process_iter() if _LEFT in " ".join(_words(each))] == []
    written = (course.path / "autograded" / "hostile" / MODULE / f"{MODULE}.ipynb").read_text(encoding="utf-8")
    assert SECRET not in written
    assert "nothing <script>" in written, "it ran, and saw nothing"
    with course.api.gradebook as gradebook:
        earned = {
            name: gradebook.find_grade(ITEM, MODULE, MODULE, name).auto_score
            for name in ("honest", "hostile", "endless")
        }
    assert (earned["honest"], earned["endless"]) == (4, 0)
    assert (earned["hostile"] or 0) <= earned["honest"]


def test_every_button_of_formgrader_works_outside_the_server(server: Server, course: CourseDirectory) -> None:
    def press(step: str, whose: str = "") -> dict[str, Any]:
        return dict(json.loads(server.post(f"formgrader/api/assignment/{MODULE}{whose}/{step}")))

    (hand_in(course, "dilan", ALL) / "submission_secret.txt").write_text("0" * 128, encoding="utf-8")
    assert press("assign")["success"]
    assert press("release")["success"]
    inbound = Platform(course.path.parents[2], "core-protection").exchange / "core-protection" / "inbound"
    nameless = inbound / f"no name!+{MODULE}+2026-01-11 01:00:00.000000 UTC+x"
    nameless.mkdir()
    assert "Not collected: no name!" in press("collect")["log"]
    assert _grade(server, "dilan")["success"]
    assert press("generate_feedback", "/dilan") == {"success": True}
    assert (course.path / "feedback" / "dilan" / MODULE / f"{MODULE}.html").exists()
    assert press("release_feedback", "/dilan") == {"success": True}
    assert press("unrelease")["success"]


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
