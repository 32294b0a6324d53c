"""`himaya class keep`: classes that are served after the terminal is closed and after a restart, without root."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

from himaya.answers.private import write_whole
from himaya.commands.class_ import folder_option


@click.command()
@click.option("--port", type=click.IntRange(1024, 65535), default=8600, show_default=True)
@click.option("--units", type=click.Path(path_type=Path, file_okay=False), help="Where systemd finds your units.")
@click.option("--undo", is_flag=True, help="Let it do so no more.")
@folder_option
def keep(port: int, folder: Path, units: Path | None, *, undo: bool) -> None:
    """Let this machine serve all classes by itself from now on, as you (systemd; no administrator is needed).

    They go on when the terminal is closed, and begin again when the machine does.

    Example: himaya class keep
    """
    from himaya_server.classroom.unit import NAME, user_unit, user_units

    if os.environ.get("SUDO_USER"):
        raise click.UsageError("run it as yourself, without sudo. An administrator uses: himaya class install")
    folder = folder.resolve()
    # No folder it is started in is on the import path; new classes take courses and modules from this one.
    command = [sys.executable, "-P", "-m", "himaya", "class", "serve", "--site", "--port", str(port)]
    text = user_unit([*command, "--folder", str(folder)], Path.cwd())
    units = units or user_units()
    if undo:
        _undo(units / NAME)
        return
    units.mkdir(parents=True, exist_ok=True)
    write_whole(units / NAME, text.encode(), 0o644)
    click.echo(f"{units / NAME} serves {folder}.")
    steps = [
        ["systemctl", "--user", "daemon-reload"],
        ["systemctl", "--user", "enable", "--now", NAME],
        ["loginctl", "enable-linger", getpass.getuser()],
    ]
    for number, step in enumerate(steps):
        if (why := _failed(step)) is not None:
            click.echo(f"This machine did not do it by itself: {why}\nType:")
            for each in steps[number:]:
                click.echo(f"  {' '.join(each)}")
            sys.exit(1)
    click.echo(
        f"The classes: http://127.0.0.1:{port}/class/staff/ as soon as nothing else serves them: end himaya start."
    )
    click.echo(f"What they say: journalctl --user -u {NAME}. No more of it: himaya class keep --undo")


def _undo(unit: Path) -> None:
    """Stop it and remove the unit; the site that asks for this and is run by it goes on until the machine ends."""
    disable = ["systemctl", "--user", "disable"]
    if _main_process(unit.name) != os.getppid():
        disable.append("--now")
    if (why := _failed([*disable, unit.name])) is not None:
        click.echo(f"This machine did not do it by itself: {why}\nType:\n  {' '.join([*disable, unit.name])}")
        sys.exit(1)
    unit.unlink(missing_ok=True)
    click.echo(f"{unit} is removed. Classes are served while himaya start runs.")


def _main_process(unit: str) -> int:
    """Return the number of the process that a unit runs now; 0 where it runs none."""
    program = shutil.which("systemctl") or "systemctl"
    command = [program, "--user", "show", "--property=MainPID", "--value", unit]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - of the system
    except OSError:
        return 0
    return int(done.stdout) if done.stdout.strip().isdigit() else 0


def _failed(command: list[str]) -> str | None:
    """Run a command of the system, and return why it failed."""
    program = shutil.which(command[0])
    if program is None:
        return f"it has no {command[0]}."
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603 - named above
    return None if done.returncode == 0 else (done.stderr.strip() or f"{command[0]} failed.")
