"""A class that is kept in PostgreSQL: all that holds for a file holds here, and a class moves from one to the other."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
import tarfile
import threading
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from unittest.mock import MagicMock

import pytest
from click.testing import CliRunner
from django.db import connections
from sqlalchemy import make_url

from himaya.commands.main import main
from himaya.errors import ClassError, JournalError
from himaya_server.classroom import moving, sealing
from himaya_server.classroom import store as stores
from himaya_server.classroom.address import ADDRESS, DATABASE, checked_address, keep_in, place_of
from himaya_server.classroom.backup import KEY, UPGRADED_FROM, back_up, go_back, restore, upgrade
from himaya_server.classroom.records import Put, Rows
from himaya_server.classroom.sealing import kept_key
from himaya_server.classroom.store import database_errors, open_store, revision_of, take_back
from himaya_site.people.first import make_first
from himaya_site.people.models import Staff
from himaya_site.people.staff import remove_member
from tests.classroom.conftest import of_service, of_site, opened
from tests.classroom.kills import Person as Somebody
from tests.classroom.kills import outcome
from tests.classroom.moves import answering, fail_when_moved, lose_when_moved
from tests.classroom.postgres import PASSWORD, programs, running
from tests.classroom.running import PASSPHRASE, Address, Browser
from tests.classroom.served import Served
from tests.classroom.test_migrations import test_migrations_make_the_tables  # noqa: F401 - with this file's store
from tests.classroom.test_store import (  # noqa: F401 - so are these
    MODULE,
    made,
    test_answer_begins_where_asked,
    test_collected_hand_in_comes_once,
    test_collected_later_comes_later,
    test_feedback_is_its_owners,
    test_full_journal_takes_nothing,
    test_hand_in_twice_gives_one_receipt,
    test_journal_reads_as_a_file,
    test_long_answer_comes_in_pieces,
    test_lost_answer_makes_no_device,
    test_new_card_ends_old_card_and_devices,
    test_nothing_is_no_hand_in,
    test_path_sent_first_comes_first,
    test_put_twice_is_kept_once,
    test_puts_of_several_stay_apart,
    test_refused_device_stays_out,
    test_same_ids_of_two_people_stay_apart,
    test_same_phone_signs_in_again,
    test_second_device_waits_for_a_yes,
    test_session_ends_with_its_day,
    test_staff_see_their_classes_only,
    test_threads_put_each_event_once,
)
from tests.courses import one_module_course

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result
    from sqlalchemy import Connection, TableClause

    from himaya_server.classroom.store import Store
    from tests.classroom.conftest import Clock
    from tests.classroom.postgres import Postgres

ROOT = Path(__file__).parents[2]
WORD = "planted-jasmine"

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(programs() is None, reason="needs Debian's package postgresql"),
]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """Return a PostgreSQL that all tests of this file share."""
    with running() as database:
        yield database


@pytest.fixture
def url(postgres: Postgres) -> str:
    """Return the address of an empty database."""
    postgres.empty()
    return postgres.url


@pytest.fixture
def folder(url: str, tmp_path: Path) -> Path:
    """Return a folder whose classes are kept in that database."""
    keep_in(tmp_path / "class", checked_address(url))
    return tmp_path / "class"


@pytest.fixture
def store(server: str, folder: Path, clock: Clock) -> Iterator[Store]:
    """Return a store with the class `north` and two people in it."""
    store = opened(server, place_of(folder), clock)
    store.make_class("north", "North", "core-protection")
    for language in ("en", "ar"):
        store.enrol("north", language)
    kept_key(folder / KEY)
    yield store
    store.close()


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a guess cost little here."""
    monkeypatch.setattr(sealing, "_COST", 2**10)


def run(folder: Path, *arguments: str, typed: str | None = None) -> Result:
    """Take a step of `himaya class`."""
    return CliRunner().invoke(main, ["class", *arguments, "--folder", str(folder)], input=typed)


