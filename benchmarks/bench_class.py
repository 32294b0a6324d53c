"""A class on one machine: signing in, answering, handing in, over TLS, with what each step costs.

(a) 60 people sign in, answer and hand in. (b) Many sign in at once, then each answers every ten seconds; of a hundred
answers ten are followed by opening the page anew, and one by handing in. Clients run on the same machine and take their
share of it. It fails when anything was refused, lost or kept twice; on times it never fails. How many and how long:
HIMAYA_PEOPLE (2000), HIMAYA_SECONDS (300). HIMAYA_SERVER=site measures the site, and HIMAYA_SERVER=plain the service as
the site is measured: neither encrypts.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from short import SHORT

from himaya_server.classroom.service import COOKIE
from himaya_server.classroom.store import open_store
from tests.classroom.certificates import Authority
from tests.classroom.served import Served
from tests.courses import one_module_course

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = 6 if SHORT else 60
CROWD = 20 if SHORT else int(os.environ.get("HIMAYA_PEOPLE", "2000"))
SECONDS = 3 if SHORT else int(os.environ.get("HIMAYA_SECONDS", "300"))
SERVER = os.environ.get("HIMAYA_SERVER", "service")
EVERY = 1 if SHORT else 10  # seconds between two answers of a person
MODULE, ACTIVITY = "case-management", "case-principle"


@dataclass
class Taken:
    """What clients saw.

    Attributes:
        signed_in: Seconds of each sign-in.
        acknowledged: Seconds from sending an answer until it was on the disk.
        handed_in: The same of hand-ins.
        opened: The same of pages.
        errors: Every other answer than was wanted.
    """

    signed_in: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    handed_in: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Crowded(NamedTuple):
    """A class that is served: whom phones trust, the service's process, and everybody's card."""

    served: Served
    trusted: ssl.SSLContext | None
    process: psutil.Process
    cards: list[str]


class Phone:
    """One person's browser: one connection that is kept."""

    def __init__(self, port: int, trusted: ssl.SSLContext | None, card: str, taken: Taken) -> None:
        """Know the card."""
        self._port, self._trusted, self._card, self._taken = port, trusted, card, taken
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._headers = ""
        self._home = ""
        self._epoch, self._rows = "", 0
        self.sent: list[str] = []

    async def _ask(
        self, kind: list[float], method: str, path: str, body: object = None, more: str = ""
    ) -> tuple[int, str, bytes]:
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Length: {len(data)}\r\n"
        begun = time.perf_counter()
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(
                "127.0.0.1", self._port, ssl=self._trusted, server_hostname="127.0.0.1" if self._trusted else None
            )
        self._writer.write(f"{head}{self._headers}{more}Content-Type: application/json\r\n\r\n".encode() + data)
        answered = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in answered.split("\r\n") if line.lower().startswith("content-length")
        )
        received = await self._reader.readexactly(length)
        kind.append(time.perf_counter() - begun)
        return int(answered.split()[1]), answered, received

    async def sign_in(self) -> None:
        """Open the card's link."""
        status, head, body = await self._ask(self._taken.signed_in, "POST", "/class/api/sign-in", {"card": self._card})
        if status != 200:
            self._taken.errors.append(f"sign-in {status}")
            return
        cookie = next(line for line in head.split("\r\n") if f" {COOKIE}=" in line)
        secret = cookie.split(f"{COOKIE}=")[1].split(";")[0]
        person = json.loads(body)
        self._home = person["home"]
        self._headers = (
            f"Cookie: {COOKIE}={secret}\r\nX-Himaya-Key: {person['key']}\r\nX-Himaya-Who: {person['who']}\r\n"
        )

    async def answer(self) -> None:
        """Send one answer and wait until it is kept."""
        event = {"id": f"event-{len(self.sent):06}", "activity": ACTIVITY, "type": "answer", "value": len(self.sent)}
        put = {"module": MODULE, "epoch": self._epoch, "n": self._rows, "events": [event]}
        status, _, body = await self._ask(self._taken.acknowledged, "POST", "/class/api/journal", put)
        if status != 200:
            self._taken.errors.append(f"answer {status}")
            return
        answer = json.loads(body)
        self._epoch, self._rows = answer["epoch"], answer["total"]
        self.sent.append(event["id"])

    async def hand_in(self) -> None:
        """Hand in what was sent."""
        asked = {"module": MODULE, "request": f"request-{len(self.sent)}"}
        status, _, body = await self._ask(self._taken.handed_in, "POST", "/class/api/hand-in", asked)
        if status != 200 or json.loads(body)["receipt"] is None:
            self._taken.errors.append(f"hand-in {status}")

    async def open(self) -> None:
        """Open the first page anew, compressed, as browsers ask for it."""
        status, _, _ = await self._ask(self._taken.opened, "GET", self._home, more="Accept-Encoding: gzip\r\n")
        if status != 200:
            self._taken.errors.append(f"page {status}")

    async def close(self) -> None:
        """Leave."""
        if self._writer is not None:
            self._writer.close()


