"""Courses for tests: one module only, since each further one costs every test its time."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.shipped import a_module

ROOT = Path(__file__).parents[1]


def one_module_course(target: Path, module: str = "", course: str = "core-protection") -> Path:
    """Copy a shipped course to `target`, with one module only, whole and in English, and return `target`.

    Without a name the module is the course's first.
    """
    shutil.copytree(ROOT / "courses" / course, target)
    text = (target / "course.yaml").read_text(encoding="utf-8")
    cut = re.sub(r"^modules: .*$", f"modules: [{module or a_module(course)}]", text, flags=re.MULTILINE)
    cut = re.sub(r"^paths: .*\n", "", cut, flags=re.MULTILINE)
    cut = re.sub(r"^languages: .*$", "languages: [en]", cut, flags=re.MULTILINE)
    (target / "course.yaml").write_text(cut, encoding="utf-8")
    return target


def one_module_repository(home: Path, module: Path) -> Path:
    """Make a repository in `home` with a copy of this module only, and return its folder of modules."""
    shutil.copytree(module, home / "modules" / module.name)
    (home / "courses").mkdir()
    shutil.copy(ROOT / "courses" / "country.yaml", home / "courses")
    return home / "modules"
