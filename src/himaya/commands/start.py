"""`himaya start`: the site of classes and the platform, as two programs that begin and end together."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
import webbrowser
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from himaya.answers.private import write_whole
from himaya.commands.arguments import COURSES, FOLDER, Folder, modules_option
from himaya.commands.class_ import missing_packages
from himaya.commands.report import tell
from himaya.commands.together import Program, run_together
from himaya.errors import ClassError
from himaya_site.files import FIRST_VISIT, SERVING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from himaya_server.platform import Platform

_FIRST = "core-protection"
_HERE = "127.0.0.1"
LOOK_ROUND = "HIMAYA_LOOK_ROUND"


@click.command()
@click.option("--course", type=Folder(course=COURSES), help="One course instead of all.")
@modules_option
@click.option(
    "--folder",
    type=FOLDER,
    default=Path("_build/platform"),
    show_default=True,
    help="Desk, notebooks and the invented class are kept here; real classes beside it, in class/.",
)
@click.option("--no-synthetic-class", is_flag=True, help="Invent nobody in a new folder: for a real class.")
@click.option(
    "--port", type=click.IntRange(1024, 65535), default=8888, show_default=True, help="Of desk and notebooks."
)
@click.option("--class-port", type=click.IntRange(1024, 65535), default=8600, show_default=True, help="Of the classes.")
@click.option("--no-class", is_flag=True, help="Start desk and notebooks alone.")
@click.option("--browser/--no-browser", default=True, help="Open the first page in a browser.")
@click.option("--verbose", is_flag=True, help="Show all that the servers have to say, not only what went wrong.")
def start(
    course: Path | None,
    modules: Path,
    folder: Path,
    port: int,
    class_port: int,
    *,
    no_synthetic_class: bool,
    no_class: bool,
    browser: bool,
    verbose: bool,
) -> None:
    """Start Himaya on this machine: the site of your classes, and desk and notebooks with all courses.

    A new folder gets an invented class to look round in. The page that opens makes the first account of the site.

    Example: himaya start --port 8890
    """
    courses = [course] if course else _all_courses()
    port = _free_port(port, "--port")
    classes = None if no_class else _classes(folder.resolve().parent / "class")
    if classes is None:
        _become_jupyter(courses, modules, folder, port, invented=not no_synthetic_class, browser=browser, says=verbose)
    token = os.environ.get("HIMAYA_TOKEN") or secrets.token_urlsafe(24)
    class_port = _free_port(class_port, "--class-port")
    himaya = [sys.executable, "-m", "himaya"]
    site = [*himaya, "class", "serve", "--site", "--port", str(class_port), "--folder", str(classes)]
    desk = [*himaya, "start", "--no-class", "--no-browser", "--port", str(port), "--folder", str(folder)]
    desk += ["--modules", str(modules)]
    desk += [] if course is None else ["--course", str(course)]
    desk += ["--no-synthetic-class"] * no_synthetic_class + ["--verbose"] * verbose
    programs = [
        Program("the site of classes", site, {**os.environ, LOOK_ROUND: _home(port, token)}, says=verbose),
        Program("desk and notebooks", desk, {**os.environ, "HIMAYA_TOKEN": token}),
    ]

    def tell_address() -> None:
        address = _first_page(classes, class_port)
        click.echo(f"\nYour classes: {address}")
        if browser and sys.stdout.isatty():
            _open(address, classes)

    serving = classes / SERVING
    serving.unlink(missing_ok=True)
    ended = run_together(programs, serving.exists, tell_address)
    if ended is not None:
        message = f"{ended} ended, and so everything did. Begin again with: himaya start"
        raise click.ClickException(message)


def _first_page(folder: Path, port: int) -> str:
    """Return the address that makes the first account, or once there is one that of the trainers' page."""
    try:
        key = (folder / FIRST_VISIT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return f"http://{_HERE}:{port}/class/staff/"
    return f"http://{_HERE}:{port}/class/first?k={key}"


def _home(port: int, token: str) -> str:
    return f"http://{_HERE}:{port}/himaya?token={token}"


def _become_jupyter(
    courses: Sequence[Path], modules: Path, folder: Path, port: int, *, invented: bool, browser: bool, says: bool
) -> NoReturn:
    """Make what is missing of desk and notebooks, and let their server take this process's place."""
    from himaya_server.platform import prepare  # only this needs Jupyter's server

    platform = prepare(folder, courses, modules, click.echo, invented=invented)
    token = os.environ.get("HIMAYA_TOKEN") or secrets.token_urlsafe(24)
    environment = {**os.environ, **jupyter_environment(platform, token), "HIMAYA_TRAINEE": "trainee"}
    click.echo(f"\nHimaya's home page: {_home(port, token)}\nStop with Control-C.\n")
    command = [sys.executable, "-m", "jupyter_server", *jupyter_arguments(port, says=says)]
    if browser and sys.stdout.isatty():
        command.append("--ServerApp.open_browser=True")  # the server does so once it answers
    os.chdir(platform.desk)
    os.execve(sys.executable, command, environment)  # noqa: S606 - the server takes this process's place


def jupyter_environment(platform: Platform, token: str) -> dict[str, str]:
    """Return what Jupyter's server takes from its environment: folders, and the token that lets somebody in."""
    return {
        "JUPYTER_CONFIG_DIR": str(platform.config),
        "JUPYTER_DATA_DIR": str(platform.data),
        "JUPYTER_RUNTIME_DIR": str(platform.data / "runtime"),
        "JUPYTER_TOKEN": token,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }


def jupyter_arguments(port: int, *, says: bool = False) -> list[str]:
    """Return the arguments of Jupyter's server at a port of this machine."""
    arguments = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not says:
        arguments.append("--Application.log_level=WARN")
    if not sys.stdin.isatty():
        arguments.append("--ServerApp.answer_yes=True")  # there is nobody whom Control-C could ask
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    return arguments


def _classes(folder: Path) -> Path | None:
    """Return the folder of classes, or None where they cannot be served."""
    missing = missing_packages()
    if missing:
        tell(
            f"There are no classes: this Python has no {', '.join(missing)}. "
            f"Run: {sys.executable} -m pip install 'himaya[platform,class]'"
        )
        return None
    if folder.is_dir():
        from himaya_server.classroom.backup import served_by_nobody_else

        try:
            with served_by_nobody_else(folder):
                pass
        except ClassError:
            tell(f"The classes in {folder} are served already. Only desk and notebooks start.")
            return None
    return folder


def _all_courses() -> list[Path]:
    """Return the folders of all courses, the first one that of the demonstration class."""
    found = sorted(path.parent for path in COURSES.glob("*/course.yaml"))
    if not found:
        message = (
            f"there is no course in {COURSES.resolve()}. Start in the folder of Himaya, or give one with --course."
        )
        raise click.UsageError(message)
    return sorted(found, key=lambda folder: folder.name != _FIRST)


def _free_port(wanted: int, option: str) -> int:
    """Return `wanted`, or the next free port after it."""
    for port in range(wanted, min(wanted + 50, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HERE, port))
            except OSError:
                continue
            return port
    message = f"no port from {wanted} to {wanted + 49} is free. Give another with {option}."
    raise click.ClickException(message)


def _open(address: str, folder: Path) -> None:
    """Open an address in a browser, by a file that only its owner reads: others on this machine see every command."""
    page = folder / "open.html"
    write_whole(page, f'<!doctype html><meta http-equiv="refresh" content="0; url={escape(address)}">\n'.encode())
    threading.Thread(target=webbrowser.open, args=(page.resolve().as_uri(),), daemon=True).start()
