"""Backups: encrypted, whole while people answer, and no way back for whom the class forgot."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.commands.main import main
from himaya.errors import ClassError
from himaya_server.classroom import sealing
from himaya_server.classroom.backup import KEY, back_up, restore, served_by_nobody_else
from himaya_server.classroom.sealing import kept_key
from himaya_server.classroom.store import open_store
from tests.classroom.moves import answering
from tests.classroom.running import PASSPHRASE
from tests.classroom.test_store import MODULE, made

if TYPE_CHECKING:
    from pathlib import Path

    from himaya_server.classroom.store import Store


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a guess cost little here."""
    monkeypatch.setattr(sealing, "_COST", 2**10)


@pytest.fixture
def folder(tmp_path: Path, store: Store) -> Path:
    """Return the folder of the class, with a key for names."""
    assert store.people("north")
    kept_key(tmp_path / "class" / KEY)
    return tmp_path / "class"


def test_backup_comes_back(store: Store, people: list[int], folder: Path, tmp_path: Path) -> None:
    store.put(people[0], MODULE, [made(1)])
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    assert (tmp_path / "stick").stat().st_mode & 0o077 == 0
    assert b"SQLite" not in (tmp_path / "stick").read_bytes()
    restore(tmp_path / "new", tmp_path / "stick", PASSPHRASE)
    assert (tmp_path / "new" / KEY).read_bytes() == (folder / KEY).read_bytes()
    restored = open_store(tmp_path / "new" / "class.db")
    assert restored.rows(people[0], MODULE).rows == [made(1)]
    restored.close()


def test_backup_under_load_is_whole(store: Store, people: list[int], folder: Path, tmp_path: Path) -> None:
    with answering(store, people):
        for number in range(3):
            back_up(folder, tmp_path / f"stick-{number}", PASSPHRASE)
    for number in range(3):
        restore(tmp_path / f"new-{number}", tmp_path / f"stick-{number}", PASSPHRASE)
        restored = open_store(tmp_path / f"new-{number}" / "class.db")
        with restored.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        for person in people:
            assert restored.rows(person, MODULE).total % 2 == 0  # each put whole or not at all
        restored.close()


def test_forgotten_person_stays_forgotten(store: Store, people: list[int], folder: Path, tmp_path: Path) -> None:
    person = store.people("north")[0]
    store.put(people[0], MODULE, [made(1, value="planted-jasmine")])
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    store.forget(person.pseudonym)
    store.close()
    assert restore(folder, tmp_path / "stick", PASSPHRASE) == 1
    held = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert b"planted-jasmine" not in held
    assert person.pseudonym.encode() not in held


def test_killed_backup_leaves_nothing_in_clear(store: Store, people: list[int], folder: Path, tmp_path: Path) -> None:
    store.put(people[0], MODULE, [made(1, value="planted-jasmine")])
    store.close()
    code = (
        "import os, signal, sys, pathlib\n"
        "from himaya_server.classroom import backup\n"
        "backup.tarfile.TarFile.addfile = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "backup.back_up(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), 'a passphrase')\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, folder, tmp_path / "stick"], check=False)
    assert killed.returncode == -signal.SIGKILL
    copies = [file for each in folder.iterdir() if each.is_dir() for file in each.rglob("*") if file.is_file()]
    assert copies == []


@pytest.mark.parametrize("name", [".backup-x1", ".restore-x1", ".upgrade-x1", ".aside-x1"])
def test_copies_that_were_left_go_at_every_start(store: Store, folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "class.db").write_bytes(b"planted-jasmine")
    assert CliRunner().invoke(main, ["class", "status", "--folder", str(folder)]).exit_code == 0
    assert not (folder / name).exists()
    assert store.people("north")


def test_copy_in_use_stays(folder: Path) -> None:
    (folder / ".aside-x1").mkdir()
    descriptor = os.open(folder / ".aside-x1", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    CliRunner().invoke(main, ["class", "status", "--folder", str(folder)])
    os.close(descriptor)
    assert (folder / ".aside-x1").is_dir()


def test_ended_class_stays_ended(store: Store, people: list[int], folder: Path, tmp_path: Path) -> None:
    store.set_staff("amal", "hash", "north")
    store.make_class("south", "South", "core-protection")
    store.set_staff("dilan", "hash", "north")
    store.set_staff("dilan", "hash", "south")
    store.put(people[0], MODULE, [made(1, value="planted-jasmine")])
    names = [person.pseudonym for person in store.people("north")]
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    store.end_class("north")
    store.close()
    for _ in range(2):
        assert b"planted-jasmine" not in b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
        opened = open_store(folder / "class.db")
        assert opened.ended("north")
        assert opened.people("north") == []
        assert opened.staff() == {"dilan": ["south"]}
        assert all(map(opened.forgotten, names))
        with pytest.raises(ClassError, match="has ended"):
            opened.enrol("north", "en")
        opened.close()
        assert restore(folder, tmp_path / "stick", PASSPHRASE) == len(names)


def test_old_card_works_after_restoring_and_sessions_end(
    store: Store, people: list[int], folder: Path, tmp_path: Path
) -> None:
    card = store.new_card(people[0], "trainer")
    secret = store.sign_in(card) or ""
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    restore(tmp_path / "new", tmp_path / "stick", PASSPHRASE)
    restored = open_store(tmp_path / "new" / "class.db")
    assert restored.session(secret) is None
    assert restored.sign_in(card) is not None
    restored.close()


def test_revoked_card_comes_back_to_nobody(store: Store, people: list[int], folder: Path, tmp_path: Path) -> None:
    card = store.new_card(people[0], "trainer")
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    store.new_card(people[0], "trainer")
    store.close()
    restore(folder, tmp_path / "stick", PASSPHRASE)  # 5.12
    restored = open_store(folder / "class.db")
    assert restored.sign_in(card) is None
    restored.new_card(people[0], "trainer")
    assert restored.notes(people[0])[0].what == "new-card"  # the first one had ended, and was one all the same
    restored.close()


def test_wrong_passphrase_changes_nothing(store: Store, people: list[int], folder: Path, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    store.put(people[0], MODULE, [made(1)])
    damaged = bytearray((tmp_path / "stick").read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "damaged").write_bytes(damaged)
    (tmp_path / "other").write_bytes(b"no backup")
    for file, passphrase in (("stick", "another"), ("damaged", PASSPHRASE), ("other", PASSPHRASE)):
        with pytest.raises(ClassError):
            restore(folder, tmp_path / file, passphrase)
    assert store.rows(people[0], MODULE).total == 1


def test_served_class_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    with served_by_nobody_else(folder), pytest.raises(ClassError, match="being served"):
        restore(folder, tmp_path / "stick", PASSPHRASE)
