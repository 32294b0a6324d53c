"""Numbers as people write them in three scripts, read exactly or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.activities.numbers import read_number

SCRIPTS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")


@pytest.mark.parametrize("digits", SCRIPTS)
def test_every_digit_of_each_script_is_read(digits: str) -> None:
    assert [read_number(digit) for digit in digits] == [value * 10_000 for value in range(10)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 120_000),
        ("2.5", 25_000),
        ("0.0001", 1),
        ("٣٫٥", 35_000),
        ("۴۲.۲۵", 422_500),
        ("-3", -30_000),
        ("\u22127", -70_000),
        ("-0", 0),
        ("007", 70_000),
        ("999999999.9999", 9_999_999_999_999),
        (" 1 000 ", 10_000_000),
        ("1\u202f000\u00a0000", 10_000_000_000),
        ("١٬٥٠٠", 15_000_000),
        ("\u200e5\u200f", 50_000),
        ("\u061c٥", 50_000),
        ("1٢۳", 1_230_000),
    ],
)
def test_a_clear_number_is_read_in_ten_thousandths(text: str, value: int) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", ".", "1.", ".5", "1,500", "1,5", "1.2.3", "1٫2.3", "--1", "1-", "1-2", "-.5", "+1",
        "1e3", "0x1", "NaN", "twelve", "12 weeks", "1234567890", "0000000001", "0.12345",
        "1\n2", "१२", "１２", "²", "𝟏", "\ud800", "½", "5%",
    ],
)  # fmt: skip
def test_what_is_not_one_clear_number_is_refused(text: str) -> None:
    assert read_number(text) is None


@settings(derandomize=True, max_examples=200, deadline=None, database=None)
@given(
    st.integers(-(10**9) + 1, 10**9 - 1), st.integers(0, 9_999), st.sampled_from(SCRIPTS), st.sampled_from(".\u066b")
)
def test_any_number_with_four_decimals_is_read_exactly(whole: int, decimals: int, digits: str, point: str) -> None:
    text = f"{whole}{point}{decimals:04d}".translate(str.maketrans(SCRIPTS[0], digits))
    size = abs(whole) * 10_000 + decimals
    assert read_number(text) == (-size if text.startswith("-") else size)


@settings(derandomize=True, max_examples=300, deadline=None, database=None)
@given(st.text())
def test_any_text_is_a_bounded_number_or_refused(text: str) -> None:
    value = read_number(text)
    assert value is None or abs(value) < 10**13
