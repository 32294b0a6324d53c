"""A platform folder made by an earlier commit starts, grades and gives feedback with this one."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from himaya_autograde.course import CourseDirectory
from himaya_server.platform import COHORT, prepare
from tests.autograde.cohorts import ROOT, own_settings, rows
from tests.browser.link import free_port
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EARLIER = "5eee1fa"  # before every module moved into its room
_PREPARE = """
import sys
from pathlib import Path
from himaya_autograde.platform import prepare
prepare(Path(sys.argv[1]), Path("courses/core-protection"), Path("modules"), print)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a platform that the earlier commit made, with hand-ins that it graded and some that wait."""
    place = tmp_path_factory.mktemp("upgrade")
    git = shutil.which("git")
    assert git is not None, "this test needs git and the history of the repository"
    packed = subprocess.run([git, "archive", EARLIER], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(place / "code", filter="data")
    paths = os.pathsep.join(str(place / "code" / room) for room in ("src", "widgets", "autograde"))
    settings = {"JUPYTER_CONFIG_DIR": str(place / "config"), "JUPYTER_DATA_DIR": str(place / "data")}
    made = [sys.executable, "-P", "-c", _PREPARE, str(place / "platform")]
    subprocess.run(
        made, cwd=place / "code", env={**os.environ, **settings, "PYTHONPATH": paths}, check=True, timeout=500
    )
    with own_settings(place):
        yield place / "platform"


def _scores(course: Path) -> dict[tuple[str, ...], object]:
    return {key: row["auto_score"] for key, row in rows(course).items() if key[0] == "grade"}


def test_earlier_platform_grades_and_gives_feedback(home: Path) -> None:
    platform = prepare(home, [ROOT / "courses" / "core-protection"], ROOT / "modules", print)
    before = _scores(platform.course)
    assert len({key[1] for key in before}) < COHORT
    course = CourseDirectory(platform.course, platform.exchange)
    assert course.collect().problems == {}
    done = course.grade()
    assert (done.problems, len(done.good) + len(done.unchanged)) == ({}, len(course.course.modules) * COHORT)
    assert len(done.unchanged) == len({(trainee, module) for _, trainee, module, *_ in before})
    after = _scores(platform.course)
    assert {key: after[key] for key in before} == before, "the same journal earns the same"
    assert len({key[1] for key in after}) == COHORT
    assert course.feedback().problems == {}
    for module in course.course.modules:
        assert len(list(platform.course.glob(f"feedback/*/{module}/{module}.html"))) == COHORT
    assert len(course.export(home / "tables")) == 3
    assert course.grade().good == [], "what is graded and unchanged is passed over"


def test_earlier_platform_starts(home: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "himaya", "start", "--no-browser", "--folder", str(home), "--port", str(port)]
    environment = {**os.environ, "HIMAYA_TOKEN": "only-for-tests"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        pages = {role: _page(f"http://127.0.0.1:{port}/himaya/{role}", server) for role in ("trainee", "trainer")}
    finally:
        server.terminate()
        server.wait(30)
    assert "Case management" in pages["trainee"]
    assert 'id="passed"' in pages["trainer"]


def _page(address: str, server: subprocess.Popen[bytes]) -> str:
    """Return a page once the server answers."""
    asked = urllib.request.Request(f"{address}?language=en", headers={"Authorization": "token only-for-tests"})  # noqa: S310 - this machine

    def answered() -> str | None:
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - this machine
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            raise
        except OSError:
            return None

    found = wait_until(answered, "the platform answers", every=0.2, process=server)
    assert found is not None
    return found
