"""Cells of a hostile trainee, each named after what it tries, and a program that runs them all.

Usage: HIMAYA_TEST_SECRET=... python hostile_cells.py [forging]. Prints one JSON object; `test_sandbox.py` says what may
stand in it. Forging, which is the same for every user, is tried only where it is asked for. The course it attacks
belongs to whoever runs it, so every peek succeeds where there is no sandbox: that run is printed as well.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import socket
import sqlite3
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from himaya_autograde.codecells import grade_code
from himaya_autograde.sandbox import run as sandbox
from himaya_autograde.sandbox.run import Limits

SECRET = os.environ.get("HIMAYA_TEST_SECRET", "only-the-trainer-knows")  # what the peeks look for
TOKEN = "3141592653"  # noqa: S105 - seconds that a process left behind would sleep, so that it can be found
MB = 1024 * 1024

# Each sets `got` where it succeeds. {course}, {pid}, {port} and {name} are the course, the grader and two sockets.
PEEKS = {
    "gradebook read": (
        "import sqlite3\ngot = sqlite3.connect('{course}/gradebook.db').execute('select * from grade').fetchall()"
    ),
    "gradebook written": (
        "import sqlite3\ndb = sqlite3.connect('{course}/gradebook.db')\n"
        "changed = db.execute('update grade set score = 99').rowcount; db.commit(); got = changed"
    ),
    "answer key": "got = open('{course}/source/m/m.ipynb').read()",
    "other submission": "got = open('{course}/submitted/noor/m/responses.jsonl').read()",
    "through a link": (
        "import os\nos.symlink('{course}/gradebook.db', 'link-{pid}'); got = open('link-{pid}', 'rb').read(9).hex()"
    ),
    "through the root of a process": "got = open('/proc/{pid}/root{course}/source/m/m.ipynb').read()",
    "through an open file": (
        "import os\nseen = [os.readlink(f'/proc/self/fd/{{n}}') for n in os.listdir('/proc/self/fd') if n.isdigit() "
        "and os.path.exists(f'/proc/self/fd/{{n}}')]\n"
        "found = [path for path in seen if '{course}' in path]\nif found: got = found"
    ),
    "file outside": "open('{course}/planted', 'w').write('x'); got = True",
    "environment": "import os; got = os.environ['HIMAYA_TEST_SECRET']",
    "environment of another process": (
        "import glob\nfor path in glob.glob('/proc/[0-9]*/environ'):\n"
        "    try: text = open(path).read()\n    except OSError: continue\n"
        "    if 'HIMAYA_TEST_SECRET' in text: got = path"
    ),
    "signal to the grader": "import os; os.kill({pid}, 0); got = True",
    "network": "import socket; got = socket.create_connection(('127.0.0.1', {port}), 2).recv(100).decode()",
    "abstract socket": (
        "import socket\ns = socket.socket(socket.AF_UNIX)\ns.settimeout(2)\n"
        "s.connect('\\0{name}'); got = s.recv(100).decode()"
    ),
    "socket in a file": (
        "import socket\ns = socket.socket(socket.AF_UNIX)\ns.settimeout(2)\n"
        "s.connect('{course}/socket'); got = s.recv(100).decode()"
    ),
}

# Each must fail with an exception, whoever runs it.
REFUSED = {
    "root again": "import os; os.setuid(0) if os.getuid() else 1/0",
    "system folder": "open('/usr/bin/planted', 'w')",
    "root folder": "open('/planted', 'w')",
    "Python's own library": "import os; open(os.__file__, 'a')",
    "this program": "open('/inside.py', 'a')",
    "own namespace": "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
    "own namespace by clone": "import ctypes, os; number = {'x86_64': 56, 'aarch64': 220}[os.uname().machine]; "
    "assert ctypes.CDLL(None).syscall(number, 0x10000011, 0, 0, 0, 0) > 0",
    "memory nobody counts": "import os; os.memfd_create('x')",
    "limits lifted": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "another disk": "import ctypes; assert ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, None) == 0",
    "socket to the machine's host": "import socket; socket.socket(40, socket.SOCK_STREAM)",
    "datagram socket to the machine's host": "import socket; socket.socket(40, socket.SOCK_DGRAM)",
    "socket to the kernel": "import socket; socket.socket(16, socket.SOCK_RAW, 0)",
    "socket past Python's module": "import _socket; _socket.socket(40, 1, 0)",
    "socket of a child process": (
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-I', '-c', 'import socket; socket.socket(40, 1)'], check=True)"
    ),
    "socket by its number": (
        "import ctypes, os; number = {'x86_64': 41, 'aarch64': 198}[os.uname().machine]\n"
        "assert ctypes.CDLL(None).syscall(number, 40, 1, 0) >= 0"
    ),
    "socket with higher bits": (
        "import ctypes, os; number = {'x86_64': 41, 'aarch64': 198}[os.uname().machine]\n"
        "assert ctypes.CDLL(None).syscall(number, ctypes.c_ulong(2**32 + 40), 1, 0) >= 0"
    ),
    "socket of a thread": (
        "import socket, threading\nmade = []\n"
        "thread = threading.Thread(target=lambda: made.append(socket.socket(40, 1)))\n"
        "thread.start(); thread.join(); made[0]"
    ),
}

_FIND_THE_PIPE = "import os\nopen_ones = [n for n in range(3, 64) if os.path.exists(f'/proc/self/fd/{n}')]\n"
_IN_TWO = "604", "179"  # the right answer is 604179; no cell may hold it whole, or finding it would be no feat

# Each tries to earn points of an item whose right answer it does not know.
FORGERS = {
    "equal to everything": (
        "class Yes(int):\n    def __eq__(self, other): return True\n    def __hash__(self): return 1\nanswer = Yes(1)"
    ),
    "equal text": "class Yes(str):\n    __hash__ = None\n    def __eq__(self, other): return True\nanswer = Yes('x')",
    "builtins patched": (
        "import builtins, math\nanswer = 1\nfor name in ('sum', 'abs', 'float', 'all', 'zip', 'isinstance', 'type'):\n"
        "    setattr(builtins, name, lambda *a, **k: True)\nmath.isclose = lambda *a, **k: True"
    ),
    "encoder patched": (
        'import json\nanswer = 1\nline = \'{"step": 1, "value": true, "points": 99, "finished": true}\'\n'
        "json.dumps = lambda *a, **k: line"
    ),
    "runner patched": (
        "import __main__\nanswer = 1\n__main__.value_of = lambda *a: {'value': True, 'points': 99, 'earned': 99}\n"
        "__main__.plain = lambda value: 99"
    ),
    "points sent": (
        _FIND_THE_PIPE + "for n in open_ones:\n"
        '    try:\n        os.write(n, b\'{"step": 1, "value": null, "points": 99}\\n\')\n'
        '        os.write(n, b\'{"points": {"item": 99}, "finished": true}\\n\')\n'
        "    except OSError: pass"
    ),
    "at the end of the program": (
        'import atexit, os\nanswer = 1\natexit.register(lambda: os.write(3, b\'{"step": 1, "value": true}\\n\'))'
    ),
    "negative": "answer = -1",
    "huge": "answer = 10 ** 5000",
    "infinite": "answer = float('inf')",
    "not a number": "answer = float('nan')",
    "endless nesting sent": (
        _FIND_THE_PIPE + "for n in open_ones:\n"
        "    try: os.write(n, b'{\"step\": 1, \"value\": ' + b'[' * 60000 + b'\\n')\n    except OSError: pass"
    ),
    "right answer looked for in memory": (
        # As a number of its own: by chance its digits stand in the address of some object in one run of a hundred.
        "import gc, os, re, sys\nwanted = re.compile(r'(?<![\\w.])604(?=179(?!\\w))')\n"
        "seen = []\nframe = sys._getframe()\n"
        "while frame:\n    seen += [repr(frame.f_locals), repr(frame.f_globals)]; frame = frame.f_back\n"
        "seen += [repr(one) for one in gc.get_objects() if isinstance(one, (list, tuple, dict)) and len(one) < 1000]\n"
        "for n in [*range(3, 64), '../cmdline', '../environ', '/tmp/work', '/inside.py']:\n"
        "    try: seen.append(open(f'/proc/self/fd/{n}').read())\n    except (OSError, ValueError): pass\n"
        "found = any(wanted.search(text) for text in seen)\n"
        "answer = int('604') * 1000 + 179 if found else 0"
    ),
    "half a character": "print('\\ud800 \\x1b[31m'); answer = '\\ud800'",
    "markup": "print('<script>alert(1)</script>'); answer = '<img src=x onerror=alert(1)>'",
}

_SMALL = Limits(seconds=30, memory=400 * MB, disk=4 * MB, processes=12)
_SHORT = Limits(seconds=10, cell_seconds=1, memory=400 * MB, processes=12)
_SHORTEST = Limits(seconds=3, cell_seconds=1, memory=400 * MB, processes=12)

# Each tries to take the machine. A second cell sets `after`, which tells whether the next answer still counts.
DESTROYERS = {
    "memory": (_SMALL, "got = 0\nkept = []\nwhile True: kept.append(bytearray(10_000_000)); got += 10"),
    "memory of children": (
        _SMALL,
        """
