"""What authors name for a specialist: every danger with places that are in the dossier, and what they do not know."""

from __future__ import annotations

import re
from html import unescape

import pytest

from himaya.content.load import load_module
from himaya.publish.dossier import write_page
from himaya.publish.page_code import Code
from himaya.signoff.dangers import read_reading
from himaya.signoff.reading import parts_to_read
from tests.engine import shipped

CORE = [name for name in shipped.NAMES if (shipped.MODULES / name / "dossier.yaml").exists()]


@pytest.mark.parametrize("name", CORE)
def test_dangers_name_places_of_the_dossier(name: str) -> None:
    folder = shipped.MODULES / name
    reading = read_reading(folder)
    assert reading.dangers
    assert reading.questions
    assert len({danger.id for danger in reading.dangers}) == len(reading.dangers)
    known = {entry.id for part in parts_to_read(load_module(folder)) for entry in part.entries}
    assert {place for danger in reading.dangers for place in danger.places} <= known


@pytest.mark.parametrize("name", shipped.NAMES)
def test_dossier_shows_every_text_in_full(name: str) -> None:
    loaded = load_module(shipped.MODULES / name)
    page = write_page(loaded, "en", Code("", "", frozenset()), issue="0" * 16, key=b"").html
    shown = " ".join(unescape(re.sub("<[^>]*>", " ", page.partition("<body")[2].partition("<script")[0])).split())
    units = [unit for part in parts_to_read(loaded) for entry in part.entries for unit in entry.units]
    plain = [unit for unit in units if not unit.markdown and not set(unit.text) & set("*`[]")]
    assert [unit.place for unit in plain if " ".join(unit.text.split()) not in shown] == []
