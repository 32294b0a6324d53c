"""Terms to decide: one answer changes every place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from himaya.content.load import load_module
from himaya.publish.dossier import write_page
from himaya.publish.page_code import Code
from himaya.signoff.findings import FindingsError
from himaya.signoff.standing import translations
from himaya.signoff.terms import occurrences, read_terms, replaced, replaced_everywhere
from himaya.translation.domains import words_of
from tests.engine import shipped
from tests.i18n.pseudo import ROOT, pseudo
from tests.shipped import a_module

if TYPE_CHECKING:
    from pathlib import Path

    from tests.signoff.conftest import Desk


def _terms(folder: Path) -> Path:
    word = pseudo("Consent")
    path = words_of(folder) / "ar" / "terms.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(f"""\
# Why these terms.
terms:
  - id: consent
    english: consent
    question: Which word?
    now: one
    find: [{word}]
    choices:
      - {{id: one, text: {word}, why: It stands now.}}
      - {{id: other, text: الرضا, why: Kinder., forms: {{{word}: الرضا}}}}
""")
    return path


def test_answer_changes_every_place(desk: Desk) -> None:
    path = _terms(desk.base)
    (term,) = read_terms(words_of(desk.base), "ar")
    findings = desk.findings(
        "ar", parts=[], terms=[{"id": "consent", "hash": term.hash, "choice": "other", "note": ""}]
    )
    taken = desk.take(findings)
    assert taken.places > 0
    known = " ".join(text for forms in translations(desk.module, "ar").values() for text in forms)
    assert "الرضا" in known
    assert pseudo("Consent") not in known
    (term,) = read_terms(words_of(desk.base), "ar")
    assert term.decided is not None
    assert (term.now, term.decided.name, term.decided.choice) == ("other", "Huda", "other")
    assert "# Why these terms." in path.read_text()
    with pytest.raises(FindingsError, match="changed since this was read"):
        desk.take(findings)


def test_unknown_choice_is_refused(desk: Desk) -> None:
    _terms(desk.base)
    (term,) = read_terms(words_of(desk.base), "ar")
    findings = desk.findings(
        "ar", parts=[], terms=[{"id": "consent", "hash": term.hash, "choice": "third", "note": ""}]
    )
    with pytest.raises(FindingsError, match="has no choice 'third'"):
        desk.take(findings)


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_shipped_terms_offer_what_stands(language: str) -> None:
    for term in read_terms(words_of(ROOT), language):
        assert term.now in {choice.id for choice in term.choices}
        assert all(choice.forms for choice in term.choices if choice.id != term.now)


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_documentation_lists_every_open_term(language: str) -> None:
    page = (ROOT / "docs" / "terms.md").read_text(encoding="utf-8")
    for term in read_terms(words_of(ROOT), language):
        assert f"(`{term.id}`)" in page
        assert all(choice.text in page for choice in term.choices)


def test_forms_are_replaced_once_and_longest_first() -> None:
    assert replaced("البوح وبوح", {"بوح": "إفصاح", "البوح": "الإفصاح"}) == "الإفصاح وإفصاح"
    assert replaced("ab", {"a": "b", "b": "a"}) == "ba"


def test_words_are_whole_in_english_alone() -> None:
    assert list(occurrences("he there he", "he", whole=True)) == [0, 9]
    assert len(list(occurrences("والموافقة الموافقة", "الموافقة", whole=False))) == 2
    assert replaced_everywhere("he there he", "he", "she", whole=True) == "she there she"


def test_term_shows_sentences_in_which_it_stands() -> None:
    loaded = load_module(shipped.MODULES / a_module())
    page = write_page(loaded, "ar", Code("", "", frozenset()), issue="0" * 16, key=b"").html
    terms = re.findall(r'<fieldset data-term="([^"]+)">.*?<ul>(.*?)</ul></fieldset>', page)
    assert terms
    assert [name for name, places in terms if "<li>" in places] != []
