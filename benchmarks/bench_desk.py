"""The desk for 1,000 trainees x 4 modules while 300 answers are marked, beside formgrader's lists, on one server.

Prints, in milliseconds, how long each page took when it was first looked at after the start, then, once every page was
looked at, the median, the 99th percentile and the slowest. The target of the desk's pages is 300 ms and 1 s. The pages
that come straight after a mark are printed by themselves.

After its start the server reads the class in the background. How long the page took that says so, until the modules
came and until the questions came is printed first, from when the server answered anything.

HIMAYA_KEEP: a folder that keeps each class for the next run with as many people and modules, which then begins with the
same gradebook. HIMAYA_DIFFERENT (12): how many people answer differently; the rest of the class are copies of these.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from short import SHORT

from himaya_autograde import arrivals
from himaya_autograde.course import CourseDirectory
from himaya_autograde.markbook import FILE as MARKBOOK
from himaya_server.platform import Platform, hand_in_synthetic, write_configuration

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
COURSE = "core-protection"
MODULES = ["case-management"] if SHORT else ["case-management", "gbv-guiding-principles", "data-protection", "pseah"]
GRADED = int(os.environ.get("HIMAYA_DIFFERENT", "12"))
COHORT = 20 if SHORT else 1000
READ = 2 * GRADED // 3  # of the graded: a person has marked their answers
LOOKS = 2 if SHORT else 100
STOCK_LOOKS = 1 if SHORT else 5
MARKS = 3 if SHORT else 300
TOKEN = "only-for-the-benchmark"  # noqa: S105 - of a server that lives as long as this program
OURS = {
    "questions": f"himaya/desk/{COURSE}/questions?module={MODULES[-1]}",
    "questions, Arabic": f"himaya/desk/{COURSE}/questions?module={MODULES[-1]}&language=ar",
    "learned": f"himaya/desk/{COURSE}/learned?language=en",
    "again": f"himaya/desk/{COURSE}/again",
    "class report": f"himaya/desk/{COURSE}/reports/class",
    "donors": f"himaya/desk/{COURSE}/reports/donors",
    "certificates": f"himaya/desk/{COURSE}/certificates",
}
WAITING = {
    "modules": "himaya/trainer",
    "people": f"himaya/desk/{COURSE}/people",
    "marking": f"himaya/desk/{COURSE}/marking",
}
NEXT = f"himaya/desk/{COURSE}/marking/next"
STOCK = {
    "formgrader: assignments": "formgrader/api/assignments",
    "formgrader: students": "formgrader/api/students",
    "formgrader: submissions": f"formgrader/api/submitted_notebooks/{MODULES[-1]}/{MODULES[-1]}",
}


def _class_in(folder: Path) -> Platform:
    """Return the class of this size in a folder with the gradebook it had at first; made where it is not there."""
    home = folder / f"{COHORT}-{GRADED}-{len(MODULES)}"
    made = Platform(home / "platform", COURSE)
    first = home / "gradebook.db"
    os.environ.update(JUPYTER_CONFIG_DIR=str(made.config), JUPYTER_DATA_DIR=str(made.data))
    if not first.exists():
        shutil.rmtree(made.home, ignore_errors=True)
        made.home.mkdir(parents=True)
        _graded(made)
        (made.course / "gradebook.db").rename(first)
    write_configuration(made)  # the folder may have been moved
    shutil.copyfile(first, made.course / "gradebook.db")
    (made.course / MARKBOOK).unlink(missing_ok=True)
    return made


def _graded(made: Platform) -> None:
    made.exchange.mkdir(mode=0o777)
    for folder in (made.config, made.data):
        folder.mkdir()
    shutil.copytree(ROOT / "courses" / COURSE, made.course)
    about = (made.course / "course.yaml").read_text(encoding="utf-8").splitlines()
    about = [f"modules: [{', '.join(MODULES)}]" if line.startswith("modules:") else line for line in about]
    about = [line for line in about if not line.startswith("paths:")]  # everybody hands in every module, whole
    (made.course / "course.yaml").write_text("\n".join(about) + "\n", encoding="utf-8")
    write_configuration(made)
    course = CourseDirectory(made.course, made.exchange)
    for module in MODULES:
        course.build(ROOT / "modules", module)
        course.release(module)
        hand_in_synthetic(course, ROOT / "modules" / module, range(GRADED))
        course.collect(module)
        done = course.grade(module)
        assert len(done.good) == GRADED, list(done.problems.items())[:3]
    _multiply(made.course, made.exchange)


def _multiply(course: Path, exchange: Path) -> None:
    """Mark what most wrote, and copy the graded until there are `COHORT`: own rows, and links to the files."""
    graded = sorted(folder.name for folder in (course / "autograded").iterdir())
    copies = [(graded[number % GRADED], f"more-{number:04d}") for number in range(COHORT - GRADED)]
    with closing(sqlite3.connect(course / "gradebook.db")) as book, book:
        book.executemany(
            "UPDATE grade SET manual_score = 1, needs_manual_grade = 0 WHERE needs_manual_grade AND notebook_id IN "
            "(SELECT w.id FROM submitted_notebook w JOIN submitted_assignment a ON a.id = w.assignment_id "
            "WHERE a.student_id = ?)",
            [(name,) for name in graded[:READ]],
        )
        book.execute("CREATE TEMP TABLE copy_of_student (old, new)")
        book.executemany("INSERT INTO copy_of_student VALUES (?, ?)", copies)
        _copy_rows(book, "student", {"id": "student"})
        _copy_rows(book, "submitted_assignment", {"student_id": "student"})
        _copy_rows(book, "submitted_notebook", {"assignment_id": "submitted_assignment"})
        for table in ("grade", "comment"):
            _copy_rows(book, table, {"notebook_id": "submitted_notebook"})
    inbound = exchange / COURSE / "inbound"
    sent = [tuple(entry.name.split("+", 1)) for entry in inbound.iterdir()]
    for source, name in copies:
        for folder in ("submitted", "autograded"):
            shutil.copytree(course / folder / source, course / folder / name, copy_function=os.link)
        for _, rest in (each for each in sent if each[0] == source):
            (inbound / f"{name}+{rest}").mkdir()
    for module in MODULES:
        known = arrivals.seen(course, module)
        known.order += sorted(entry.name for entry in inbound.iterdir() if f"+{module}+" in entry.name)
        arrivals.remember(course, module, known)


def _copy_rows(book: sqlite3.Connection, table: str, linked: dict[str, str]) -> None:
    """Copy the rows of a table that belong to rows of others which were copied.

    Args:
        book: The gradebook.
        table: Which; `copy_of_<table>` then holds which id became which.
        linked: By column, the table that was copied before.
    """
    (column, other), *_ = linked.items()
    names = [row[1] for row in book.execute(f"PRAGMA table_info({table})")]
    if column != "id":
        book.execute(
            f"CREATE TEMP TABLE copy_of_{table} AS SELECT id AS old, lower(hex(randomblob(16))) AS new, parent.new AS "  # noqa: S608 - our own names
            f"parent FROM {table} JOIN copy_of_{other} AS parent ON parent.old = {column}"
        )
    parent = "new" if column == "id" else "parent"
    given = ", ".join({"id": "c.new", column: f"c.{parent}"}.get(name, f'of."{name}"') for name in names)
    book.execute(f"INSERT INTO {table} SELECT {given} FROM {table} AS of JOIN copy_of_{table} AS c ON c.old = of.id")  # noqa: S608 - our own names


def _look(address: str, path: str) -> bytes:
    """Return a page, once the server has read what it needs."""
    while True:
        with _ask(f"{address}/{path}") as answer:
            if answer.status != HTTPStatus.ACCEPTED:
                return bytes(answer.read())


def _ask(url: str, **given: Any) -> Any:
    request = urllib.request.Request(url, headers={"Authorization": f"token {TOKEN}"}, **given)  # noqa: S310
    return urllib.request.urlopen(request, timeout=300)  # noqa: S310 - our own server


def _mark(address: str) -> dict[str, list[float]]:
    """Mark the next answer so many times, and return how long each took: to see it, to save it, to see a page then."""
    taken: dict[str, list[float]] = {"the next answer": [], "a mark is saved": [], "modules, straight after a mark": []}
    for number in range(MARKS):
        began = time.perf_counter()
        with _ask(f"{address}/{NEXT}") as answer:
            here = answer.geturl().partition("?")[0]
            assert b"data-answer" in answer.read()
        seen = time.perf_counter()
        mark = {"id": uuid4().hex, "wanted": {"score": 1, "comment": ""}, "seen": [{"score": None, "comment": ""}]}
        with _ask(here, method="PUT", data=json.dumps(mark).encode()) as answer:
            assert json.load(answer)["saved"]
        saved = time.perf_counter()
        taken["the next answer"].append(seen - began)
        taken["a mark is saved"].append(saved - seen)
        if number % 10 == 0:
            assert _look(address, WAITING["modules"])
            taken["modules, straight after a mark"].append(time.perf_counter() - saved)
    return {name: [1000 * each for each in times] for name, times in taken.items()}


def _timed(look: Callable[[], bytes], times: int) -> list[float]:
    """Return how long each look took, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        assert look()
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _print(name: str, taken: list[float], first: float | None = None) -> None:
    high = sorted(taken)[min(len(taken) - 1, int(0.99 * len(taken)))]
    cold = "" if first is None else f"{first:.0f}"
    print(f"| {name} | {cold} | {statistics.median(taken):.0f} | {high:.0f} | {max(taken):.0f} |", flush=True)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home:
        made = _class_in(Path(os.environ.get("HIMAYA_KEEP", home)).resolve())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "jupyter_server", f"--ServerApp.port={port}", "--allow-root"]
        with (made.home / "log").open("wb") as log:
            running = subprocess.Popen(
                command, cwd=made.desk, env={**os.environ, "JUPYTER_TOKEN": TOKEN}, stdout=log, stderr=log
            )
            try:
                _wait(address, running, made.home / "log")
                _measure(address)
            finally:
                running.terminate()
                running.wait(30)


