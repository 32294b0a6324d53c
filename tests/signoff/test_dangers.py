"""What authors name for a specialist: every danger with places that are in the dossier, and what they do not know."""

from __future__ import annotations

import pytest

from himaya.content.load import load_module
from himaya.signoff.dangers import read_reading
from himaya.signoff.reading import parts_to_read
from tests.engine import shipped

CORE = ("case-management", "data-protection", "gbv-guiding-principles", "pseah")


@pytest.mark.parametrize("name", CORE)
def test_dangers_name_places_of_the_dossier(name: str) -> None:
    folder = shipped.MODULES / name
    reading = read_reading(folder)
    assert reading.dangers
    assert reading.questions
    assert len({danger.id for danger in reading.dangers}) == len(reading.dangers)
    known = {entry.id for part in parts_to_read(load_module(folder)) for entry in part.entries}
    assert {place for danger in reading.dangers for place in danger.places} <= known
