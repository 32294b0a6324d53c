"""Opening the site to the room: who may, at which addresses, and what is said when no phone comes."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from datetime import datetime, timedelta
from errno import ENOSPC
from ipaddress import IPv4Network
from socket import AF_INET, AF_INET6
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import psutil
import pytest
from django.test import Client

from himaya_site.operate import networks as of_machine
from himaya_site.operate import room as rooms
from himaya_site.operate.networks import Network, commands, firewall, networks
from himaya_site.operate.room import KEPT, PATIENCE, Room, RoomError
from himaya_site.people import staff
from himaya_site.project.server import Server
from tests.browser.link import free_port
from tests.classroom.running import Running, run
from tests.classroom.test_first_visit import sent
from tests.classroom.test_staff import KEPT as HASHED
from tests.classroom.test_staff import Trainer
from tests.waiting import end_of, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store
    from tests.classroom.conftest import Clock

PAGE = "/class/staff/en/room"
HERE = "127.0.0.2"
"""An address of this machine that stands for one in the Wi-Fi of a class."""
WIFI = Network("wlan0", IPv4Network("192.168.4.0/24"))
TODAY = datetime.now().astimezone().date()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def running(store: Store, tmp_path: Path) -> Iterator[Running]:
    """Return a site on which `north` has a trainer and a mentor."""
    started = run(store, tmp_path / "pages")
    staff.set_staff("amal", HASHED, "north")
    staff.set_staff("bara", HASHED, "north", role="mentor")
    yield started
    started.stop()


@pytest.fixture
def room(running: Running, tmp_path: Path, clock: Clock) -> Iterator[Room]:
    """Return what opens it, on a machine in two networks, without a firewall."""
    made = made_room(running, tmp_path, clock)
    rooms.use(made)
    yield made
    rooms.use(None)
    made._end()


@pytest.fixture
def amal(running: Running) -> Trainer:
    """Return the trainer of `north`."""
    return Trainer(running, "amal")


def made_room(running: Running, folder: Path, clock: Clock) -> Room:
    """Return a room of a site."""
    known = {HERE: WIFI, "172.17.0.1": Network("docker0", IPv4Network("172.17.0.0/16"))}

    def listen(address: str) -> Server:
        return Server(address, running.port, 100)

    return Room(folder, running.port, listen, networks=lambda: known, firewall=lambda *_: None, clock=clock)


def at(address: str, port: int, path: str = "/class/", method: str = "GET", **headers: str) -> int | None:
    """Return what is answered at an address; None where nothing is."""
    connection = http.client.HTTPConnection(address, port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def phone(room: Room, address: str) -> int:
    """Let a phone open the class, and return what it is answered."""
    return Client(REMOTE_ADDR=address).get("/class/", headers={"host": f"{room.address}:{room.port}"}).status_code


def states(page: str) -> list[str]:
    """Return how each of the checks of a page went."""
    return re.findall(r'<p class="state [a-z]+"><span aria-hidden="true">.</span> <b>(.*?)</b>', page)


@pytest.mark.usefixtures("room")
def test_trainer_opens_and_closes(amal: Trainer, running: Running, tmp_path: Path) -> None:
    assert 'href="/class/staff/en/room"' in amal.page("/class/staff/en/c/north")[1]
    page = amal.page(PAGE)[1]
    assert page.index(HERE) < page.index("172.17.0.1")
    assert at(HERE, running.port) is None
    assert sent(amal, PAGE, step="open", address=HERE)[0] == 303
    assert at(HERE, running.port) == 302
    assert (tmp_path / KEPT).read_text(encoding="ascii") == f"{HERE} {TODAY}"
    assert (tmp_path / KEPT).stat().st_mode & 0o777 == 0o600
    link = f"http://{HERE}:{running.port}/class/"
    assert link in amal.page(PAGE)[1]
    assert link in amal.page("/class/staff/en/c/north")[1]  # what phones open, and no address of this machine alone
    assert sent(amal, PAGE, step="close")[0] == 303
    assert at(HERE, running.port) is None
    assert at("127.0.0.1", running.port) == 302
    assert not (tmp_path / KEPT).exists()
    assert HERE not in running.shared.hosts
    assert link not in amal.page("/class/staff/en/c/north")[1]


def test_only_one_address_is_open(room: Room, running: Running) -> None:
    known = {"127.0.0.3": WIFI, HERE: WIFI}
    room.networks = lambda: known
    room.open("127.0.0.3")
    room.open(HERE)
    assert (at("127.0.0.3", running.port), at(HERE, running.port)) == (None, 302)
    assert running.shared.hosts == {"127.0.0.1", "localhost", HERE}


def test_restart_opens_it_again(room: Room, running: Running, tmp_path: Path, clock: Clock) -> None:
    room.open(HERE)
    room._end()  # the process has ended
    again = made_room(running, tmp_path, clock)
    again.open_again()
    assert at(HERE, running.port) == 302
    again.close()
    once_more = made_room(running, tmp_path, clock)
    once_more.open_again()
    assert (once_more.address, once_more.lost, at(HERE, running.port)) == (None, None, None)


def test_restart_before_the_wifi_waits_for_it(
    room: Room, amal: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "_AGAIN", 0.05)
    (tmp_path / KEPT).write_text(f"{HERE} {TODAY}", encoding="ascii")
    known: dict[str, Network] = {}
    room.networks = lambda: known
    room.open_again()
    page = amal.page(PAGE)[1]
    assert (HERE in page, "This computer is in no network" in page) == (True, True)
    known[HERE] = WIFI
    wait_until(lambda: room.address == HERE, "it is open")
    assert room.lost is None


def test_restart_on_another_day_opens_nothing(room: Room, running: Running, tmp_path: Path, clock: Clock) -> None:
    room.open(HERE)
    room._end()
    days = [TODAY + timedelta(days=1)]
    running.shared.today = lambda: days[0]
    again = made_room(running, tmp_path, clock)
    again.open_again()  # perhaps in another network, where it has the same address
    assert (again.address, again.lost, at(HERE, running.port)) == (None, None, None)


def test_who_waits_for_the_wifi_gives_up_at_midnight(room: Room, running: Running, tmp_path: Path) -> None:
    (tmp_path / KEPT).write_text(f"{HERE} {TODAY}", encoding="ascii")
    known: dict[str, Network] = {}
    room.networks = lambda: known
    room.open_again()
    assert room.lost == HERE
    running.shared.today = lambda: TODAY + timedelta(days=1)
    known[HERE] = WIFI
    assert room._open_lost()
    assert (room.address, room.lost) == (None, None)


def test_closed_while_it_waits_stays_closed(room: Room, amal: Trainer, tmp_path: Path) -> None:
    (tmp_path / KEPT).write_text(f"{HERE} {TODAY}", encoding="ascii")
    known: dict[str, Network] = {}
    room.networks = lambda: known
    room.open_again()
    assert sent(amal, PAGE, step="close")[0] == 303
    known[HERE] = WIFI
    assert room._open_lost()  # nothing is left to do
    assert (room.address, (tmp_path / KEPT).exists()) == (None, False)


def test_page_waits_and_counts_phones(room: Room, amal: Trainer, running: Running) -> None:
    sent(amal, PAGE, step="open", address=HERE)
    assert at(HERE, running.port) == 302  # this machine is no phone
    _, headers, page = running.ask("GET", PAGE, None, {"Cookie": amal.cookie})
    assert (headers["Refresh"], b"Waiting for the first phone" in page, states(page.decode())) == ("5", True, [])
    for address in ("192.168.4.20", "192.168.4.21", "192.168.4.20"):
        assert phone(room, address) == 302
    assert "Phones that have come: 2" in amal.page(PAGE)[1]


def test_phone_that_comes_late_ends_the_checks(room: Room, amal: Trainer, clock: Clock) -> None:
    room.open(HERE)
    clock.time += PATIENCE - 1
    assert states(amal.page(PAGE)[1]) == []
    clock.time += 1
    assert len(states(amal.page(PAGE)[1])) == 4
    phone(room, "192.168.4.20")
    assert states(amal.page(PAGE)[1]) == []


def test_cause_listener_is_gone(room: Room, amal: Trainer, clock: Clock) -> None:
    room.open(HERE)
    assert room._listener is not None
    room._listener.close_listener()
    clock.time += PATIENCE
    assert states(amal.page(PAGE)[1]) == ["Not in order", "In order", "In order", "Look at this"]
    sent(amal, PAGE, step="close")  # as the page says
    sent(amal, PAGE, step="open", address=HERE)
    assert at(HERE, room.port) == 302


def test_cause_address_is_gone(room: Room, amal: Trainer, clock: Clock) -> None:
    room.open(HERE)
    known = {"192.168.7.5": WIFI}
    room.networks, room.firewall = (lambda: known), (lambda *_: "ufw")
    clock.time += PATIENCE
    page = amal.page(PAGE)[1]
    assert states(page)[1:] == ["Not in order", "First do what stands above", "First do what stands above"]
    assert ("sudo" in page, "192.168.7.5" in page) == (False, True)


def test_cause_request_never_arrives(room: Room, amal: Trainer, clock: Clock) -> None:
    room.open(HERE)
    clock.time += PATIENCE
    page = amal.page(PAGE)[1]
    assert states(page) == ["In order", "In order", "In order", "Look at this"]
    assert ("sudo" in page, ">192.168.4.<" in page) == (False, True)
    room.firewall = lambda *_: "ufw"
    page = amal.page(PAGE)[1]
    assert states(page) == ["In order", "In order", "Look at this", "Look at this"]
    assert f"sudo ufw allow proto tcp from 192.168.4.0/24 to any port {room.port}" in page


def test_hand_made_address_is_refused(room: Room, amal: Trainer, tmp_path: Path) -> None:
    key = re.findall(r'name="key" value="([0-9a-f]+)"', amal.page(PAGE)[1])[0]
    for address in ("8.8.8.8", "192.168.99.1", "0", "127.0.0.1", "", "class.example", f"{HERE}:80", f" {HERE}"):
        assert amal.send(PAGE, key=key, step="open", address=address)[0] == 400
        assert (room.address, (tmp_path / KEPT).exists()) == (None, False)


def test_address_of_another_program_is_refused(room: Room, amal: Trainer, running: Running) -> None:
    other = Server(HERE, running.port, 100)
    try:
        assert "Another program" in sent(amal, PAGE, step="open", address=HERE)[1]
        assert room.address is None
    finally:
        other.close_listener()


def test_full_disk_opens_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(rooms, "write_whole", full)
    with pytest.raises(OSError, match="No space"):
        room.open(HERE)
    assert (room.address, at(HERE, room.port)) == (None, None)


def test_other_hosts_are_refused(room: Room, running: Running) -> None:
    room.open(HERE)
    for host in ("class.example", "192.168.4.1", f"{HERE}.class.example", "", "[::1"):
        assert at(HERE, running.port, Host=host) in (400, 421)


def test_staff_pages_stay_on_this_machine(room: Room, amal: Trainer, running: Running) -> None:
    address = "192.168.4.1"  # of the Wi-Fi, while the listener of this test has one of the machine alone
    room.networks, room.listen = (lambda: {address: WIFI}), (lambda _: Server(HERE, running.port, 100))
    assert sent(amal, PAGE, step="open", address=address)[0] == 303
    asked = {"Host": f"{address}:{running.port}", "Cookie": amal.cookie}
    assert at(HERE, running.port, **asked) == 302
    for path in ("/class/staff/", "/class/staff/en/", "/class/staff/en/c/north", PAGE, "/class/first"):
        assert at(HERE, running.port, path, **asked) == 403
        assert at(HERE, running.port, path, "POST", **asked, **FORM) == 403
    pretending = Client(REMOTE_ADDR="192.168.4.20", headers={"host": "127.0.0.1", "cookie": amal.cookie})
    assert pretending.get(PAGE).status_code == 403


def test_trainer_elsewhere_opens_nothing(room: Room, amal: Trainer, running: Running) -> None:
    running.shared.hosts |= {"class.example"}
    remote = Client(REMOTE_ADDR="203.0.113.9", headers={"host": "class.example", "cookie": amal.cookie})
    key = re.findall(r'name="key" value="([0-9a-f]+)"', amal.page(PAGE)[1])[0]
    form = urlencode({"key": key, "step": "open", "address": HERE})
    assert remote.get(PAGE, secure=True).status_code == 404
    assert remote.post(PAGE, form, FORM["Content-Type"], secure=True).status_code == 404
    page = remote.get("/class/staff/en/c/north", secure=True)
    assert (page.status_code, b"staff/en/room" in page.content) == (200, False)
    assert remote.post(PAGE, form, FORM["Content-Type"]).status_code == 403  # where nothing is encrypted
    assert room.address is None


def test_mentors_and_strangers_open_nothing(room: Room, running: Running) -> None:
    bara = Trainer(running, "bara")
    assert bara.page(PAGE)[0] == 404
    key = re.findall(r'name="key" value="([0-9a-f]+)"', bara.page("/class/staff/en/site")[1])[0]
    assert bara.send(PAGE, key=key, step="open", address=HERE)[0] == 404
    assert running.ask("GET", PAGE)[0] == 303  # to the form to sign in
    assert running.ask("POST", PAGE, urlencode({"step": "open", "address": HERE}).encode(), FORM)[0] == 401
    assert room.address is None


def test_other_pages_open_nothing(room: Room, amal: Trainer) -> None:
    for headers in ({"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert amal.send(PAGE, headers, key=amal.key, step="open", address=HERE)[0] == 403
    assert amal.send(PAGE, key="0" * 32, step="open", address=HERE)[0] == 401
    assert amal.send(PAGE, key=amal.key, step="other", address=HERE)[0] == 404
    assert room.address is None


def test_what_the_command_opened_is_closed_there(room: Room, amal: Trainer, running: Running) -> None:
    rooms.use(made := Room(room.folder, running.port, room.listen, HERE, room.networks, room.firewall))
    page = amal.page(PAGE)[1]
    assert (f"http://{HERE}:{running.port}/class/" in page, 'value="close"' in page) == (True, False)
    for fields in ({"step": "close"}, {"step": "open", "address": HERE}):
        assert sent(amal, PAGE, **fields)[0] == 400
    with pytest.raises(RoomError):
        made.close()


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_page_speaks_each_language(room: Room, amal: Trainer, clock: Clock, language: str) -> None:
    room.open(HERE)
    clock.time += PATIENCE
    room.firewall = lambda *_: "firewalld"
    status, page = amal.page(f"/class/staff/{language}/room")
    shown = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert (status, "{" in shown) == (200, False)
    assert language == "en" or '<span lang="en"' not in shown


def test_networks_of_ones_own_come_first_by_wifi(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, list[tuple[int, str, str | None]]] = {
        "lo": [(AF_INET, "127.0.0.1", "255.0.0.0")],
        "docker0": [(AF_INET, "172.17.0.1", "255.255.0.0")],
        "eth0": [(AF_INET, "10.1.2.3", "255.255.0.0"), (AF_INET, "8.8.4.4", "255.255.255.0"), (AF_INET6, "::2", None)],
        "eth1": [(AF_INET, "169.254.3.4", "255.255.0.0")],
        "wlp3s0": [(AF_INET, "192.168.4.17", "255.255.255.0")],
        "wlan9": [(AF_INET, "192.168.9.1", "255.255.255.0")],
    }
    shown = {
        name: [SimpleNamespace(family=family, address=address, netmask=mask) for family, address, mask in each]
        for name, each in found.items()
    }
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: shown)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {name: SimpleNamespace(isup=name != "wlan9") for name in shown})
    assert [(address, each.kind, each.begins) for address, each in networks().items()] == [
        ("192.168.4.17", "wifi", "192.168.4."),
        ("10.1.2.3", "cable", "10.1."),
        ("172.17.0.1", "other", "172.17."),
    ]


def test_firewalls_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(of_machine, "_UFW", tmp_path / "ufw.conf")
    assert firewall("wlan0", 8600) is None
    program = tmp_path / "firewall-cmd"
    program.write_text(
        '#!/bin/sh\ncase "$*" in\n--get-zone*) echo home;;\n--state) ;;\n"--zone=home --query-port=8600/tcp") ;;\n'
        "*) exit 1;;\nesac\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    assert firewall("wlan0", 8600) is None  # it lets them in already
    assert firewall("wlan0", 8601) == "firewalld"
    opens, closes = commands("firewalld", WIFI, 8601)
    assert opens == "sudo firewall-cmd --zone=home --add-port=8601/tcp"
    assert closes == "sudo firewall-cmd --zone=home --remove-port=8601/tcp"
    (tmp_path / "ufw.conf").write_text("# ufw\nENABLED=yes\nLOGLEVEL=low\n", encoding="utf-8")
    assert firewall("wlan0", 8600) == "ufw"
    assert "localport=8600 remoteip=192.168.4.0/24" in commands("windows", WIFI, 8600)[0]


def test_started_site_opens_it_again(tmp_path: Path) -> None:
    port, log, known = free_port(), tmp_path / "site.log", networks()
    address = next(iter(known), "10.255.255.1")  # where this machine is in no network: nothing is opened
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / KEPT).write_text(f"{address} {TODAY}", encoding="ascii")
    command = [sys.executable, "-m", "himaya", "class", "serve", "--site", "--port", str(port)]
    with log.open("wb") as said:
        site = subprocess.Popen([*command, "--folder", str(folder)], stdout=said, stderr=said)
    try:
        wait_until(lambda: at("127.0.0.1", port) == 302, "the site answers", process=site, saw=end_of(log))
        assert ((f"http://{address}:{port}/class/" in log.read_text(encoding="utf-8")), at(address, port)) == (
            (True, 302) if known else (False, None)
        )
    finally:
        site.terminate()
        site.wait(20)
