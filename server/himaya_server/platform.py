"""Lay out one machine's platform: folders for each role, an exchange, configuration, a small synthetic cohort."""

from __future__ import annotations

import json
import random
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from himaya.answers.journal import FILE_NAME
from himaya.answers.private import private_folder
from himaya.content.load import load_module
from himaya.course.course import load_course
from himaya.errors import CourseError
from himaya.languages.facts import ALL, LANGUAGES
from himaya.publish.assignment import compile_module, write_practice_app
from himaya.translation.translated import translated
from himaya_autograde.course import CourseDirectory
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.builds import Builds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from himaya.course.course import Course

COHORT = 12
_COLLECTED = 8
_SEED = 20260111
_LANGUAGE_SERVERS = (
    "@jupyterlab/lsp-extension",
    "@jupyterlab/notebook-extension:language-server",
    "@jupyterlab/fileeditor-extension:language-server",
)


@dataclass(frozen=True)
class Platform:
    """Where everything of one machine lies.

    Attributes:
        home: The folder that holds it all.
        desk: What the server shows: `trainer/`, `trainee/` and `mentor/`.
    """

    home: Path
    course_id: str

    @property
    def desk(self) -> Path:
        """The server's root directory."""
        return self.home / "desk"

    @property
    def course(self) -> Path:
        """The trainer's nbgrader course directory."""
        return self.desk / "trainer" / self.course_id

    @property
    def exchange(self) -> Path:
        """Nbgrader's exchange."""
        return self.home / "exchange"

    @property
    def config(self) -> Path:
        """Jupyter's configuration directory."""
        return self.home / "config"

    @property
    def data(self) -> Path:
        """Jupyter's data directory, with nbgrader's cache of what the trainee handed in."""
        return self.home / "data"


def prepare(home: Path, course: Path, modules: Path, say: Callable[[str], None]) -> Platform:
    """Make the platform in `home` where it is missing, with its demonstration cohort, and return it.

    Args:
        home: The folder for everything; made if need be.
        course: Folder with course.yaml and nbgrader_config.py.
        modules: Folder of the modules.
        say: Told each step as a sentence.

    Raises:
        CourseError: If a step failed; what was made so far is removed, so that the next start begins anew.
        ContentError: If the text files are not in order.
    """
    platform = Platform(home.resolve(), course.name)
    ready = platform.home / "ready"
    if not ready.exists():
        if platform.home.exists() and not (platform.home / "config").exists() and any(platform.home.iterdir()):
            message = f"{home} is not empty and no Himaya platform. Give another folder with --folder."
            raise CourseError(message)
        shutil.rmtree(platform.home, ignore_errors=True)
        _lay_out(platform, course)
        write_configuration(platform)
        _demonstrate(platform, modules, say)
        ready.write_text("The platform in this folder is complete.\n", encoding="utf-8")
    else:
        _close(platform)
        write_configuration(platform)
        if not Builds(platform.data, platform.exchange):  # made before apps ran builds alone
            _write_practice(platform, load_course(platform.course), modules)
    return platform


def _close(platform: Platform) -> None:
    """Keep everything but the exchange from everybody else on this machine."""
    for folder in (platform.desk, platform.config, platform.data):
        private_folder(folder)


def _lay_out(platform: Platform, course: Path) -> None:
    # Others pass through it on their way to the exchange.
    platform.home.mkdir(mode=0o755, parents=True, exist_ok=True)
    _close(platform)
    for folder in (platform.desk / "trainee", platform.desk / "mentor", platform.exchange):
        folder.mkdir()
    platform.exchange.chmod(0o1777)  # world-writable with the sticky bit: nobody renames another's course
    shutil.copytree(
        course, platform.course, ignore=shutil.ignore_patterns("source", "release", "gradebook.db", "*.log")
    )


