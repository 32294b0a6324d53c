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
from himaya.content.assignments import FIRST, form_of, module_of
from himaya.content.forms import parts_to_build, without_forms
from himaya.content.load import load_module
from himaya.course.course import load_course
from himaya.errors import CourseError
from himaya.languages.facts import ALL, LANGUAGES
from himaya.publish.assignment import compile_module, write_practice_app
from himaya.publish.rehearsal import SHEET, practice_sheet
from himaya.translation.translated import translated
from himaya_autograde.configuration import MAX_FILE_SIZE
from himaya_autograde.course import CourseDirectory
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.builds import Builds
from himaya_server.home.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
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
_EXTENSIONS = "@jupyterlab/extensionmanager-extension:plugin"
_AUTHORING = "@jupyter/nbgrader"
"""Its menus make assignments of notebooks, which ours are not; the trainer's desk leads to formgrader."""


@dataclass(frozen=True)
class Platform:
    """Where everything of one machine lies.

    Attributes:
        home: The folder that holds it all.
        course_id: The course that is shown first.
        others: Ids of the other courses.
        top: The course whose modules lie directly in the trainee's folder; the first one, if none is named.
        repository: Where modules are built from, with the local facts that the trainer writes, or None.
        roles: What its user may be.
    """

    home: Path
    course_id: str
    others: tuple[str, ...] = ()
    top: str | None = None
    repository: Path | None = None
    roles: tuple[str, ...] = ROLES

    @property
    def courses(self) -> tuple[str, ...]:
        """All courses, as they are shown."""
        return (self.course_id, *self.others)

    def directory(self, course: str) -> Path:
        """Return the trainer's nbgrader course directory of one course."""
        return self.desk / "trainer" / course

    def trainee(self, course: str) -> Path:
        """Return the folder of the trainee's modules of one course: every course has a first page of one name."""
        folder = self.desk / "trainee"
        return folder if course == (self.top or self.course_id) else folder / course

    @property
    def desk(self) -> Path:
        """The server's root directory: `trainer/`, `trainee/` and `mentor/`."""
        return self.home / "desk"

    @property
    def course(self) -> Path:
        """The directory of the first course."""
        return self.directory(self.course_id)

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


class ClassDesk(Platform):
    """The trainer's desk for classes that were made on the site; `home` is the folder of all classes."""

    def directory(self, course: str) -> Path:
        """Return the class's own nbgrader course directory."""
        return self.desk / course

    def trainee(self, course: str) -> Path:
        """Return a folder that is not there: trainees of a class work on its pages."""
        return self.desk / course / "trainee"

    @property
    def desk(self) -> Path:
        """The server's root directory: the courses of the classes."""
        return self.home / "courses"

    @property
    def config(self) -> Path:
        """Jupyter's configuration directory."""
        return self.home / "desk" / "config"

    @property
    def data(self) -> Path:
        """Jupyter's data directory."""
        return self.home / "desk" / "data"


def prepare_class_desk(home: Path) -> ClassDesk:
    """Write the configuration of the desk of all classes in a folder that have a course of their own, and return it.

    Raises:
        CourseError: If none has.
    """
    ids = sorted(path.parent.name for path in (home / "courses").glob("*/gradebook.db"))
    if not ids:
        message = "no class was made on the site yet."
        raise CourseError(message)
    desk = ClassDesk(home.resolve(), ids[0], tuple(ids[1:]), roles=("trainer",))
    for folder in (desk.config, desk.data):
        private_folder(folder)
    write_configuration(desk)
    return desk


