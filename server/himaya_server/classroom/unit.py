"""The systemd unit of a class: it starts by itself after a power cut, and runs as nobody's administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAME = "himaya-class.service"
_UNIT = """\
[Unit]
Description=Himaya, a class
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart={command}
WorkingDirectory={folder}
User={user}
Restart=always
RestartSec=3
TimeoutStopSec=10
UMask=0077
LimitNOFILE=8192
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

[Install]
WantedBy=multi-user.target
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
    """Return the text of the unit."""
    capability = "CAP_NET_BIND_SERVICE" if service.port < 1024 else ""
    return _UNIT.format(
        command=" ".join(_quoted(each) for each in service.command),
        folder=str(service.folder).replace("%", "%%"),
        user=service.user,
        capability=capability,
    )


def _quoted(argument: str) -> str:
    for letter, instead in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        argument = argument.replace(letter, instead)
    return f'"{argument}"'
