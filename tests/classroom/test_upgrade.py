"""Moving a class on to another version, and back; and the unit that starts it after a power cut."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.commands.main import main
from himaya.errors import ClassError
from himaya_server.classroom import backup
from himaya_server.classroom.backup import DATABASE, UPGRADED_FROM, go_back, served_by_nobody_else, upgrade
from himaya_server.classroom.notebooks import write_settings
from himaya_server.classroom.store import open_store, revision_of, take_back
from himaya_server.classroom.unit import HUB, NAME, Service, not_roots, unit
from tests.classroom.moves import fail_when_moved, lose_when_moved
from tests.classroom.test_store import MODULE, made

if TYPE_CHECKING:
    from click.testing import Result

    from himaya_server.classroom.store import Store


@pytest.fixture
def server() -> str:
    """Return the server whose store moves tables on: the site refuses other versions, see `test_site.py`."""
    return "service"


@pytest.fixture
def folder(store: Store, people: list[int]) -> Path:
    """Return the folder of a class with answers whose tables are those of the first version."""
    database = Path(store.engine.url.database or "")
    store.put(people[0], MODULE, [made(1), made(2)])
    store.hand_in(people[0], MODULE, "request-1", len)
    store.new_card(people[1], "trainer")
    store.forget("t-gone123")
    store.engine.dispose()
    take_back(database, "0001")
    return database.parent


def test_older_class_is_not_touched_by_itself(folder: Path) -> None:
    with pytest.raises(ClassError, match="himaya class upgrade"):
        open_store(folder / DATABASE)
    assert revision_of(folder / DATABASE) == "0001"


def test_upgrade_keeps_everything_and_goes_back(folder: Path, people: list[int]) -> None:
    assert upgrade(folder)
    assert not upgrade(folder)
    opened = open_store(folder / DATABASE)
    assert [row["id"] for row in opened.rows(people[0], MODULE).rows] == ["event-0001", "event-0002"]
    assert len(opened.receipts(people[0])) == 1
    token = opened.new_card(people[1], "trainer", b"code")
    opened.put(people[0], MODULE, [made(3)])
    opened.close()
    assert go_back(folder) == "0001"
    assert revision_of(folder / DATABASE) == "0001"
    assert upgrade(folder)
    opened = open_store(folder / DATABASE)
    assert opened.rows(people[0], MODULE).total == 3  # also what came in between
    assert opened.sign_in(token)
    assert opened.forgotten("t-gone123")
    opened.close()


def test_way_back_makes_no_mentor_a_trainer(folder: Path) -> None:
    assert upgrade(folder)
    opened = open_store(folder / DATABASE)
    opened.set_staff("amal", "hash", "north")
    opened.set_staff("bara", "hash", "north", role="mentor")
    opened.set_staff("cora", "hash", coordinator=True)
    people = len(opened.people("north"))
    opened.close()
    take_back(folder / DATABASE, "0003")
    with closing(sqlite3.connect(folder / DATABASE)) as earlier:
        seen = earlier.execute("SELECT login FROM staff JOIN staff_classes ON staff.id = staff_id").fetchall()
        assert seen == [("amal",)]
        assert earlier.execute("SELECT count(*) FROM people").fetchone() == (people,)
    assert upgrade(folder)
    opened = open_store(folder / DATABASE)
    assert opened.staff() == {"amal": ["north"], "bara": [], "cora": []}
    opened.close()


def test_upgrade_that_fails_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / DATABASE).read_bytes()
    fail_when_moved(monkeypatch)
    with pytest.raises(OSError, match="No space"):
        upgrade(folder)
    assert (folder / DATABASE).read_bytes() == before
    assert not (folder / UPGRADED_FROM).exists()
    assert list(folder.glob(".upgrade-*")) == []


def test_way_back_stands_before_tables_move(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = backup._put_in_place

    def cut(*given: Path) -> None:
        real(*given)
        raise OSError(5, "The power is off")

    (folder / UPGRADED_FROM).write_text("0003", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(backup, "_put_in_place", cut)
        with pytest.raises(OSError, match="power"):
            upgrade(folder)
    assert revision_of(folder / DATABASE) != "0001"
    assert go_back(folder) == "0001"
    assert revision_of(folder / DATABASE) == "0001"


def test_upgrade_that_would_lose_answers_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lose_when_moved(monkeypatch)
    with pytest.raises(ClassError, match="nothing was changed"):
        upgrade(folder)
    assert revision_of(folder / DATABASE) == "0001"


def test_served_class_is_not_upgraded(folder: Path) -> None:
    with served_by_nobody_else(folder), pytest.raises(ClassError, match="being served"):
        upgrade(folder)


def test_class_that_never_moved_does_not_go_back(folder: Path) -> None:
    with pytest.raises(ClassError, match="not upgraded"):
        go_back(folder)


# The unit


def install(folder: Path, *arguments: str) -> Result:
    """Write the unit into a folder of the test."""
    return CliRunner().invoke(
        main, ["class", "install", "--folder", str(folder), "--units", str(folder), "--user", "daemon", *arguments]
    )


def test_unit_is_one_that_systemd_takes(store: Store, tmp_path: Path) -> None:
    odd = tmp_path / 'a "class", 100 % $HOME'
    (tmp_path / "class").rename(odd)
    done = install(odd, "--host", "192.168.4.1", "--port", "80")
    assert done.exit_code == 0, done.output
    analyze = shutil.which("systemd-analyze")
    assert analyze is not None, "this test needs systemd-analyze, of Debian's package systemd"
    checked = subprocess.run(
        [analyze, "verify", "--man=no", str(odd / NAME)], capture_output=True, text=True, check=False
    )
    assert [line for line in checked.stderr.splitlines() if NAME in line] == []
    assert checked.returncode == 0
    store.close()


def test_unit_starts_again_and_is_no_administrator() -> None:
    text = unit(Service("amal", Path("/srv/class"), [sys.executable, "-m", "himaya"], 8600))
    for line in ("Restart=always", "User=amal", "NoNewPrivileges=yes", "WantedBy=multi-user.target", "UMask=0077"):
        assert f"\n{line}\n" in text
    assert re.search(r"^AmbientCapabilities=$", text, re.MULTILINE)
    assert "AmbientCapabilities=CAP_NET_BIND_SERVICE\n" in unit(Service("amal", Path("/"), ["x"], 443))


def test_notebooks_start_by_themselves_too(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    write_settings(folder, 8, 8601, tmp_path / "hub")
    done = install(folder, "--host", "192.168.4.1")
    assert done.exit_code == 0, done.output
    assert f"enable --now {NAME} {HUB}" in done.output
    text = (folder / HUB).read_text(encoding="utf-8")
    assert "User=" not in text  # it makes users
    assert '"-P" "-m" "himaya"' in text  # what root runs lies in no folder of the class's
    assert "\nWorkingDirectory=/\n" in text
    assert f"After=network-online.target {NAME}\n" in text
    assert '"hub" "--host" "192.168.4.1"' in text
    assert "--port" not in text
    analyze = shutil.which("systemd-analyze") or "systemd-analyze"
    checked = subprocess.run(
        [analyze, "verify", "--man=no", str(folder / HUB)], capture_output=True, text=True, check=False
    )
    assert [line for line in checked.stderr.splitlines() if HUB in line] == []
    store.close()


def test_what_others_can_change_is_told(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    (shared / "python").touch()
    assert not_roots([Path("/usr/bin/env"), shared / "python"]) is not None
    assert not_roots([Path("/usr/bin/env")]) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--user", "root"], "does not run as root"),
        (["--host", "8.8.8.8"], "without encryption"),
        (["--units", "/nowhere"], "as an administrator"),
        (["--key", "key.pem"], "with --certificate"),
    ],
)
def test_wrong_installation_is_told(store: Store, tmp_path: Path, arguments: list[str], said: str) -> None:
    done = install(tmp_path / "class", *arguments)
    assert done.exit_code != 0
    assert said in done.output
    store.close()
