"""The desk's pages of numbers for 1,000 trainees x 4 modules, beside what formgrader's lists ask, on one server.

Prints the median and the 99th percentile of each page in milliseconds, and how long the first look took, when every
journal is read. The target of the desk's pages is 300 ms and 1 s.
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
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from short import SHORT

from himaya_autograde.course import CourseDirectory
from himaya_server.platform import Platform, hand_in_synthetic, write_configuration

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
COURSE = "core-protection"
MODULES = ["case-management"] if SHORT else ["case-management", "gbv-guiding-principles", "data-protection", "pseah"]
GRADED = 12  # the rest of the cohort are copies of these
COHORT = 20 if SHORT else 1000
LOOKS = 2 if SHORT else 200
STOCK_LOOKS = 1 if SHORT else 10
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
FROM_THE_GRADEBOOK = {  # read anew at each look: what waits may have changed
    "modules": "himaya/trainer",
    "people": f"himaya/desk/{COURSE}/people",
    "marking, the lists": f"himaya/desk/{COURSE}/marking",
    "marking, the next answer": f"himaya/desk/{COURSE}/marking/next",
}
STOCK = {
    "formgrader: assignments": "formgrader/api/assignments",
    "formgrader: students": "formgrader/api/students",
    "formgrader: submissions": f"formgrader/api/submitted_notebooks/{MODULES[-1]}/{MODULES[-1]}",
}


def _graded(made: Platform) -> None:
    os.environ.update(JUPYTER_CONFIG_DIR=str(made.config), JUPYTER_DATA_DIR=str(made.data))
    made.exchange.mkdir(mode=0o777)
    for folder in (made.config, made.data):
        folder.mkdir()
    shutil.copytree(ROOT / "courses" / COURSE, made.course)
    about = (made.course / "course.yaml").read_text(encoding="utf-8").splitlines()
    about = [f"modules: [{', '.join(MODULES)}]" if line.startswith("modules:") else line for line in about]
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
    _multiply(made.course)


def _multiply(course: Path) -> None:
    """Give the work of each graded trainee to others until there are `COHORT`: own rows, and links to the files."""
    graded = sorted(folder.name for folder in (course / "autograded").iterdir())
    with closing(sqlite3.connect(course / "gradebook.db")) as book, book:
        for number in range(COHORT - GRADED):
            source, name = graded[number % GRADED], f"more-{number:04d}"
            _copy_rows(book, "student", "id", source, {"id": name})
            for old in _ids(book, "submitted_assignment", "student_id", source):
                new = _copy_rows(book, "submitted_assignment", "id", old, {"id": uuid4().hex, "student_id": name})
                for work in _ids(book, "submitted_notebook", "assignment_id", old):
                    copied = _copy_rows(
                        book, "submitted_notebook", "id", work, {"id": uuid4().hex, "assignment_id": new}
                    )
                    for table in ("grade", "comment"):
                        for row in _ids(book, table, "notebook_id", work):
                            _copy_rows(book, table, "id", row, {"id": uuid4().hex, "notebook_id": copied})
            for folder in ("submitted", "autograded"):
                shutil.copytree(course / folder / source, course / folder / name, copy_function=os.link)


def _ids(book: sqlite3.Connection, table: str, column: str, value: str) -> list[str]:
    return [row[0] for row in book.execute(f"SELECT id FROM {table} WHERE {column} = ?", (value,))]  # noqa: S608


def _copy_rows(book: sqlite3.Connection, table: str, column: str, value: str, changed: dict[str, str]) -> str:
    names = [row[1] for row in book.execute(f"PRAGMA table_info({table})")]
    kept = ", ".join("?" if name in changed else f'"{name}"' for name in names)
    given = [changed[name] for name in names if name in changed]
    book.execute(f"INSERT INTO {table} SELECT {kept} FROM {table} WHERE {column} = ?", (*given, value))  # noqa: S608
    return changed["id"]


def _look(address: str, path: str) -> bytes:
    request = urllib.request.Request(f"{address}/{path}", headers={"Authorization": f"token {TOKEN}"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310 - our own server
        return bytes(answer.read())


def _timed(look: Callable[[], bytes], times: int) -> tuple[float, float]:
    """Return the median and the 99th percentile, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        assert look()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken), sorted(taken)[min(times - 1, int(0.99 * times))]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home:
        made = Platform(Path(home) / "platform", COURSE)
        made.home.mkdir()
        _graded(made)
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
    began = time.perf_counter()
    page = _look(address, OURS["questions"]).decode()
    print(f"{COHORT} people x {len(MODULES)} modules. First look, every journal: {time.perf_counter() - began:.1f} s")
    assert page.count('class="card question"') > 10
    table = _look(address, f"himaya/desk/{COURSE}/reports/class.csv").decode("utf-8-sig")
    assert len(table.splitlines()) == COHORT + 1
    assert len(json.loads(_look(address, STOCK["formgrader: submissions"]))) == COHORT
    print("| page | median, ms | 99th percentile, ms |")
    for pages, looks in ((OURS, LOOKS), (FROM_THE_GRADEBOOK, STOCK_LOOKS), (STOCK, STOCK_LOOKS)):
        for name, path in pages.items():
            median, high = _timed(lambda path=path: _look(address, path), looks)  # type: ignore[misc]
            print(f"| {name} | {median:.0f} | {high:.0f} |", flush=True)


if __name__ == "__main__":
    main()
