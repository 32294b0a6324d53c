"""Ports on which this server's kernels listen."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress

from jupyter_client.connect import LocalPortCache

_RANGE = range(10_000, 20_000)
"""Below what systems give to the near end of a connection: from 32,768 on with Linux, from 49,152 on with others."""


class KernelPorts(LocalPortCache):
    """Ports that no connection takes between their choice and the kernel's start.

    A kernel whose port was taken meanwhile dies at each of its starts, and the page that waits for it waits in vain:
    jupyter_client keeps the ports that it has chosen (jupyter_client#487).
    """

    def find_available_port(self, ip: str) -> int:
        """Return a port of this address that is free now and was not given to another kernel."""
        while True:
            port = secrets.choice(_RANGE)
            if port in self.currently_used_ports:
                continue
            with socket.socket() as tried, suppress(OSError):
                tried.bind((ip, port))
                self.currently_used_ports.add(port)
                return port


def choose_kernel_ports() -> None:
    """Let every kernel of this process get its ports from `KernelPorts`."""
    if not LocalPortCache.initialized():
        KernelPorts.instance()
