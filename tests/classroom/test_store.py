"""The store: idempotent, ordered by receipt, each person apart, nothing left of whom it forgets."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from sqlalchemy.event import listen

from himaya.answers import journal
from himaya.errors import ClassError, JournalError
from himaya_server.classroom.records import SESSION, Put, Rows
from himaya_server.classroom.store import Store, database_errors, open_store
from himaya_site.operate import removing
from himaya_site.store import Store as SiteStore
from tests.classroom.conftest import NOON, in_a_hurry, of_service, of_site
from tests.shipped import a_module

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from tests.classroom.conftest import Clock

MODULE = a_module("core-protection")


def made(number: int, **fields: Any) -> dict[str, Any]:
    """Return an event."""
    return {"id": f"event-{number:04}", "activity": "a", "type": "answer", "value": number, **fields}


def signed_in(store: Store, token: str) -> str:
    """Return the secret of a device that signed in, and was heard of since."""
    secret = store.sign_in(token) or ""
    signed = store.session(secret)
    assert signed is not None
    store.use(signed.session)
    return secret


def test_put_twice_is_kept_once(store: Store, people: list[int]) -> None:
    store.put(people[0], MODULE, [made(1), made(2)])
    rows = store.put(people[0], MODULE, [made(2), made(1), made(3)])
    assert [row["value"] for row in rows.rows] == [1, 2, 3]
    assert (rows.start, rows.total) == (0, 3)


@of_service
def test_answer_takes_three_statements(store: Store, people: list[int]) -> None:
    store.put(people[0], MODULE, [made(1)])
    taken: list[str] = []
    listen(store.engine, "before_cursor_execute", lambda *about: taken.append(about[2].split()[0]))
    store.put(people[0], MODULE, [made(2)], start=1)
    assert taken == ["BEGIN", "SELECT", "INSERT", "UPDATE"]


@of_site
def test_answer_on_the_site_takes_five_statements(store: Store, people: list[int]) -> None:
    store.put(people[0], MODULE, [made(1)])
    with CaptureQueriesContext(connection) as taken:
        store.put(people[0], MODULE, [made(2)], start=1)
    begun = [each["sql"].removeprefix("1 times: ").split()[0] for each in taken]
    assert begun == ["BEGIN", "SELECT", "SELECT", "SELECT", "INSERT", "UPDATE", "COMMIT"]


def test_puts_of_several_stay_apart(
    store: Store, people: list[int], monkeypatch: pytest.MonkeyPatch, limits: ModuleType
) -> None:
    one, two = people
    monkeypatch.setattr(limits, "MAX_LINES", 2)
    full = [made(number) for number in range(3)]
    puts = [Put(one, MODULE, [made(1)]), Put(two, MODULE, full), Put(999, MODULE, [made(1)])]
    done = store.write_all([*puts, Put(two, MODULE, [made(7)]), Put(one, MODULE, [made(1), made(2)])])
    assert [type(each) for each in done] == [Rows, JournalError, JournalError, Rows, Rows]
    assert [row["id"] for row in store.rows(one, MODULE).rows] == ["event-0001", "event-0002"]
    assert [row["id"] for row in store.rows(two, MODULE).rows] == ["event-0007"]


def test_answer_begins_where_asked(store: Store, people: list[int]) -> None:
    store.put(people[0], MODULE, [made(1), made(2)])
    assert [row["value"] for row in store.put(people[0], MODULE, [made(3)], start=2).rows] == [3]
    assert store.rows(people[0], MODULE, start=9).start == 0  # knows more than there is: a restored backup


def test_long_answer_comes_in_pieces(
    store: Store, people: list[int], monkeypatch: pytest.MonkeyPatch, limits: ModuleType
) -> None:
    monkeypatch.setattr(limits, "LONGEST", 200)
    store.put(people[0], MODULE, [made(number) for number in range(10)])
    found: list[Any] = []
    while len(found) < 10:
        piece = store.rows(people[0], MODULE, len(found))
        assert piece.rows
        assert piece.total == 10
        found += piece.rows
    assert [row["value"] for row in found] == [*range(10)]


def test_same_ids_of_two_people_stay_apart(store: Store, people: list[int]) -> None:
    store.put(people[0], MODULE, [made(1, value="hers")])
    store.put(people[1], MODULE, [made(1, value="his")])
    assert [store.rows(person, MODULE).rows[0]["value"] for person in people] == ["hers", "his"]


def test_full_journal_takes_nothing(
    store: Store, people: list[int], monkeypatch: pytest.MonkeyPatch, limits: ModuleType
) -> None:
    monkeypatch.setattr(limits, "MAX_LINES", 3)
    store.put(people[0], MODULE, [made(1), made(2)])
    with pytest.raises(JournalError, match="journal-too-large"):
        store.put(people[0], MODULE, [made(3), made(4)])
    assert store.rows(people[0], MODULE).total == 2
    assert store.put(people[1], MODULE, [made(3)]).total == 1


def test_journal_reads_as_a_file(store: Store, people: list[int], tmp_path: Path) -> None:
    store.put(people[0], MODULE, [made(1, value="نعم"), made(2)])
    store.hand_in(people[0], MODULE, "request-1", len)
    (handed,) = store.handed_in("north")
    file = tmp_path / "responses.jsonl"
    journal.Journal(file).put([made(1, value="نعم"), made(2)])
    assert handed.lines == file.read_text(encoding="utf-8")


def test_threads_put_each_event_once(store: Store, people: list[int]) -> None:
    events = [made(number) for number in range(40)]

    def put_all(order: list[dict[str, Any]]) -> None:
        for event in order:
            store.put(people[0], MODULE, [event])

    threads = [threading.Thread(target=put_all, args=[order]) for order in (events, events[::-1], events[20:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row["value"] for row in store.rows(people[0], MODULE).rows) == [*range(40)]


def test_hand_in_twice_gives_one_receipt(store: Store, people: list[int]) -> None:
    store.put(people[0], MODULE, [made(1)])
    first = store.hand_in(people[0], MODULE, "request-1", len)
    store.put(people[0], MODULE, [made(2)])
    assert store.hand_in(people[0], MODULE, "request-1", len) == first
    second = store.hand_in(people[0], MODULE, "request-2", len)
    assert first is not None
    assert second is not None
    assert (first.answers, second.answers) == (1, 2)
    assert store.receipts(people[0]) == [second, first]
    assert store.receipts(people[1]) == []


def test_nothing_is_no_hand_in(store: Store, people: list[int]) -> None:
    assert store.hand_in(people[0], MODULE, "request-1", len) is None


def test_path_sent_first_comes_first(store: Store, people: list[int]) -> None:
    for module, request in (("m", "request-1"), ("m--caseworker", "request-2"), ("m", "request-3")):
        store.put(people[0], module, [made(len(request) + int(request[-1]))])
        store.hand_in(people[0], module, request, len)
    assert [handed.module for handed in store.handed_in("north")] == ["m", "m--caseworker"]


def test_collected_hand_in_comes_once(store: Store, people: list[int]) -> None:
    store.put(people[0], MODULE, [made(1)])
    store.hand_in(people[0], MODULE, "request-1", len)
    store.put(people[0], MODULE, [made(2)])
    store.hand_in(people[0], MODULE, "request-2", len)
    (handed,) = store.handed_in("north")
    assert handed.lines.count("\n") == 2
    assert store.progress("north") == {people[0]: {MODULE: (2, 2, 2)}}
    store.collected(handed.id)
    assert list(store.handed_in("north")) == []
    assert store.progress("north") == {people[0]: {MODULE: (2, 2, 0)}}


def test_later_answers_are_not_handed_in(store: Store, people: list[int]) -> None:
    store.put(people[0], MODULE, [made(1)])
    store.hand_in(people[0], MODULE, "request-1", len)
    store.put(people[0], MODULE, [made(2)])
    (handed,) = store.handed_in("north")
    assert [row["value"] for row in handed.rows] == [1]
    assert handed.before == 1


def test_collected_later_comes_later(store: Store, people: list[int], clock: Clock) -> None:
    for person in people[:2]:
        store.put(person, MODULE, [made(person)])
        store.hand_in(person, MODULE, "request-1", len)
    first, second = store.handed_in("north")
    store.collected(second.id)
    clock.time += 60
    store.collected(first.id)  # at first it could not be taken in
    assert [each.id for each in store.all_collected("north", MODULE)] == [second.id, first.id]


def test_clock_never_goes_back(tmp_path: Path, clock: Clock) -> None:
    first = open_store(tmp_path / "class.db", clock)
    first.make_class("north", "North", "core-protection")
    first.enrol("north", "en")
    (person,) = first.people("north")
    first.put(person.id, MODULE, [made(1)])
    first.close()
    clock.time = 1_577_836_800  # a laptop without a battery for its clock begins in 2020
    again = open_store(tmp_path / "class.db", clock)
    assert again.now() == NOON
    assert again.clock_behind() > 0
    again.close()


def test_card_signs_in_and_its_token_is_nowhere(store: Store, people: list[int], tmp_path: Path) -> None:
    token = store.new_card(people[0], "trainer")
    secret = store.sign_in(token)
    assert secret is not None
    signed = store.session(secret)
    assert signed is not None
    assert (signed.person, signed.class_id, signed.allowed) == (people[0], "north", True)
    assert store.sign_in("A" * 22) is None
    assert store.session("A" * 43) is None
    kept = b"".join(path.read_bytes() for path in (tmp_path / "class").iterdir())
    assert token.encode() not in kept
    assert secret.encode() not in kept


def test_session_ends_with_its_day(store: Store, people: list[int], clock: Clock) -> None:
    secret = store.sign_in(store.new_card(people[0], "trainer")) or ""
    clock.time += SESSION
    assert store.session(secret) is None


def test_second_device_waits_for_a_yes(store: Store, people: list[int]) -> None:
    token = store.new_card(people[0], "trainer")
    first = signed_in(store, token)
    second = store.sign_in(token) or ""
    waiting = store.session(second)
    assert waiting is not None
    assert not waiting.allowed
    assert not store.answer_device(people[1], waiting.session, yes=True)  # nobody else's yes counts
    assert store.answer_device(people[0], waiting.session, yes=True)
    allowed = store.session(second)
    assert allowed is not None
    assert allowed.allowed
    assert store.session(first) is not None
    said = [note.what for note in store.notes(people[0])]
    assert said == ["device-allowed", "device-asks", "signed-in", "first-card"]


def test_lost_answer_makes_no_device(store: Store, people: list[int]) -> None:
    token = store.new_card(people[0], "trainer")
    lost = store.sign_in(token) or ""  # the answer never came, and the phone tries again
    again = store.session(store.sign_in(token) or "")
    assert again is not None
    assert again.allowed
    assert store.session(lost) is None


def test_same_phone_signs_in_again(store: Store, people: list[int]) -> None:
    token, others = (store.new_card(person, "trainer") for person in people)
    first = signed_in(store, token)
    again = store.sign_in(token, replaced=first) or ""
    assert store.session(first) is None
    signed = store.session(again)
    assert signed is not None
    assert signed.allowed
    store.sign_in(others, replaced=again)  # somebody else on a shared phone
    assert store.session(again) is None


def test_refused_device_stays_out(store: Store, people: list[int]) -> None:
    token = store.new_card(people[0], "trainer")
    signed_in(store, token)
    second = store.sign_in(token) or ""
    waiting = store.session(second)
    assert waiting is not None
    assert store.answer_device(people[0], waiting.session, yes=False)
    assert store.session(second) is None


def test_new_card_ends_old_card_and_devices(store: Store, people: list[int]) -> None:
    token = store.new_card(people[0], "trainer")
    secret = store.sign_in(token) or ""
    other = store.new_card(people[0], "trainer")
    assert store.sign_in(token) is None
    assert store.session(secret) is None
    assert store.sign_in(other) is not None
    assert [(note.what, note.who) for note in store.notes(people[0])][1] == ("new-card", "trainer")


def test_feedback_is_its_owners(store: Store, people: list[int]) -> None:
    pseudonym = store.people("north")[0].pseudonym
    assert store.give_feedback(pseudonym, MODULE, "<p>Well done</p>")
    assert not store.give_feedback(pseudonym, MODULE, "<p>Well done</p>")
    assert store.feedback_page(people[0], MODULE) == "<p>Well done</p>"
    assert store.feedback_page(people[1], MODULE) is None
    assert not store.give_feedback("t-nobody1", MODULE, "")


def test_staff_see_their_classes_only(store: Store) -> None:
    store.make_class("south", "South", "core-protection")
    store.set_staff("amal", "hash", "south")
    signed = store.session(store.sign_in_staff("amal"))
    assert signed is not None
    assert signed.staff is not None
    assert [each.id for each in store.classes_of(signed.staff)] == ["south"]


@pytest.mark.parametrize("wrong", ["", "North", "../up", "a b", "a" * 41])
def test_class_id_is_plain(store: Store, wrong: str) -> None:
    with pytest.raises(ClassError, match="is no id of a class"):
        store.make_class(wrong, "", "core-protection")


def test_forgotten_person_leaves_nothing(store: Store, people: list[int], tmp_path: Path) -> None:
    planted = "planted-jasmine-word"
    person = store.people("north")[0]
    store.put(people[0], MODULE, [made(number, value=f"{planted} {number}") for number in range(200)])
    store.hand_in(people[0], MODULE, "request-1", len)
    store.give_feedback(person.pseudonym, MODULE, planted)
    assert store.forget(person.pseudonym)
    assert not store.forget(person.pseudonym)
    assert store.forgotten(person.pseudonym)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "class").iterdir())
    assert planted.encode() not in kept
    assert person.pseudonym.encode() not in kept
    assert [each.id for each in store.people("north")] == people[1:]


@pytest.mark.parametrize("statements", [["BEGIN IMMEDIATE"], ["BEGIN", "SELECT count(*) FROM people"]])
def test_traces_that_others_keep_are_told(store: Store, tmp_path: Path, statements: list[str]) -> None:
    in_a_hurry(store)
    store.make_class("south", "South", "core-protection")
    with closing(sqlite3.connect(tmp_path / "class" / "class.db", isolation_level=None)) as other:
        for statement in statements:
            other.execute(statement).fetchall()
        with pytest.raises(ClassError, match=r"its traces .* once more"):
            store.compact()
    store.compact()


def test_writer_in_the_way_is_told(store: Store, tmp_path: Path, server: str) -> None:
    errors = database_errors if server == "service" else removing.database_errors
    in_a_hurry(store)
    with closing(sqlite3.connect(tmp_path / "class" / "class.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ClassError, match=r"Something else uses it\. .* once more"), errors():
            store.make_class("south", "South", "core-protection")


def test_older_backup_brings_nobody_back(store: Store, people: list[int], tmp_path: Path, clock: Clock) -> None:
    person = store.people("north")[0]
    store.put(people[0], MODULE, [made(1)])
    store.put(people[1], MODULE, [made(1)])
    with sqlite3.connect(tmp_path / "class" / "class.db") as source, sqlite3.connect(tmp_path / "backup.db") as copy:
        source.backup(copy)
    source.close()
    copy.close()
    store.forget(person.pseudonym)
    (tmp_path / "new").mkdir()
    shutil.copy(tmp_path / "backup.db", tmp_path / "new" / "class.db")
    restored = open_store(tmp_path / "new" / "class.db", clock)
    assert restored.restored(store.tombstones(), store.revoked_cards()) == 1
    assert restored.epoch != store.epoch
    assert [each.id for each in restored.people("north")] == people[1:]
    assert restored.rows(people[0], MODULE).total == 0
    assert restored.rows(people[1], MODULE).total == 1
    restored.close()


def test_newer_tables_are_refused(tmp_path: Path) -> None:
    open_store(tmp_path / "class.db").close()
    with sqlite3.connect(tmp_path / "class.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(ClassError, match="newer Himaya"):
        open_store(tmp_path / "class.db")


def test_answers_survive_reopening(store: Store, people: list[int], tmp_path: Path) -> None:
    store.put(people[0], MODULE, [made(1)])
    again = open_store(tmp_path / "class" / "class.db")
    assert again.rows(people[0], MODULE).total == 1
    assert again.epoch == store.epoch
    again.close()


def test_store_is_closed_to_others(store: Store, tmp_path: Path) -> None:
    store.make_class("south", "South", "core-protection")
    assert (tmp_path / "class").stat().st_mode & 0o077 == 0


# Roles, joining and jobs, which only the site uses


JOB = "INSERT INTO jobs (class_id, step, state, said, who) VALUES (?, 'collect', ?, ?, 'amal')"


def asked(store: Store, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what a statement of a test finds in the class's file."""
    place = connection.settings_dict["NAME"] if isinstance(store, SiteStore) else store.engine.url.database
    with closing(sqlite3.connect(str(place))) as opened, opened:
        return opened.execute(statement, values).fetchall()


