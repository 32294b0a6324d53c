"""The first account of a site, who may sign in from where, and who of staff does what. All on one started site."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from django.test import RequestFactory

from himaya.commands.main import main
from himaya_server.classroom.looking import Looking
from himaya_site.desk.signing import sign_in
from himaya_site.files import FIRST_VISIT, SERVING
from himaya_site.people import staff
from himaya_site.people.first import first_key
from himaya_site.requests import on_this_machine
from tests.browser.link import free_port
from tests.classroom.running import COURSE, MODULE, Address, Running, pages_in, run
from tests.classroom.served import ROOT
from tests.classroom.test_staff import KEPT, PASSWORD, Trainer
from tests.waiting import end_of, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store

SITE = "/class/staff/en/site"
TEAM = "/class/staff/en/c/north/staff"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the classes."""
    return tmp_path / "class"


@pytest.fixture
def running(store: Store, tmp_path: Path, folder: Path) -> Iterator[Running]:
    """Return a site on which nobody has an account yet."""
    store.make_class("south", "South", COURSE)
    started = run(store, tmp_path / "pages")
    started.shared.folder, started.shared.tour = folder, "http://127.0.0.1:8888/himaya"
    yield started
    started.stop()


@pytest.fixture
def key(running: Running, folder: Path) -> str:
    """Return what makes the first account."""
    assert running.port
    return str(first_key(folder))


@pytest.fixture
def cora(running: Running) -> Trainer:
    """Return a coordinator."""
    staff.set_staff("cora", KEPT, coordinator=True)
    return Trainer(running, "cora")


@pytest.fixture
def amal(running: Running) -> Trainer:
    """Return the trainer of `north`."""
    staff.set_staff("amal", KEPT, "north")
    return Trainer(running, "amal")


def asked(key: str, **changed: str) -> bytes:
    """Return the form of the first visit."""
    return urlencode({"k": key, "login": "cora", "password": PASSWORD, "again": PASSWORD, **changed}).encode()


def sent(trainer: Trainer, path: str, **fields: str) -> tuple[int, str]:
    """Send a form of a page of staff, and return status and page."""
    found = re.search(r'name="key" value="([0-9a-f]+)"', trainer.page(path)[1])
    status, _, body = trainer.send(path, key=found[1] if found else "", **fields)
    return status, body


def test_first_visit_makes_a_coordinator_once(running: Running, key: str, folder: Path) -> None:
    assert (folder / FIRST_VISIT).stat().st_mode & 0o777 == 0o600
    old, key = key, first_key(folder) or ""  # at the next start
    assert running.ask("GET", f"/class/first?k={old}")[0] == 403
    status, _, page = running.ask("GET", f"/class/first?k={key}")
    assert (status, b"8888/himaya" in page, b"<form" in page) == (200, True, True)
    status, headers, _ = running.ask("POST", "/class/first", asked(key), FORM)
    assert (status, headers["Location"]) == (303, "/class/staff/en/")
    assert running.ask("GET", "/class/staff/en/site", None, {"Cookie": headers["Set-Cookie"]})[0] == 200
    assert [(each.login, each.coordinator) for each in staff.members()] == [("cora", True)]
    assert not (folder / FIRST_VISIT).exists()
    assert first_key(folder) is None
    assert running.ask("POST", "/class/first", asked(key, login="eve"), FORM)[0] == 403
    assert running.ask("GET", f"/class/first?k={key}")[0] == 403


def test_two_first_visits_at_once_make_one_account(running: Running, key: str) -> None:
    together = threading.Barrier(6)
    answers: list[int] = []

    def visit(number: int) -> None:
        together.wait()
        answers.append(running.ask("POST", "/class/first", asked(key, login=f"login-{number}"), FORM)[0])

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers.count(303) == 1, answers
    assert len(staff.members()) == 1


