"""A notebook server for one person: their Unix user and folder, processes and temporary files that nobody else sees."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Unicode

from himaya.answers.class_journal import ADDRESS, TOKEN
from himaya_server.classroom.notebooks import DAY, sign
from himaya_server.hub.accounts import make_account

# Root prepares the room and leaves it for good: processes, mounts and shared memory of its own, then the person's user
# without any privilege, or a way back to one.
_ROOM = """
set -e
mount -t tmpfs -o mode=1777,nosuid,nodev,size=200m tmpfs /tmp
mount -t tmpfs -o mode=1777,nosuid,nodev,size=50m tmpfs /var/tmp
if [ -d /dev/shm ]; then mount -t tmpfs -o mode=1777,nosuid,nodev,size=50m tmpfs /dev/shm; fi
user=$1; group=$2; home=$3; shift 3
cd "$home"
umask 077
ulimit -c 0
exec setpriv --reuid "$user" --regid "$group" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"
"""


class ClassSpawner(LocalProcessSpawner):
    """Starts `himaya_server.hub.server` in a room of its own."""

    homes = Unicode(help="Folder of all homes.").tag(config=True)
    key = Unicode(help="Signs what a kernel shows to the class.").tag(config=True)
    address = Unicode(help="Where a kernel reaches the class.").tag(config=True)

    def make_preexec_fn(self, name: str) -> Any:  # noqa: ARG002 - the room's script takes the user on
        """Stay root until the room is made."""
        return None

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Say who it is, and give nothing of root's surroundings."""
        home = str(Path(self.homes) / self.user.name)
        return {**env, "USER": self.user.name, "HOME": home, "SHELL": "/bin/sh"}

    def get_env(self) -> dict[str, str]:
        """Return what the server is started with, and how its kernels reach the class."""
        token = sign(self.key, "kernel", time.time() + DAY, who=self.user.name)
        return {**super().get_env(), ADDRESS: self.address, TOKEN: token}

    async def start(self) -> tuple[str, int]:
        """Make the Unix user where it is missing, and start the server as it."""
        account = make_account(self.user.name, Path(self.homes))
        room = [
            "unshare", "--mount", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc",
            "/bin/sh", "-c", _ROOM, "room", str(account.pw_uid), str(account.pw_gid), account.pw_dir,
        ]  # fmt: skip
        self.cmd = [*room, sys.executable, "-P", "-m", "himaya_server.hub.server"]
        self.popen_kwargs = {"cwd": "/", "umask": 0o077, "close_fds": True}
        started: tuple[str, int] = await super().start()
        return started