def prepare(
    home: Path, courses: Sequence[Path], modules: Path, say: Callable[[str], None], *, invented: bool = True
) -> Platform:
    """Make the platform in `home` where it or a course is missing, and return it.

    Args:
        home: The folder for everything; made if need be.
        courses: Folders with course.yaml and nbgrader_config.py, at least one. What else is there is not shown.
        modules: Folder of the modules.
        say: Told each step as a sentence.
        invented: Whether the first course of a new platform has a class of invented people.

    Raises:
        CourseError: If a step failed; what was made so far is removed, so that the next start begins anew.
        ContentError: If the text files are not in order.
    """
    home, folders = home.resolve(), {folder.name: folder for folder in courses}
    ready = home / "ready"
    top = _top(home) if ready.exists() else next(iter(folders))
    ids = sorted(folders, key=lambda name: name != top)  # the order of the others stays
    platform = Platform(home, ids[0], tuple(ids[1:]), top, modules.resolve().parent)
    if not ready.exists():
        if platform.home.exists() and not (platform.home / "config").exists() and any(platform.home.iterdir()):
            message = f"{home} is not empty and no Himaya platform. Give another folder with --folder."
            raise CourseError(message)
        shutil.rmtree(platform.home, ignore_errors=True)
        _lay_out(platform, folders[top])
        write_configuration(platform)
        _demonstrate(platform, modules, say, COHORT if invented else 0)
    else:
        _close(platform)
        if not Builds(platform.data):  # made before apps ran builds alone
            _write_practice(platform, load_course(platform.directory(top)), modules)
    ready.write_text(f"The platform in this folder is complete.\n{top}\n", encoding="utf-8")
    for name in ids:
        if not (platform.directory(name) / "course.yaml").exists():
            _add(platform, folders[name], modules, say)
    write_configuration(platform, modules)
    return platform


def _top(home: Path) -> str:
    """Return the course that a platform was made with."""
    said = (home / "ready").read_text(encoding="utf-8").split("\n")
    if len(said) > 1 and said[1]:
        return said[1]
    # Made by a version that knew one course.
    configured = json.loads((home / "config" / "jupyter_server_config.json").read_text(encoding="utf-8"))
    return str(configured["HimayaHome"]["course_id"])


def _add(platform: Platform, folder: Path, modules: Path, say: Callable[[str], None]) -> None:
    """Build and release a further course, without a class. Its directory appears once all is done."""
    making = platform.desk / "trainer" / f".making-{folder.name}"
    shutil.rmtree(making, ignore_errors=True)
    _copy(folder, making)
    course = CourseDirectory(making, platform.exchange)
    say(f"Adding the course {folder.name} ...")
    course.build(modules)
    _write_practice(platform, course.course, modules)
    _must(course.release().problems)
    making.rename(platform.directory(folder.name))


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
    _copy(course, platform.directory(course.name))


def _copy(course: Path, target: Path) -> None:
    shutil.copytree(course, target, ignore=shutil.ignore_patterns("source", "release", "gradebook.db", "*.log"))


def write_configuration(platform: Platform, modules: Path | None = None) -> None:
    """Write Jupyter's and nbgrader's configuration; anew at every start, so that an update reaches it.

    Args:
        platform: Whose.
        modules: Folder of the modules, where a mentor may show them to a room.
    """
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
    without = dict.fromkeys((*_LANGUAGE_SERVERS, _AUTHORING), True)
    without[_EXTENSIONS] = True
    page = json.dumps({"disabledExtensions": without}, indent=1)
    (labconfig / "page_config.json").write_text(page, encoding="utf-8")
    nbgrader = f"""\"\"\"Written at every start.\"\"\"
c = get_config()
c.CourseDirectory.max_file_size = {MAX_FILE_SIZE}
c.Exchange.root = {str(platform.exchange)!r}
"""
    (platform.config / "nbgrader_config.py").write_text(nbgrader, encoding="utf-8")
    (platform.config / "jupyter_server_config.json").write_text(
        json.dumps(_server_configuration(platform, modules), indent=1), encoding="utf-8"
    )


def _server_configuration(platform: Platform, modules: Path | None) -> dict[str, object]:
    course = load_course(platform.course)
    return {
        "ServerApp": {
            "ip": "127.0.0.1",
            "root_dir": str(platform.desk),
            "default_url": "/himaya",
            "open_browser": False,
            "terminals_enabled": False,
            # Without the home page nothing would keep formgrader from who is no trainer.
            "reraise_server_extension_failures": True,
            "contents_manager_class": "himaya_server.home.desk.DeskContents",
            "kernel_manager_class": "himaya_server.home.desk.DeskKernels",
            # It looks for language servers of programmers at every start, with npm.
            "jpserver_extensions": {"jupyter_lsp": False},
            # A module costs a weak link a quarter of its size.
            "kernel_websocket_connection_class": "himaya_server.apps.messages.CheckedConnection",
            "websocket_compression_options": {"compression_level": 6, "mem_level": 8},
            "tornado_settings": {"compress_response": True, "mathjax_url": "/himaya/static/no-mathjax.js"},
        },
        # The other manager asks the package index, and can install from it.
        "LabApp": {"extension_manager": "readonly"},
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
        # Of nbgrader's own formgrader. What a course sets, its own directory says: it must not reach another course.
        "CourseDirectory": {"root": str(platform.course)},
        "HimayaHome": {
            "roles": list(platform.roles),
            "trainee": "trainee",
            "mentor": "mentor",
            "modules": str(modules.resolve()) if modules else "",
            "courses": [
                {
                    "id": name,
                    "directory": str(platform.directory(name).relative_to(platform.desk)),
                    "trainee": str(platform.trainee(name).relative_to(platform.desk)),
                }
                for name in platform.courses
            ],
            "exchange": str(platform.exchange),
            "repository": "" if platform.repository is None else str(platform.repository),
            # The home page speaks every language that we have, whatever the modules are in.
            "languages": list(dict.fromkeys([*course.languages, *LANGUAGES])),
            "digits": course.digits,
        },
    }


