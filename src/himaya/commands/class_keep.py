"""`himaya class keep`: classes that are served after the terminal is closed and after a restart, without root."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

from himaya.commands.class_ import folder_option


@click.command()
@click.option("--port", type=click.IntRange(1024, 65535), default=8600, show_default=True)
@click.option("--units", type=click.Path(path_type=Path, file_okay=False), help="Where systemd finds your units.")
@folder_option
def keep(port: int, folder: Path, units: Path | None) -> None:
    """Let this machine serve all classes by itself from now on, as you (systemd; no administrator is needed).

    They go on when the terminal is closed, and begin again when the machine does.

    Example: himaya class keep
    """
    from himaya_server.classroom.unit import NAME, user_unit

    if os.environ.get("SUDO_USER"):
        raise click.UsageError("run it as yourself, without sudo. An administrator uses: himaya class install")
    folder = folder.resolve()
    # No folder it is started in is on the import path; new classes take courses and modules from this one.
    command = [sys.executable, "-P", "-m", "himaya", "class", "serve", "--site", "--port", str(port)]
    text = user_unit([*command, "--folder", str(folder)], Path.cwd())
    units = units or _configuration() / "systemd" / "user"
    units.mkdir(parents=True, exist_ok=True)
    (units / NAME).write_text(text, encoding="utf-8")
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
    click.echo(f"What they say: journalctl --user -u {NAME}. No more of it: systemctl --user disable --now {NAME}")


def _configuration() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _failed(command: list[str]) -> str | None:
    """Run a command of the system, and return why it failed."""
    program = shutil.which(command[0])
    if program is None:
        return f"it has no {command[0]}."
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603 - named above
    return None if done.returncode == 0 else (done.stderr.strip() or f"{command[0]} failed.")
