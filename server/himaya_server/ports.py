"""Ports on which this server's kernels listen."""

from __future__ import annotations

import secrets
import socket
from typing import Any

from jupyter_client.connect import LocalPortCache

_RANGE = range(10_000, 20_000)
"""Below what systems give to the near end of a connection: from 32,768 on with Linux, from 49,152 on with others."""


class KernelPorts(LocalPortCache):
    """Ports that nobody else takes between their choice and the kernel's start, nor while the kernel starts again.

    A kernel whose port was taken meanwhile dies at each of its starts, and the page that waits for it waits in vain:
    jupyter_client keeps the ports that it has chosen (jupyter_client#487). So a socket that never listens holds each
    port. Who asks for a port that is free, a connection, too, does not get it; a kernel does, since it asks for one
    that may be used again (SO_REUSEADDR).
    """

    def __init__(self, **kwargs: Any) -> None:
        """Begin with none."""
        super().__init__(**kwargs)
        self._held: dict[int, socket.socket] = {}

    def find_available_port(self, ip: str) -> int:
        """Return a port of this address that is free, and hold it."""
        while True:
            port, holder = secrets.choice(_RANGE), socket.socket()
            try:
                holder.bind((ip, port))
            except OSError:
                holder.close()
                continue
            # Only now, so that two of us never hold one port.
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._held[port] = holder
            self.currently_used_ports.add(port)
            return port

    def return_port(self, port: int) -> None:
        """Let go of a port."""
        super().return_port(port)
        if (holder := self._held.pop(port, None)) is not None:
            holder.close()


def choose_kernel_ports() -> None:
    """Let every kernel of this process get its ports from `KernelPorts`."""
    if not LocalPortCache.initialized():
        KernelPorts.instance()
