"""Twenty-five visitors of the practice apps, and two hundred hostile clients beside them, each from its own address.

`trial` lets the visitors play alone and then among the others. The hostile ones run in a process of their own
(`python -m tests.release.apps_load PORT`): they attack until their standard input ends, stop sending, wait until the
server has closed what they opened, and print what came of it. Everything stays on this machine.

Real attackers bring their own processors; these share the server's. So that the figures are the server's and not the
generator's, its process comes after the others (its scheduling group, too, where Linux makes one for each session).
`Trial.cpu` and `Trial.rates` say how much it got and did; where it did little, the trial says nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from tests.browser.apps import TOKEN, AppsServer
from tests.waiting import Deadline, let_time_pass, wait_until
from tests.widgets.hostile import BINARY, PING, V1, Channel, ended, frame, head, in_v1, link, megabytes, message

if TYPE_CHECKING:
    from collections.abc import Callable

LAB = "/app/en/case-management/one-month"
PAGE = "/app/en/case-management/quiet-visitor"
PLAYERS, READERS, STEPS = 8, 17, 20
_THINKING = 0.5  # seconds between two steps
_PATIENCE = 30.0  # seconds after which a step counts as lost
_CLOSING = 80.0  # seconds in which the server must have closed every hostile connection
_NICE = 5  # how far hostile clients come after server and visitors
_LONGEST = 150.0  # seconds that the hostile process may live


def ask(server: AppsServer, path: str, cookie: str, address: str) -> tuple[int, bytes, str]:
    """Return status, body and new cookie of a page, asked for as a browser does, from an address of our choice."""
    asking = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_PATIENCE, source_address=(address, 0))
    with contextlib.closing(asking):
        asking.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"} if cookie else {})
        answer = asking.getresponse()
        return answer.status, answer.read(), str(answer.headers.get("Set-Cookie", "")).partition(";")[0]


def entered(server: AppsServer, address: str) -> str:
    """Return the cookie of somebody who opens the link at an address."""
    return ask(server, f"/?token={TOKEN}", "", address)[2]


def lab_kernel(server: AppsServer, cookie: str, address: str) -> str:
    """Open the lab and return the kernel of its page."""
    answer = link(server, address)
    answer.settimeout(120)
    with contextlib.closing(answer):
        answer.sendall(head(LAB, f"Cookie: {cookie}", "Connection: close"))
        page = b"".join(iter(lambda: answer.recv(2**16), b""))
    found = re.search(rb'"kernelId": ?"([\w-]+)"', page)
    assert found is not None, page[-500:]
    return found[1].decode()


@dataclass
class Visitor:
    """Somebody who plays.

    Attributes:
        first: Seconds until the first step; people do not all press at the same moment.
        took: Seconds of each step, of the run alone and of that among hostile clients.
        lost: Steps without an answer.
    """

    server: AppsServer
    address: str
    lab: bool
    first: float
    took: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    lost: list[str] = field(default_factory=list)

    def enter(self) -> None:
        """Open the link, and the lab."""
        self.cookie = entered(self.server, self.address)
        if not self.lab:
            return
        kernel = lab_kernel(self.server, self.cookie, self.address)
        protocol = f"Sec-WebSocket-Protocol: {V1}"
        self.channel = Channel(self.server, kernel, self.cookie, protocol, address=self.address)
        self._tell("comm_open", {"comm_id": "c", "target_name": "jupyter.widget.control"}, {"version": "1.0.0"})
        found = self._tell("comm_msg", {"comm_id": "c", "data": {"method": "request_states"}}, {}, b"update_states")
        start = next(place.start() for place in re.finditer(rb"himaya-key-start", found))
        self.button = re.findall(rb'"([0-9a-f]{32})": ?{"model_name": ?"ButtonModel"', found[:start])[-1].decode()

    def _tell(self, kind: str, content: Any, metadata: dict[str, str], awaited: bytes = b'"idle"') -> bytes:
        """Send a message, and return the frame that holds its answer and what is awaited."""
        told = message(kind, content, metadata=metadata)
        name = told["header"]["msg_id"] = f"m{time.monotonic_ns()}"
        self.channel.send(frame(in_v1(told), BINARY))
        deadline = Deadline(_PATIENCE)
        while True:
            self.channel.socket.settimeout(max(0.01, deadline.left))  # 0 would be no timeout but another mode
            kind_, payload = self.channel.receive()
            if kind_ == PING:
                self.channel.send(frame(payload, 10))
            elif awaited in payload and name.encode() in payload:
                return payload

    def step(self) -> None:
        """Press a button of the lab, or open a page."""
        if self.lab:
            self._tell(
                "comm_msg", {"comm_id": self.button, "data": {"method": "custom", "content": {"event": "click"}}}, {}
            )
        else:
            status, body, _ = ask(self.server, PAGE, self.cookie, self.address)
            assert status == 200, status
            assert len(body) > 10_000

    def play(self, run: int) -> None:
        """Take some steps and keep how long each took."""
        let_time_pass(self.first, "not all visitors begin at once")
        for _ in range(STEPS):
            began = time.monotonic()
            try:
                self.step()
            except (OSError, AssertionError, http.client.HTTPException) as error:
                self.lost.append(f"{self.address} {'lab' if self.lab else 'page'}: {error!r}")
            self.took[run].append(time.monotonic() - began)
            let_time_pass(_THINKING, "a visitor reads")

    def ratio(self) -> float:
        """Return the median of the second run in medians of the first."""
        return statistics.median(self.took[1]) / statistics.median(self.took[0])


@dataclass
class Trial:
    """What came of it; memory is that of the server's own process, in MB.

    Attributes:
        rates: Of the hostile clients, a second: connections made, refused by the server, writes that it took.
        cpu: Processors that "server", "kernels" and "hostile" used among hostile clients, 1.0 is one whole.
    """

    visitors: list[Visitor]
    hostile: dict[str, Any]
    before: float
    highest: float
    after: float
    rates: dict[str, float]
    cpu: dict[str, float]


def trial(server: AppsServer) -> Trial:
    """Let the visitors play alone, then among hostile clients, and wait until these are gone."""
    several = PLAYERS + READERS
    visitors = [
        Visitor(server, f"127.0.10.{1 + number}", number < PLAYERS, number * _THINKING / several)
        for number in range(several)
    ]
    command = [sys.executable, "-m", "tests.release.apps_load", str(server.port)]
    attack = subprocess.Popen(
        command,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert attack.stdin is not None
    assert attack.stdout is not None
    with ThreadPoolExecutor(len(visitors)) as pool:
        try:
            attack.stdout.readline()  # it is ready, so that no channel waits long between the two runs
            list(pool.map(Visitor.enter, visitors))
            list(pool.map(lambda one: one.play(0), visitors))
            before = highest = megabytes(server)
            attack.stdin.write(b"\n")
            attack.stdin.flush()
            attack.stdout.readline()  # all have begun
            began, used = time.monotonic(), _used(server, attack.pid)
            playing = [pool.submit(one.play, 1) for one in visitors]
            while not all(one.done() for one in playing):
                highest = max(highest, megabytes(server))
                let_time_pass(0.2, "between two looks at the memory")
            took = time.monotonic() - began
            cpu = {who: (now - used[who]) / took for who, now in _used(server, attack.pid).items()}
            attack.stdin.close()
            ended_ = json.loads(attack.stdout.readline())
        finally:
            attack.kill()
            attack.wait()
            attack.stdout.close()
    for one in playing:
        one.result()
    after = wait_until(
        lambda: (now := megabytes(server)) <= before + 50 and now, "the server gives back its memory", every=0.5
    )
    rates = {name: sum(ended_[name].values()) / ended_["seconds"] for name in ("tries", "ends", "writes")}
    return Trial(visitors, ended_, before, highest, after, rates, cpu)


def _used(server: AppsServer, attack: int) -> dict[str, float]:
    """Return the processor time, in seconds, that each side has used; a kernel that ended counts for its server."""

    def seconds(process: psutil.Process) -> float:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            return float(times.user + times.system)
        return 0.0

    own, ended_ = psutil.Process(server.process.pid), psutil.Process(server.process.pid).cpu_times()
    kernels = sum(map(seconds, own.children(recursive=True))) + ended_.children_user + ended_.children_system
    return {"server": seconds(own), "kernels": kernels, "hostile": seconds(psutil.Process(attack))}


# The hostile ones -----------------------------------------------------------------------------------------------------


class Hostile:
    """Clients that attack until they are told to stop.

    Attributes:
        stop: Set when they shall send no more.
        tries: Connections that each kind made.
        ends: Those that ended: the server closed them, or the client had what it came for.
        writes: What each address wrote once it was connected: requests, frames, parts of a body.
        open: What is open still.
    """

    def __init__(self, port: int) -> None:
        self.server = AppsServer(Path(), port, None)
        self.stop = threading.Event()
        self.tries: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.writes: Counter[str] = Counter()
        self.open: list[socket.socket] = []
        self._lock = threading.Lock()

    def attack(self, kind: str, address: str, act: Callable[[str], socket.socket | None], pause: float) -> None:
        """Do the same again and again; what is left open at the end is looked at by `main`."""
        while not self.stop.is_set():
            left: socket.socket | None = None
            with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
                left = act(address)
            with self._lock:
                self.tries[kind] += 1
                if left is not None and left.fileno() >= 0:
                    self.open.append(left)
                else:
                    self.ends[kind] += 1
            self.stop.wait(pause)

    def writer(self, begun: bytes, more: bytes, pause: float) -> Callable[[str], socket.socket | None]:
        """Return one that sends, and then again and again, until it is closed or told to stop."""

        def act(address: str) -> socket.socket | None:
            one = link(self.server, address)
            one.settimeout(0.5)
            with contextlib.suppress(TimeoutError):
                one.sendall(begun)
            while not self.stop.wait(pause):
                try:
                    if more:
                        one.send(more)
                        self.writes[address] += 1
                    elif ended([one], 0.01):
                        raise ConnectionError
                except TimeoutError:
                    continue
                except OSError:
                    one.close()
                    return None
            return one

        return act

    def channel(self, sent: list[bytes]) -> Callable[[str], socket.socket | None]:
        """Return one that has a kernel of its own and floods its channel without reading."""
        kernels: dict[str, tuple[str, str]] = {}
        lock = threading.Lock()

        def act(address: str) -> socket.socket | None:
            with lock:
                if address not in kernels:
                    cookie = entered(self.server, address)
                    kernels[address] = lab_kernel(self.server, cookie, address), cookie
            kernel, cookie = kernels[address]
            one = Channel(self.server, kernel, cookie, f"Sec-WebSocket-Protocol: {V1}", address=address)
            if b" 101 " not in one.answer:  # the kernel is gone: take another
                kernels.pop(address, None)
                one.socket.close()
                return None
            one.socket.settimeout(0.5)
            while not self.stop.wait(0.05):
                try:
                    for each in sent:
                        one.socket.send(each)
                        self.writes[address] += 1
                except TimeoutError:
                    continue
                except OSError:
                    one.socket.close()
                    return None
            return one.socket

        return act

    def reader(self, path: str, seconds: float) -> Callable[[str], socket.socket | None]:
        """Return one that comes with the link and asks for a page, and reads nothing of it for so long."""
        cookies: dict[str, str] = {}

        def act(address: str) -> socket.socket | None:
            if address not in cookies:
                cookies[address] = entered(self.server, address)
            one = link(self.server, address)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.sendall(head(path, f"Cookie: {cookies[address]}"))
            self.writes[address] += 1
            self.stop.wait(seconds)
            one.close()
            return None

        return act


def _clients(hostile: Hostile) -> list[tuple[str, int, int, float, Callable[[str], socket.socket | None]]]:
    """Return the kinds: name, how many, from how many addresses, the pause between two tries, and what each does."""
    post = ("Content-Length: 90000000", "Transfer-Encoding: chunked")
    update = message("comm_msg", {"comm_id": "c", "data": {"method": "update", "state": {"x": "x" * 40_000}}})
    states = message("comm_msg", {"comm_id": "c", "data": {"method": "request_states"}})
    bombs = [struct.pack("<Q", 2**62), struct.pack("<7Q", 6, 56, 60, 50, 60, 50, 2**40), b"[" * 60_000]
    return [
        ("slow headers", 30, 30, 0.2, hostile.writer(b"GET / HTTP/1.1\r\n", b"a", 1)),
        ("large bodies", 25, 25, 0.2, hostile.writer(head("/", post[0], method="POST"), bytes(2**16), 0.05)),
        ("endless chunks", 15, 15, 0.2, hostile.writer(head("/", post[1], method="POST"), b"1\r\nx\r\n" * 500, 0.1)),
        ("slow bodies", 15, 15, 0.2, hostile.writer(head("/", "Content-Length: 4000", method="POST"), b"x", 1)),
        ("silence", 25, 5, 0.2, hostile.writer(b"", b"", 1)),
        ("requests without the link", 20, 20, 0.2, hostile.writer(b"", head("/"), 0.05)),
        ("bombs", 20, 5, 0.2, hostile.channel([frame(one, BINARY) for one in bombs])),
        ("floods of pings", 5, 5, 0.2, hostile.channel([frame(b"x" * 125, PING)] * 50)),
        ("floods of updates", 5, 5, 0.2, hostile.channel([frame(in_v1(update), BINARY)])),
        ("questions without reading", 5, 5, 0.2, hostile.channel([frame(in_v1(states), BINARY)] * 20)),
        ("pages nobody reads", 20, 10, 0.2, hostile.reader(PAGE, 5)),
        ("pages again and again", 11, 11, 0.1, hostile.reader(PAGE, 0.1)),
        ("labs that are dropped", 4, 2, 0.5, hostile.reader(LAB, 1)),
    ]


def main(port: int) -> None:
    """Attack until standard input ends."""
    os.nice(_NICE)
    group = Path("/proc/self/autogroup")
    if group.exists():  # there, priorities count among the processes of one session only: see sched(7)
        with contextlib.suppress(OSError):
            group.write_text(str(_NICE), encoding="ascii")
    print("ready", flush=True)
    sys.stdin.readline()
    hostile = Hostile(port)
    threads = []
    for place, (kind, number, addresses, pause, act) in enumerate(_clients(hostile)):
        for client in range(number):
            address = f"127.0.{100 + place}.{1 + client % addresses}"
            threads.append(threading.Thread(target=hostile.attack, args=(kind, address, act, pause), daemon=True))
    for thread in threads:
        thread.start()
    began = time.monotonic()
    end = threading.Timer(_LONGEST, hostile.stop.set)
    end.daemon = True
    end.start()
    print(len(threads), flush=True)
    sys.stdin.read()
    told: dict[str, Any] = {"clients": len(threads), "seconds": time.monotonic() - began}
    told |= {"tries": dict(hostile.tries), "ends": dict(hostile.ends), "writes": dict(hostile.writes)}
    hostile.stop.set()
    deadline = Deadline(_PATIENCE)  # some wait for a kernel, and will wait for long
    for thread in threads:
        thread.join(deadline.left)
    closed = ended(hostile.open, _CLOSING)
    print(json.dumps({**told, "left": len(hostile.open) - closed}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