import os, time
for _ in range(8):
    if os.fork() == 0:
        kept = bytearray(b"x") * 100_000_000
        time.sleep(300)
time.sleep(300)
""",
    ),
    "disk": (
        _SMALL,
        """
got = 0
try:
    for n in range(100):
        with open(f"/tmp/{n}", "wb") as file: got += file.write(b"x" * 1_000_000)
except OSError: pass
""",
    ),
    "endless loop": (_SHORT, "while True: pass"),
    "deaf endless loop": (_SHORTEST, "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"),
    "fork bomb": (_SHORT, "import os\nwhile True:\n    try: os.fork()\n    except BaseException: pass"),
    "children": (
        _SMALL,
        """
import os, time
got = 0
try:
    for _ in range(1000):
        if os.fork() == 0: time.sleep(300)
        got += 1
except OSError: pass
""",
    ),
    "threads": (
        _SMALL,
        """
import threading, time
got = 0
try:
    for _ in range(1000):
        threading.Thread(target=time.sleep, args=(300,), daemon=True).start()
        got += 1
except RuntimeError: pass
""",
    ),
    "double fork": (
        _SMALL,
        f"""
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execvp("sleep", ["sleep", "{TOKEN}"])
    os._exit(0)
got = True
""",
    ),
    "flood": (
        _SMALL,
        _FIND_THE_PIPE
        + """
