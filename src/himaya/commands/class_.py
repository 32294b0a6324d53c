"""`himaya class`: many people, one small machine."""

from __future__ import annotations

import asyncio
import atexit
import gc
import getpass
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import cache, partial
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from click.core import ParameterSource

from himaya.commands.arguments import COURSES, FILE, FOLDER, MODULES, Folder, modules_option
from himaya.commands.opened import opened, report
from himaya.commands.report import tell
from himaya.errors import ClassError, CourseError, HimayaError, JournalError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from sqlalchemy import URL

    from himaya_autograde.course import CourseDirectory
    from himaya_autograde.import_answers import Taken
    from himaya_autograde.source import Source
    from himaya_server.classroom.built_pages import Pages
    from himaya_server.classroom.door import Certificate
    from himaya_server.classroom.records import Handed
    from himaya_server.classroom.store import Store
    from himaya_site.operate.encryption import Caddy
    from himaya_site.project.server import Server

_NEEDS = {
    "argon2": "argon2-cffi",
    "sqlalchemy": "sqlalchemy",
    "alembic": "alembic",
    "cryptography": "cryptography",
    "segno": "segno",
    "django": "django",
    "psutil": "psutil",
    "waitress": "waitress",
}
_SITE = "site"
"""An empty file in a folder that the site served last; the commands use its code there."""
_ENDED = "ended"
"""Holds the numbers of classes that have ended."""
_HERE = "127.0.0.1"
_MOST_OF_STAFF = 100  # connections on this machine, beside those of the class
_LEAST_PASSPHRASE = 12
_OLD_BACKUPS = (
    "Backups of before still hold it, and bring it back where they are restored into another folder. "
    "Make a new one with: himaya class backup FILE, and delete the old ones."
)
_INNER = 8600  # where the site listens on this machine while Caddy encrypts in front of it, or at the next free port
_LOOKED = 5  # seconds between looks whether Caddy runs
_RENEWED = 600  # seconds between looks at the certificate
_WARNING = """
Everybody in this network who has a card can sign in, and nobody else. The link is not encrypted:
  - use a network of your own with a password; whoever has that password can read along;
  - write nothing real: this is training.
"""

folder_option = click.option(
    "--folder", type=FOLDER, default=Path("_build/class"), show_default=True, help="All classes are kept here."
)
class_argument = click.argument("class_id", metavar="CLASS")
passphrase_option = click.option(
    "--passphrase", envvar="HIMAYA_PASSPHRASE", prompt=True, hide_input=True, help="Or in HIMAYA_PASSPHRASE."
)


@click.group("class")
def class_() -> None:
    """Serve one course to a class: people with phones, cards to sign in, and one small machine that loses nothing.

    Example: himaya class create north-1 --course core-protection
    """
    if missing := missing_packages():
        message = (
            f"this Python has no {', '.join(missing)}. Run: {sys.executable} -m pip install 'himaya[platform,class]'"
        )
        raise click.ClickException(message)


@contextmanager
def store_of(folder: Path) -> Iterator[Store]:
    """Open the classes of a folder."""
    from himaya_server.classroom.address import place_of
    from himaya_server.classroom.backup import remove_left_over
    from himaya_server.classroom.store import database_errors, open_store

    remove_left_over(folder)  # at every start, so that nobody who is forgotten stays in a copy
    if (folder / _SITE).exists():
        with _site_store_of(folder) as kept_by_site:
            yield kept_by_site
        return
    with database_errors(), closing(open_store(place_of(folder))) as store:
        yield store


@contextmanager
def _site_store_of(folder: Path) -> Iterator[Store]:
    """Open the classes of a folder with the site's code."""
    from himaya_server.classroom.address import place_of
    from himaya_site.project.start import prepare

    prepare()
    from himaya_site.operate.removing import database_errors
    from himaya_site.store import Store as SiteStore

    place = place_of(folder)
    where = place if isinstance(place, Path) else place.render_as_string(hide_password=False)
    with database_errors(), closing(SiteStore(where)) as store:
        yield cast("Store", store)


