"""Work in a process of its own: one protocol for whoever starts a worker and for what runs in it.

A worker is `python -P -m MODULE STEP ARGUMENT...`. It answers with one line of JSON on standard output:
`{"answer": …}`, or `{"problem": …}` with a sentence for a person or the key of one in the interface. Each further
request is a line of standard input, a JSON list `[STEP, ARGUMENT...]`. What a step prints goes to standard error.

A worker ends with whoever started it, at the latest when its step is done. Knows no course and no grading.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias

from himaya.errors import HimayaError, WorkerError
from himaya.languages.readable import LINE, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

Answer: TypeAlias = "dict[str, Any]"
AtEnd: TypeAlias = Literal["stop", "finish"]
_KILLED = "The system ended the process that did this. Try again."


@dataclass(frozen=True)
class _Running:
    process: subprocess.Popen[str]
    errors: IO[bytes]

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.errors.close()

    def why(self) -> str:
        """Return why it ended by itself: its last words, if it had any."""
        if self.process.wait() == -signal.SIGKILL:
            return _KILLED
        self.errors.seek(0)
        words = self.errors.read().decode(errors="replace").strip().splitlines()
        return readable(words[-1], LINE) if words else _KILLED


class Worker:
    """One process at a time that takes the steps of a module; it is started when it is first asked."""

    def __init__(self, module: str, folder: Path | None = None) -> None:
        """Start nothing yet.

        Args:
            module: The full name of a module that calls `serve`.
            folder: Where it runs, or here. Nothing in that folder is imported.
        """
        self._module, self._folder = module, folder
        self._running: _Running | None = None
        self._alone = threading.Lock()

    def ask(self, step: str, *arguments: str, seconds: float) -> Answer:
        """Take one step and return its answer; who asks meanwhile waits.

        Args:
            step: Its name.
            arguments: What it is given.
            seconds: How long it may take. Then it is killed.

        Raises:
            WorkerError: If it failed, took too long or ended without an answer, with a sentence or the key of one.
        """
        with self._alone:
            running = self._asked([step, *arguments])
            late = threading.Event()

            def stop() -> None:
                late.set()
                running.process.kill()

            clock = threading.Timer(seconds, stop)
            clock.start()
            try:
                assert running.process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
                line = running.process.stdout.readline()
                if not line:
                    raise WorkerError("took-too-long" if late.is_set() else running.why())
            except BaseException:
                self._end()  # a late answer would be taken for that of the next step
                raise
            finally:
                clock.cancel()
        told: Answer = json.loads(line)
        if "problem" in told:
            raise WorkerError(told["problem"])
        return dict(told["answer"])

    def _asked(self, request: list[str]) -> _Running:
        """Return the process, which has the request."""
        if self._running is None or self._running.process.poll() is not None:
            self._end()
            self._running = self._started(request)
        else:
            assert self._running.process.stdin is not None  # noqa: S101 - for the type checker: it is a pipe
            with contextlib.suppress(OSError):  # it ended just now, and will say why
                self._running.process.stdin.write(json.dumps(request) + "\n")
                self._running.process.stdin.flush()
        return self._running

    def _started(self, request: list[str]) -> _Running:
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process lives
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-P", "-m", self._module, *request],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                cwd=self._folder,
                start_new_session=True,  # what interrupts or ends this process is not meant for the worker
            )
        except OSError as error:
            errors.close()
            raise WorkerError(str(error.strerror)) from error
        return _Running(process, errors)

    def _end(self) -> None:
        if self._running is not None:
            self._running.end()
            self._running = None

    def close(self) -> None:
        """End the process, if there is one."""
        with self._alone:
            self._end()


def ask(module: str, step: str, *arguments: str, seconds: float, folder: Path | None = None) -> Answer:
    """Take one step in a process of its own and return its answer.

    Args:
        module: The full name of a module that calls `serve`.
        step: Its name.
        arguments: What it is given.
        seconds: How long it may take. Then it is killed.
        folder: Where it runs, or here. Nothing in that folder is imported.

    Raises:
        WorkerError: If it failed, took too long or ended without an answer, with a sentence or the key of one.
    """
    worker = Worker(module, folder)
    try:
        return worker.ask(step, *arguments, seconds=seconds)
    finally:
        worker.close()


async def without_waiting(asking: Callable[[], Answer]) -> Answer:
    """Ask a worker from an event loop, which goes on meanwhile; return or raise what `asking` does.

    A thread of its own: those of the loop are few, and the program would wait for them at its end.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Answer] = loop.create_future()

    def tell(take: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(lambda: None if answer.done() else take())

    def run() -> None:
        try:
            found = asking()
        except Exception as error:  # noqa: BLE001 - who waits for the answer gets it
            tell(lambda error=error: answer.set_exception(error))  # type: ignore[misc]
        else:
            tell(lambda: answer.set_result(found))

    threading.Thread(target=run, daemon=True).start()
    return await answer


# --- inside the worker --------------------------------------------------------------------------------------------


def serve(steps: Mapping[str, Callable[..., Answer]], at_end: AtEnd = "stop") -> None:
    """Answer the request of the command line, then those of standard input; call it in a module that is started.

    Args:
        steps: What can be asked, by name. A HimayaError of theirs is told as its sentence.
        at_end: What becomes of a step when whoever asked has ended: stop at once, or finish it.
    """
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as told:
        os.dup2(2, 1)
        for name, *arguments in _requests(at_end):
            with contextlib.suppress(BrokenPipeError):  # nobody listens any more
                told.write(json.dumps(_taken(steps, name, arguments)) + "\n")
                told.flush()
        with contextlib.suppress(BrokenPipeError):
            told.close()


def quietly() -> None:
    """Let what people look at go first, and write no log."""
    os.nice(5)
    logging.disable(logging.CRITICAL)


def _taken(steps: Mapping[str, Callable[..., Answer]], name: str, arguments: list[str]) -> Answer:
    try:
        return {"answer": steps[name](*arguments)}
    except HimayaError as error:
        return {"problem": str(error)}
    except Exception as error:  # noqa: BLE001 - whoever asked must be told whatever went wrong
        return {"problem": readable(f"{type(error).__name__}: {error}", LINE)}


def _requests(at_end: AtEnd) -> Iterator[list[str]]:
    waiting: SimpleQueue[list[str] | None] = SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            waiting.put(json.loads(line))
        if at_end == "stop":
            os._exit(1)
        waiting.put(None)

    threading.Thread(target=read, daemon=True).start()
    yield sys.argv[1:]
    yield from iter(waiting.get, None)
