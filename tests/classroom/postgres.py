"""A PostgreSQL of its own at a socket in a folder and at no port, for tests and benchmarks; it can be killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

from tests.waiting import PATIENCE, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

USER = "postgres" if os.getuid() == 0 else None
"""As whom it runs: it refuses to run as root."""
PASSWORD = "planted-tulip/@1"  # noqa: S105 - of a database that lives as long as a test
_ASKS = "local all guarded scram-sha-256\nlocal all all trust\n"
_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('himaya', 'guarded')"


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, which Debian keeps off the path; None where there is none."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return debian[-1].parent if debian else None


class Postgres:
    """A database of its own, with two ordinary users, of whom one gives a password.

    Attributes:
        folder: Holds all that it keeps, and its socket.
        url: The address of the user who gives none.
        guarded: The address of the other, without the password.
    """

    def __init__(self, folder: Path) -> None:
        """Make it, without starting it."""
        bin_folder = programs()
        assert bin_folder is not None, "this needs Debian's package postgresql"
        self._programs, self.folder = bin_folder, folder
        if USER is not None:
            shutil.chown(folder, USER)
        made = ["--pgdata", "data", "--username", "admin", "--auth", "trust", "--encoding", "UTF8", "--no-locale"]
        command = [str(self._programs / "initdb"), *made, "--no-sync"]
        subprocess.run(command, cwd=folder, user=USER, check=True, stdout=subprocess.DEVNULL)
        (folder / "data" / "pg_hba.conf").write_text(_ASKS, encoding="utf-8")
        self._admin, self.url, self.guarded = (
            f"postgresql+psycopg://{user}@/postgres?host={folder}" for user in ("admin", "himaya", "guarded")
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; who asks too early asks again."""
        command = [str(self._programs / "postgres"), "-D", "data", "-k", str(self.folder), "-c", "listen_addresses="]
        with (self.folder / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, user=USER, stdout=log, stderr=log)

    def stop(self) -> None:
        """End it as a machine does that is switched off: all is in its files then."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        if self._process is None or self._process.poll() is not None:
            return
        whole = psutil.Process(self._process.pid)
        whole.suspend()  # it starts none while they are counted
        processes = [*whole.children(recursive=True), whole]
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):  # it ended by itself meanwhile
                process.kill()
        self._process.wait(PATIENCE)
        wait_until(lambda: all(map(_ended, processes)), "PostgreSQL has ended")
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def held(self) -> bytes:
        """Return all that stands in the files of its databases; it is started anew meanwhile."""
        self.stop()
        files = [path for path in (self.folder / "data" / "base").rglob("*") if path.is_file()]
        kept = b"".join(map(Path.read_bytes, files))
        self.start()
        self.ask("SELECT 1")
        return kept

    def empty(self) -> None:
        """Throw away what its users have made, whoever still uses it."""
        self.ask(_OTHERS, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "GRANT ALL ON SCHEMA public TO PUBLIC")

    def another(self, name: str) -> str:
        """Make another database, and return its address."""
        self.ask(f"CREATE DATABASE {name} OWNER himaya")
        return make_url(self.url).set(database=name).render_as_string()

    def ask(self, *statements: str) -> None:
        """Run statements as its administrator, as soon as it answers."""
        with self._reached() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def wait(self, question: str) -> None:
        """Ask as its administrator, until there is a row."""
        with self._reached() as connection:
            wait_until(lambda: connection.exec_driver_sql(question).first() is not None, question)

    @contextlib.contextmanager
    def _reached(self) -> Iterator[Connection]:
        engine = create_engine(self._admin, isolation_level="AUTOCOMMIT")
        try:
            with self._connected(engine) as connection:
                yield connection
        finally:
            engine.dispose()

    def _connected(self, engine: Engine) -> Connection:
        assert self._process is not None

        def connected() -> Connection | None:
            try:
                return engine.connect()
            except OperationalError:
                return None

        found = wait_until(connected, "PostgreSQL answers", every=0.1, process=self._process)
        assert found is not None
        return found


def _ended(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)  # whose parent has not looked yet
    except psutil.NoSuchProcess:
        return True


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    """Yield one that answers, in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="himaya-postgres-") as made:
        folder = Path(made)
        folder.chmod(0o755)  # its user has to get there
        (folder / "database").mkdir()
        database = Postgres(folder / "database")
        database.start()
        try:
            database.ask("CREATE ROLE himaya LOGIN", f"CREATE ROLE guarded LOGIN PASSWORD '{PASSWORD}'")
            database.empty()
            yield database
        finally:
            database.kill()