async def together(phones: list[Phone], at_once: int) -> float:
    """Sign everybody in, so many at once, and return the seconds that it took."""
    begun = time.perf_counter()
    gate = asyncio.Semaphore(at_once)

    async def one(phone: Phone) -> None:
        async with gate:
            await phone.sign_in()

    await asyncio.gather(*(one(phone) for phone in phones))
    return time.perf_counter() - begun


async def answering(phones: list[Phone], seconds: float, every: float) -> None:
    """Let each answer every so often, from a moment of their own on."""
    end = time.perf_counter() + seconds

    async def one(number: int, phone: Phone) -> None:
        draw = Random(number)  # noqa: S311 - repeatable
        moment = time.perf_counter() + draw.uniform(0, every)
        while moment < end:
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            await phone.answer()
            chance = draw.random()
            if chance < 0.1:
                await phone.open()
            elif chance < 0.11:
                await phone.hand_in()
            moment += every

    await asyncio.gather(*(one(number, phone) for number, phone in enumerate(phones)))


def of(values: list[float], part: float) -> str:
    """Return a percentile in milliseconds."""
    return f"{1000 * sorted(values)[int(part * (len(values) - 1))]:.0f} ms" if values else "-"


def told(name: str, taken: Taken) -> None:
    """Print what clients saw."""
    print(f"{name}: {len(taken.acknowledged)} answers acknowledged: median {of(taken.acknowledged, 0.5)}, "
          f"99th percentile {of(taken.acknowledged, 0.99)}, longest {of(taken.acknowledged, 1)}")  # fmt: skip
    for what in ("signed_in", "opened", "handed_in"):
        values = getattr(taken, what)
        print(f"{name}: {what.replace('_', ' ')} {len(values)} times: median {of(values, 0.5)}, "
              f"99th percentile {of(values, 0.99)}")  # fmt: skip
    print(f"{name}: errors: {len(taken.errors)} {sorted(set(taken.errors))}")


async def measure(crowded: Crowded) -> int:
    """Run both phases, and return how many faults there were."""
    served, trusted, process, cards = crowded
    faults = 0
    for name, people, seconds, every in (
        ("room", cards[:ROOM], 20 if not SHORT else SECONDS, 2 if not SHORT else EVERY),
        ("crowd", cards[ROOM:], SECONDS, EVERY),
    ):
        taken = Taken()
        phones = [Phone(served.port, trusted, card, taken) for card in people]
        took = await together(phones, at_once=60)
        print(f"{name}: {len(phones)} people signed in within {took:.1f} s")
        before = process.cpu_times()
        begun = time.perf_counter()
        await answering(phones, seconds, every)
        span = time.perf_counter() - begun
        after = process.cpu_times()
        busy = (after.user + after.system - before.user - before.system) / span
        print(f"{name}: {len(taken.acknowledged) / span:.0f} answers a second; the service used {busy:.2f} processors")
        if name == "room":
            begun = time.perf_counter()
            await asyncio.gather(*(phone.hand_in() for phone in phones))
            print(f"{name}: all handed in within {time.perf_counter() - begun:.1f} s")
        told(name, taken)
        print(
            f"{name}: memory of the service (door, pages, answers, database): {process.memory_info().rss / 1e6:.0f} MB"
        )
        faults += len(taken.errors) + kept_wrong(served, phones, first=name == "room")
        for phone in phones:
            await phone.close()
    return faults


def kept_wrong(served: Served, phones: list[Phone], *, first: bool) -> int:
    """Return how many acknowledged answers are missing, or there twice."""
    store = open_store(served.database)
    people = store.people("north")
    chosen = people[:ROOM] if first else people[ROOM:]
    wrong = 0
    for phone, person in zip(phones, chosen, strict=True):
        ids = [event["id"] for event in store.rows(person.id, MODULE).rows]
        wrong += ids != phone.sent
    store.close()
    print(f"{'room' if first else 'crowd'}: journals that lack an acknowledged answer or hold one twice: {wrong}")
    return wrong


@contextmanager
def serving(folder: Path, people: int) -> Iterator[Crowded]:
    """Serve a class of so many, each with a card."""
    served = Served(folder / "class", one_module_course(folder / "course"), SERVER)
    served.run("enrol", "north", "--number", str(people))
    store = open_store(served.database)
    begun = time.perf_counter()
    cards = [store.new_card(person.id, "bench") for person in store.people("north")]
    print(f"{len(cards)} cards made in {time.perf_counter() - begun:.1f} s")
    store.close()
    authority = Authority() if SERVER == "service" else None
    try:
        served.start(authority)
        yield Crowded(served, authority.trusted() if authority else None, psutil.Process(served.process), cards)
    finally:
        served.kill()


def main() -> None:
    """Make a class, serve it, and measure."""
    with (
        tempfile.TemporaryDirectory(prefix="himaya-bench-") as made,
        serving(Path(made), min(ROOM + CROWD, 2000)) as it,
    ):
        faults = asyncio.run(measure(it))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
