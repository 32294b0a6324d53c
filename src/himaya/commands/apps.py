"""`himaya apps`: serve a course's practice apps on this machine, or to the phones in one room."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import secrets
import socket
import tempfile
import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from himaya.commands.arguments import course_argument, graded_option, language_option, modules_option

if TYPE_CHECKING:
    from himaya.publish.apps import App

_HERE = "127.0.0.1"
_KERNEL_SIZE = 80  # MB that one open page may take until it is drawn
_WARNING = """
You share these apps with this network. Everybody on it who has the link can open them.
  - Use a network that you trust. The link is not encrypted: who runs the network can see it.
  - Nothing is graded or kept on this machine. Answers stay in each visitor's own browser.
  - Ask people never to write about real cases, names or places.
  - Stop sharing with Control-C; the link then leads nowhere.
"""


@click.command()
@course_argument
@modules_option
@language_option
@click.option("--port", type=click.IntRange(1024, 65535), default=8866, show_default=True)
@click.option("--share", is_flag=True, help="Let phones on the local network in: prints a link and its square code.")
@click.option("--address", help="With --share: this machine's address, where it has several.")
@click.option("--ready", type=click.IntRange(0, 20), default=2, show_default=True, help="Kernels that stand ready.")
@graded_option
@click.option("--browser/--no-browser", default=True, help="Open the gallery in a browser.")
def apps(
    course: Path,
    modules: Path,
    language: tuple[str, ...],
    port: int,
    address: str | None,
    ready: int,
    *,
    share: bool,
    with_graded: bool,
    browser: bool,
) -> None:
    """Show a gallery of practice apps: every module and scenario of a course, for one person or for a group.

    With --share what is graded stays out, unless --with-graded is given: its right answers would be in the room.

    Example: himaya apps core-protection --share
    """
    for package in ("voila", "segno", "psutil"):
        if importlib.util.find_spec(package) is None:
            message = f"{package} is missing. Run himaya from the .venv that `make setup` makes."
            raise click.ClickException(message)
    if address and not share:
        raise click.UsageError("--address is for --share: without it, nobody but this machine is let in.")
    host = _shared_address(address) if share else _HERE
    click.echo(f"Making the apps of {course} ...")
    with tempfile.TemporaryDirectory(prefix="himaya-gallery-") as folder:
        titles, made = _write(course, modules, language, Path(folder), graded=with_graded or not share)
        _serve(titles, made, Path(folder), (host, port), ready, browser=browser and not share)


def _write(
    course: Path, modules: Path, wanted: tuple[str, ...], folder: Path, *, graded: bool
) -> tuple[dict[str, str], list[App]]:
    """Write the apps of a course below `folder`; return its title in each language, and the apps."""
    from himaya.content.forms import without_forms
    from himaya.content.left_out import without_graded
    from himaya.content.load import load_module
    from himaya.course.course import load_course
    from himaya.publish.apps import write_apps  # no other command needs these
    from himaya.translation.translated import translated, translated_course

    opened = load_course(course)
    overview = (course / "overview.md").read_text(encoding="utf-8")
    english = [load_module(modules / name) for name in opened.modules]
    titles, made = {}, []
    for language in dict.fromkeys(wanted or opened.languages):
        titles[language] = translated_course(opened, overview, course, language)[0].title
        spoken = (translated(module, language, opened.digits) for module in english)
        whole = [without_forms(opened.taught(module)) for module in spoken]
        loaded = whole if graded else [without_graded(module) for module in whole]
        made += write_apps(loaded, folder, datetime.now(UTC).date())
    return titles, made


def _serve(
    titles: dict[str, str], made: list[App], folder: Path, where: tuple[str, int], ready: int, *, browser: bool
) -> None:
    import psutil

    from himaya_server.apps.server import AppsServer

    host, port = where
    token = os.environ.get("HIMAYA_TOKEN") or secrets.token_urlsafe(18)
    link = f"http://{f'[{host}]' if ':' in host else host}:{port}/?token={token}"

    def started() -> None:
        click.echo(_WARNING if host != _HERE else "")
        click.echo(f"The gallery: {link}")
        if host != _HERE:
            _square_code(link)
        click.echo("Stop with Control-C.")
        if browser:
            webbrowser.open(link)

    server = AppsServer(
        made,
        folder,
        titles=titles,
        token=token,
        ip=host,
        port=port,
        warm=ready,
        most=max(4, int(psutil.virtual_memory().available / 2**20 / 2 / _KERNEL_SIZE)),
        started=started,
    )
    try:
        server.run()
    except OSError as error:
        message = f"{host}, port {port}: {error.strerror or error}. Give another with --port or --address."
        raise click.ClickException(message) from error


def _square_code(link: str) -> None:
    import segno  # only for sharing

    click.echo()
    segno.make(link, error="m").terminal(compact=True)
    click.echo()


def _shared_address(given: str | None) -> str:
    """Return the address to share on.

    Raises:
        ClickException: If there is none, or it can be reached from the whole internet.
    """
    address = given or _local_address()
    if address is None:
        raise click.ClickException("This machine is in no network. Join one, or give --address.")
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        known = ipaddress.ip_address(0)
    if known.is_unspecified or known.is_multicast:  # such as 0.0.0.0: every network this machine is in
        message = f"{address} is no address such as 192.168.0.10."
        raise click.BadParameter(message, param_hint="--address")
    if not known.is_private:
        message = f"{address} can be reached from the whole internet, so it is not shared. Use a local network."
        raise click.ClickException(message)
    return address


def _local_address() -> str | None:
    """Return the address through which this machine would speak to others; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address