def _stored(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a PostgreSQL."""
    for option in (
        click.option("--ask-password", is_flag=True, help="Ask for the password of the database."),
        click.option(
            "--store", "address", envvar="HIMAYA_STORE",
            help="Keep the classes in this PostgreSQL; its address without a password, or with one in HIMAYA_STORE.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def _chosen_store(address: str | None, *, ask_password: bool) -> URL | None:
    """Return the database that was asked for; a password on the command line is refused."""
    from himaya_server.classroom.address import checked_address

    if address is None:
        if ask_password:
            raise click.UsageError("give --ask-password with --store.")
        return None
    typed = click.get_current_context().get_parameter_source("address") is ParameterSource.COMMANDLINE
    if checked_address(address).password is not None and typed:
        message = (
            "everybody on this machine can read a password that stands in a command. Choose another one, leave it out, "
            "and add --ask-password"
        )
        raise click.BadParameter(message, param_hint="--store")
    password = click.prompt("Password of the database", hide_input=True) if ask_password else ""
    return checked_address(address, password)


def missing_packages() -> list[str]:
    """Return the packages without which there are no classes."""
    return [package for module, package in _NEEDS.items() if find_spec(module) is None]


@class_.command()
@class_argument
@click.option("--course", type=Folder(course=COURSES), default="core-protection", help="What the class takes.")
@click.option("--title", help="What people call the class; its id if not given.")
@_stored
@modules_option
@folder_option
def create(
    class_id: str,
    course: Path,
    title: str | None,
    address: str | None,
    modules: Path,
    folder: Path,
    *,
    ask_password: bool,
) -> None:
    """Make a class and the pages that its trainees will open.

    Classes are kept in one file of the folder, or, with --store at the first of them, in a PostgreSQL.

    Example: himaya class create north-1 --course core-protection --title "North, autumn"
    """
    from himaya_server.classroom.address import keep_in, place_to_be
    from himaya_server.classroom.store import database_errors, open_store

    if (url := _chosen_store(address, ask_password=ask_password)) is not None:
        keep_in(folder, url)
    with database_errors(), closing(open_store(place_to_be(folder))) as store:
        store.make_class(class_id, title or class_id, str(course.resolve()))
    _write_pages(course, modules, folder)
    click.echo(f"The class '{class_id}' is in {folder}. Add people: himaya class enrol {class_id} list.csv")


@class_.command()
@class_argument
@modules_option
@folder_option
def prepare(class_id: str, modules: Path, folder: Path) -> None:
    """Build and release the course of a class that was made in the browser, and write its pages; as often as you like.

    The site does this by itself when a class is made there.

    Example: himaya class prepare north-1
    """
    with store_of(folder) as store:
        course = opened(Path(store.class_of(class_id).course))
    total, built = len(course.course.modules) + 2, list[str]()

    def on_built(path: Path) -> None:
        if path.name in course.course.modules:
            built.append(path.name)
            click.echo(f"{len(built)} of {total}: {path.name}")

    course.build(modules, on_built=on_built, on_kept=click.echo)
    released = course.release()
    click.echo(f"{total - 1} of {total}: released")
    _write_pages(course.path, modules, folder)
    click.echo(f"{total} of {total}: pages")
    report(released)


@class_.command()
@class_argument
@modules_option
@folder_option
def pages(class_id: str, modules: Path, folder: Path) -> None:
    """Write the pages of a class anew, after a module has changed; answers stay.

    Example: himaya class pages north-1
    """
    with store_of(folder) as store:
        course = Path(store.class_of(class_id).course)
    _write_pages(course, modules, folder)


def _write_pages(course: Path, modules: Path, folder: Path) -> None:
    from himaya.content.assignments import module_of
    from himaya.content.check import check_module
    from himaya.course.course import load_course
    from himaya.errors import ContentError
    from himaya_server.classroom.pages import write_class_pages
    from himaya_widgets.player import class_code

    loaded = load_course(course)
    problems = [problem for name in loaded.modules for problem in check_module(modules / name)]
    if problems:
        raise ContentError(problems)
    code = {str(kind): each for kind, each in class_code().items()}
    written = write_class_pages(loaded, course, modules, folder / "pages", code, datetime.now(UTC).date())
    click.echo(f"{written.folder}: {len(written.modules)} modules in {', '.join(written.languages)}")
    for module, asked in written.activities.items():
        try:
            same = not (course / "source" / module).is_dir() or _asked_in(course, module) == _hashes(asked)
        except CourseError as error:  # the pages are written all the same
            tell(f"{module}: {error}")
            continue
        if not same:
            tell(
                f"{module}: these pages are not the edition that the class is graded by. To let the class move on, "
                f"run: himaya build --move-on {course} {module_of(module)}"
            )


def _asked_in(course: Path, module: str) -> dict[str, str]:
    """Return what the class's edition of a module or form asks."""
    from himaya_autograde.source import read_source

    return _hashes(read_source(course / "source" / module).activities)


def _hashes(activities: Mapping[str, Any]) -> dict[str, str]:
    return {name: each["hash"] for name, each in activities.items()}


def _built(course: Path, module: str, read: Callable[[Path], Source]) -> list[Source]:
    """Return a module as it was built, and its safety forms."""
    from himaya.content.assignments import form_names, module_of

    built = course / "source"
    forms = [built / name for name in form_names(module_of(module))]
    return [read(place) for place in (built / module, *filter(Path.is_dir, forms))]


@class_.command()
@class_argument
@click.argument("file", required=False, type=FILE)
@click.option("--number", type=click.IntRange(1, 2000), help="Add so many people without names instead.")
@click.option("--out", type=FILE, help="Write the list of the class, to be changed and read in again.")
@click.option("--no-names", is_flag=True, help="Keep no names, whatever the file says.")
@folder_option
def enrol(
    class_id: str, file: Path | None, number: int | None, out: Path | None, folder: Path, *, no_names: bool
) -> None:
    """Add people to a class, or change them: a CSV file with the columns id, name and language.

    A line without an id adds somebody; id and name may be missing altogether. Each line that is passed over is named.

    Example: himaya class enrol north-1 list.csv --out list-with-ids.csv
    """
    from himaya_server.classroom import enrolment
    from himaya_server.classroom.backup import KEY
    from himaya_server.classroom.sealing import Seal, kept_key

    if file is None and number is None and out is None:
        raise click.UsageError("give a FILE, or --number, or --out.")
    refused: Sequence[tuple[int, str]] = ()
    with store_of(folder) as store:
        seal = None if no_names else Seal(kept_key(folder / KEY))
        languages = _pages_of_course(store.class_of(class_id).course, folder).languages
        if file is not None:
            done = enrolment.enrol(store, class_id, enrolment.read_list(file), seal, languages)
            refused = done.refused
            click.echo(f"added: {len(done.added)}; changed: {len(done.changed)}; passed over: {len(refused)}")
        for _ in range(number or 0):
            store.enrol(class_id, languages[0])
        if out is not None:
            _private_file(out, enrolment.written(store, class_id, seal).encode())
            click.echo(f"The list: {out}")
    for line, why in refused:
        tell(f"{file}:{line}: {why}.", err=True)
    if refused:
        sys.exit(1)


@class_.command()
@class_argument
@click.argument("ids", nargs=-1)
@click.option("--address", required=True, help="Where the class is served, such as http://192.168.4.1:8600")
@click.option("--out", type=FILE, default=Path("cards.html"), show_default=True)
@click.option("--all", "everybody", is_flag=True, help="New cards for all; the old ones end.")
@folder_option
def cards(class_id: str, ids: tuple[str, ...], address: str, out: Path, folder: Path, *, everybody: bool) -> None:
    """Make a sheet of cards to print: for who has none yet, or new ones for the given IDs.

    A new card ends the old one and signs its devices out. Print the sheet, then delete it: it holds every secret.

    Example: himaya class cards north-1 --address http://192.168.4.1:8600
    """
    from himaya_server.classroom.backup import KEY
    from himaya_server.classroom.cards import LEAD_TO, made_card, sheet
    from himaya_server.classroom.codes import Codes
    from himaya_server.classroom.records import TERMINAL
    from himaya_server.classroom.sealing import Seal, kept_key

    if not address.startswith(("http://", "https://")):
        raise click.BadParameter("it begins with http:// or https://", param_hint="--address")
    with store_of(folder) as store:
        key = kept_key(folder / KEY)
        seal, kept = Seal(key), Codes(key).kept
        title = store.class_of(class_id).title
        people = store.people(class_id)
        unknown = sorted(set(ids) - {person.pseudonym for person in people})
        if unknown:
            message = f"nobody in '{class_id}' has the id {', '.join(unknown)}."
            raise ClassError(message)
        names = store.sealed_names(class_id)
        with_card = store.with_card(class_id)
        made = [
            made_card(
                person, TERMINAL, store.new_card, kept, seal.opened(names[person.id]) if person.id in names else ""
            )
            for person in people
            if everybody or person.pseudonym in ids or (not ids and person.id not in with_card)
        ]
    if not made:
        click.echo("Everybody has a card. For new ones give IDs, or --all.")
        return
    _private_file(out, sheet(title, address, made).encode())
    _private_file(folder / LEAD_TO, address.rstrip("/").encode())
    click.echo(f"{len(made)} cards: {out}. Print it, then delete it.")


def _serving(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of serving."""
    for option in (
        folder_option,
        click.option("--key", type=FILE, help="Its key (PEM)."),
        click.option("--certificate", type=FILE, help="Encrypt with this certificate (PEM), which phones trust."),
        click.option("--name", "names", multiple=True, help="Another name by which phones reach this machine."),
        click.option("--port", type=click.IntRange(1, 65535), default=8600, show_default=True),
        click.option(
            "--host", default="127.0.0.1", show_default=True, help="This machine's address in the class's network."
        ),
    ):
        command = option(command)
    return command


def _encrypted(host: str, names: tuple[str, ...], certificate: Path | None, key: Path | None) -> Certificate | None:
    """Return the certificate to serve with; without one the address must be of a network of one's own."""
    from himaya_server.classroom.door import Certificate

    if (certificate is None) != (key is None) or (certificate is not None and not names):
        raise click.UsageError("with --certificate give --key, and with --name the name that it is for.")
    if certificate is not None and key is not None:
        return Certificate(certificate, key, names)
    _refuse_public(host)
    return None


@class_.command()
@_serving
@click.option("--site", is_flag=True, help="Serve with the new site, which has no notebooks yet.")
@click.option("--trusted-proxy", default="", metavar="ADDRESS", help="Of a proxy that encrypts in front of the site.")
@click.option(
    "--look-round",
    envvar="HIMAYA_LOOK_ROUND",
    default="",
    help="Where on this machine an invented class is, for the site's first page; or in HIMAYA_LOOK_ROUND.",
)
def serve(
    host: str,
    port: int,
    names: tuple[str, ...],
    certificate: Path | None,
    key: Path | None,
    folder: Path,
    look_round: str,
    trusted_proxy: str,
    *,
    site: bool,
) -> None:
    """Serve all classes until Control-C. Without a certificate: for this machine, or a network of your own.

    Example: himaya class serve --host 192.168.4.1
    """
    if site:
        if trusted_proxy:
            _refuse_no_address(trusted_proxy, "--trusted-proxy")
            if certificate is not None:
                raise click.UsageError("give either --trusted-proxy or --certificate.")
        tls = _encrypted(host, names, certificate, key)
        _serve_site(host, port, names, folder, look_round, trusted_proxy, tls)
        return
    if trusted_proxy:
        raise click.UsageError("--trusted-proxy needs --site.")
    (folder / _SITE).unlink(missing_ok=True)
    from himaya_server.classroom.backup import KEY, served_by_nobody_else
    from himaya_server.classroom.codes import Codes
    from himaya_server.classroom.door import most_connections
    from himaya_server.classroom.kernels import serve_kernels
    from himaya_server.classroom.notebooks import Notebooks, read_settings
    from himaya_server.classroom.sealing import Seal, kept_key
    from himaya_server.classroom.service import Service, serve
    from himaya_server.classroom.staff import Office, staff_routes

    tls = _encrypted(host, names, certificate, key)
    scheme, shown = ("http", host) if tls is None else ("https", names[0])
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("himaya.class").setLevel(logging.INFO)
    with store_of(folder) as store, served_by_nobody_else(folder):
        by_course = _pages_of(store, folder)
        _tell_before_serving(store, folder, *(_address(scheme, each, port) for each in (host, *names)))

        async def run() -> None:
            service = Service(
                store,
                {pages.course: pages for pages in by_course.values()},
                {each.id: by_course[each.course].course for each in store.classes()},
                Seal(kept_key(folder / KEY)),
                Codes(kept_key(folder / KEY)),
                frozenset({host.lower(), "127.0.0.1", "localhost", *(name.lower() for name in names)}),
            )
            routes = staff_routes(Office(service, partial(_take, folder)))
            try:
                server = serve(service, port, host, None if tls is None else tls.context, most_connections(), routes)
            except OSError as error:
                message = f"{host}, port {port}: {error.strerror}. Give another with --host or --port."
                raise click.ClickException(message) from error
            if (settings := read_settings(folder)) is not None:
                service.notebooks = Notebooks(settings)
                serve_kernels(service, settings)
            click.echo(_WARNING if tls is None and host != "127.0.0.1" else "")
            click.echo(f"The class: {_address(scheme, shown, port)}/class/\nStop with Control-C.")
            if tls is not None and tls.ends_soon():
                tell(f"The certificate ends in {tls.days_left()} days. Renew it; it is read again by itself.", err=True)
            gc.collect()
            gc.freeze()  # what is loaded stays: looking through it for garbage would hold up everybody
            try:
                while True:
                    await asyncio.sleep(_RENEWED)
                    if tls is not None:
                        _renew(tls)
            finally:
                server.stop()

        asyncio.run(run())


def _serve_site(
    host: str,
    port: int,
    names: tuple[str, ...],
    folder: Path,
    look_round: str,
    proxy: str,
    tls: Certificate | None,
) -> None:
    """Serve all classes with the site, also before there is one."""
    from himaya.answers.private import private_folder, write_whole
    from himaya_server.classroom.backup import KEY, served_by_nobody_else
    from himaya_server.classroom.codes import Codes
    from himaya_server.classroom.door import most_connections
    from himaya_server.classroom.looking import Looking
    from himaya_server.classroom.notebooks import read_settings
    from himaya_server.classroom.sealing import Seal, kept_key

    private_folder(folder)
    with served_by_nobody_else(folder), _new_or_site_store_of(folder) as store:
        (folder / _SITE).touch()
        from himaya_site.files import FIRST_VISIT, SERVING
        from himaya_site.operate import jobs
        from himaya_site.operate.desks import desk
        from himaya_site.operate.encryption import Caddy
        from himaya_site.operate.room import Room, use
        from himaya_site.people.first import first_key
        from himaya_site.project.server import Server
        from himaya_site.served import Served, serve

        scheme = "http" if tls is None else "https"
        _tell_before_serving(store, folder, *(_address(scheme, each, port) for each in (host, *names)))
        look = Looking(folder, store.classes)
        pages, courses = look() or ({}, {})
        for each in store.classes():
            if each.id not in courses and not store.ended(each.id):
                tell(f"{each.id}: its pages are missing. Write them: himaya class pages {each.id}", err=True)
        key = kept_key(folder / KEY)
        serve(
            Served(
                pages,
                courses,
                Seal(key),
                Codes(key),
                frozenset({host.lower(), "127.0.0.1", "localhost", *(name.lower() for name in names)}),
                look=look,
                tour=look_round,
                address="" if tls is None else _address(scheme, names[0], port),
                folder=folder.resolve(),
                sources=COURSES.resolve(),
                modules=MODULES.resolve(),
            )
        )
        first = first_key(folder)
        jobs.stop_left_over()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that no step of a class is left behind
        if read_settings(folder) is not None:
            tell("The site leads to no notebooks yet; serve without --site for that.", err=True)
        most = most_connections()
        try:
            server = Server(host, port, most, proxy) if tls is None else _behind_caddy(port, most)
            if tls is None and host != _HERE:  # where staff sign in, since nothing is encrypted
                Server(_HERE, port, _MOST_OF_STAFF, proxy).start()
        except OSError as error:
            message = f"{host}, port {port}: {error.strerror}. Give another with --host or --port."
            raise click.ClickException(message) from error
        inner = int(server.effective_port)
        click.echo(_WARNING if tls is None and host != _HERE else "")
        if tls is not None:
            _encrypt(Caddy(folder, tls.files, names, (host, port), inner), tls)
        else:
            by_command = "" if ip_address(host).is_loopback else host
            room = Room(folder, port, lambda address: Server(address, port, max(50, most - _MOST_OF_STAFF)), by_command)
            use(room)
            room.open_again()
            if (link := room.link) is not None and not by_command:
                click.echo(f"Open to the room: {link}/class/")
        shown = host if tls is None else names[0]
        click.echo(f"The class: {_address(scheme, shown, port)}/class/\nStop with Control-C.")
        where = "this machine only" if tls is None else "this machine"
        click.echo(f"Staff, on {where}: {_address('http', _HERE, inner)}/class/staff/")
        if first is not None:  # a journal or a log keeps no key
            told = first if sys.stdout.isatty() else f"... (the key stands in {(folder / FIRST_VISIT).resolve()})"
            click.echo(f"Make the first account: {_address('http', _HERE, inner)}/class/first?k={told}")
        write_whole(folder / SERVING, b"")
        gc.collect()
        gc.freeze()  # what is loaded stays: looking through it for garbage would hold up everybody
        try:
            server.run()
        finally:
            (folder / SERVING).unlink(missing_ok=True)
            jobs.stop()
            desk.stop()


def _behind_caddy(taken: int, most: int) -> Server:
    """Let the site listen on this machine alone, at a free port that is not the one where Caddy is to listen."""
    from himaya_site.project.server import Server

    for port in range(_INNER, _INNER + 50):
        if port != taken:
            with suppress(OSError):
                return Server(_HERE, port, most, _HERE)
    message = f"no port from {_INNER} to {_INNER + 49} of this machine is free."
    raise click.ClickException(message)


def _encrypt(caddy: Caddy, certificate: Certificate) -> None:
    """Encrypt in front of the site until this process ends; with the renewed certificate once there is one."""
    caddy.start()
    atexit.register(caddy.stop)
    if certificate.ends_soon():
        tell(f"The certificate ends in {certificate.days_left()} days. Renew it; it is read again by itself.", err=True)

    def look_after() -> None:
        looked = time.monotonic()
        while True:
            time.sleep(_LOOKED)
            late = time.monotonic() > looked + _RENEWED
            looked = time.monotonic() if late else looked
            if (late and _renew(certificate)) or not caddy.runs:
                caddy.stop()
                try:
                    caddy.start()
                except ClassError as error:
                    tell(str(error), err=True)

    threading.Thread(target=look_after, name="encryption", daemon=True).start()


@contextmanager
def _new_or_site_store_of(folder: Path) -> Iterator[Store]:
    """Open the classes of a folder with the site's code, also where there is none yet."""
    from himaya_server.classroom.address import place_to_be
    from himaya_server.classroom.store import database_errors, open_store

    place = place_to_be(folder)
    if isinstance(place, Path) and not place.is_file():
        with database_errors():
            open_store(place).close()
    with _site_store_of(folder) as store:
        yield store


def _tell_before_serving(store: Store, folder: Path, *addresses: str) -> None:
    """Name what the operator should set right."""
    from himaya_server.classroom.cards import LEAD_TO

    _tell_ended(store)
    behind = store.clock_behind()
    if behind > 60:
        tell(
            f"The clock of this machine is {behind // 60} minutes behind what was written last. Set it right.",
            err=True,
        )
    printed = (folder / LEAD_TO).read_text(encoding="utf-8") if (folder / LEAD_TO).is_file() else ""
    if printed not in ("", *addresses):
        tell(f"Cards lead to {printed}. Serve there, or let people type this address before what follows #.")


def refuse_without_hub() -> None:
    """Say what this Python lacks for notebooks.

    Raises:
        ClickException: If it lacks something.
    """
    missing = [
        name for name in ("jupyterhub", "jupyterhub_idle_culler", "configurable_http_proxy") if not find_spec(name)
    ]
    if missing:
        run = f"{sys.executable} -m pip install 'himaya[platform,class,hub]'"
        message = f"this Python has no {', '.join(missing)}. Run: {run}"
        raise click.ClickException(message)


@class_.command()
@_serving
@click.option("--user", help="As whom it runs; you, if not given. Never root.")
@click.option(
    "--units", type=FOLDER, default=Path("/etc/systemd/system"), show_default=True, help="Where systemd finds units."
)
def install(
    host: str,
    port: int,
    names: tuple[str, ...],
    certificate: Path | None,
    key: Path | None,
    folder: Path,
    user: str | None,
    units: Path,
) -> None:
    """Let this machine serve all classes by itself, also after a power cut (systemd; needs an administrator).

    Where a class has notebooks (himaya class notebooks), JupyterHub starts by itself too.

    Example: sudo .venv/bin/himaya class install --host 192.168.4.1
    """
    from himaya_server.classroom.address import place_of
    from himaya_server.classroom.notebooks import read_settings
    from himaya_server.classroom.unit import HUB, NAME, Service, hub_unit, not_roots, unit

    if isinstance(place_of(folder), Path):  # a PostgreSQL may let in nobody but the class's own user
        with store_of(folder):  # there are classes to be served
            pass
    _encrypted(host, names, certificate, key)
    served_as = user or os.environ.get("SUDO_USER") or getpass.getuser()
    if served_as == "root":
        raise click.BadParameter("give the user who keeps the classes; it does not run as root", param_hint="--user")
    files = [("--certificate", certificate), ("--key", key)]
    given = [("--host", host), ("--folder", str(folder.resolve()))]
    given += [("--name", name) for name in names]
    given += [(option, str(file.resolve())) for option, file in files if file is not None]
    both = [part for pair in given for part in pair]
    himaya = [sys.executable, "-P", "-m", "himaya", "class"]  # no folder it is started in is on the import path
    serving = Service(served_as, folder.resolve(), [*himaya, "serve", "--port", str(port), *both], port)
    texts = {NAME: unit(serving)}
    if read_settings(folder) is not None:
        refuse_without_hub()
        texts[HUB] = hub_unit([*himaya, "hub", *both])
        python = Path(sys.executable)
        if (loose := not_roots((python, python.resolve(), Path(__file__).resolve()))) is not None:
            tell(f"{loose}: others than root can change it, and root runs it. Install Himaya as root, in /opt/himaya.")
    for name, text in texts.items():
        try:
            (units / name).write_text(text, encoding="utf-8")
        except OSError as error:
            message = f"{units / name}: {error.strerror}. Run it as an administrator: sudo {sys.argv[0]} class install"
            raise click.ClickException(message) from error
        click.echo(f"{units / name} runs as {served_as if name == NAME else 'root'}.")
    click.echo("Start it, now and after each power cut:")
    click.echo(f"  systemctl daemon-reload && systemctl enable --now {' '.join(texts)}")
    click.echo(f"What it says: journalctl -u {NAME}")


@class_.command()
@click.argument("file", type=FILE, required=False)
@click.option("--back", is_flag=True, help="Undo the last upgrade, before the earlier version is installed again.")
@click.option("--passphrase", envvar="HIMAYA_PASSPHRASE", help="Of the backup; or in HIMAYA_PASSPHRASE.")
@modules_option
@folder_option
def upgrade(file: Path | None, passphrase: str | None, modules: Path, folder: Path, *, back: bool) -> None:
    """Move all classes on to this version: backs up to FILE, changes the tables, writes the pages anew.

    Where anything goes wrong the classes stay as they were.

    Example: himaya class upgrade /media/stick/before.backup
    """
    from himaya_server.classroom import backup as kept
    from himaya_server.classroom.address import place_of

    place_of(folder)
    if back:
        revision = kept.go_back(folder)
        click.echo(f"The tables are those of {revision} again. Install that version now, and start it.")
        return
    if file is None:
        raise click.UsageError("give a FILE for the backup.")
    words = passphrase or click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    if len(words) < _LEAST_PASSPHRASE:
        raise click.BadParameter(f"give at least {_LEAST_PASSPHRASE} letters", param_hint="--passphrase")
    kept.back_up(folder, file, words)
    changed = kept.upgrade(folder)
    click.echo(f"Backup: {file}. The tables {'were moved on' if changed else 'are as they should be'}.")
    with store_of(folder) as store:
        courses = sorted({each.course for each in store.classes()})
    for course in courses:
        _write_pages(Path(course), modules, folder)


async def _take(folder: Path, step: str, class_id: str) -> tuple[bool, str]:
    """Take a step of a class without holding up the service."""
    return await asyncio.to_thread(_taken, folder, step, class_id)


def _taken(folder: Path, step: str, class_id: str) -> tuple[bool, str]:
    """Take a step of a class in a process of its own: the server stays small, and goes on when a step fails."""
    command = (sys.executable, "-m", "himaya", "class", step, class_id, "--folder", str(folder))
    done = subprocess.run(  # noqa: S603 - a command of ours
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode == 0, done.stdout.decode(errors="replace")[-4000:]


@class_.group()
def staff() -> None:
    """Say who signs in with a password, and which classes each sees.

    Example: himaya class staff add amal north-1
    """


@staff.command("add")
@click.argument("login")
@click.argument("class_id", metavar="CLASS", required=False)
@click.option("--coordinator", is_flag=True, help="Who makes classes, sees all of them and adds staff.")
@click.option(
    "--role",
    type=click.Choice(["trainer", "mentor"]),
    default="trainer",
    show_default=True,
    help="In this class; a mentor sees neither answers nor people's steps, and only in the site.",
)
@click.option(
    "--password", envvar="HIMAYA_PASSWORD", prompt=True, hide_input=True, confirmation_prompt=True,
    help="Or in HIMAYA_PASSWORD.",
)  # fmt: skip
@folder_option
def staff_add(login: str, class_id: str | None, role: str, password: str, folder: Path, *, coordinator: bool) -> None:
    """Let somebody see a class; who is there already gets the new password, and is signed out.

    Without a class: a new password for who is there, or an account of a coordinator.

    Example: himaya class staff add amal north-1
    """
    from himaya_server.classroom.passwords import SHORTEST, hashed

    if not re.fullmatch(r"[a-z][a-z0-9.-]{1,39}", login):
        raise click.BadParameter("2 to 40 small letters, digits, . and -, a letter first", param_hint="LOGIN")
    if len(password) < SHORTEST:
        raise click.BadParameter(f"give at least {SHORTEST} letters", param_hint="--password")
    with store_of(folder) as store:
        if class_id is None and not coordinator and login not in store.staff():
            raise click.UsageError(f"nobody has the login '{login}' yet. Give a CLASS, or --coordinator.")
        known = None if class_id is None else store.class_of(class_id).id
        store.set_staff(login, hashed(password), known, role=role, coordinator=coordinator)
    what = "all classes" if coordinator else "the same classes" if known is None else f"'{known}'"
    click.echo(f"{login} sees {what} at /class/staff of the class's address.")


@staff.command("list")
@folder_option
def staff_list(folder: Path) -> None:
    """List staff and their classes.

    Example: himaya class staff list
    """
    with store_of(folder) as store:
        all_classes = store.coordinators()
        for login, classes in store.staff().items():
            click.echo(f"{login}: {'all classes, as a coordinator' if login in all_classes else ', '.join(classes)}")


@staff.command("remove")
@click.argument("login")
@folder_option
def staff_remove(login: str, folder: Path) -> None:
    """Remove somebody, and sign them out.

    Example: himaya class staff remove amal
    """
    with store_of(folder) as store:
        if not store.remove_staff(login):
            message = f"nobody has the login '{login}'. There are: {', '.join(store.staff()) or 'none'}."
            raise ClassError(message)
    click.echo(f"{login} is removed.")


@class_.command()
@class_argument
@click.option("--late", multiple=True, metavar="ID", help="Let answers of this person count that came after feedback.")
@folder_option
def collect(class_id: str, late: tuple[str, ...], folder: Path) -> None:
    """Bring what was handed in into the nbgrader course, to be graded like all other work.

    What somebody chose in practice stays behind: the course learns that they practised, and what five or more chose.
    What came after feedback on a module was given, which says what is right, is named and counts only with --late.

    Example: himaya class collect north-1
    """
    from himaya.course.course import load_course
    from himaya_autograde.source import read_source
    from himaya_server.classroom.built_pages import read_pages
    from himaya_server.desk.practice import write_practice

    refused = taken = 0
    unwritten, asked = list[str](), {}
    sources = cache(read_source)  # of each module once
    with store_of(folder) as store, tempfile.TemporaryDirectory(prefix="himaya-handed-in-") as aside:
        course = Path(store.class_of(class_id).course)
        with suppress(FileNotFoundError):  # on another machine they may not be written yet
            asked = read_pages(folder / "pages", load_course(course).id).activities
        reissued = store.reissued(class_id)
        for person in store.people(class_id):
            if (card := reissued.get(person.id)) is not None:
                tell(f"{person.pseudonym}: {card.steps} steps came with a new card, which its owner has not confirmed.")
        for handed in list(store.handed_in(class_id, late)):
            passed = list[dict[str, Any]]()
            try:
                if handed.pseudonym not in late:
                    passed = _after_feedback(course, handed, sources)
                done, waits = _bring_in(course, handed, Path(aside), sources, asked.get(handed.module, {}), passed)
                good, text = done.good, done.text
            except (HimayaError, OSError) as error:  # one hand-in stops no other
                good, text, waits = False, f"{handed.pseudonym}: {_why(error)}", set[str]()
            tell(f"{handed.module}: {text}", err=not good)
            if not good:
                refused += 1
                continue
            taken += 1
            if passed:
                number = len({row["activity"] for row in passed})
                tell(
                    f"{handed.module}: {handed.pseudonym}: answers to {number} activities came after feedback was "
                    f"given, and do not count. To let them: himaya class collect {class_id} --late {handed.pseudonym}"
                )
            if waits:
                tell(
                    f"{handed.module}: {handed.pseudonym}: pages are newer than the course, and answers to "
                    f"{', '.join(sorted(waits))} wait. Run: himaya build --move-on {course}, and collect again."
                )
            else:
                store.collected(handed.id)
        for module in store.uncounted(class_id):  # also of an earlier run that was cut off, or could not write it
            every = ((each.pseudonym, each.rows) for each in store.all_collected(class_id, module))
            try:
                write_practice(course, module, class_id, every)
                store.counted_in(class_id, module)
            except (HimayaError, OSError) as error:  # nor does what a class chose in one module
                unwritten.append(module)
                tell(f"{module}: what the class chose in practice is not counted yet: {_why(error)}", err=True)
    click.echo(f"taken in: {taken}; not taken in: {refused}. Next: himaya grade, then himaya class feedback")
    if refused or unwritten:
        sys.exit(1)


def _why(error: HimayaError | OSError) -> str:
    """Return a sentence for a trainer."""
    from himaya.languages.interface import sentence
    from himaya.languages.readable import readable

    match error:
        case JournalError():
            return sentence(error.code)
        case OSError():
            return f"{error.strerror}: {readable(error.filename or '')}"
        case _:
            return str(error)


def _after_feedback(course: Path, handed: Handed, sources: Callable[[Path], Source]) -> list[dict[str, Any]]:
    """Return the graded answers that came after feedback was given."""
    from himaya_autograde.practice import after_feedback

    source, *_ = _built(course, handed.module, sources)
    return after_feedback(source, handed.rows, handed.before)


def _bring_in(
    course: Path,
    handed: Handed,
    aside: Path,
    sources: Callable[[Path], Source],
    asked: Mapping[str, Any],
    passed: Collection[Mapping[str, Any]] = (),
) -> tuple[Taken, set[str]]:
    """Take one hand-in in, and return what became of it, and which answers wait for the course to be built anew."""
    from himaya.answers.journal import Journal
    from himaya.course.roster import Roster
    from himaya_autograde.import_answers import place_of, take_in
    from himaya_autograde.practice import held_back, without_choices

    place = place_of(course, handed.module)
    source, *forms = _built(course, handed.module, sources)
    left_out = {row["id"] for row in passed}
    rows = [row for row in handed.rows if row["id"] not in left_out]
    file = aside / f"{handed.id}" / f"{handed.pseudonym}.jsonl"
    file.parent.mkdir()
    Journal(file).put(without_choices(source, rows, handed.pseudonym, forms))
    os.utime(file, (handed.received, handed.received))
    (done,) = take_in(place, Roster({}, frozenset({handed.pseudonym})), [file], "file")
    return done, held_back([source, *forms], rows, asked)


@class_.command()
@class_argument
@folder_option
def feedback(class_id: str, folder: Path) -> None:
    """Write the feedback of graded work and give it to the class: each person reads their own.

    Example: himaya class feedback north-1
    """
    given = 0
    with store_of(folder) as store:
        row = store.class_of(class_id)
        done = opened(Path(row.course)).write_feedback()
        modules = _pages_of_course(row.course, folder).modules
        for person in store.people(class_id):
            for module in modules:
                page = Path(row.course) / "feedback" / person.pseudonym / module / f"{module}.html"
                if page.is_file() and not page.is_symlink():
                    given += store.give_feedback(person.pseudonym, module, page.read_text(encoding="utf-8"))
    click.echo(f"new feedback: {given}")
    report(done)


@class_.command()
@click.argument("file", type=FILE)
@passphrase_option
@folder_option
def backup(file: Path, passphrase: str, folder: Path) -> None:
    """Write all classes into one encrypted file, also while they are served.

    Example: himaya class backup /media/stick/class.backup
    """
    from himaya_server.classroom.backup import back_up

    if len(passphrase) < _LEAST_PASSPHRASE:
        raise click.BadParameter(f"give at least {_LEAST_PASSPHRASE} letters", param_hint="--passphrase")
    back_up(folder, file, passphrase)
    click.echo(f"{file}: {file.stat().st_size / 1000:.0f} kB. Without the passphrase nobody can read it, you neither.")


@class_.command()
@click.argument("file", type=FILE)
@passphrase_option
@_stored
@folder_option
def restore(file: Path, passphrase: str, address: str | None, folder: Path, *, ask_password: bool) -> None:
    """Put a backup in the place of what is in the folder. Phones send again what it lacks; who was forgotten stays so.

    A class moves from a file to a PostgreSQL, or back, by a backup that is restored into another folder.

    Example: himaya class restore /media/stick/class.backup
    """
    from himaya_server.classroom.backup import restore as put_back

    forgotten = put_back(folder, file, passphrase, _chosen_store(address, ask_password=ask_password))
    click.echo(f"Restored into {folder}. Everybody signs in anew. Forgotten once more: {forgotten}.")
    with store_of(folder) as store:
        _tell_ended(store)
    click.echo("On a new machine write the pages: himaya class pages CLASS")


@class_.command()
@class_argument
@click.argument("pseudonym", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@folder_option
def forget(class_id: str, pseudonym: str, folder: Path, *, yes: bool) -> None:
    """Remove all that is kept of a person, for ever: also from the course, and from each backup that is restored.

    Example: himaya class forget north-1 t-k3m7qpz
    """
    from himaya.course.roster import is_trainee, no_trainee
    from himaya_server.classroom.notebooks import forget_notebooks

    if not is_trainee(pseudonym):
        raise ClassError(no_trainee(pseudonym))
    with store_of(folder) as store:
        row = store.class_of(class_id)
        person = store.person(pseudonym)
        again = person is None and store.forgotten(pseudonym)  # it may have been stopped before the end
        if not again and (person is None or person.class_id != class_id):
            message = f"nobody in '{class_id}' has the id {pseudonym}."
            raise ClassError(message)
        if not yes:
            click.confirm(f"Remove everything of {pseudonym}? It cannot be undone.", abort=True)
        opened(Path(row.course)).forget(pseudonym)
        forget_notebooks(folder, pseudonym)
        store.forget(pseudonym)
    click.echo(f"Nothing of {pseudonym} is left here. Tables that were exported, and prints, are yours to remove.")
    click.echo(_OLD_BACKUPS)


@class_.command()
@class_argument
@click.argument("pseudonym", metavar="ID")
@click.argument("module")
@click.argument("activity")
@click.option("--yes", is_flag=True, help="Do not ask.")
@folder_option
def erase(class_id: str, pseudonym: str, module: str, activity: str, folder: Path, *, yes: bool) -> None:
    """Remove one answer of a person for ever, such as one about a real person: here, in the course, in feedback.

    The person may answer anew. What was graded is graded anew, and feedback is given anew.

    Example: himaya class erase north-1 t-k3m7qpz case-management first-reflection
    """
    with store_of(folder) as store:
        row = store.class_of(class_id)
        person = store.person(pseudonym)
        if person is None or person.class_id != class_id:
            message = f"nobody in '{class_id}' has the id {pseudonym}."
            raise ClassError(message)
        if not yes:
            click.confirm(f"Remove the answer of {pseudonym} to '{activity}'? It cannot be undone.", abort=True)
        there = opened(Path(row.course)).erase(pseudonym, module, activity)
        number = store.erase(pseudonym, module, activity)
    if not (there or number):
        message = f"{pseudonym} has answered no '{activity}' in '{module}'; the id of an activity stands at the desk."
        raise ClassError(message)
    click.echo(f"The answer of {pseudonym} to '{activity}' is removed. The person's phone and notebook still hold it.")
    click.echo(f"Next: himaya grade {row.course} {module}, then himaya class feedback {class_id}")
    click.echo(_OLD_BACKUPS)


@class_.command()
@class_argument
@click.option("--early", is_flag=True, help="Before the date on which the class ends.")
@click.option("--no-numbers", is_flag=True, help="Leave no numbers either, such as of a course that was never built.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@folder_option
def end(class_id: str, folder: Path, *, early: bool, no_numbers: bool, yes: bool) -> None:
    """Leave numbers only of a class whose time is over: nobody in it, here, in the course, or in a backup put back.

    The numbers are those for donors, in full fives: how many reached the pass mark, by module and language.
    Staff who see no other class are removed too.

    Example: himaya class end north-1
    """
    from himaya.course.roster import is_forgotten
    from himaya_server.classroom.notebooks import forget_notebooks
    from himaya_server.desk.answers import PRACTICE

    with store_of(folder) as store:
        row = store.class_of(class_id)
        day = datetime.fromtimestamp(row.ends, UTC).date()
        if row.ends > store.now() and not early:
            message = f"'{class_id}' ends on {day}. To end it now give --early."
            raise ClassError(message)
        if store.ended(class_id):
            store.compact()  # it may have been stopped before that
            message = f"'{class_id}' has ended already."
            raise ClassError(message)
        people = [person.pseudonym for person in store.people(class_id)]
        numbers = folder / _ENDED / f"{class_id}.csv"
        course = opened(Path(row.course))
        waiting = len(list(store.handed_in(class_id)))
        if not yes:
            lost = f" {waiting} hand-ins were not collected." if waiting else ""
            click.confirm(f"Remove everything of {len(people)} people?{lost} It cannot be undone.", abort=True)
        # Where this was stopped half-way somebody is forgotten, and the numbers of before that stand.
        begun = any(is_forgotten(course.path, each) for each in people)
        if not no_numbers and not (begun and numbers.exists()):
            numbers.parent.mkdir(mode=0o700, exist_ok=True)
            _write_numbers(course, frozenset(people), numbers)
        course.forget(*people)
        for file in (course.path / PRACTICE).glob(f"*.{class_id}.json"):
            file.unlink()
        for pseudonym in people:
            forget_notebooks(folder, pseudonym)
        store.end_class(class_id)
    left = f"numbers: {numbers}" if numbers.exists() else "nothing"
    click.echo(f"'{class_id}' has ended. Left of {len(people)} people: {left}")
    click.echo("Backups, tables that were exported, and prints are yours to remove.")


def _write_numbers(course: CourseDirectory, people: frozenset[str], target: Path) -> None:
    """Write the table for donors of some people of a course, whole or not at all, and return once it is on the disk."""
    from himaya.answers.private import write_whole
    from himaya_autograde.gradebook import gradebook_errors
    from himaya_autograde.table import write_table
    from himaya_server.desk.answers import Classes
    from himaya_server.desk.reports import donors_table

    with gradebook_errors(course.path / "gradebook.db"):
        table = donors_table(Classes().of(course.path, course.results), people)
    aside = write_table(target.with_suffix(".new"), *table)
    write_whole(target, aside.read_bytes())
    aside.unlink()


def _tell_ended(store: Store) -> None:
    """Name the classes whose time is over, and what to do."""
    for row in store.classes():
        if row.ends < store.now() and not store.ended(row.id):
            tell(f"{row.id}: its time is over. Leave numbers only: himaya class end {row.id}")


@class_.command()
@folder_option
def status(folder: Path) -> None:
    """Say how each class is: people, answers, hand-ins; the disk, the clock, the last backup.

    Example: himaya class status
    """
    from himaya_server.classroom.address import place_of, shown
    from himaya_server.classroom.backup import BACKED_UP

    click.echo(f"kept in: {shown(place_of(folder))}")
    with store_of(folder) as store:
        now = time.time()
        for row in store.classes():
            progress = store.progress(row.id)
            handed = [each for modules in progress.values() for each in modules.values()]
            waiting = sum(bool(rest) for _, _, rest in handed)
            click.echo(
                f"{row.id}: {len(store.people(row.id))} people, {len(progress)} of them have answered, "
                f"{sum(rows for rows, _, _ in handed)} events; hand-ins to collect: {waiting}"
            )
            if store.ended(row.id):
                click.echo(f"{row.id}: has ended; nobody is in it")
        _tell_ended(store)
        behind = store.clock_behind()
    click.echo(f"clock: {'in order' if behind <= 60 else f'{behind // 60} minutes behind; set it right'}")
    free = shutil.disk_usage(folder).free
    click.echo(f"disk: {free / 1e9:.1f} GB free{' - MAKE ROOM' if free < 1e9 else ''}")
    stamp = folder / BACKED_UP
    days = (now - stamp.stat().st_mtime) / 86400 if stamp.exists() else None
    click.echo(f"last backup: {'never' if days is None else f'{days:.0f} days ago'}")


def _pages_of(store: Store, folder: Path) -> dict[str, Pages]:
    """Return the pages of each course that a class takes, by the course's folder."""
    found = {course: _pages_of_course(course, folder) for course in {each.course for each in store.classes()}}
    if not found:
        message = "there is no class here. Make one with: himaya class create"
        raise ClassError(message)
    return found


def _pages_of_course(course: str, folder: Path) -> Pages:
    """Return the pages of a course, given its folder; whether others have theirs does not matter."""
    from himaya.course.course import load_course
    from himaya_server.classroom.built_pages import read_pages

    try:
        return read_pages(folder / "pages", load_course(Path(course)).id)
    except FileNotFoundError as error:
        message = f"the pages of {course} are missing. Write them: himaya class pages CLASS"
        raise ClassError(message) from error


def _address(scheme: str, name: str, port: int) -> str:
    usual = {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{name}" if port == usual else f"{scheme}://{name}:{port}"


def _renew(certificate: Certificate) -> bool:
    """Read a renewed certificate, and return whether there was one; the old one goes on where the new one is wrong."""
    try:
        return certificate.renew()
    except (ClassError, OSError) as error:
        tell(f"The renewed certificate is not used: {error}", err=True)
        return False


def _refuse_no_address(text: str, option: str) -> None:
    try:
        ip_address(text)
    except ValueError:
        raise click.BadParameter("give an address such as 192.168.4.1", param_hint=option) from None


def _refuse_public(host: str) -> None:
    from himaya_site.operate.networks import is_public

    _refuse_no_address(host, "--host")
    if is_public(host):
        raise click.BadParameter(
            "give one private address: without encryption no class goes over the internet", param_hint="--host"
        )


def _private_file(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