while True:
    for n in open_ones:
        try: os.write(n, b"x" * 60000)
        except OSError: pass
""",
    ),
    "printing": (replace(_SHORT, memory=150 * MB), "while True: print('x' * 10000)"),
    "leaving": (_SMALL, "import os; os._exit(0)"),
    "crash": (_SMALL, "import ctypes; ctypes.string_at(0)"),
    "kill everything": (_SMALL, "import os; os.kill(-1, 9)"),
}


def notebook(answer: str, points: int = 4) -> dict[str, Any]:
    """Return a notebook with one code item, the right answer of which is 604179."""
    check = {"says": "x", "value": "answer", "equals": int("".join(_IN_TWO)), "tolerance": 0, "points": points}
    key = {
        "id": "item",
        "language": "en",
        "stem": "Count.",
        "points": points,
        "files": [],
        "checks": [check],
        "solution": "answer = ...",
        "rationale": "So it is.",
        "source": [],
    }
    cell: dict[str, object] = {"cell_type": "code", "outputs": [], "execution_count": None}
    marked = {"grade_id": "item-code", "solution": True, "grade": False}
    tests = {"grade_id": "item", "solution": False, "grade": True, "points": points}
    return {
        "cells": [
            {**cell, "metadata": {"nbgrader": marked}, "source": answer},
            {**cell, "metadata": {"nbgrader": tests}, "source": f"# tests\nscore_code({key!r})"},
        ]
    }


def _course() -> Path:
    course = Path(tempfile.mkdtemp(prefix="hostile-"))
    for file in ("source/m/m.ipynb", "submitted/noor/m/responses.jsonl"):
        (course / file).parent.mkdir(parents=True)
        (course / file).write_text(SECRET, encoding="utf-8")
    with sqlite3.connect(course / "gradebook.db") as database:
        database.execute("create table grade (student, score)")
        database.execute("insert into grade values ('noor', 1)")
    database.close()
    return course


def _listen(address: Any, family: int) -> socket.socket:
    server = socket.socket(family)
    server.bind(address)
    server.listen(8)
    return server


def _serve(servers: list[socket.socket]) -> None:
    import selectors  # in a thread of its own

    with selectors.DefaultSelector() as selector:
        for server in servers:
            selector.register(server, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                connection, _ = key.fileobj.accept()
                connection.sendall(SECRET.encode())
                connection.close()


def _peek_unprotected(source: str, pipe: Any) -> None:
    names: dict[str, Any] = {}
    with contextlib.suppress(Exception):  # then `got` is not there
        exec(source, names)  # noqa: S102 - our own corpus
    pipe.send("got" in names)


def _unprotected(peeks: dict[str, str]) -> list[str]:
    """Return the peeks that succeed without a sandbox."""
    fork = multiprocessing.get_context("fork")
    succeeded = []
    for name, source in peeks.items():
        ours, theirs = fork.Pipe()
        child = fork.Process(target=_peek_unprotected, args=(source, theirs))
        child.start()
        if ours.recv():
            succeeded.append(name)
        child.join()
    return succeeded


def _destroy(case: tuple[Limits, str]) -> dict[str, Any]:
    limits, source = case
    ran = sandbox.run([("run", source), ("value", "got"), ("run", "after = 1"), ("value", "after")], {}, limits)
    return {
        "ending": ran.ending,
        "got": ran.results.get(1, {}).get("value"),
        "after": ran.results.get(3, {}).get("value"),
    }


def _forge(source: str) -> dict[str, Any]:
    made = notebook(source)
    grades = grade_code(made, Path("/nowhere"), Limits(seconds=30))
    return {"points": grades.points["item"], "problem": grades.problem, "written": json.dumps(made, ensure_ascii=False)}


def main(*, forging: bool) -> dict[str, Any]:
    """Run the whole corpus and return what happened."""
    from threading import Thread  # beside the servers it runs

    course = _course()
    name = f"himaya-{os.getpid()}"
    network = _listen(("127.0.0.1", 0), socket.AF_INET)
    servers = [network, _listen(f"\0{name}", socket.AF_UNIX), _listen(str(course / "socket"), socket.AF_UNIX)]
    place = {"course": course, "pid": os.getpid(), "port": network.getsockname()[1], "name": name}
    peeks = {title: source.format(**place) for title, source in PEEKS.items()}
    os.chdir(course)
    with (course / "gradebook.db").open("rb") as held:
        os.set_inheritable(held.fileno(), True)
        Thread(target=_serve, args=(servers,), daemon=True).start()
        steps: list[sandbox.Step] = []
        for source in peeks.values():
            steps += [("run", source), ("value", "got"), ("run", "globals().pop('got', None)")]
        peeked = sandbox.run(steps, {}, Limits(seconds=60)).results
        refused = sandbox.run([("run", source) for source in REFUSED.values()], {}).results
        search = FORGERS["right answer looked for in memory"]
        # Whatever the sandbox is told can be found: here, an expression.
        searched = sandbox.run([("run", search), ("value", "answer"), ("value", "604179")], {}).results[1]
        with ThreadPoolExecutor(2) as pool:
            forgers = FORGERS if forging else {}
            forged = dict(zip(forgers, pool.map(_forge, forgers.values()), strict=True))
            destroyed = dict(zip(DESTROYERS, pool.map(_destroy, DESTROYERS.values()), strict=True))
        left = [process.pid for process in psutil.process_iter() if TOKEN in " ".join(_words(process))]
        rows = sqlite3.connect(course / "gradebook.db").execute("select * from grade").fetchall()
        planted = (course / "planted").exists()
        unprotected = _unprotected(peeks)
    shutil.rmtree(course)
    return {
        "uid": os.geteuid(),
        "missing": sandbox.missing(),
        "peeked": {title: peeked.get(3 * number + 1) for number, title in enumerate(peeks)},
        "unprotected": unprotected,
        "refused": {title: refused.get(number, {}).get("problem") for number, title in enumerate(REFUSED)},
        "forged": forged,
        "searched": searched,
        "honest": _forge(f"answer = {int(''.join(_IN_TWO))}"),
        "destroyed": destroyed,
        "left": left,
        "gradebook": rows,
        "planted": planted,
    }


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


if __name__ == "__main__":
    json.dump(main(forging="forging" in sys.argv), sys.stdout)
