"""What trainees and trainers hold already stays as it was recorded; `make baseline` records on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.assignments import form_of, module_of
from tests.baseline.groups import FAST, GRADED, build, graded
from tests.baseline.record import recorded
from tests.engine import shipped
from tests.lanes import sampled
from tests.once import once

if TYPE_CHECKING:
    from pathlib import Path


def differences(expected: Any, found: Any, place: str = "") -> list[str]:
    """Return each difference as a line that names file, language and activity."""
    if isinstance(expected, dict) and isinstance(found, dict):
        names = [*expected, *(name for name in found if name not in expected)]
        return [line for name in names for line in differences(expected.get(name), found.get(name), f"{place}/{name}")]
    return [] if expected == found else [f"{place}: was {expected}, is {found}"]


def _module(assignment: str) -> str:
    form = form_of(assignment)
    return module_of(assignment) if form is None else form[0]


def compare(group: str, found: Any) -> None:
    """Fail with every difference between what was recorded and what is; nobody holds anything of a new module yet."""
    was = recorded(group)
    known = {_module(name) for name in was} | {*was}
    held = {name: each for name, each in found.items() if _module(name) in known or _module(name) not in shipped.NAMES}
    told = "\n".join(differences(was, held, group))
    assert not told, f'{told}\nIf this is meant, record it and say why in the commit: make baseline GROUPS="{group}"'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("baseline")
    (home / "built").symlink_to(once(tmp_path_factory, "every-course", build) / "built")
    return home


@pytest.fixture(scope="module")
def marked(home: Path) -> dict[str, Any]:
    """What the saved journals earn, graded once."""
    return graded(home / "graded")


@pytest.mark.parametrize("group", sampled([group for group in FAST if group != "check_sentences"], ["check_sentences"]))
def test_group_is_as_recorded(group: str, home: Path) -> None:
    compare(group, FAST[group](home / group))


@pytest.mark.proof
@pytest.mark.parametrize("group", GRADED)
def test_saved_journals_earn_what_they_did(group: str, marked: dict[str, Any]) -> None:
    compare(group, marked[group])


def test_difference_names_file_language_and_activity() -> None:
    was = {"case-management": {"ar": {"one": "a1", "two": "b2"}}}
    assert differences(was, {"case-management": {"ar": {"one": "a1", "new": "c3"}}}, "keys") == [
        "keys/case-management/ar/two: was b2, is None",
        "keys/case-management/ar/new: was None, is c3",
    ]
