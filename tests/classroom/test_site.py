"""What only the site has: it imports no POSIX-only module, and commands use its code where it served last."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, OperationalError

from himaya.commands.main import main
from himaya_server.classroom import store as stores
from himaya_server.classroom.records import Put, Rows
from himaya_site.answers import put
from tests.classroom.test_store import MODULE, made

if TYPE_CHECKING:
    from pathlib import Path

    from himaya_server.classroom.store import Store

_CLOCK = """
from himaya_site.project.start import prepare
prepare()
from himaya.languages.dates import clock_time
print(clock_time(1_800_000_000, "en"))
"""
_WITHOUT_POSIX = """
import importlib, pkgutil, sys
for name in ("fcntl", "pwd", "grp", "resource", "termios"):
    sys.modules[name] = None
from himaya_site.project.start import prepare
prepare()
import himaya_site
for each in pkgutil.walk_packages(himaya_site.__path__, "himaya_site."):
    importlib.import_module(each.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


def test_site_imports_no_posix_module_and_no_jupyter() -> None:
    done = subprocess.run([sys.executable, "-c", _WITHOUT_POSIX], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "himaya_site" in done.stdout.split()
    unwanted = {"tornado", "sqlalchemy", "alembic", "IPython", "jupyter_server", "nbgrader", "nbformat"}
    assert unwanted & set(done.stdout.split()) == set()


def test_site_shows_the_time_of_this_machine() -> None:
    there = {**os.environ, "TZ": "Asia/Baghdad"}
    done = subprocess.run([sys.executable, "-c", _CLOCK], capture_output=True, text=True, check=True, env=there)
    assert "11:00" in done.stdout  # three hours ahead of UTC


def test_commands_use_the_site_where_it_served(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("today's store is opened")

    folder = tmp_path / "class"
    assert len(store.people("north")) == 2
    (folder / "site").touch()
    monkeypatch.setattr(stores, "open_store", refused)
    done = CliRunner().invoke(main, ["class", "status", "--folder", str(folder)])
    assert (done.exit_code, "north: 2 people" in done.output) == (0, True), done.output


def test_older_tables_are_not_served(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.close()
    monkeypatch.setattr("himaya_site.project.start.REVISION", "9999")
    (tmp_path / "class" / "site").touch()
    done = CliRunner().invoke(main, ["class", "status", "--folder", str(tmp_path / "class")])
    assert "himaya class upgrade" in done.output
    assert done.exit_code != 0


def test_put_that_breaks_the_transaction_stops_no_other(
    store: Store, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = put._append

    def broken(cursor: object, step: Put, epoch: str) -> Rows:
        done = real(cursor, step, epoch)
        if step.person_id == people[1]:
            raise IntegrityError("planted")
        return done

    monkeypatch.setattr(put, "_append", broken)
    first, second = store.write_all([Put(person, MODULE, [made(1)]) for person in people])
    assert isinstance(first, Rows)
    assert isinstance(second, IntegrityError)
    assert [store.rows(person, MODULE).total for person in people] == [1, 0]


def test_full_disk_is_told_to_all(store: Store, people: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(put, "_append", full)
    done = store.write_all([Put(person, MODULE, [made(1)]) for person in people])
    assert [type(each) for each in done] == [OperationalError] * 2


def test_writer_outlives_a_failure(store: Store, people: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    assert store.people("north")
    writer, real = put.Writer(), put.write_all
    failed = threading.Event()

    def once(steps: object) -> object:
        if failed.is_set():
            return real(steps)
        failed.set()
        raise RuntimeError("planted")

    monkeypatch.setattr(put, "write_all", once)
    try:
        with pytest.raises(RuntimeError, match="planted"):
            writer.take(Put(people[0], MODULE, [made(1)]))
        assert writer.take(Put(people[0], MODULE, [made(1)])).total == 1
    finally:
        writer.stop()
