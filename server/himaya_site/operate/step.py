"""A command of Himaya as a child of the site, which ends with it, also where the site is killed.

The site holds the other end of the standard input, and sends nothing: its end is the site's end.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def _end_with_site(held: int) -> None:
    while os.read(held, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    held = os.dup(0)  # what the command starts inherits it not, and reads nothing
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    threading.Thread(target=_end_with_site, args=(held,), name="site", daemon=True).start()
    sys.argv[0] = "himaya"
    runpy.run_module("himaya", run_name="__main__")
