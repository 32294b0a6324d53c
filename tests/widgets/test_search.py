"""What somebody types finds what is written, whichever keyboard it was typed with."""

from __future__ import annotations

import json

import py_mini_racer
import pytest

from tests.javascript import sources


@pytest.fixture(scope="module")
def search() -> py_mini_racer.MiniRacer:
    """The comparison of a search, without a page."""
    racer = py_mini_racer.MiniRacer()
    racer.eval(f"{sources('search')} Object.assign(globalThis, player);")
    return racer


@pytest.mark.parametrize(
    ("typed", "written"),
    {
        "no hamza": ("الاحالة", "الإحالة"),
        "no madda": ("الان", "الآن"),
        "ha for ta marbuta": ("الموافقه", "الموافقة"),
        "ya without dots": ("علي", "على"),
        "a lengthened word": ("حمـــاية", "حماية"),
        "no vowel signs": ("تقبل", "تتقبّل"[1:]),
        "Arabic letters for Kurdish ya and kaf": ("كەسيك", "کەسیک"),
        "ya for the e of Sorani": ("كەسيك", "کەسێک"),
        "waw for the o of Sorani": ("دوخ", "دۆخ"),
        "plain ra and lam": ("گەران بو مال", "گەڕان بۆ ماڵ"),
        "ha and a joiner for the a of Sorani": ("كه\u200cس", "کەس"),
        "the other ha": ("ھەموو", "هەموو"),
        "Western digits": ("24", "٢٤"),
        "Persian digits": ("۲۴", "٢٤"),
        "capitals": ("REFERRAL", "referral"),
        "forms from an old document": ("ﺍﻟﺤﻤﺎﻳﺔ", "الحماية"),
    }.values(),
)
def test_typed_text_matches_written_form(search: py_mini_racer.MiniRacer, typed: str, written: str) -> None:
    assert search.eval(
        f"wordsOf({json.dumps(typed)}).every((word) => comparable({json.dumps(written)}).includes(word))"
    )


def test_different_words_do_not_match(search: py_mini_racer.MiniRacer) -> None:
    for one, other in (("سر", "سل"), ("کار", "گار"), ("باب", "پاپ"), ("5", "6")):
        assert not search.eval(f"comparable({json.dumps(one)}) === comparable({json.dumps(other)})")
