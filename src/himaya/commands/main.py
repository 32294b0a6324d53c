"""The `himaya` command: thin, one function for each command."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from himaya import __version__
from himaya.commands.apps import apps
from himaya.commands.check import check
from himaya.commands.pages import pages, take_in
from himaya.commands.report import tell
from himaya.commands.translate import sign, translate
from himaya.languages.facts import LANGUAGES
from himaya.readable import readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from himaya_autograde.batch.run import Progress
    from himaya_autograde.course import CourseDirectory, Done

_MODULES = Path("modules")
_COURSE = Path("courses/core-protection")
_QUIET = 5  # seconds between two lines of progress in a log
_FOLDER = click.Path(path_type=Path, file_okay=False)


class _Sentences(click.Group):
    """Shows what went wrong as a sentence, never as a traceback: content 1, usage 2."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command and turn our own errors into messages."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            # Imported here: each grading worker imports this file anew, and needs no models.
            from himaya.content.load import ContentError  # noqa: PLC0415

            if isinstance(error, ContentError):
                raise click.ClickException(str(error)) from error
            if (
                isinstance(error, OSError) and error.filename is not None
            ):  # a folder that may not be written, a full disk
                message = f"{readable(os.fsdecode(error.filename), 1000)}: {error.strerror}."
                raise click.ClickException(message) from error
            raise


@click.group(cls=_Sentences)
@click.version_option(__version__, prog_name="himaya")
def main() -> None:
    """Build, check, run and grade protection courses.

    Example: himaya start
    """


main.add_command(check)
main.add_command(translate)
main.add_command(sign)
main.add_command(apps)
main.add_command(pages)
main.add_command(take_in)


def _open(course: Path, exchange: Path | None) -> CourseDirectory:
    try:
        from himaya_autograde.course import CourseDirectory, CourseError  # noqa: PLC0415 - only these need nbgrader
    except ModuleNotFoundError as error:
        missing = (error.name or "nbgrader").split(".")[0]
        python = f"this Python ({sys.executable}) has no {missing}"
        message = f"{python}. Run himaya from the .venv that `make setup` makes, or: pip install 'himaya[platform]'"
        raise click.ClickException(message) from error
    try:
        return CourseDirectory(course, exchange)
    except CourseError as error:
        raise click.ClickException(str(error)) from error


def _report(done: Done) -> None:
    for name in done.good:
        tell(f"done: {name}")
    for name, why in done.people.items():
        tell(f"needs a person: {name}: {why}")
    for name, why in done.problems.items():
        tell(f"not done: {name}: {why}", err=True)
    if done.problems:
        sys.exit(1)


course_argument = click.argument("course", type=_FOLDER, default=_COURSE)
module_argument = click.argument("module", required=False)
modules_option = click.option(
    "--modules", type=_FOLDER, default=_MODULES, show_default=True, help="Folder of the modules."
)
exchange_option = click.option("--exchange", type=_FOLDER, help="Where work is handed out and in.")


