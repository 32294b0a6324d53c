"""What runs as the trainee: lays out the modules in the home, and becomes the notebook server."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from himaya.answers.journal import FILE_NAME
from himaya.answers.private import private_folder
from himaya.publish.folder import RECEIPTS, SPOKEN

RELEASED = "HIMAYA_RELEASED"
"""Names the folder with the modules of all courses as trainees hold them; root's, and open to all."""
_RUNTIME = Path("/tmp/run")  # noqa: S108 - nobody else has this /tmp
_OWN = {FILE_NAME, RECEIPTS, SPOKEN}
_CONFIGURATION = {
    "ServerApp": {
        "terminals_enabled": False,
        "log_level": "WARN",
        # What belongs to the one-machine platform, or looks for programmers' tools.
        "jpserver_extensions": dict.fromkeys(
            (
                "himaya_server.home", "jupyter_lsp", "jupyter_server_terminals", "voila.server_extension",
                "nbgrader.server_extensions.formgrader", "nbgrader.server_extensions.validate_assignment",
                "nbgrader.server_extensions.assignment_list", "nbgrader.server_extensions.course_list",
            ),
            False,
        ),
    },
    # The other manager asks the package index, and can install from it.
    "LabApp": {"extension_manager": "readonly"},
    # A kernel's messages are signed, not secret: on a port of loopback every user of the machine could read along.
    "KernelManager": {"transport": "ipc"},
    "MappingKernelManager": {"cull_idle_timeout": 600, "cull_interval": 60},
}  # fmt: skip
_LAB = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}

# Menus for whoever makes assignments, and language servers that are not here.
_WITHOUT = (
    "@jupyter/nbgrader", "@jupyterlab/extensionmanager-extension:plugin",
    "@jupyterlab/lsp-extension", "@jupyterlab/notebook-extension:language-server",
    "@jupyterlab/fileeditor-extension:language-server",
)  # fmt: skip
_FILES: dict[str, dict[str, object]] = {
    "config/jupyter_server_config.json": {**_CONFIGURATION},
    "config/labconfig/default_setting_overrides.json": {**_LAB},
    "config/labconfig/page_config.json": {"disabledExtensions": dict.fromkeys(_WITHOUT, True)},
}


def lay_out(released: Path, home: Path) -> None:
    """Bring `home` up to date with the modules in `released`, course by course; what the person wrote stays.

    A notebook is laid out once, since code may have been written in it. When its module changed, the old one stays
    beside the new one as `MODULE.earlier.ipynb`.
    """
    for module in released.glob("*/*/activities.json"):
        source = module.parent
        target = home / source.parent.name / source.name
        private_folder(target.parent)
        private_folder(target)
        known = target / module.name
        same = known.is_file() and known.read_bytes() == module.read_bytes()
        for file in source.iterdir():
            if file.is_file() and not file.is_symlink() and file.name not in _OWN:
                if file.suffix == ".ipynb" and (target / file.name).exists():
                    if same:
                        continue
                    (target / file.name).replace(target / f"{file.stem}.earlier.ipynb")
                aside = target / f".{file.name}.new"
                shutil.copyfile(file, aside)
                aside.replace(target / file.name)


def main() -> None:
    """Become JupyterHub's notebook server."""
    home = Path(os.environ["HOME"])
    hidden = home / ".class"
    private_folder(hidden)
    for name, content in _FILES.items():
        (hidden / name).parent.mkdir(parents=True, exist_ok=True)
        (hidden / name).write_text(json.dumps(content), encoding="utf-8")
    lay_out(Path(os.environ[RELEASED]), home)
    # The room's own; a path of a socket has at most 107 letters.
    private_folder(_RUNTIME)
    os.environ["JUPYTER_RUNTIME_DIR"] = str(_RUNTIME)
    os.environ["JUPYTER_CONFIG_DIR"] = str(hidden / "config")
    os.environ["JUPYTER_DATA_DIR"] = str(hidden / "data")
    from jupyterhub.singleuser import main as serve

    sys.argv = ["jupyterhub-singleuser", f"--ServerApp.root_dir={home}"]
    serve()


if __name__ == "__main__":
    main()
