"""`himaya class notebooks` and `himaya class hub`: notebooks on demand, for whoever in a class wants one."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path

import click

from himaya.commands.arguments import FILE, FOLDER, modules_option
from himaya.commands.class_ import _refuse_public, class_argument, folder_option, refuse_without_hub, store_of
from himaya.errors import ClassError

_STATE = Path("/var/lib/himaya-hub")


@click.command()
@class_argument
@click.option("--most", type=click.IntRange(1, 200), default=8, show_default=True, help="Servers at once; 225 MB each.")
@click.option(
    "--port", type=click.IntRange(1024, 65000), default=8601, show_default=True, help="It and the next three."
)
@click.option("--state", type=FOLDER, default=_STATE, show_default=True, help="Homes and the Hub's own files.")
@modules_option
@folder_option
def notebooks(class_id: str, most: int, port: int, state: Path, modules: Path, folder: Path) -> None:
    """Let a class open its modules as notebooks, too; again after modules were built anew.

    Nobody needs one: all that counts is on the pages. Run `himaya class serve` anew afterwards.

    Example: himaya class notebooks north-1 --most 8
    """
    from himaya.content.assignments import form_names
    from himaya.course.course import load_course
    from himaya_autograde.paths import is_built
    from himaya_server.classroom.notebooks import write_settings

    _refuse_open(modules)
    with store_of(folder) as store:
        course = Path(store.class_of(class_id).course)
    loaded = load_course(course)
    names = dict.fromkeys(
        name
        for each in loaded.modules
        for name in (each, *loaded.assignments_of(each).values())
        if name == each or is_built(course, name)
    )
    forms = (form for each in loaded.modules for form in form_names(each))
    names |= dict.fromkeys(form for form in forms if (course / "release" / form).is_dir())
    missing = [name for name in names if not (course / "release" / name / "activities.json").is_file()]
    if missing:
        message = f"not built yet: {', '.join(missing)}. Build them: himaya build {course}"
        raise ClassError(message)
    target = folder / "released" / loaded.id
    shutil.rmtree(target, ignore_errors=True)
    for name in names:
        shutil.copytree(course / "release" / name, target / name)
    write_settings(folder, most, port, state)
    click.echo(f"{len(loaded.modules)} modules as notebooks, at most {most} at once. Next, as root: himaya class hub")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="This machine's address in the class's network.")
@click.option("--name", "names", multiple=True, help="The name that a certificate is for.")
@click.option("--certificate", type=FILE, help="Encrypt with this certificate (PEM), as the class does.")
@click.option("--key", type=FILE, help="Its key (PEM).")
@modules_option
@folder_option
def hub(
    host: str, names: tuple[str, ...], certificate: Path | None, key: Path | None, modules: Path, folder: Path
) -> None:
    """Run JupyterHub for notebooks on demand, until Control-C. As root: each person gets a Unix user.

    Example: sudo himaya class hub --host 192.168.4.1
    """
    refuse_without_hub()
    if os.geteuid() != 0:
        raise click.ClickException(
            "only root can start servers under other users. docs/operators.md says what runs as root."
        )
    _refuse_open(modules)
    from himaya_server.hub.configuration import Doors, write_configuration

    if (certificate is None) != (key is None):
        raise click.UsageError("give --certificate and --key together.")
    if certificate is None:
        _refuse_public(host)
    doors = Doors(host, str(certificate or ""), str(key or ""), names)
    file = write_configuration(folder, doors)
    os.chdir(file.parent)
    os.umask(0o077)
    # Of what root's shell exported, nothing else reaches the Hub.
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    os.execve(sys.executable, [sys.executable, "-P", "-m", "jupyterhub", "--config", str(file)], kept)  # noqa: S606


def _refuse_open(modules: Path) -> None:
    """Refuse notebooks where their users can read the right answers in the modules' own files.

    Raises:
        ClassError: If a file of a module can be read by everybody on this machine.
    """
    folder = modules.resolve()
    if not all(parent.stat().st_mode & stat.S_IXOTH for parent in folder.parents):
        return
    for file in folder.rglob("*") if folder.is_dir() else ():
        between = [folder, *(parent for parent in file.parents if folder in parent.parents)]
        if not file.is_file() or not all(each.stat().st_mode & stat.S_IXOTH for each in between):
            continue
        if file.stat().st_mode & stat.S_IROTH:
            message = (
                f"whoever has a notebook could read the right answers in {folder}. "
                f"Close it: chmod -R o-rwx {folder}. Notebooks need nothing of it."
            )
            raise ClassError(message)
