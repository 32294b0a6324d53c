"""The trainer's page of local facts: three states, what it writes, and whom it refuses."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING

import pytest

from himaya.content.country import FILE, read_country, version_of
from himaya_server.platform import Platform, write_configuration
from tests.autograde.conftest import ROOT, copy_of
from tests.autograde.trainers_server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAGE = "himaya/trainer/local-facts"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("repository")
    (base / "courses").mkdir()
    shutil.copy(ROOT / FILE, base / FILE)
    return base


@pytest.fixture(scope="module")
def server(released: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Platform(tmp_path_factory.mktemp("facts"), "core-protection", repository=repository)
    copy_of(released, made.course.parent)
    for folder in (made.config, made.data, made.exchange):
        folder.mkdir()
    write_configuration(made)
    with serving(made.home) as running:
        running.get("himaya/trainer")  # as somebody does who then opens the page
        yield running


def _write(server: Server, repository: Path, name: str, **given: str) -> str:
    seen = version_of(read_country(repository).settings[name])
    form = urllib.parse.urlencode({"seen": seen, **given}).encode()
    try:
        return unescape(server.post(f"{_PAGE}/{name}", form).decode())
    except urllib.error.HTTPError as error:
        return unescape(f"{error.code} {error.read().decode()}")


def test_page_shows_read_facts_with_their_source(server: Server) -> None:
    page = unescape(server.get(_PAGE).decode())
    assert "Read by us." in page
    assert "Not shown." in page
    assert "Criminal Procedure Code, Law 23 of 1971" in page
    assert _PAGE in server.get("himaya/trainer").decode()


def test_checked_fact_is_written_with_who_and_when(server: Server, repository: Path) -> None:
    other = read_country(repository).settings["kri-law"]
    given = {"value": "The forum of the governorate", "source": "Its minutes.", "checked_by": "legal adviser"}
    page = _write(server, repository, "coordination", state="checked", **given)
    assert "Written: " in page
    written = read_country(repository).settings["coordination"]
    assert (written.value, written.source, written.checked_by) == tuple(given.values())
    assert (written.status, written.last_checked) == ("checked", datetime.now(UTC).date())
    assert written.last_read is None
    assert read_country(repository).settings["kri-law"] == other


def test_hidden_fact_keeps_its_value(server: Server, repository: Path) -> None:
    known = read_country(repository).settings["trafficking"]
    given = {"value": str(known.value), "source": str(known.source)}
    assert "Written: " in _write(server, repository, "trafficking", state="hidden", **given)
    written = read_country(repository).settings["trafficking"]
    assert (written.value, written.day) == (known.value, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"value": "Call 119", "source": "A.", "state": "read"}, "409"),
        ({"value": "<img src=x>", "source": "A.", "state": "read"}, "plain words"),
        ({"value": "", "source": "", "state": "read"}, "'value' must be filled in"),
        ({"value": "A", "source": "B", "state": "checked"}, "'checked_by' must be filled in"),
        ({"value": "A", "source": "B", "state": "signed"}, "400"),
        ({"value": "A" * 2001, "source": "B", "state": "read"}, "400"),
        ({"value": "A", "source": "B", "state": "read", "seen": "0" * 16}, "somebody changed this meanwhile"),
    ],
)
def test_faulty_form_writes_nothing(server: Server, repository: Path, given: dict[str, str], said: str) -> None:
    before = (repository / FILE).read_bytes()
    page = _write(server, repository, "marriage-age", **given)
    assert said in page
    assert "<img src=x>" not in page
    assert (repository / FILE).read_bytes() == before


def test_form_without_token_is_refused(server: Server, repository: Path) -> None:
    before = (repository / FILE).read_bytes()
    request = urllib.request.Request(f"{server.address}{_PAGE}/marriage-age", b"state=hidden")  # noqa: S310 - our own
    with pytest.raises(urllib.error.HTTPError) as refused:
        server.opener.open(request, timeout=60)  # the browser's cookies come along, as with a form of another site
    assert refused.value.code == 403
    assert (repository / FILE).read_bytes() == before
