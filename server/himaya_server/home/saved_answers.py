"""Answers that trainees saved from pages, on their way in: a batch of files, sent one by one and taken in by one step.

No request holds more than one file, and no file is held in memory, so a class of any size comes in at once.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tornado import web  # type: ignore[attr-defined]

from himaya.answers.limits import MAX_BYTES
from himaya.languages.interface import interface
from himaya_server.home.trainer import Trainer

if TYPE_CHECKING:
    from typing import BinaryIO

    from himaya_server.home.handlers import Taken

MAX_FILES = 2_000
MAX_ALL = 1_000_000_000  # bytes; they lie in the folder for temporary files meanwhile
_MAX_FILE = MAX_BYTES + 1  # one byte more than is taken in shows that a file is too large; its report says so
_MEGABYTE = 1_000_000


@dataclass
class Batch:
    """Files that are taken in together.

    Attributes:
        course: Where they are taken in.
        module: Whose answers they hold.
        count: How many files are to come.
        folder: Where they lie, each under its number.
        size: Bytes that have come.
        work: The step that takes them in, once all are there.
        report: What became of each, at the end.
    """

    course: Taken
    module: str
    count: int
    folder: TemporaryDirectory[str] = field(default_factory=lambda: TemporaryDirectory(prefix="himaya-"))
    size: int = 0
    work: asyncio.Task[None] | None = None
    report: dict[str, Any] | None = None

    @property
    def busy(self) -> bool:
        """Whether its files are being taken in just now."""
        return self.work is not None and not self.work.done()

    def file(self, number: int) -> Path:
        """Return where one file lies."""
        return Path(self.folder.name) / f"{number}.jsonl"

    def taken(self) -> int:
        """Return how many files the step is done with."""
        try:
            return int((Path(self.folder.name) / "done").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0


class SavedAnswers(Trainer):
    """Where a batch begins, and where a file or its end is asked for."""

    def tell(self, problem: str, status: int = 400) -> None:
        """Answer with a sentence for the trainer."""
        self.set_status(status)
        self.finish({"problem": problem})

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a sentence, never with a page: the script on the trainer's page reads it."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        said = error.log_message if isinstance(error, web.HTTPError) else None
        self.tell(said or "The platform could not do this. Look into its log.", status_code)

    def sentence(self, name: str, **values: object) -> str:
        """Return a sentence in the language and the digits of the page."""
        home = self.place.home
        shown = {key: f"{value}" for key, value in values.items()}
        return str(interface(self.spoken, home.digits)[name]).format(**shown)

    def batch(self, name: str) -> Batch:
        """Return a batch, or answer that there is none."""
        found: Batch | None = self.place.batches.get(name)
        if found is None or found.course != self.course:
            raise web.HTTPError(404, "There is no such batch of files.")
        return found

    def sent(self) -> Any:
        """Return the JSON of the request, or answer that it is none."""
        try:
            return json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise web.HTTPError(400, "This is not JSON.") from None


class Begin(SavedAnswers):
    """Begin a batch, within limits."""

    @web.authenticated
    async def post(self, _course: str | None) -> None:
        """Answer with the name of the new batch, or with the limit that stands in its way."""
        match self.sent():
            case {"module": str(module), "files": int(files), "bytes": int(size)} if files > 0:
                pass
            case _:
                self.tell("A batch needs a module, a number of files and their size.")
                return
        if files > MAX_FILES:
            self.tell(self.sentence("files-too-many", n=files, limit=MAX_FILES), 413)
        elif size > MAX_ALL:
            n, limit = -(-size // _MEGABYTE), MAX_ALL // _MEGABYTE
            self.tell(self.sentence("files-too-large", n=n, limit=limit), 413)
        elif any(batch.busy for batch in self.place.batches.values()):
            self.tell(self.sentence("files-busy"), 409)
        else:
            for batch in self.place.batches.values():
                batch.folder.cleanup()
            self.place.batches.clear()
            name = secrets.token_hex(8)
            self.place.batches[name] = Batch(self.course, module, files)
            self.finish({"batch": name, "most": _MAX_FILE})


@web.stream_request_body
class File(SavedAnswers):
    """One file of a batch; what is too large is passed by and not kept."""

    def initialize(self, place: Any) -> None:
        """Keep nothing yet."""
        super().initialize(place)
        self._file: BinaryIO | None = None
        self._part: Path | None = None
        self._batch: Batch | None = None
        self._size = 0

    async def prepare(self) -> None:
        """Open the file, where somebody is logged in who may send it."""
        await super().prepare()
        if self.current_user is None or self._finished:
            return
        _course, name, number = self.path_args
        batch = self.batch(name)
        if batch.work is not None or int(number) >= batch.count:
            raise web.HTTPError(409, "This batch takes no such file.")
        self._batch = batch
        self._part = batch.file(int(number)).with_suffix(f".{secrets.token_hex(4)}")
        self._file = self._part.open("xb")

    def data_received(self, chunk: bytes) -> None:
        """Write a part of it to the disk."""
        self._size += len(chunk)
        if self._file is not None and self._batch is not None and not self._over():
            self._batch.size += len(chunk)
            self._file.write(chunk)

    def _over(self) -> bool:
        return self._size > _MAX_FILE or (self._batch is not None and self._batch.size > MAX_ALL + _MAX_FILE)

    @web.authenticated
    async def post(self, _course: str | None, _name: str, number: str) -> None:
        """Keep it, or answer with the limit that stands in its way."""
        if self._batch is None or self._file is None or self._part is None:
            raise web.HTTPError(409, "This batch takes no such file.")
        if self._size > _MAX_FILE:
            self.tell(self.sentence("file-too-large", limit=MAX_BYTES // _MEGABYTE), 413)
            return
        if self._over():
            n, limit = -(-self._batch.size // _MEGABYTE), MAX_ALL // _MEGABYTE
            self.tell(self.sentence("files-too-large", n=n, limit=limit), 413)
            return
        self._file.close()
        self._part.replace(self._batch.file(int(number)))
        self.finish({})

    def on_finish(self) -> None:
        """Throw away what did not come whole."""
        if self._file is not None and self._part is not None:
            self._file.close()
            self._part.unlink(missing_ok=True)

    def on_connection_close(self) -> None:
        """Throw away what broke off."""
        super().on_connection_close()
        self.on_finish()


class Take(SavedAnswers):
    """The end of a batch: whose each file is, and how far the step is that takes them in."""

    @web.authenticated
    async def post(self, _course: str | None, name: str) -> None:
        """Take in every file; the answer comes at once, the step goes on."""
        batch = self.batch(name)
        files = self.sent()
        if batch.work is not None:
            self.tell(self.sentence("files-busy"), 409)
            return
        match files:
            case [*named] if len(named) == batch.count and all(map(_is_named, named)):
                pass
            case _:
                self.tell("Every file needs the name of one trainee.")
                return
        # A file's own name only stands in the report: two phones may give the same one, or one that leads away.
        listed = [{**one, "path": str(batch.file(number))} for number, one in enumerate(files)]
        index = Path(batch.folder.name) / "files.json"
        index.write_text(json.dumps(listed), encoding="utf-8")
        batch.work = asyncio.create_task(self._take(batch, index))
        self.set_status(202)
        self.finish({})

    async def _take(self, batch: Batch, index: Path) -> None:
        batch.report = await self.step("take_in", batch.module, str(index))
        for number in range(batch.count):  # what was taken in is in the course now
            batch.file(number).unlink(missing_ok=True)

    @web.authenticated
    def get(self, _course: str | None, name: str) -> None:
        """Answer how many files are done, and whether all are."""
        batch = self.batch(name)
        self.set_header("Cache-Control", "no-store")
        self.finish({"done": batch.taken(), "ended": batch.work is not None and batch.work.done()})


def _is_named(one: object) -> bool:
    match one:
        case {"name": str(), "trainee": str()}:
            return True
        case _:
            return False
