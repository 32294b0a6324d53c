"""Tests name no shipped content, so that its authors may rename and rewrite it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from himaya.activities.lab.model import NAMES as LAB_SORTS
from himaya.content.load import load_module

TESTS = Path(__file__).parents[1]
ABOUT_CONTENT: dict[str, str] = {
    "baseline": "compares what ships with what shipped before",
    "release/test_baseline.py": "compares what ships with stock nbgrader",
}
"""Files and folders that name shipped content, and why they have to."""


STILL_NAMING: dict[str, int] = {
    "autograde/test_batch_bad_input.py": 1,
    "autograde/test_code_course.py": 14,
    "autograde/test_course.py": 3,
    "autograde/test_paths.py": 5,
    "autograde/test_private.py": 1,
    "browser/activity_stages.py": 13,
    "browser/offline_pages.py": 1,
    "browser/pages/test_lessons_page.py": 15,
    "browser/pages/test_saved_answers.py": 13,
    "browser/pages/test_storage.py": 4,
    "browser/screenshots.py": 4,
    "browser/test_access.py": 6,
    "browser/test_app_steps.py": 2,
    "browser/test_apps.py": 26,
    "browser/test_apps_access.py": 18,
    "browser/test_bad_input.py": 14,
    "browser/test_class.py": 1,
    "browser/test_class_staff.py": 1,
    "browser/test_desk_marking.py": 5,
    "browser/test_font.py": 2,
    "browser/test_handins.py": 1,
    "browser/test_home_page.py": 1,
    "browser/test_hub.py": 2,
    "browser/test_lab_caseload.py": 1,
    "browser/test_lab_complaint.py": 1,
    "browser/test_lab_phone.py": 7,
    "browser/test_lab_presses.py": 4,
    "browser/test_lab_referral.py": 1,
    "browser/test_lab_typing.py": 1,
    "browser/test_languages.py": 1,
    "browser/test_languages_everywhere.py": 2,
    "browser/test_languages_order.py": 4,
    "browser/test_marking.py": 8,
    "browser/test_opening.py": 3,
    "browser/test_origins.py": 2,
    "browser/test_reading.py": 5,
    "browser/test_typing.py": 4,
    "browser/test_whole_loop.py": 16,
    "browser/trouble/test_interview.py": 1,
    "browser/watched_session.py": 2,
    "classroom/test_grading.py": 1,
    "content/test_authoring.py": 13,
    "content/test_casefiles.py": 8,
    "content/test_left_out.py": 40,
    "content/test_lessons.py": 3,
    "content/test_paths.py": 12,
    "engine/test_page_engine.py": 2,
    "journal/events.py": 1,
    "release/apps_load.py": 4,
    "release/kill_handins.py": 2,
    "vectors/record.py": 1,
    "widgets/test_cells.py": 2,
    "widgets/test_memory.py": 1,
}
"""How many names stand in files that are yet to be changed; a number may only fall, and its line goes with the last."""


def shipped_ids() -> set[str]:
    """Return the ids of shipped modules, activities, tasks in code, and lessons.

    An id of a single word that is no module's is left out: as a word it says nothing. So is what names a sort of lab.
    """
    ids: set[str] = set()
    for path in TESTS.parent.glob("modules/*/module.yaml"):
        loaded = load_module(path.parent)
        inside = {*loaded.activities, *loaded.code, *(lesson.id for lesson in loaded.module.lessons)}
        ids |= {loaded.module.id, *(name for name in inside if "-" in name)}
    return ids - {*LAB_SORTS}


def named_in(source: str, ids: set[str]) -> list[tuple[int, str]]:
    """Return the line and the id of each of `ids` that stands in a string of Python code, docstrings aside."""
    tree = ast.parse(source)
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        (node.lineno, word)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)) and id(node) not in docs
        for word in _words(node.value)
        if word in ids
    ]


def _words(value: str | bytes) -> list[str]:
    """Return what may be an id in a string; a single word counts only where the string is no sentence."""
    text = value if isinstance(value, str) else value.decode("latin-1")
    return [word for word in re.findall(r"[\w-]+", text) if "-" in word or not re.search(r"\s", text)]


def _found() -> dict[str, list[tuple[int, str]]]:
    ids = shipped_ids()
    files = {path.relative_to(TESTS).as_posix(): path for path in sorted(TESTS.rglob("*.py"))}
    named = {name: named_in(path.read_text(encoding="utf-8"), ids) for name, path in files.items()}
    return {name: found for name, found in named.items() if found}


def test_tests_name_no_shipped_content() -> None:
    found = {name: lines for name, lines in _found().items() if not name.startswith(tuple(ABOUT_CONTENT))}
    more = {name: lines for name, lines in found.items() if len(lines) > STILL_NAMING.get(name, 0)}
    assert more == {}, "ask tests/shipped.py for what the test needs"
    fewer = {name: len(found.get(name, ())) for name, most in STILL_NAMING.items() if len(found.get(name, ())) < most}
    assert fewer == {}, "lower these numbers in STILL_NAMING"


def test_quoted_id_is_found() -> None:
    source = '"""About some-story."""\nshow("some-story")\nopen(b"a/some-story.yaml")\n"a story: some"\n'
    assert named_in(source, {"some-story"}) == [(2, "some-story"), (3, "some-story")]
