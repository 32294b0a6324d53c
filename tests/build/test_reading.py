"""Prose as a trainee reads it."""

from __future__ import annotations

import base64
import shutil
from datetime import date
from typing import TYPE_CHECKING

from himaya.content.country import Fact, shown_facts
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from himaya.publish.notebook import build_notebook
from himaya.publish.reading import Reader
from himaya.publish.sections import literal_fact, prose_html
from tests.content.sound import FIXTURES, loaded_sound_module

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode


def _prose(notebook: NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_picture_is_embedded_with_its_text() -> None:
    loaded = loaded_sound_module()
    drawing = (loaded.path / "media/chairs.svg").read_bytes()
    prose = _prose(build_notebook(loaded, compile_module(loaded)))
    before, _, after = prose.partition("![Two chairs at a small table](data:image/svg+xml;base64,")
    assert base64.b64decode(after.partition(")")[0]) == drawing
    assert "media/" not in before + after


def test_picture_digits_and_fact_direction(tmp_path: Path) -> None:
    (tmp_path / "steps.svg").write_text('<svg><style>a{x:1}</style><text x="2" y="30">12</text></svg>', "utf-8")
    facts = {"line": Fact("Call 07901 234 567.", date(2026, 11, 24))}
    reader = Reader(tmp_path, {}, facts, language="ar", digits="arabic-indic")
    drawn = reader.read("![Steps](steps.svg)").partition("base64,")[2].rstrip(")")
    shown = base64.b64decode(drawn).decode()
    assert shown == '<svg><style>a{x:1}</style><text x="2" y="30">١٢</text></svg>'
    assert "\u2066Call 07901 234 567.\u2069" in reader.read("[country: line]")
    assert "٢٤ تشرين الثاني ٢٠٢٦" in reader.read("[country: line]")


def test_a_picture_that_is_missing_leaves_its_line() -> None:
    assert Reader(FIXTURES, {}, {}).read("![Two](media/none.svg)") == "![Two](media/none.svg)"


SETTINGS = """settings:
  clinic:
    about: The health service.
    value: The clinic at the well
    source: A visit.
    last_checked: 2026-06-01
    checked_by: course administrator
    status: checked
  school:
    about: The school.
    status: empty
"""


def test_country_setting_shows_dated_fact_or_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "modules" / "sound-module"
    shutil.copytree(loaded_sound_module().path, folder)
    (tmp_path / "courses").mkdir()
    (tmp_path / "courses/country.yaml").write_text(SETTINGS, encoding="utf-8")
    loaded = load_module(folder)
    ask = "Ask your supervisor for the current pathway"
    source = "[country: clinic] / [country: school] / [country: none]"
    dated = "The clinic at the well (checked on 1 June 2026; draft, not yet signed by a specialist)"
    for year, clinic in ((2025, ask), (2026, dated), (2030, dated)):
        reader = Reader(folder, {}, shown_facts(tmp_path, date(year, 11, 24)))
        assert reader.read(source) == f"{clinic} / {ask} / {ask}"
    (folder / "module.md").write_text((folder / "module.md").read_text("utf-8").replace("You speak first", source))
    notebook = build_notebook(load_module(folder), compile_module(loaded), date(2026, 11, 24))
    assert f"{dated} / {ask}" in _prose(notebook)


def test_read_setting_says_source_and_that_no_lawyer_checked(tmp_path: Path) -> None:
    (tmp_path / "courses").mkdir()
    read = SETTINGS.replace("last_checked: 2026-06-01", "last_read: 2026-06-01").replace(
        "status: checked", "status: verify"
    )
    (tmp_path / "courses/country.yaml").write_text(read, encoding="utf-8")
    reader = Reader(tmp_path, {}, shown_facts(tmp_path, date(2026, 11, 24)))
    assert reader.read("[country: clinic]") == (
        "The clinic at the well (read on 1 June 2026 in: A visit; not yet checked by a lawyer: ask before you act)"
    )


def test_fact_stays_whole_in_table_and_quotation() -> None:
    text = "| a | b |\n| --- | --- |\n| x | [country: c] |\n\n> **Law** [country: c]\n> and more"
    fact = Fact("Law 8 | article 2\n\nas read", date(2026, 6, 1), "A copy")
    for local in (fact, literal_fact(fact)):  # as notebooks and as pages show it
        html = prose_html(Reader(FIXTURES, {}, {"c": local}).read(text), "en")
        cells = [cell.partition("</td>")[0] for cell in html.split("<td>")[1:]]
        assert len(cells) == 2
        assert cells[1].startswith("Law 8 | article 2 as read (checked on 1 June 2026")
        quoted = html.partition("<blockquote>")[2].partition("</blockquote>")[0]
        assert "Law 8 | article 2 as read (checked on 1 June 2026" in quoted
        assert "and more" in quoted
