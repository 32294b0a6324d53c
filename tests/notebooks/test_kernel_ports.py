"""The ports of kernels: no connection takes one between its choice and the kernel's start."""

from __future__ import annotations

import subprocess
import sys

import pytest

from himaya_server import ports
from himaya_server.ports import KernelPorts

_ASKED = """
from jupyter_client.connect import LocalPortCache
{make}
print([LocalPortCache.instance().find_available_port("127.0.0.1") < 20_000 for _ in range(20)])
"""


def test_port_in_use_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    known = KernelPorts()
    first = known.find_available_port("127.0.0.1")
    with ports.socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        taken = busy.getsockname()[1]
        monkeypatch.setattr(ports, "_RANGE", [first, taken, 19_999])
        assert known.find_available_port("127.0.0.1") == 19_999


def test_port_is_the_kernels_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_RANGE", [19_997, 19_998])
    one, other = KernelPorts(), KernelPorts()  # as in two servers
    port = one.find_available_port("127.0.0.1")
    assert other.find_available_port("127.0.0.1") != port
    for _ in range(2):  # it may die and start again
        with ports.socket.create_server(("127.0.0.1", port)):  # as a kernel: it sets SO_REUSEADDR
            pass
    with ports.socket.socket() as somebody, pytest.raises(OSError, match="in use"):
        somebody.bind(("127.0.0.1", port))
    one.return_port(port)
    with ports.socket.socket() as somebody:
        somebody.bind(("127.0.0.1", port))


@pytest.mark.parametrize(
    "make",
    [
        "from himaya_server.home.desk import DeskKernels; DeskKernels()",
        "from himaya_server.ports import choose_kernel_ports; choose_kernel_ports()",
    ],
)
def test_kernels_get_ports_that_no_connection_gets(make: str) -> None:
    ran = subprocess.run([sys.executable, "-c", _ASKED.format(make=make)], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == str([True] * 20)