@pytest.mark.parametrize("wrong", ["", "x", "k" * 43, "\u00e9"])
def test_first_visit_without_the_key_is_closed(running: Running, key: str, wrong: str) -> None:
    assert key
    assert running.ask("POST", "/class/first", asked(wrong), FORM)[0] == 403
    assert running.ask("GET", "/class/first?" + urlencode({"k": wrong}))[0] == 403
    assert staff.members() == []


@pytest.mark.parametrize(
    "changed", [{"login": "A B"}, {"password": "short", "again": "short"}, {"again": "another password"}]
)
def test_first_account_needs_login_and_password(running: Running, key: str, changed: dict[str, str]) -> None:
    status, _, page = running.ask("POST", "/class/first", asked(key, **changed), FORM)
    assert (status, b'role="alert"' in page) == (400, True)
    assert staff.members() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-Forwarded-For": "192.168.4.9"},
        {"Content-Type": "text/plain"},
    ],
)
def test_other_pages_make_no_first_account(running: Running, key: str, headers: dict[str, str]) -> None:
    assert running.ask("POST", "/class/first", asked(key), {**FORM, **headers})[0] == 403
    assert staff.members() == []


@pytest.mark.parametrize(
    ("address", "headers", "here"),
    [
        ("127.0.0.1", {"Host": "127.0.0.1:8600"}, True),
        ("::1", {"Host": "[::1]:8600"}, True),
        ("::ffff:127.0.0.1", {"Host": "localhost"}, True),
        ("192.168.4.9", {"Host": "127.0.0.1:8600"}, False),
        ("127.0.0.1", {"Host": "192.168.4.1:8600"}, False),
        ("127.0.0.1", {"Host": "class.example"}, False),
        ("127.0.0.1", {"Host": "localhost", "X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", {"Host": "localhost", "Forwarded": "for=192.168.4.9"}, False),
        ("127.0.0.1", {"Host": "localhost", "Via": "1.1 proxy"}, False),
        ("", {"Host": "localhost"}, False),
    ],
)
def test_who_is_on_this_machine(address: str, headers: dict[str, str], here: bool) -> None:
    request = RequestFactory().get("/class/staff/", REMOTE_ADDR=address, headers=headers)
    assert on_this_machine(request) == here


def test_staff_sign_in_on_this_machine_only(running: Running, amal: Trainer) -> None:
    passed_on = {"X-Forwarded-For": "192.168.4.9", "Cookie": amal.cookie}
    for path in ("/class/staff/", "/class/staff/en/", "/class/staff/en/c/north", SITE, "/class/first"):
        status, _, page = running.ask("GET", path, None, passed_on)
        assert (status, f"http://127.0.0.1:{running.port}/class/staff/".encode() in page) == (403, True)
    assert running.ask("POST", "/class/staff/en/", b"login=amal", {**FORM, **passed_on})[0] == 403
    assert running.ask("GET", "/class/", None, passed_on)[0] == 302  # trainees are answered


def test_wrong_passwords_of_others_shut_nobody_out(running: Running, amal: Trainer) -> None:
    served = running.shared
    form = urlencode({"login": "amal", "password": "a wrong password"})
    for number in range(1_000):  # of a phone, and now and then of another one, where something encrypts
        address = f"192.168.5.{number // 50}" if number % 50 == 0 else "192.168.4.9"
        request = RequestFactory().post(
            "/class/staff/en/", form, FORM["Content-Type"], secure=True, REMOTE_ADDR=address, HTTP_HOST="127.0.0.1"
        )
        assert sign_in(request, "en").status_code in (403, 429)
    assert Trainer(running, "amal").status == 303
    while served.wrong.take("127.0.0.1"):  # also from this address: this browser is known
        pass
    assert Trainer(running, "amal").status == 429
    browser = f"himaya-staff-browser=name.{served.codes.device('name')}"
    status, _, _ = amal.send("/class/staff/en/", {"Cookie": browser}, login="amal", password=PASSWORD)
    assert status == 303
    forged = {"Cookie": "himaya-staff-browser=name.0000"}
    assert amal.send("/class/staff/en/", forged, login="amal", password=PASSWORD)[0] == 429


def test_coordinator_sees_all_classes_and_adds_staff(running: Running, cora: Trainer) -> None:
    assert all(f"/c/{each}".encode() in cora.page("/class/staff/en/")[1].encode() for each in ("north", "south"))
    new = {"step": "add", "login": "dana", "password": PASSWORD, "again": PASSWORD}
    assert sent(cora, SITE, **new, role="trainer")[0] == 400  # of no class
    assert sent(cora, SITE, **new, role="mentor", **{"class": "south"})[0] == 200
    assert sent(cora, SITE, **new, role="coordinator")[0] == 400  # the login is taken
    assert staff.team_of("south") == [("dana", "mentor")]
    assert Trainer(running, "dana").status == 303
    assert sent(cora, SITE, step="remove", login="cora")[0] == 404  # nobody removes themselves
    assert sent(cora, SITE, step="remove", login="dana")[0] == 303
    assert [each.login for each in staff.members()] == ["cora"]


def test_trainer_adds_no_staff(amal: Trainer) -> None:
    assert "Who signs in here" not in amal.page(SITE)[1]
    new = {"login": "dana", "password": PASSWORD, "again": PASSWORD, "class": "north"}
    assert sent(amal, SITE, step="add", role="coordinator", **new)[0] == 404
    assert sent(amal, SITE, step="remove", login="amal")[0] == 404
    assert [each.login for each in staff.members()] == ["amal"]


def test_only_coordinators_are_led_to_the_invented_class(cora: Trainer, amal: Trainer) -> None:
    assert "8888/himaya" in cora.page("/class/staff/en/site")[1]
    assert "8888/himaya" not in amal.page("/class/staff/en/site")[1]  # its key runs code as this machine's user


def test_mentor_sees_no_steps(running: Running) -> None:
    staff.set_staff("bara", KEPT, "north", role="mentor")
    bara = Trainer(running, "bara")
    assert bara.status == 303
    _, headers, _ = running.ask("GET", "/class/staff/en/", None, {"Cookie": bara.cookie})
    assert headers["Location"] == "/class/staff/en/c/north/wall"
    assert bara.page("/class/staff/en/c/north")[0] == 404
    assert bara.page(TEAM)[0] == 404


def test_class_has_several_trainers_and_is_handed_over(amal: Trainer) -> None:
    staff.set_staff("bara", KEPT, "south")
    for nobody in ("nobody", "\0", "x" * 100):
        assert sent(amal, TEAM, step="give", login=nobody, role="trainer")[0] == 400
    assert sent(amal, TEAM, step="give", login="amal", role="mentor")[0] == 400  # nobody would train it
    assert sent(amal, TEAM, step="give", login="bara", role="trainer")[0] == 303
    assert staff.team_of("north") == [("amal", "trainer"), ("bara", "trainer")]
    assert sent(amal, TEAM, step="take", login="bara")[0] == 303
    assert sent(amal, TEAM, step="take", login="amal")[0] == 400
    assert sent(amal, TEAM, step="hand-over", login="amal")[0] == 400
    assert sent(amal, TEAM, step="hand-over", login="bara")[0] == 303
    assert staff.team_of("north") == [("bara", "trainer")]
    assert amal.page(TEAM)[0] == 404
    assert amal.page("/class/staff/en/c/south/staff")[0] == 404


def test_own_password_is_changed(running: Running, amal: Trainer) -> None:
    new = "another long password"
    other = Trainer(running, "amal")
    assert sent(amal, SITE, step="password", old="wrong", password=new, again=new)[0] == 403
    assert sent(amal, SITE, step="password", old=PASSWORD, password=new, again=new)[0] == 303
    assert other.page(SITE)[0] == 303
    assert Trainer(running, "amal").status == 403
    assert Trainer(running, "amal", new).status == 303


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_pages_of_accounts_speak_each_language(running: Running, cora: Trainer, language: str) -> None:
    del running
    for path in (f"/class/staff/{language}/site", f"/class/staff/{language}/c/north/staff"):
        status, page = cora.page(path)
        shown = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
        assert (status, "{" in shown) == (200, False)
        assert language == "en" or '<span lang="en"' not in shown  # a sentence that is not translated


def test_new_class_is_served_without_a_restart(running: Running, store: Store, tmp_path: Path) -> None:
    course = tmp_path / "courses" / "second"
    course.mkdir(parents=True)
    (course / "course.yaml").write_text(
        f"id: second\ntitle: Second\nsummary: A summary.\nlanguages: [en]\nmodules: [{MODULE}]\npass_mark: 60\n",
        encoding="utf-8",
    )
    running.shared.look = Looking(tmp_path, store.classes)
    store.make_class("new", "New", str(course))
    store.enrol("new", "en")
    card = store.new_card(store.people("new")[0].id, "cora")
    assert running.post("sign-in", {"card": card})[0] == 503  # its pages are not written yet
    pages = pages_in(tmp_path / "pages" / "second" / "0123456789ab")
    about: dict[str, object] = {
        "languages": pages.languages,
        "digits": None,
        "modules": pages.modules,
        "activities": {},
    }
    (pages.folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
    running.shared._looked = 0.0
    assert running.post("sign-in", {"card": card})[0] == 200


def test_empty_folder_is_served_to_a_network_and_to_staff_here(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "site.log"
    command = [sys.executable, "-m", "himaya", "class", "serve", "--site", "--host", "127.0.0.2", "--port", str(port)]
    with log.open("wb") as said:
        site = subprocess.Popen([*command, "--folder", str(tmp_path / "new")], stdout=said, stderr=said)
    try:
        wait_until((tmp_path / "new" / SERVING).exists, "the site answers", process=site, saw=end_of(log))
        address = Address(port)
        key = (tmp_path / "new" / FIRST_VISIT).read_text(encoding="ascii")
        told = log.read_text(encoding="utf-8")
        assert (FIRST_VISIT in told, key in told) == (True, False)  # a log is read by others, too
        status, headers, _ = address.ask("GET", "/class/")
        assert (status, headers["Location"]) == (302, "/class/staff/")
        assert address.ask("GET", f"/class/first?k={key}")[0] == 200
        with socket.create_connection(("127.0.0.2", port), 5):  # where phones find it
            pass
    finally:
        site.terminate()
        site.wait(20)


def test_program_that_takes_the_port_first_gets_no_key(tmp_path: Path) -> None:
    taken = "from himaya.commands import start; start._free_port = lambda port, _: port; start.start()"
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        port = str(foreign.getsockname()[1])
        command = [sys.executable, "-c", taken, "--class-port", port, "--port", str(free_port())]
        done = subprocess.run(
            [*command, "--folder", str(tmp_path / "platform"), "--no-synthetic-class"],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
    assert done.returncode == 1
    assert "the site of classes ended" in done.stderr
    assert "first?k=" not in done.stdout


def test_account_of_a_coordinator_by_command(running: Running, folder: Path) -> None:
    assert running.port
    (folder / "site").touch()
    given = ["class", "staff", "add", "cora", "--folder", str(folder), "--password", PASSWORD]
    done = CliRunner().invoke(main, given)
    assert (done.exit_code, "--coordinator" in done.output) == (2, True)
    assert CliRunner().invoke(main, [*given, "--coordinator"]).exit_code == 0
    assert CliRunner().invoke(main, given).exit_code == 0  # a new password
    assert staff.is_coordinator(staff.members()[0].id)
    listed = CliRunner().invoke(main, ["class", "staff", "list", "--folder", str(folder)])
    assert listed.output == "cora: all classes, as a coordinator\n"
