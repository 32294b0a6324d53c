"""The systemd units of a class: it starts by itself after a power cut, and runs as nobody's administrator.

Only the Hub, where a class has notebooks, is root.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAME, HUB = "himaya-class.service", "himaya-class-hub.service"
_UNIT = """\
[Unit]
Description={description}
{after}StartLimitIntervalSec=0

[Service]
ExecStart={command}
WorkingDirectory={folder}
Restart=always
RestartSec=3
TimeoutStopSec=10
UMask=0077
LimitNOFILE=8192
{confined}
[Install]
WantedBy={target}
"""
_CONFINED = """\
User={user}
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=full
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
CapabilityBoundingSet={capability}
AmbientCapabilities={capability}
"""


@dataclass(frozen=True)
class Service:
    """What is started.

    Attributes:
        user: As whom; never as root.
        folder: Where the classes are.
        command: The program and its arguments.
        port: Where it listens; one below 1024 needs a capability.
    """

    user: str
    folder: Path
    command: Sequence[str]
    port: int


def unit(service: Service) -> str:
    """Return the text of the unit of a class."""
    capability = "CAP_NET_BIND_SERVICE" if service.port < 1024 else ""
    confined = _CONFINED.format(user=service.user, capability=capability)
    return _unit("Himaya, a class", "network-online.target", service.folder, service.command, confined)


def user_unit(command: Sequence[str], folder: Path) -> str:
    """Return the text of a unit of somebody's own, which needs no administrator.

    Args:
        command: The program and its arguments.
        folder: Where it is started.
    """
    return _unit("Himaya, classes", "", folder, command, "NoNewPrivileges=yes\n", "default.target")


def user_units() -> Path:
    """Return where systemd finds the units of somebody's own."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def hub_unit(command: Sequence[str]) -> str:
    """Return the text of the unit of a class's notebooks. It runs as root: it makes users, and rooms for them.

    It starts in a folder of root's, since whoever keeps the classes may write into theirs.

    Args:
        command: The program and its arguments.
    """
    return _unit("Himaya, notebooks of a class", f"network-online.target {NAME}", Path("/"), command, "")


def not_roots(files: Iterable[Path]) -> Path | None:
    """Return the first of files, and of the folders above them, that somebody else than root can change."""
    for file in files:
        for path in reversed((file.absolute(), *file.absolute().parents)):
            status = path.stat()
            open_to_all = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX
            if status.st_uid != 0 or open_to_all:
                return path
    return None


def _unit(
    description: str,
    after: str,
    folder: Path,
    command: Sequence[str],
    confined: str,
    target: str = "multi-user.target",
) -> str:
    return _UNIT.format(
        description=description,
        after=f"Wants=network-online.target\nAfter={after}\n" if after else "",
        target=target,
        command=" ".join(quoted(each) for each in command),
        folder=str(folder).replace("%", "%%"),
        confined=confined,
    )


def quoted(argument: str) -> str:
    """Return an argument as a unit holds it."""
    for letter, instead in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        argument = argument.replace(letter, instead)
    return f'"{argument}"'