def _demonstrate(platform: Platform, modules: Path, say: Callable[[str], None], people: int) -> None:
    course = CourseDirectory(platform.course, platform.exchange)
    say("Building the modules ...")
    course.build(modules)
    _write_practice(platform, course.course, modules)
    say("Releasing them to trainees ...")
    _must(course.release().problems)
    if not people:
        return
    say(f"Making {people} synthetic trainees and grading {_COLLECTED} of them ...")
    for name in course.course.modules:
        hand_in_synthetic(course, modules / name, range(_COLLECTED))
        for module in (each for each in course.assignments if (course.path / "release" / each).is_dir()):
            if module_of(module) == name or form_of(module) == (name, FIRST):
                _must(course.collect(module).problems)
                _must(course.grade(module).problems)
        hand_in_synthetic(course, modules / name, range(_COLLECTED, people))


def _write_practice(platform: Platform, course: Course, modules: Path) -> None:
    """Write the mentor's edition of every module, and remember each as a build that may run as an app."""
    builds = Builds(platform.data, platform.exchange / course.id / "outbound")
    for english in (load_module(modules / name) for name in course.modules):
        spoken = (course.taught(translated(english, language, course.digits)) for language in course.languages)
        own, *others = map(without_forms, spoken)  # no key of a safety form goes into practice
        folder = write_practice_app(own, platform.desk / "mentor", datetime.now(UTC).date(), others)
        builds.remember(folder / f"{folder.name}.ipynb")
        for each in (own, *others):
            sheet = practice_sheet(each)
            if sheet is not None:
                (folder / SHEET.format(language=each.language)).write_text(sheet, encoding="utf-8")


def _must(problems: dict[str, str]) -> None:
    if problems:
        raise CourseError("; ".join(f"{name}: {why}" for name, why in problems.items()))


def hand_in_synthetic(course: CourseDirectory, module: Path, numbers: range) -> None:
    """Put submissions of synthetic trainees into the exchange's inbound folder, as `nbgrader submit` would.

    They hand in the module in the folder `module`, each on one of its paths, and its safety forms that are open.
    """
    loaded = course.course.taught(load_module(module))
    paths = [*course.course.assignments_of(module.name).values()] or [module.name]
    for part in parts_to_build(loaded, course.course.paths.get(module.name, ())):
        name, activities = part.module.id, compile_module(part)
        inbound = course.exchange / course.course.id / "inbound"
        released = course.exchange / course.course.id / "outbound" / name
        if form_of(name) is not None and not released.is_dir():
            continue
        for number in numbers:
            if form_of(name) is None and paths[number % len(paths)] != name:
                continue
            rng = random.Random(f"{_SEED}/{name}/{number}")  # noqa: S311 - a cohort, not a secret
            trainee = f"trainee-{number + 1:02d}"
            time = datetime.now(UTC) - timedelta(minutes=10 * (max(COHORT, numbers.stop) - number))
            stamp = time.strftime("%Y-%m-%d %H:%M:%S.%f UTC")
            target = inbound / f"{trainee}+{name}+{stamp}+{secrets.token_urlsafe(9)}"
            shutil.copytree(released, target)
            skill, share = 0.35 + 0.6 * rng.random(), 0.6 + 0.4 * rng.random()
            journal = synthetic_journal(activities, rng, skill=skill, share=share)
            (target / FILE_NAME).write_text(journal, encoding="utf-8")
            (target / "timestamp.txt").write_text(stamp, encoding="utf-8")
            (target / "submission_secret.txt").write_text(secrets.token_hex(64), encoding="utf-8")