def held(folder: Path) -> bytes:
    """Return all bytes in a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


# Writing


def test_text_that_it_cannot_keep_stops_nobody(store: Store, people: list[int]) -> None:
    odd = made(1, value="a\0b") | {"id": "event\0id"}
    done = store.write_all([Put(people[0], MODULE, [odd]), Put(people[1], MODULE, [made(1, value="a\0b")])])
    assert [type(each) for each in done] == [JournalError, Rows]
    assert store.rows(people[1], MODULE).rows[0]["value"] == "a\0b"
    assert store.give_feedback(store.people("north")[0].pseudonym, MODULE, "<p>a\0b</p>")
    assert store.feedback_page(people[0], MODULE) == "<p>a\ufffdb</p>"


def test_devices_that_come_at_once_are_counted(store: Store, people: list[int]) -> None:
    token = store.new_card(people[0], "trainer")

    def come() -> None:
        signed = store.session(store.sign_in(token) or "")
        if signed is not None:
            store.use(signed.session)

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.allowed is not None and each.used is not None for each in store.devices(people[0])) <= 1


@of_service
def test_store_goes_on_after_a_restart(store: Store, people: list[int], postgres: Postgres) -> None:
    store.put(people[0], MODULE, [made(1)])
    postgres.stop()
    postgres.start()
    postgres.ask("SELECT 1")
    assert store.rows(people[0], MODULE).total == 1
    assert store.put(people[0], MODULE, [made(2)]).total == 2


def test_database_that_loses_answers_is_refused(url: str) -> None:
    with pytest.raises(ClassError, match="synchronous_commit = off"):
        open_store(checked_address(f"{url}&options=-c%20synchronous_commit%3Doff"))


@pytest.mark.proof
def test_killed_database_loses_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/kill_postgres.py"], cwd=ROOT, env=os.environ | {"HIMAYA_KILLS": "5"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "0 lost, 0 kept twice" in done.stdout


class Either(Address):
    """One of several servers of the same classes: each request goes to whichever."""

    def __init__(self, ports: list[int]) -> None:
        """Know their ports."""
        super().__init__(ports[0])
        self._ports, self._draw = ports, Random(7)

    def connection(self) -> HTTPConnection:
        """Return a connection that is not open yet."""
        return HTTPConnection("127.0.0.1", self._draw.choice(self._ports), timeout=30)


def test_two_killed_sites_lose_nothing(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kills, people = int(os.environ.get("HIMAYA_KILLS", "6")), 8
    monkeypatch.setenv("HIMAYA_STORE", url)
    one = Served(tmp_path / "one" / "class", one_module_course(tmp_path / "course"), "site")
    monkeypatch.delenv("HIMAYA_STORE")
    one.run("enrol", "north", "--number", str(people))
    store = open_store(place_of(one.folder))
    whose = [person.id for person in store.people("north")]
    cards = [store.new_card(person, "test") for person in whose]
    sites = [one, one.another(tmp_path / "two" / "class")]
    stop, draw = threading.Event(), Random(19)
    try:
        for site in sites:
            site.start()
        address = Either([site.port for site in sites])
        answering = [Somebody(Browser(address, card), stop) for card in cards]
        for each in answering:
            each.start()
        for _ in range(kills):
            stop.wait(draw.uniform(0.02, 0.4))
            site = draw.choice(sites)
            site.kill()
            site.start()
        stop.set()
        for each in answering:
            each.join(60)
            assert not each.is_alive()
    finally:
        stop.set()
        for site in sites:
            site.kill()
    found = outcome(store, {number: each.acknowledged for number, each in zip(whose, answering, strict=True)})
    store.close()
    print(f"{kills} kills of two sites, {people} people, {found}")
    assert [each.refused for each in answering] == [[]] * people
    assert (found.acknowledged > 0, found.lost, found.twice) == (True, 0, 0)


@of_service
def test_lock_that_nobody_gives_back_is_told(store: Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "_PATIENCE", ("SET lock_timeout = '100ms'",))
    with store.engine.begin(), pytest.raises(ClassError, match="lock timeout"):  # somebody who writes
        open_store(checked_address(url))


@of_service
@pytest.mark.parametrize("step", [["forget", "north", "{}", "--yes"], ["backup", "{}", "--passphrase", PASSPHRASE]])
def test_lock_in_the_way_of_a_command_is_told(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, step: list[str]
) -> None:
    monkeypatch.setattr(stores, "_PATIENCE", ("SET lock_timeout = '100ms'",))
    monkeypatch.setattr("himaya.commands.class_.opened", MagicMock())
    person = store.people("north")[0].pseudonym
    with store.engine.execution_options(writes=False).connect() as holder:
        mode = "SHARE" if step[0] == "forget" else "ACCESS EXCLUSIVE"
        holder.exec_driver_sql(f"LOCK TABLE people IN {mode} MODE")
        done = run(folder, *(each.format(person) for each in step))
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)  # a sentence, and no traceback
    assert "lock timeout" in done.output
    assert "once more" in done.output
    assert store.people("north")[0].pseudonym == person


@of_service
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("INSERT INTO about VALUES ('planted-jasmine', ''), ('planted-jasmine', '')", "duplicate key"),
        ("INSERT INTO about VALUES ('planted-jasmine', NULL)", "null value"),
        ("SELECT 'planted-jasmine'::integer", "cannot keep a value"),
    ],
)
def test_error_names_nothing_that_was_written(store: Store, statement: str, told: str) -> None:
    with pytest.raises(ClassError, match=told) as error, database_errors(), store.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert WORD not in str(error.value)


def test_database_that_holds_no_class_is_not_chosen(guarded: str, postgres: Postgres, tmp_path: Path) -> None:
    postgres.ask("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    with pytest.raises(ClassError, match="permission denied"):
        keep_in(tmp_path / "class", checked_address(guarded, PASSWORD))
    assert not (tmp_path / "class" / ADDRESS).exists()


# Forgetting


@of_service
def test_forgotten_person_leaves_no_file(store: Store, people: list[int], postgres: Postgres) -> None:
    for number in range(8):
        store.enrol("north", "en", b"sealed-%d" % number)
    person = store.people("north")[0]
    store.change(person.id, "en", WORD.encode())
    store.put(people[0], MODULE, [made(number, value=f"{WORD} {number}") for number in range(200)])
    store.hand_in(people[0], MODULE, "request-1", len)
    store.give_feedback(person.pseudonym, MODULE, WORD)
    with store.engine.execution_options(isolation_level="AUTOCOMMIT", writes=False).connect() as connection:
        connection.exec_driver_sql("ANALYZE")  # as it does by itself
    assert WORD.encode() in postgres.held()
    assert store.forget(person.pseudonym)
    kept = postgres.held()
    assert WORD.encode() not in kept
    assert person.pseudonym.encode() not in kept
    assert [each.id for each in store.people("north")][:1] == people[1:]


@of_service
def test_forgetting_waits_for_who_still_reads(store: Store, people: list[int], postgres: Postgres) -> None:
    store.put(people[0], MODULE, [made(1, value=WORD)])
    person = store.people("north")[0]
    forgetting = threading.Thread(target=store.forget, args=[person.pseudonym])
    reader = store.engine.execution_options(writes=False, isolation_level="REPEATABLE READ")
    with reader.connect() as asked:  # its state still has the answer, though it looks elsewhere
        asked.exec_driver_sql("SELECT * FROM tombstones").all()
        forgetting.start()
        postgres.wait("SELECT 1 FROM pg_stat_activity WHERE usename = 'himaya' AND wait_event_type = 'Lock'")
        assert forgetting.is_alive()
    forgetting.join()
    assert WORD.encode() not in postgres.held()


@of_service
def test_forgetting_that_was_in_the_way_is_finished(
    store: Store, people: list[int], postgres: Postgres, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_TRIES", 1)
    monkeypatch.setattr("himaya.commands.class_.opened", MagicMock())
    store.put(people[0], MODULE, [made(1, value=WORD)])
    person = store.people("north")[0]
    step = ["forget", "north", person.pseudonym, "--yes"]
    with store.engine.execution_options(writes=False).connect() as asked:
        asked.exec_driver_sql("SELECT * FROM events").all()
        done = run(folder, *step)
    assert done.exit_code == 1
    assert "once more" in done.output
    assert WORD.encode() in postgres.held()
    monkeypatch.setattr(stores, "_TRIES", 60)
    assert run(folder, *step).exit_code == 0
    assert WORD.encode() not in postgres.held()


@of_service
def test_end_that_was_in_the_way_is_finished(
    store: Store, people: list[int], postgres: Postgres, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_TRIES", 1)
    store.put(people[0], MODULE, [made(1, value=WORD)])
    with store.engine.execution_options(writes=False).connect() as asked:
        asked.exec_driver_sql("SELECT * FROM events").all()
        with pytest.raises(ClassError, match="once more"):
            store.end_class("north")
    assert WORD.encode() in postgres.held()
    monkeypatch.setattr(stores, "_TRIES", 60)
    done = run(folder, "end", "north", "--early", "--yes")
    assert "has ended already" in done.output
    assert WORD.encode() not in postgres.held()


def test_older_backup_brings_nobody_back(
    store: Store, people: list[int], folder: Path, tmp_path: Path, postgres: Postgres
) -> None:
    person = store.people("north")[0]
    card = store.new_card(people[1], "trainer")
    store.put(people[0], MODULE, [made(1, value=WORD)])
    store.put(people[1], MODULE, [made(1)])
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    store.forget(person.pseudonym)
    store.new_card(people[1], "trainer")
    epoch = store.epoch
    store.close()
    assert restore(folder, tmp_path / "stick", PASSPHRASE) == 1
    opened = open_store(place_of(folder))
    assert [each.id for each in opened.people("north")] == people[1:]
    assert opened.forgotten(person.pseudonym)
    assert opened.rows(people[1], MODULE).total == 1
    assert opened.sign_in(card) is None  # it had ended
    assert opened.epoch != epoch
    opened.close()
    assert WORD.encode() not in postgres.held()
    assert WORD.encode() not in held(folder)


# Backups


def test_class_moves_to_a_file_and_back(
    store: Store, people: list[int], folder: Path, tmp_path: Path, postgres: Postgres, server: str
) -> None:
    store.put(people[0], MODULE, [made(1, value="نعم"), made(2)])
    store.hand_in(people[0], MODULE, "request-1", len)
    card = store.new_card(people[1], "trainer", b"code")
    secret = store.sign_in(card) or ""
    before = store.counted()
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    assert (tmp_path / "stick").stat().st_mode & 0o077 == 0
    file, other = tmp_path / "file", tmp_path / "other"
    restore(file, tmp_path / "stick", PASSPHRASE)
    assert (file / KEY).read_bytes() == (folder / KEY).read_bytes()
    back_up(file, tmp_path / "back", PASSPHRASE)
    restore(other, tmp_path / "back", PASSPHRASE, checked_address(postgres.another(f"back_again_{server}")))
    for moved in (file, other):
        opened = open_store(place_of(moved))
        assert opened.counted() == before
        assert opened.rows(people[0], MODULE).rows == [made(1, value="نعم"), made(2)]
        assert opened.receipts(people[0]) == store.receipts(people[0])
        assert opened.session(secret) is None
        assert opened.sign_in(card) is not None
        opened.enrol("north", "en")  # numbers go on where they were
        opened.hand_in(people[0], MODULE, "request-2", len)
        assert len(opened.people("north")) == 3
        opened.close()


def test_backup_under_load_is_whole(store: Store, people: list[int], folder: Path, tmp_path: Path) -> None:
    with answering(store, people):
        for number in range(3):
            back_up(folder, tmp_path / f"stick-{number}", PASSPHRASE)
    for number in range(3):
        restore(tmp_path / f"new-{number}", tmp_path / f"stick-{number}", PASSPHRASE)
        opened = open_store(place_of(tmp_path / f"new-{number}"))
        for person in people:
            rows = opened.rows(person, MODULE)
            assert rows.total == len(rows.rows)  # journals and events are of one moment
            assert rows.total % 2 == 0  # each put whole or not at all
        opened.close()


def test_restore_that_fails_changes_nothing(
    store: Store, people: list[int], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(people[0], MODULE, [made(1)])
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    store.put(people[0], MODULE, [made(2)])
    real = moving._copy

    def broken(source: Connection, target: Connection, rows: TableClause) -> None:
        real(source, target, rows)
        if rows.name == "events":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(moving, "_copy", broken)
    with pytest.raises(OSError, match="No space"):
        restore(folder, tmp_path / "stick", PASSPHRASE)
    assert store.rows(people[0], MODULE).total == 2


def test_names_in_a_backup_are_no_commands(
    store: Store, people: list[int], folder: Path, tmp_path: Path, postgres: Postgres
) -> None:
    store.put(people[0], MODULE, [made(1)])
    postgres.ask("CREATE TABLE others (id int)", "INSERT INTO others VALUES (1)", "GRANT ALL ON others TO himaya")
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    with_tables(tmp_path / "stick", "others", "people CASCADE; DELETE FROM others; --", 'a"b')
    restore(folder, tmp_path / "stick", PASSPHRASE)
    postgres.wait("SELECT 1 FROM others")
    assert store.rows(people[0], MODULE).total == 1


def with_tables(backup_file: Path, *names: str) -> None:
    """Add tables to a backup, as somebody may who knows its passphrase."""
    aside = backup_file.with_name("aside")
    with tarfile.open(fileobj=io.BytesIO(sealing.unlocked(backup_file.read_bytes(), PASSPHRASE))) as tar:
        tar.extractall(aside, filter="data")
    with closing(sqlite3.connect(aside / DATABASE)) as opened:
        for name in names:
            quoted = name.replace('"', '""')
            opened.execute(f'CREATE TABLE "{quoted}" (id int)')
        opened.commit()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for file in aside.iterdir():
            tar.add(file, file.name)
    backup_file.write_bytes(sealing.locked(packed.getvalue(), PASSPHRASE))


def test_database_of_another_class_is_refused(store: Store, folder: Path, url: str, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "stick", PASSPHRASE)
    with pytest.raises(ClassError, match="of another folder"):
        restore(tmp_path / "new", tmp_path / "stick", PASSPHRASE, checked_address(url))
    assert not (tmp_path / "new" / ADDRESS).exists()
    assert len(store.people("north")) == 2


# Another version


@of_site
def test_two_first_accounts_at_once_are_one(store: Store, folder: Path) -> None:
    assert store.people("north")
    together, made_by = threading.Barrier(4), list[bool]()

    def visit(number: int) -> None:
        together.wait()
        made_by.append(make_first(folder, f"login-{number}", "hash"))
        connections.close_all()

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(made_by) == [False, False, False, True]
    assert len(store.staff()) == 1


@of_site
def test_two_coordinators_who_remove_each_other_leave_one(store: Store) -> None:
    for _ in range(5):
        for login in ("cora", "dana"):
            store.set_staff(login, "hash", None, coordinator=True)
        ids = dict(Staff.objects.values_list("login", "id"))
        together, removed = threading.Barrier(2), list[bool]()

        def remove(remover: int, login: str, together: threading.Barrier, removed: list[bool]) -> None:
            together.wait()
            removed.append(remove_member(remover, login))
            connections.close_all()

        pairs = ((ids["cora"], "dana"), (ids["dana"], "cora"))
        threads = [threading.Thread(target=remove, args=(*pair, together, removed)) for pair in pairs]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert sorted(removed) == [False, True]
        assert len(store.coordinators()) == 1
        store.remove_staff(store.coordinators()[0])


@pytest.fixture
def older(store: Store, people: list[int], folder: Path) -> Path:
    """Return the folder of a class with answers whose tables are those of the first version."""
    store.put(people[0], MODULE, [made(1), made(2)])
    store.new_card(people[1], "trainer")
    store.engine.dispose()
    take_back(place_of(folder), "0001")
    return folder


@of_service
def test_upgrade_keeps_everything_and_goes_back(older: Path, people: list[int], tmp_path: Path) -> None:
    place = place_of(older)
    with pytest.raises(ClassError, match="himaya class upgrade"):
        open_store(place)
    back_up(older, tmp_path / "before", PASSPHRASE)  # tables of the first version, too
    assert upgrade(older)
    assert not upgrade(older)
    opened = open_store(place)
    token = opened.new_card(people[1], "trainer", b"code")
    opened.put(people[0], MODULE, [made(3)])
    opened.close()
    assert go_back(older) == "0001"
    assert revision_of(place) == "0001"
    assert upgrade(older)
    opened = open_store(place)
    assert opened.rows(people[0], MODULE).total == 3  # also what came in between
    assert opened.sign_in(token)
    opened.close()
    restore(tmp_path / "new", tmp_path / "before", PASSPHRASE)
    opened = open_store(place_of(tmp_path / "new"))
    assert opened.rows(people[0], MODULE).total == 2
    opened.close()


@of_service
def test_upgrade_that_fails_changes_nothing(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_when_moved(monkeypatch)
    with pytest.raises(OSError, match="No space"):
        upgrade(older)
    assert revision_of(place_of(older)) == "0001"
    assert not (older / UPGRADED_FROM).exists()


@of_service
def test_upgrade_that_would_lose_answers_is_refused(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lose_when_moved(monkeypatch)
    with pytest.raises(ClassError, match="nothing was changed"):
        upgrade(older)
    assert revision_of(place_of(older)) == "0001"


# The password


@pytest.fixture
def guarded(postgres: Postgres) -> str:
    """Return the address at which an empty database asks for a password, without it."""
    postgres.empty()
    return postgres.guarded


def with_password(address: str) -> str:
    """Return an address with the password in it."""
    return make_url(address).set(password=PASSWORD).render_as_string(hide_password=False)


def test_password_stands_in_one_closed_file(
    guarded: str, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("himaya.commands.class_._write_pages", lambda *_: None)
    folder, stick = tmp_path / "class", tmp_path / "stick"
    done = run(folder, "create", "north", "--store", guarded, "--ask-password", typed=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    said = done.output
    opened = open_store(place_of(folder))
    opened.enrol("north", "en")
    opened.close()
    for step in (
        ["create", "south"],
        ["status"],
        ["backup", str(stick), "--passphrase", PASSPHRASE],
        ["restore", str(stick), "--passphrase", PASSPHRASE],
        ["status"],
    ):
        done = run(folder, *step)
        assert done.exit_code == 0, done.output
        said += done.output
    assert said.count("north: 1 people") == 2
    assert f"kept in: PostgreSQL, postgres on {postgres.folder}" in said
    assert PASSWORD not in said
    assert (folder / ADDRESS).stat().st_mode & 0o077 == 0
    holding = [path.name for path in tmp_path.rglob("*") if path.is_file() and b"planted-tulip" in path.read_bytes()]
    assert holding == [ADDRESS]
    assert b"planted-tulip" not in sealing.unlocked(stick.read_bytes(), PASSPHRASE)


def test_address_comes_from_the_environment(guarded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("himaya.commands.class_._write_pages", lambda *_: None)
    monkeypatch.setenv("HIMAYA_STORE", with_password(guarded))
    assert run(tmp_path / "class", "create", "north").exit_code == 0
    assert run(tmp_path / "class", "create", "south").exit_code == 0  # the same one, said again
    monkeypatch.delenv("HIMAYA_STORE")
    assert "south: 0 people" in run(tmp_path / "class", "status").output


def test_password_in_a_command_is_refused(guarded: str, tmp_path: Path) -> None:
    done = run(tmp_path / "class", "create", "north", "--store", with_password(guarded))
    assert done.exit_code == 2
    assert "--ask-password" in done.output
    assert "tulip" not in done.output
    assert not (tmp_path / "class").exists()


def test_wrong_password_is_told(guarded: str, tmp_path: Path) -> None:
    done = run(tmp_path / "class", "create", "north", "--store", guarded, "--ask-password", typed="another-orchid\n")
    assert done.exit_code == 1
    assert "password authentication failed" in done.output
    assert "orchid" not in done.output
    assert not (tmp_path / "class" / ADDRESS).exists()
