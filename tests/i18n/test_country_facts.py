"""Local facts in the trainee's language: translated where they stand as they were, in their own words where not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from himaya.signoff.standing import facts_to_show

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 11, 24)
FACTS = """settings:
  clinic:
    about: The health service.
    value: The clinic at the well, open since {year}
    source: A visit.
    last_read: 2026-06-01
    status: verify
"""
CATALOGUE = """msgid ""
msgstr ""
"Language: ar\\n"
"X-Himaya-State: draft\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);\\n"

msgctxt "clinic.value"
msgid "The clinic at the well, open since 2020"
msgstr "العيادة عند البئر، مفتوحة منذ 2020"

msgctxt "clinic.source"
msgid "A visit"
msgstr "زيارة"
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "courses" / "locale").mkdir(parents=True)
    (tmp_path / "courses" / "locale" / "ar.po").write_text(CATALOGUE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("year", "language", "value"),
    [
        ("2020", "ar", "العيادة عند البئر، مفتوحة منذ ٢٠٢٠"),
        ("2021", "ar", "The clinic at the well, open since 2021"),
        ("2020", "ckb", "The clinic at the well, open since 2020"),
        ("2020", "en", "The clinic at the well, open since 2020"),
    ],
    ids=["translated", "changed since", "in no catalogue", "as written"],
)
def test_fact_is_shown_in_its_language(base: Path, year: str, language: str, value: str) -> None:
    (base / "courses" / "country.yaml").write_text(FACTS.format(year=year), encoding="utf-8")
    fact = facts_to_show(base, DAY, language)["clinic"]
    assert (fact.value, fact.source) == (value, "زيارة" if language == "ar" else "A visit")
