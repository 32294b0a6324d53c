"""`himaya apps` that soon closes connections that ask for nothing, or whose body or message does not come.

Options as for the command.
"""

from __future__ import annotations

from himaya.commands import apps
from himaya_server.apps import bounds, channel, server

if __name__ == "__main__":
    server._SILENCE = bounds.BODY_TIME = channel._FRAME_TIME = 2
    apps.apps()
