"""Adding people to a class in the browser: a number, or a list in the encodings that people have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from waitress import buffers

from himaya_server.classroom.sealing import Seal
from himaya_site.people import staff
from himaya_site.people.enrolled import sealed_names
from himaya_site.people.models import Person
from tests.classroom.running import Running, run
from tests.classroom.test_first_visit import sent
from tests.classroom.test_staff import KEPT, Trainer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store

PEOPLE = "/class/staff/en/c/north/people"
LIST = "name,language\r\nPlanted Name,ar\r\n,en\r\n"


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def running(store: Store, tmp_path: Path) -> Iterator[Running]:
    """Return a site that seals names."""
    started = run(store, tmp_path / "pages")
    started.shared.seal = Seal(b"k" * 32)
    yield started
    started.stop()


@pytest.fixture
def amal(running: Running) -> Trainer:
    """Return the trainer of `north`."""
    staff.set_staff("amal", KEPT, "north")
    return Trainer(running, "amal")


def languages() -> list[str]:
    """Return the languages of everybody in the class."""
    return [each.language for each in Person.objects.filter(group="north").order_by("id")]


def upload(
    running: Running, trainer: Trainer, file: bytes = b"", pasted: str = "", key: str | None = None, **more: str
) -> tuple[int, str]:
    """Send a list, and return status and page."""
    found = re.search(r'name="key" value="([0-9a-f]+)"', trainer.page(PEOPLE)[1])
    fields = {"key": key if key is not None else found[1] if found else "", "once": "", "list": pasted}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    named = '--x\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    body = "".join([*parts, named]).encode() + file + b"\r\n--x--\r\n"
    sent = {"Content-Type": "multipart/form-data; boundary=x", "Cookie": trainer.cookie, **more}
    status, _, answered = running.ask("POST", PEOPLE, body, sent)
    return status, answered.decode()


def test_number_of_people_is_added(amal: Trainer) -> None:
    assert sent(amal, PEOPLE, step="number", number="30", language="ar", once="once")[0] == 303
    assert sent(amal, PEOPLE, step="number", number="30", language="ar", once="once")[0] == 303  # pressed twice
    assert languages() == ["en", "ar", *["ar"] * 30]
    assert sent(amal, PEOPLE, step="number", number="1000", language="en")[0] == 303
    assert len({each.pseudonym for each in Person.objects.all()}) == 1032
    status, page = amal.page(f"{PEOPLE}?added=30")
    assert (status, "Added: 30" in page, "Number 32" in page) == (200, True, True)


def test_list_is_written_to_no_file_on_its_way(
    running: Running, amal: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    spooled: list[object] = []
    monkeypatch.setattr(buffers.TempfileBasedBuffer, "__init__", lambda *given: spooled.append(given))
    assert upload(running, amal, b"language\nar\n" + b" " * 700_000)[0] in (303, 400)
    assert spooled == []


@pytest.mark.parametrize("number", ["", "0", "-1", "1001", "1e3", "٣٠٠٠٠", "9" * 30])
def test_other_numbers_add_nobody(amal: Trainer, number: str) -> None:
    assert sent(amal, PEOPLE, step="number", number=number, language="ar")[0] == 400
    assert sent(amal, PEOPLE, step="number", number="3", language="ckb")[0] == 400  # no language of this course
    assert languages() == ["en", "ar"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_list_is_taken_in(running: Running, amal: Trainer, encoding: str) -> None:
    assert upload(running, amal, LIST.replace(",", ";").replace("Planted", "نور").encode(encoding))[0] == 303
    assert upload(running, amal, pasted="language\nar\n")[0] == 303
    assert languages() == ["en", "ar", "ar", "en", "ar"]
    assert [running.shared.seal.opened(each) for each in sealed_names("north").values()] == ["نور Name"]
    assert "Name" not in re.sub(r"<pre.*?</pre>|Names", "", amal.page(PEOPLE)[1])


def test_line_with_an_id_changes_that_person(running: Running, amal: Trainer, store: Store) -> None:
    one, _ = store.people("north")
    assert upload(running, amal, pasted=f"id,name,language\n{one.pseudonym},Noor,ar\n,Sara,en\n")[0] == 303
    assert languages() == ["ar", "ar", "en"]
    assert [running.shared.seal.opened(each) for each in sealed_names("north").values()] == ["Noor", "Sara"]
    assert list(sealed_names("north")) == [one.id, Person.objects.order_by("-id")[0].id]


def test_list_of_a_class_without_names(running: Running, amal: Trainer) -> None:
    running.shared.seal = None
    assert upload(running, amal, LIST.encode())[0] == 303
    assert sealed_names("north") == {}


def test_one_wrong_line_keeps_the_whole_list_out(running: Running, amal: Trainer) -> None:
    lines = "id,name,language\n,Noor,ar\n,Dilan,de\nt-nobody1,Amal,en\n,<b>bold\x07,en\n"
    status, page = upload(running, amal, lines.encode())
    assert status == 400
    assert re.findall(r"Line (\d):", page) == ["3", "4", "5"]
    assert ("Dilan" in page, "<b>bold" in page) == (False, False)
    assert languages() == ["en", "ar"]
    assert sealed_names("north") == {}


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"PK\x03\x04" + b"\0\x01\x02" * 400, "CSV UTF-8"),
        (b"who,what\nNoor,en\n", "name the columns"),
        (b'name\n"Noor\n', "no line of a CSV file"),
        (b"name\n" + b"Noor\n" * 5_001, "at most 5000 lines"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (b"x" * 2_500_000, "larger than 1 MB"),
        (b"", "one of the two"),
    ],
)
def test_other_things_are_refused(running: Running, amal: Trainer, file: bytes, said: str) -> None:
    status, page = upload(running, amal, file)
    assert (status, said in page) == (400, True)
    assert languages() == ["en", "ar"]


def test_others_send_no_list(running: Running, amal: Trainer) -> None:
    staff.set_staff("bara", KEPT, "north", role="mentor")
    assert upload(running, Trainer(running, "bara"), LIST.encode(), key="0" * 32)[0] == 401
    assert upload(running, amal, LIST.encode(), key="0" * 32)[0] == 401
    for changed in ({"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert upload(running, amal, LIST.encode(), **changed)[0] == 403
        assert upload(running, amal, b"x" * 1_500_000, **changed)[0] == 403
    nobody = {"Content-Type": "multipart/form-data; boundary=x", "Cookie": "himaya-staff=x"}
    assert running.ask("POST", PEOPLE, b"x" * 20_000, nobody)[0] == 413  # of a stranger that much is not read
    assert running.ask("POST", PEOPLE, b"--x\r\n", nobody)[0] in (400, 401)
    assert Trainer(running, "bara").page(PEOPLE)[0] == 404
    assert languages() == ["en", "ar"]


def test_language_of_one_person_is_changed(amal: Trainer, store: Store, people: list[int]) -> None:
    store.make_class("south", "South", "core-protection")
    store.enrol("south", "en")
    other = store.people("south")[0].id
    assert sent(amal, PEOPLE, step="language", id=str(people[0]), language="ar")[0] == 303
    assert sent(amal, PEOPLE, step="language", id=str(other), language="ar")[0] == 404
    assert languages() == ["ar", "ar"]
    assert store.people("south")[0].language == "en"


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_page_and_reasons_speak_each_language(running: Running, amal: Trainer, language: str) -> None:
    page = amal.page(f"/class/staff/{language}/c/north/people")[1]
    status, wrong = upload(running, amal, b"id,language\n,de\nt-nobody1,en\n")
    assert status == 400
    for each in (page, wrong):
        assert "{" not in re.sub(r"<style>.*?</style>", "", each, flags=re.DOTALL)
    assert '<span lang="en"' not in page
