"""A server whose user is no trainer opens nothing of the course."""

from __future__ import annotations

import json
import shutil
import urllib.error
from typing import TYPE_CHECKING

import pytest

from himaya_server.platform import Platform, write_configuration
from tests.autograde.cohorts import ROOT
from tests.autograde.conftest import MODULE
from tests.autograde.trainers_server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def trainee_only(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the role trainee alone, on a machine where the course lies below its root."""
    platform = Platform(tmp_path_factory.mktemp("roles"), "core-protection")
    for folder in (platform.desk / "trainee", platform.desk / "mentor", platform.config, platform.data):
        folder.mkdir(parents=True)
    shutil.copytree(released / "core-protection", platform.course)
    shutil.copytree(released / "exchange", platform.exchange)
    write_configuration(platform)
    path = platform.config / "jupyter_server_config.json"
    configured = json.loads(path.read_text(encoding="utf-8"))
    configured["HimayaHome"]["roles"] = ["trainee"]
    path.write_text(json.dumps(configured), encoding="utf-8")
    with serving(platform.home, "himaya/trainee") as server:
        yield server


_COURSE = "trainer/core-protection"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("himaya/trainer", 403),
        ("himaya/trainer/local-facts", 403),
        ("himaya/desk/core-protection/questions", 403),
        ("himaya/desk/core-protection/reports/class.csv", 403),
        ("himaya/desk/core-protection/certificates", 403),
        (f"himaya/mentor/sheet/{MODULE}", 403),
        ("formgrader", 403),
        ("formgrader/", 403),
        ("formgrader/gradebook", 403),
        ("formgrader/manage_students", 403),
        ("formgrader/submissions/0123456789abcdef/", 403),
        ("formgrader/api/students", 403),
        ("formgrader/api/assignments", 403),
        (f"files/{_COURSE}/course.yaml", 404),
        (f"files/{_COURSE}/gradebook.db", 404),
        (f"api/contents/{_COURSE}", 404),
        (f"api/contents/{_COURSE}/source", 404),
        (f"api/contents/{_COURSE}/gradebook.db", 404),
        (f"nbconvert/html/{_COURSE}/source/{MODULE}/{MODULE}.ipynb", 404),
        (f"voila/render/{_COURSE}/release/{MODULE}/{MODULE}.ipynb", 403),
    ],
)
def test_trainee_opens_nothing_of_the_course(trainee_only: Server, path: str, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        trainee_only.get(path)
    assert refused.value.code == status
    refused.value.close()


def test_trainee_keeps_their_own_pages(trainee_only: Server) -> None:
    assert f"himaya/open/{MODULE}/app".encode() in trainee_only.get("himaya/trainee")
    assert trainee_only.get("api/contents/trainee")


def test_extensions_are_neither_looked_up_nor_installed(trainee_only: Server) -> None:
    found = json.loads(trainee_only.get("lab/api/extensions"))
    assert [each["name"] for each in found if not each["installed"]] == []
    trainee_only.get("himaya/trainee")
    with pytest.raises(urllib.error.HTTPError) as refused:
        trainee_only.post(
            "lab/api/extensions", b'{"cmd": "install", "extension_name": "ipydatagrid"}', "application/json"
        )
    assert refused.value.code == 422, "the manager only reads"
    refused.value.close()


def test_server_without_our_extension_does_not_start(tmp_path: Path) -> None:
    """It would serve formgrader to everybody."""
    platform = Platform(tmp_path, "core-protection")
    for folder in (platform.desk / "trainee", platform.config, platform.data, platform.course.parent):
        folder.mkdir(parents=True)
    shutil.copytree(ROOT / "courses" / "core-protection", platform.course)
    write_configuration(platform)
    path = platform.config / "jupyter_server_config.json"
    configured = json.loads(path.read_text(encoding="utf-8"))
    configured["HimayaHome"]["roles"] = ["boss"]
    path.write_text(json.dumps(configured), encoding="utf-8")
    with (
        pytest.raises(AssertionError, match="the process ended before the platform answers"),
        serving(platform.home, "lab"),
    ):
        pass
