"""Which networks of one's own this machine is in, and which firewall may keep phones out of it. It changes nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network, ip_address
from pathlib import Path
from typing import Literal

Kind = Literal["wifi", "cable", "other"]
Firewall = Literal["ufw", "firewalld", "windows"]

_KINDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (("wifi", ("wl", "wi-fi", "wifi")), ("cable", ("en", "eth", "em")))
"""How the system calls what a network comes through. Others, such as `docker0`, seldom lead to a phone."""
_UFW = Path("/etc/ufw/ufw.conf")  # everybody may read it, and its rules root alone
_ASKED = 5  # seconds that a program of the system may take


@dataclass(frozen=True)
class Network:
    """A network that this machine is in.

    Attributes:
        name: How this machine calls what it comes through, such as `wlan0`.
        range: Its addresses.
    """

    name: str
    range: IPv4Network

    @property
    def kind(self) -> Kind:
        """What it comes through."""
        return next((kind for kind, begins in _KINDS if self.name.lower().startswith(begins)), "other")

    @property
    def begins(self) -> str:
        """How the addresses of phones in it begin, in whole numbers: `192.168.4.`."""
        numbers = max(1, self.range.prefixlen // 8)
        return ".".join(str(self.range.network_address).split(".")[: min(numbers, 3)]) + "."


def is_public(text: str) -> bool:
    """Return whether an address may be reached from elsewhere: without encryption no class goes over the internet.

    Raises:
        ValueError: If it is no address.
    """
    address = ip_address(text)
    return not (address.is_private or address.is_loopback) or address.is_unspecified


def networks() -> dict[str, Network]:
    """Return the networks of one's own that this machine is in, by its address there, Wi-Fi first."""
    import psutil  # it loads what only this kind of system has

    up = psutil.net_if_stats()
    found: list[tuple[str, Network]] = []
    for name, addresses in psutil.net_if_addrs().items():
        for each in addresses:
            if each.family == socket.AF_INET and name in up and up[name].isup and _of_ones_own(each.address):
                network = IPv4Interface(f"{each.address}/{each.netmask or 32}").network
                found.append((each.address, Network(name, network)))
    order = [kind for kind, _ in _KINDS]
    return dict(sorted(found, key=lambda each: order.index(each[1].kind) if each[1].kind in order else len(order)))


def _of_ones_own(text: str) -> bool:
    address = ip_address(text)
    # Link-local: this machine has asked for an address, and nobody gave it one.
    return not (is_public(text) or address.is_loopback or address.is_link_local or address.is_multicast)


def firewall(name: str, port: int) -> Firewall | None:
    """Return which firewall may keep phones from a port here, as far as anybody may ask; None where none is known.

    Args:
        name: What the phones' network comes through, as the system calls it.
        port: Where they ask.
    """
    if sys.platform == "win32":
        return "windows"
    with suppress(OSError, UnicodeDecodeError):
        if "enabled=yes" in _UFW.read_text(encoding="utf-8").lower().split():
            return "ufw"
    if not _succeeds("--state"):
        return None
    zone = [f"--zone={said}"] if (said := _zone(name)) else []
    return None if _succeeds(*zone, f"--query-port={port}/tcp") else "firewalld"


def commands(firewall: Firewall, network: Network, port: int) -> tuple[str, str]:
    """Return what lets the phones of a network in, and what takes that back."""
    match firewall:
        case "ufw":
            rule = f"allow proto tcp from {network.range} to any port {port}"
            return f"sudo ufw {rule}", f"sudo ufw delete {rule}"
        case "firewalld":
            where = f"--zone={zone} " if (zone := _zone(network.name)) else ""
            begin = f"sudo firewall-cmd {where}"
            return f"{begin}--add-port={port}/tcp", f"{begin}--remove-port={port}/tcp"
        case "windows":
            begin = "netsh advfirewall firewall"
            allowed = f"dir=in action=allow protocol=TCP localport={port} remoteip={network.range}"
            return f'{begin} add rule name="Himaya" {allowed}', f'{begin} delete rule name="Himaya"'


def _zone(name: str) -> str:
    """Return in which zone firewalld has a network; empty where it is in the one for all others."""
    done = _asked(f"--get-zone-of-interface={name}")
    return done.stdout.strip() if done is not None and done.returncode == 0 else ""


def _succeeds(*words: str) -> bool:
    done = _asked(*words)
    return done is not None and done.returncode == 0


def _asked(*words: str) -> subprocess.CompletedProcess[str] | None:
    """Ask firewalld; None where it is not there, or gives no answer in time."""
    program = shutil.which("firewall-cmd")
    if program is None:
        return None
    with suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(  # noqa: S603 - a program of the system, found above
            [program, *words], capture_output=True, text=True, timeout=_ASKED, stdin=subprocess.DEVNULL, check=False
        )
    return None