def _wait(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        try:
            _look(address, "api/status")
        except urllib.error.URLError:
            assert running.poll() is None, log.read_text(encoding="utf-8")[-2000:]
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


def _measure(address: str) -> None:
    def pages(shown: dict[str, str], looks: int) -> dict[str, list[float]]:
        return {name: _timed(lambda path=path: _look(address, path), looks) for name, path in shown.items()}  # type: ignore[misc]

    began = time.perf_counter()
    with _ask(f"{address}/{WAITING['modules']}") as answer:
        says = "the class is read" if answer.status == HTTPStatus.OK else "it is being read"
        answer.read()
    since = [time.perf_counter() - began]
    for name in (WAITING["modules"], OURS["questions"]):
        assert _look(address, name)
        since.append(time.perf_counter() - began)
    page, modules, questions = (f"{1000 * each:.0f} ms" for each in since)
    print(f"The first page came after {page} ({says}), the modules after {modules}, the questions after {questions}.")
    first = pages(WAITING | OURS | STOCK, 1)
    print(f"{COHORT} people x {len(MODULES)} modules, {GRADED} of them different; {MARKS} answers marked.")
    assert _look(address, OURS["questions"]).decode().count('class="card question"') > 10
    table = _look(address, f"himaya/desk/{COURSE}/reports/class.csv").decode("utf-8-sig")
    assert len(table.splitlines()) == COHORT + 1
    assert len(json.loads(_look(address, STOCK["formgrader: submissions"]))) == COHORT
    columns = ("page", "first look, ms", "median, ms", "99th percentile, ms", "slowest, ms")
    print(f"| {' | '.join(columns)} |\n{'| --- ' * len(columns)}|", flush=True)
    for name, taken in _mark(address).items():
        _print(name, taken)
    for shown, looks in ((WAITING | OURS, LOOKS), (STOCK, STOCK_LOOKS)):
        for name, taken in pages(shown, looks).items():
            _print(name, taken, *first[name])


if __name__ == "__main__":
    main()
