"""Installing gives the versions that the tests ran with, from whatever index a machine uses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pinned() -> dict[str, str]:
    """Return the versions, by package; a line that is no pin, such as the address of an index, fails."""
    lines = (ROOT / "deploy" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [re.fullmatch(r"([a-z0-9-]+)==([\w.+!]+)", line) for line in lines if not line.startswith("#")]
    return {pin[1]: pin[2] for pin in pins if pin is not None or pytest.fail("a line is no pin")}


def test_every_dependency_is_pinned_as_it_may_be(pinned: dict[str, str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = map(
        Requirement, [*project["dependencies"], *(each for e in ("platform", "class", "hub") for each in extras[e])]
    )
    for each in wanted:
        name = canonicalize_name(each.name)
        assert each.specifier.contains(pinned[name], prereleases=True), name


def test_both_ways_to_install_keep_to_the_pins() -> None:
    for file in ("Makefile", "deploy/make-offline-kit.sh"):
        assert "--constraint" in (ROOT / file).read_text(encoding="utf-8"), file
    assert "venv --upgrade-deps" in (ROOT / "Makefile").read_text(encoding="utf-8")
