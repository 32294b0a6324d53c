from __future__ import annotations

import pytest

from himaya.languages.letters import letter_faults

GOOD = {
    "ckb": "ڕێزگرتن لە هەموو کەسێک، بەبێ جیاوازی: «باشە»؛ ئایا ڕوون و ئاسانە؟",
    "ar": "الموافقة المستنيرة: «نعم»، من أخصائي/ـة إدارة الحالة؛ هل هذا واضح على الجميع؟",
}
SORANI = ["ك", "ڪ", "ي", "ى", "ة", "ھ", "ؤ", "ڶ", "ۇ", "ء", "ی\u065a", "ی\u0654", "ه\u200c"]
ARABIC = ["ک", "ڪ", "ی", "ە", "ھ", "ہ", "ێ", "ۆ", "ڕ", "ڵ"]
BOTH = ["\u200c", "\u200d", "\u200e", "\u200f", "\u061c", "\ufeff", "\u00ad", "\u202a", "\u202b", "\u202c", "\u202d"]
BOTH += ["\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "٤", "۴", "ﻻ", "ﷲ", "؟ (", "»", "«"]


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_right_letters_and_marks_are_no_fault(language: str) -> None:
    assert list(letter_faults(GOOD[language], language)) == []


@pytest.mark.parametrize("wrong", SORANI + BOTH)
def test_every_wrong_character_in_sorani_is_found(wrong: str) -> None:
    assert list(letter_faults(f"{GOOD['ckb']} نا{wrong}", "ckb"))


@pytest.mark.parametrize("wrong", ARABIC + BOTH)
def test_every_wrong_character_in_arabic_is_found(wrong: str) -> None:
    assert list(letter_faults(f"{GOOD['ar']} نا{wrong}", "ar"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("باش روونە", "ckb"),
        ("باشــە", "ckb"),
        ("حمــاية", "ar"),
        ("هل هذا واضح?", "ar"),
        ("نعم, لا", "ar"),
        ('قال "نعم"', "ar"),
        ("نعم ، لا", "ar"),
    ],
    ids=["r at a beginning", "tatweel", "tatweel", "question mark", "comma", "quotation marks", "space before"],
)
def test_lookalike_letters_are_found(text: str, language: str) -> None:
    assert list(letter_faults(text, language))


def test_fault_names_word_and_right_letter() -> None:
    assert list(letter_faults("لە كەیس", "ckb")) == ["'ك' (U+0643) in 'كەیس'; write ک U+06A9."]