@main.command()
@click.argument("folder", type=_FOLDER, default=Path("_build/schemas"))
def schemas(folder: Path) -> None:
    """Write the JSON Schemas of the text formats, for an editor that completes and checks while you write.

    Example: himaya schemas _build/schemas
    """
    from himaya.commands.schemas import schemas as all_schemas  # noqa: PLC0415 - as above

    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in all_schemas().items():
        (folder / name).write_text(json.dumps(schema, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{folder}: written")


@main.command()
@course_argument
@module_argument
@modules_option
@click.option("--lang", "languages", multiple=True, type=click.Choice(LANGUAGES), help="May be given several times.")
@click.option("--release", is_flag=True, help="Refuse what is not released in these languages.")
def build(course: Path, module: str | None, modules: Path, languages: tuple[str, ...], *, release: bool) -> None:
    """Write each module's nbgrader assignment, in the languages of the course or in those given; it opens in the first.

    Example: himaya build courses/core-protection --lang ar --lang en
    """
    from himaya.errors import CourseError  # noqa: PLC0415 - as above

    try:
        for folder in _open(course, None).build(modules, module, languages, release=release):
            click.echo(f"built: {folder}")
    except CourseError as error:
        raise click.ClickException(str(error)) from error


def _step(name: str, text: str) -> None:
    """Add one command of the trainer's flow; each is the method of the same name."""

    @main.command(name, help=f"{text}\n\nExample: himaya {name} courses/core-protection")
    @course_argument
    @module_argument
    @exchange_option
    def command(course: Path, module: str | None, exchange: Path | None) -> None:
        from himaya.errors import CourseError  # noqa: PLC0415 - as above

        try:
            _report(getattr(_open(course, exchange), name)(module))
        except CourseError as error:
            raise click.ClickException(str(error)) from error


_step("release", "Make the trainees' version (without keys) and put it where they fetch it.")
_step("collect", "Fetch what trainees handed in.")
_step("feedback", "Write the feedback of graded work and release it.")


@main.command()
@course_argument
@module_argument
@exchange_option
@click.option("--force", is_flag=True, help="Grade what is graded and unchanged, too.")
def grade(course: Path, module: str | None, exchange: Path | None, *, force: bool) -> None:
    """Grade what was collected; reflections then wait to be marked in formgrader.

    You may stop it with Control-C and run it again: it goes on from there. What is graded and unchanged is passed over.

    Example: himaya grade courses/core-protection
    """
    from himaya.errors import CourseError  # noqa: PLC0415 - as above

    try:
        done = _open(course, exchange).grade(module, force=force, say=_progress())
    except CourseError as error:
        raise click.ClickException(str(error)) from error
    for name, why in done.people.items():
        tell(f"needs a person: {name}: {why}")
    for name, why in done.problems.items():
        tell(f"not graded: {name}: {why}", err=True)
    counts = f"graded: {len(done.good)}; unchanged: {len(done.unchanged)}"
    click.echo(f"{counts}; need a person: {len(done.people)}; not graded: {len(done.problems)}")
    if done.stopped:
        click.echo("Stopped. What was graded is kept; the next run goes on from there.", err=True)
        sys.exit(130)
    if done.problems:
        sys.exit(1)


def _progress() -> Callable[[Progress], None]:
    """Return what tells how far a run is: one line that changes on a screen, a line every few seconds elsewhere."""
    screen = sys.stderr.isatty()
    last = time.monotonic()

    def say(progress: Progress) -> None:
        nonlocal last
        text = f"{progress.module}: {progress.done} of {progress.total}, {progress.rate:.0f} a second, "
        text += f"{progress.left:.0f} s left"
        ended = progress.done == progress.total
        if screen:
            click.echo(f"\r{text}   ", err=True, nl=ended)
        elif ended or time.monotonic() - last > _QUIET:
            last = time.monotonic()
            click.echo(text, err=True)

    return say


@main.command()
@course_argument
@click.option("--to", "target", type=_FOLDER, default=Path("exports"), show_default=True, help="Made if need be.")
def export(course: Path, target: Path) -> None:
    """Write three tables (CSV): grades as nbgrader has them, a column for each item, a row for each response.

    Example: himaya export courses/core-protection --to exports
    """
    from himaya.errors import CourseError  # noqa: PLC0415 - as above

    try:
        for path in _open(course, None).export(target.resolve()):
            tell(f"written: {path}")
    except CourseError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option("--course", type=_FOLDER, default=_COURSE, show_default=True)
@modules_option
@click.option(
    "--folder", type=_FOLDER, default=Path("_build/platform"), show_default=True, help="Everything is kept here."
)
@click.option("--port", type=click.IntRange(1024, 65535), default=8888, show_default=True)
@click.option("--browser/--no-browser", default=True, help="Open the home page in a browser.")
@click.option("--verbose", is_flag=True, help="Show all that the server has to say, not only what went wrong.")
def start(  # noqa: PLR0913 - the options of a command
    course: Path, modules: Path, folder: Path, port: int, *, browser: bool, verbose: bool
) -> None:
    """Start the platform on this machine, with its demonstration course, and open the home page.

    Example: himaya start --port 8890
    """
    from himaya.errors import CourseError  # noqa: PLC0415 - as above
    from himaya_server.platform import prepare  # noqa: PLC0415 - as above

    port = _free_port(port)
    try:
        platform = prepare(folder, course, modules, click.echo)
    except CourseError as error:
        raise click.ClickException(str(error)) from error
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
