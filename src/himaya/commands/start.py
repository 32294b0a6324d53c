"""`himaya start`."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from pathlib import Path

import click

from himaya.commands.arguments import COURSES, FOLDER, Folder, modules_option

_FIRST = "core-protection"


@click.command()
@click.option("--course", type=Folder(course=COURSES), help="One course instead of all.")
@modules_option
@click.option(
    "--folder", type=FOLDER, default=Path("_build/platform"), show_default=True, help="Everything is kept here."
)
@click.option("--no-synthetic-class", is_flag=True, help="Invent nobody in a new folder: for a real class.")
@click.option("--port", type=click.IntRange(1024, 65535), default=8888, show_default=True)
@click.option("--browser/--no-browser", default=True, help="Open the home page in a browser.")
@click.option("--verbose", is_flag=True, help="Show all that the server has to say, not only what went wrong.")
def start(
    course: Path | None,
    modules: Path,
    folder: Path,
    port: int,
    *,
    no_synthetic_class: bool,
    browser: bool,
    verbose: bool,
) -> None:
    """Start the platform on this machine with all courses and a synthetic class, and open the home page.

    Example: himaya start --port 8890
    """
    from himaya_server.platform import prepare  # only this needs Jupyter's server

    port = _free_port(port)
    courses = [course] if course else _all_courses()
    platform = prepare(folder, courses, modules, click.echo, invented=not no_synthetic_class)
    token = os.environ.get("HIMAYA_TOKEN") or secrets.token_urlsafe(24)
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(platform.config),
        "JUPYTER_DATA_DIR": str(platform.data),
        "JUPYTER_RUNTIME_DIR": str(platform.data / "runtime"),
        "JUPYTER_TOKEN": token,
        "HIMAYA_TRAINEE": "trainee",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    click.echo(f"\nHimaya's home page: http://127.0.0.1:{port}/himaya?token={token}\nStop with Control-C.\n")
    command = [sys.executable, "-m", "jupyter_server", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not verbose:
        command.append("--Application.log_level=WARN")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    if browser and sys.stdout.isatty():
        command.append("--ServerApp.open_browser=True")  # the server does so once it answers
    os.chdir(platform.desk)
    os.execve(sys.executable, command, environment)  # noqa: S606 - the server takes this process's place


def _all_courses() -> list[Path]:
    """Return the folders of all courses, the first one that of the demonstration class."""
    found = sorted(path.parent for path in COURSES.glob("*/course.yaml"))
    if not found:
        message = (
            f"there is no course in {COURSES.resolve()}. Start in the folder of Himaya, or give one with --course."
        )
        raise click.UsageError(message)
    return sorted(found, key=lambda folder: folder.name != _FIRST)


def _free_port(wanted: int) -> int:
    """Return `wanted`, or the next free port after it."""
    for port in range(wanted, min(wanted + 50, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    message = f"no port from {wanted} to {wanted + 49} is free. Give another with --port."
    raise click.ClickException(message)