def test_forgotten_person_is_in_no_job(store: Store) -> None:
    who = store.people("north")[0].pseudonym
    for said in (f"{MODULE}: {who}: taken in", "fine"):
        asked(store, JOB, "north", "done", said)
    store.forget(who)
    assert asked(store, "SELECT said FROM jobs ORDER BY id") == [("",), ("fine",)]


def test_end_leaves_coordinators_and_closes_joining(store: Store) -> None:
    store.make_class("south", "South", "core-protection")
    for class_id, code in (("north", "12345678"), ("south", "23456789")):
        asked(store, "UPDATE classes SET join_code = ?, join_until = 1 WHERE id = ?", code, class_id)
        asked(store, JOB, class_id, "done", "")
    store.set_staff("amal", "hash", "north")
    store.set_staff("cora", "hash", "north", coordinator=True)
    store.end_class("north")
    assert store.staff() == {"cora": []}
    assert asked(store, "SELECT class_id FROM jobs") == [("south",)]
    codes = asked(store, "SELECT id, join_code, join_until FROM classes ORDER BY id")
    assert codes == [("north", None, None), ("south", "23456789", 1)]


def test_restored_class_runs_no_job_and_lets_nobody_join(store: Store) -> None:
    asked(store, "UPDATE classes SET join_code = '12345678', join_most = 5")
    for state in ("done", "running", "waiting"):
        asked(store, JOB, None, state, "t-someone")
    store.restored({}, {})
    states = asked(store, "SELECT state, said FROM jobs ORDER BY id")
    assert states == [("done", ""), ("stopped", ""), ("stopped", "")]
    assert asked(store, "SELECT join_code, join_most FROM classes") == [(None, None)]


def test_mentor_is_no_trainer_of_the_service(store: Store) -> None:
    store.set_staff("bara", "hash", "north", role="mentor")
    ((number,),) = asked(store, "SELECT id FROM staff")
    seen = [each.id for each in store.classes_of(number)]
    assert seen == (["north"] if isinstance(store, SiteStore) else [])
