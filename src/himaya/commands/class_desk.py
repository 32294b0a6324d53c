"""`himaya class desk`: the trainer's desk for classes that were made on the site. The site starts it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from himaya.commands.class_ import folder_option
from himaya.commands.start import jupyter_arguments, jupyter_environment


@click.command(hidden=True)
@click.option("--port", type=click.IntRange(1024, 65535), required=True)
@folder_option
def desk(port: int, folder: Path) -> None:
    """Serve the desk, in this process: whoever has the token in HIMAYA_TOKEN marks written answers there.

    Example: HIMAYA_TOKEN=... himaya class desk --port 8890
    """
    from himaya_server.platform import prepare_class_desk

    place = prepare_class_desk(folder)
    os.environ.update(jupyter_environment(place, os.environ["HIMAYA_TOKEN"]))
    os.chdir(place.desk)
    from jupyter_server.serverapp import main

    main(jupyter_arguments(port))
