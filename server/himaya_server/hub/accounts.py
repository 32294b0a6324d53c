"""Unix users for people in a class, named by their pseudonyms. Needs root; touches no user that it did not make."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psutil

from himaya.errors import ClassError

GROUP = "himaya-class"
"""Whoever is in it was made here, and may be removed here."""
_NAME = re.compile(r"t-[2-9a-z]{7}")  # as the store makes pseudonyms


def make_account(name: str, homes: Path) -> pwd.struct_passwd:
    """Return a person's Unix user; made with a home that nobody else can enter where it is missing.

    Raises:
        ClassError: If it is no pseudonym, or a user of that name was made by somebody else.
    """
    if not _NAME.fullmatch(name):
        message = f"'{name}' is no pseudonym of a class."
        raise ClassError(message)
    if name not in _names():
        if _user(name) is not None:
            message = f"this machine has a user '{name}' that no class made."
            raise ClassError(message)
        _run("groupadd", "--force", "--system", GROUP)
        _run(
            "useradd", "--no-log-init", "--user-group", "--groups", GROUP, "--no-create-home",
            "--home-dir", str(homes / name), "--shell", "/usr/sbin/nologin", name,
        )  # fmt: skip
    account = pwd.getpwnam(name)
    home = homes / name
    if not home.exists():
        home.mkdir(mode=0o700)
        os.chown(home, account.pw_uid, account.pw_gid, follow_symlinks=False)
    return account


def accounts(homes: Path) -> list[str]:
    """Return the Unix users that were made here and have their homes in `homes`."""
    users = ((name, _user(name)) for name in sorted(_names()))
    return [name for name, user in users if user is not None and Path(user.pw_dir).parent == homes]


def remove_account(name: str, homes: Path) -> bool:
    """Remove a person's Unix user with all that it runs and owns; return whether there was one."""
    if name not in accounts(homes):
        return False
    _end_processes(pwd.getpwnam(name).pw_uid)
    _run("userdel", "--force", name)
    shutil.rmtree(homes / name, ignore_errors=True)
    return True


def python_is_open() -> bool:
    """Return whether other users can run this Python: each folder on the way to it, and to this code, lets them in."""
    real = Path(os.path.realpath(sys.executable))
    ways = (Path(sys.executable).absolute(), real, Path(__file__).resolve())
    return all(folder.stat().st_mode & 0o001 for way in ways for folder in way.parents)


def _names() -> set[str]:
    try:
        return {name for name in grp.getgrnam(GROUP).gr_mem if _NAME.fullmatch(name)}
    except KeyError:
        return set()


def _user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _end_processes(uid: int) -> None:
    """End all that a user runs."""
    theirs = [process for process in psutil.process_iter() if _owner(process) == uid]
    for process in theirs:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(theirs, timeout=10)


def _owner(process: psutil.Process) -> int | None:
    try:
        return int(process.uids().real)
    except psutil.NoSuchProcess:
        return None


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - names are checked
    if done.returncode != 0:
        message = f"{command[0]} failed: {done.stderr.strip()}"
        raise ClassError(message)