def write_configuration(platform: Platform) -> None:
    """Write Jupyter's and nbgrader's configuration; anew at every start, so that an update reaches it."""
    labconfig = platform.config / "labconfig"
    labconfig.mkdir(exist_ok=True)
    overrides: dict[str, dict[str, object]] = {
        # Nothing leaves the machine, and nobody is asked whether it may.
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        # All cells stay in the page, so that every activity is there to be drawn, found and read aloud.
        "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    }
    pack = ALL[load_course(platform.course).languages[0]].pack
    if pack is not None and find_spec(f"jupyterlab_language_pack_{pack}") is not None:
        overrides["@jupyterlab/translation-extension:plugin"] = {"locale": pack}
    (labconfig / "default_setting_overrides.json").write_text(json.dumps(overrides, indent=1), encoding="utf-8")
    # They would ask for the language servers that the server does without.
    without = dict.fromkeys(_LANGUAGE_SERVERS, True)
    page = json.dumps({"disabledExtensions": without}, indent=1)
    (labconfig / "page_config.json").write_text(page, encoding="utf-8")
    nbgrader = f"""\"\"\"Written at every start.\"\"\"
c = get_config()
load_subconfig({str(platform.course / "nbgrader_config.py")!r})
c.CourseDirectory.root = {str(platform.course)!r}
c.Exchange.root = {str(platform.exchange)!r}
"""
    (platform.config / "nbgrader_config.py").write_text(nbgrader, encoding="utf-8")
    (platform.config / "jupyter_server_config.json").write_text(
        json.dumps(_server_configuration(platform), indent=1), encoding="utf-8"
    )


def _server_configuration(platform: Platform) -> dict[str, object]:
    course = load_course(platform.course)
    return {
        "ServerApp": {
            "ip": "127.0.0.1",
            "root_dir": str(platform.desk),
            "default_url": "/himaya",
            "open_browser": False,
            "terminals_enabled": False,
            "contents_manager_class": "himaya_server.home.desk.DeskContents",
            "kernel_manager_class": "himaya_server.home.desk.DeskKernels",
            # It looks for language servers of programmers at every start, with npm.
            "jpserver_extensions": {"jupyter_lsp": False},
            # A module costs a weak link a quarter of its size.
            "kernel_websocket_connection_class": "himaya_server.apps.messages.CheckedConnection",
            "websocket_compression_options": {"compression_level": 6, "mem_level": 8},
            "tornado_settings": {"compress_response": True, "mathjax_url": "/himaya/static/no-mathjax.js"},
        },
        # A closed tab leaves its kernel behind; the journal has everything, so ten minutes are enough.
        "MappingKernelManager": {"cull_idle_timeout": 600, "cull_interval": 60},
        # A notebook may not name another kernel: only ours starts without its folder on the import path.
        "KernelSpecManager": {"allowed_kernelspecs": ["himaya"], "ensure_native_kernel": False},
        "VoilaConfiguration": {
            "template": "himaya",
            # The app draws itself; every other extension would only cost a weak link.
            "extension_allowlist": [
                "@jupyter-widgets/jupyterlab-manager",
                "@voila-dashboards/widgets-manager8",
                "anywidget",
            ],
        },
        "HimayaHome": {
            "roles": ["trainee", "trainer", "mentor"],
            "trainee": "trainee",
            "mentor": "mentor",
            "course": f"trainer/{platform.course_id}",
            "course_id": platform.course_id,
            "exchange": str(platform.exchange),
            # The home page speaks every language that we have, whatever the modules are in.
            "languages": list(dict.fromkeys([*course.languages, *LANGUAGES])),
            "digits": course.digits,
        },
    }


def _demonstrate(platform: Platform, modules: Path, say: Callable[[str], None]) -> None:
    course = CourseDirectory(platform.course, platform.exchange)
    say("Building the modules ...")
    course.build(modules)
    _write_practice(platform, course.course, modules)
    say("Releasing them to trainees ...")
    _must(course.release().problems)
    say(f"Making {COHORT} synthetic trainees and grading {_COLLECTED} of them ...")
    for module in course.course.modules:
        hand_in_synthetic(course, modules / module, range(_COLLECTED))
        _must(course.collect(module).problems)
        _must(course.grade(module).problems)
        hand_in_synthetic(course, modules / module, range(_COLLECTED, COHORT))


def _write_practice(platform: Platform, course: Course, modules: Path) -> None:
    """Write the mentor's edition of every module, and remember each as a build that may run as an app."""
    builds = Builds(platform.data, platform.exchange / course.id / "outbound")
    for english in (load_module(modules / name) for name in course.modules):
        own, *others = (translated(english, language, course.digits) for language in course.languages)
        folder = write_practice_app(own, platform.desk / "mentor", datetime.now(UTC).date(), others)
        builds.remember(folder / f"{folder.name}.ipynb")


def _must(problems: dict[str, str]) -> None:
    if problems:
        raise CourseError("; ".join(f"{name}: {why}" for name, why in problems.items()))


def hand_in_synthetic(course: CourseDirectory, module: Path, numbers: range) -> None:
    """Put submissions of synthetic trainees into the exchange's inbound folder, as `nbgrader submit` would."""
    activities = compile_module(load_module(module))
    inbound = course.exchange / course.course.id / "inbound"
    released = course.exchange / course.course.id / "outbound" / module.name
    for number in numbers:
        rng = random.Random(f"{_SEED}/{module.name}/{number}")  # noqa: S311 - a cohort, not a secret
        trainee = f"trainee-{number + 1:02d}"
        time = datetime.now(UTC) - timedelta(minutes=10 * (max(COHORT, numbers.stop) - number))
        stamp = time.strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        target = inbound / f"{trainee}+{module.name}+{stamp}+{secrets.token_urlsafe(9)}"
        shutil.copytree(released, target)
        journal = synthetic_journal(activities, rng, skill=0.35 + 0.6 * rng.random(), share=0.6 + 0.4 * rng.random())
        (target / FILE_NAME).write_text(journal, encoding="utf-8")
        (target / "timestamp.txt").write_text(stamp, encoding="utf-8")
        (target / "submission_secret.txt").write_text(secrets.token_hex(64), encoding="utf-8")
