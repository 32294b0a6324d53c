"""What grading a cohort costs: `himaya grade` on 300 and on 10,000 submissions, beside stock `nbgrader autograde`.

The same module and the same answers, each submission with every activity answered; stock on a sample of 12, because it
takes more than a second for each. Python's own start is left out on both sides; our workers' start is not. The module
with the most activities is taken. The lines `ratio: stock / ours` and `N ms per submission` are of the 300.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil
from short import SHORT

from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from himaya_autograde.synthetic import synthetic_journal
from tests.autograde.cohorts import MODULES, ROOT, copy_of, hand_in, released_course

SAMPLE = 2 if SHORT else 12
SIZES = (10, 40) if SHORT else (300, 10_000)
_ANSWERS = 40  # different trainees; more of them would only take longer to invent
_OURS = "course.grade(sys.argv[2])"
_STOCK = "course.api.autograde(sys.argv[2], '*', force=True)"
_PROGRAM = """
import sys
if __name__ == "__main__":  # each worker reads this file anew
    import logging, time
    from pathlib import Path
    from himaya_autograde.course import CourseDirectory
    logging.disable(logging.CRITICAL)
    course = CourseDirectory(Path(sys.argv[1]))
    began = time.perf_counter()
    {step}
    print(time.perf_counter() - began)
"""


def measure(course: Path, module: str, step: str, expected: int) -> tuple[float, float]:
    """Take one step in a process of its own; return its seconds and the peak of its memory with its workers', in MB."""
    script = course.parent / "step.py"
    script.write_text(_PROGRAM.format(step=step), encoding="utf-8")
    command = [sys.executable, str(script), str(course), module]
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        while running.poll() is None:
            peak = max(peak, _memory(running.pid))
            time.sleep(0.1)
        assert running.returncode == 0
        assert running.stdout is not None
        seconds = float(running.stdout.read().splitlines()[-1])
    with closing(sqlite3.connect(course / "gradebook.db")) as gradebook:
        graded = gradebook.execute("SELECT count(DISTINCT notebook_id) FROM grade WHERE auto_score >= 0").fetchone()[0]
    assert graded == expected, f"{graded} of {expected} were graded"
    return seconds, peak / 1e6


def _memory(pid: int) -> int:
    """Return bytes that are in memory for a process and its children; pages that they share count for each."""
    total = 0
    try:
        family = psutil.Process(pid)
        for process in (family, *family.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.NoSuchProcess:  # one ended while we looked
        pass
    return total


def main() -> None:
    """Grade on each way and print the figures."""
    compiled = {name: compile_module(load_module(ROOT / "modules" / name)) for name in MODULES}
    module = max(compiled, key=lambda name: len(compiled[name]))
    dice = Random("bench")  # noqa: S311 - a cohort, not a secret
    journals = [synthetic_journal(compiled[module], dice, 0.6, 1.0).encode() for _ in range(_ANSWERS)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        released = released_course(home / "released")
        stock = copy_of(released, home / "stock", stock=True)
        for number in range(SAMPLE):
            hand_in(stock, module, f"trainee-{number:05d}", journals[number % _ANSWERS])
        stock_cost = measure(stock, module, _STOCK, SAMPLE)[0] / SAMPLE
        costs, peaks = {}, {}
        for size in SIZES:
            course = copy_of(released, home / str(size))
            for number in range(size):
                hand_in(course, module, f"trainee-{number:05d}", journals[number % _ANSWERS])
            seconds, peaks[size] = measure(course, module, _OURS, size)
            costs[size] = seconds / size
    small, large = SIZES
    print(f"grading {module}, {len(compiled[module])} activities, on {psutil.cpu_count()} cores:")
    print(f"  stock nbgrader autograde, {SAMPLE:6,}   {stock_cost * 1000:8.1f} ms per submission")
    for size in SIZES:
        print(
            f"  himaya grade,             {size:6,}   {costs[size] * 1000:8.1f} ms per submission, {peaks[size]:.0f} MB"
        )
    print(f"{large:,} against {small:,}: {costs[large] / costs[small]:.2f} times the cost of one")
    print(f"{costs[small] * 1000:.1f} ms per submission")
    print(f"ratio: {stock_cost / costs[small]:.0f}")


if __name__ == "__main__":
    main()
