from __future__ import annotations

from datetime import UTC, datetime

import pytest

from himaya.languages.dates import written_time
from himaya.languages.letters import letter_faults

MONTHS = {
    "ar": "كانون الثاني، شباط، آذار، نيسان، أيار، حزيران، تموز، آب، أيلول، تشرين الأول، تشرين الثاني، كانون الأول",
    "en": "January، February، March، April، May، June، July، August، September، October، November، December",
}


@pytest.mark.parametrize(
    ("language", "digits", "shown"),
    [
        ("en", None, "24 November 2026, 20:24 UTC"),
        ("ar", None, "٢٤ تشرين الثاني ٢٠٢٦، ٢٠:٢٤ UTC"),
        ("ar", "western", "24 تشرين الثاني 2026، 20:24 UTC"),
        ("ckb", None, "٢٤ی تشرینی دووەمی ٢٠٢٦، ٢٠:٢٤ UTC"),
    ],
)
def test_a_time_is_written_as_people_write_it(language: str, digits: str | None, shown: str) -> None:
    assert written_time(datetime(2026, 11, 24, 20, 24, tzinfo=UTC), language, digits) == shown


@pytest.mark.parametrize("language", MONTHS)
def test_months_have_their_iraqi_names(language: str) -> None:
    for number, name in enumerate(MONTHS[language].split("، "), 1):
        assert f" {name} " in written_time(datetime(2026, number, 1, tzinfo=UTC), language)


def test_months_are_written_in_sorani_letters() -> None:
    for month in range(1, 13):
        text = written_time(datetime(2026, month, 1, tzinfo=UTC), "ckb", "western")
        assert list(letter_faults(text.replace("UTC", ""), "ckb")) == []
