"""The Hub's configuration: ours, then what an operator wrote beside it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from himaya.answers.private import private_folder
from himaya.errors import ClassError
from himaya_server.classroom.notebooks import DAY, STAY, Settings, read_settings
from himaya_server.hub.accounts import python_is_open
from himaya_server.hub.server import RELEASED

OWN = "jupyterhub_config.py"
"""An operator's own settings, in the Hub's folder; root's, since what stands there runs as root."""
RELEASES = "released"
_TEXT = '''"""Written at every start; own settings belong into {own}."""
from pathlib import Path

from himaya_server.hub.configuration import Doors, configure

c = get_config()
configure(c, Path({folder!r}), {doors!r})
if Path({own!r}).is_file():
    load_subconfig({own!r})
'''


@dataclass(frozen=True)
class Doors:
    """How browsers reach the Hub.

    Attributes:
        host: This machine's address in the class's network.
        certificate: Encrypts, as PEM; empty for plain HTTP.
        key: Its key.
        names: For which it is.
    """

    host: str
    certificate: str = ""
    key: str = ""
    names: tuple[str, ...] = ()


def write_configuration(folder: Path, doors: Doors) -> Path:
    """Make the Hub's folder, and return the file that JupyterHub reads.

    Args:
        folder: The class's, with its settings of notebooks and the modules that were released.
        doors: How browsers reach the Hub.

    Raises:
        ClassError: If there are no notebooks, or other users could not run this Python or reach their homes.
    """
    settings = read_settings(folder)
    if settings is None:
        message = f"{folder} has no notebooks. Write them first: himaya class notebooks CLASS"
        raise ClassError(message)
    if not python_is_open():
        message = (
            f"other users cannot run {sys.executable}: a folder on the way to it is closed to them. "
            "Install Himaya in a folder that is open to all, such as /opt/himaya."
        )
        raise ClassError(message)
    state = Path(settings.state)
    for part in (state, state / "home", state / RELEASES):
        part.mkdir(mode=0o711, parents=True, exist_ok=True)
        part.chmod(0o711 if part.name != RELEASES else 0o755)
    closed = next((each for each in state.parents if not each.stat().st_mode & 0o001), None)
    if closed is not None:
        message = f"other users cannot reach {state}: {closed} is closed to them. Give another folder with --state."
        raise ClassError(message)
    private_folder(state / "hub")
    _publish(folder / RELEASES, state / RELEASES)
    file = state / "hub" / "written_config.py"
    own = str(state / "hub" / OWN)
    file.write_text(_TEXT.format(folder=str(folder.resolve()), doors=doors, own=own), encoding="utf-8")
    return file


def _publish(source: Path, target: Path) -> None:
    """Copy what was released to where everybody may read it; links are left out."""
    shutil.rmtree(target)
    target.mkdir(mode=0o755)
    for module in source.glob("*/*"):
        place = target / module.parent.name / module.name
        place.mkdir(parents=True)
        for file in module.iterdir():
            if file.is_file() and not file.is_symlink():
                shutil.copyfile(file, place / file.name)
                (place / file.name).chmod(0o644)
        for part in (place.parent, place):
            part.chmod(0o755)


def configure(c: Any, folder: Path, doors: Doors) -> None:
    """Set what JupyterHub needs for a class.

    Args:
        c: JupyterHub's configuration.
        folder: The class's.
        doors: How browsers reach the Hub.
    """
    from himaya_server.hub.authenticator import ClassAuthenticator
    from himaya_server.hub.spawner import ClassSpawner

    settings = read_settings(folder)
    if settings is None:
        raise ClassError(str(folder))
    state = Path(settings.state)
    _hub(c, settings, folder, doors)
    c.JupyterHub.authenticator_class = ClassAuthenticator
    c.ClassAuthenticator.key = settings.key
    c.ClassAuthenticator.allow_all = True  # whom the class sends
    c.ClassAuthenticator.manage_groups = True
    c.ClassAuthenticator.auto_login = True
    c.JupyterHub.spawner_class = ClassSpawner
    c.ClassSpawner.key = settings.key
    c.ClassSpawner.homes = str(state / "home")
    c.ClassSpawner.address = f"http://127.0.0.1:{settings.kernels}"
    c.ClassSpawner.environment = {RELEASED: str(state / RELEASES)}
    c.ClassSpawner.env_keep = ["LANG", "LC_ALL", "PATH"]
    c.ClassSpawner.default_url = "/tree"
    c.ClassSpawner.start_timeout = 120
    c.ClassSpawner.http_timeout = 120
    # What runs dies with its room; nothing has to be asked first, since each answer is on the disk.
    c.ClassSpawner.interrupt_timeout = 1
    c.ClassSpawner.term_timeout = 1
    c.JupyterHub.active_server_limit = settings.most
    c.JupyterHub.concurrent_spawn_limit = 2
    c.JupyterHub.allow_named_servers = False
    culler = [
        sys.executable,
        "-P",
        "-m",
        "jupyterhub_idle_culler",
        f"--timeout={STAY}",
        f"--max-age={DAY}",
        "--cull-every=60",
    ]
    forgetting = [sys.executable, "-P", "-m", "himaya_server.hub.forgetting"]
    c.JupyterHub.services = [
        {"name": "class", "api_token": settings.token},
        {"name": "culler", "command": culler},
        {"name": "forgetting", "command": [*forgetting, str(folder), str(state / "home")]},
    ]
    # Nobody shares a server, and nobody is an administrator.
    c.JupyterHub.load_roles = [
        {"name": "class", "services": ["class"], "scopes": ["list:users", "read:users:activity", "read:servers"]},
        {
            "name": "culler",
            "services": ["culler"],
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        },
    ]


def _hub(c: Any, settings: Settings, folder: Path, doors: Doors) -> None:
    private = Path(settings.state) / "hub"
    scheme = "https" if doors.certificate else "http"
    host = f"[{doors.host}]" if ":" in doors.host else doors.host
    c.JupyterHub.bind_url = f"{scheme}://{host}:{settings.port}"
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.api}"
    c.JupyterHub.db_url = f"sqlite:///{private / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(private / "cookie_secret")
    c.JupyterHub.log_level = "WARN"
    c.JupyterHub.cleanup_servers = True
    c.JupyterHub.tornado_settings = {"headers": {"Cross-Origin-Opener-Policy": "same-origin"}}
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.routes}"
    c.ConfigurableHTTPProxy.pid_file = str(private / "proxy.pid")
    proxy = [sys.executable, "-P", "-m", "himaya_server.hub.proxy", str(folder)]
    encrypted = ["--certificate", doors.certificate, "--key", doors.key] if doors.certificate else []
    names = [part for name in doors.names for part in ("--name", name)]
    c.ConfigurableHTTPProxy.command = [*proxy, *encrypted, *names]
