from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.errors import ContentError
from himaya.translation.domains import Domain, words_of
from himaya.translation.glossary import read_glossary
from himaya.translation.po_file import Entry, PoFile, forms_of, read_catalogue
from himaya.translation.units import Unit
from himaya.translation.updating import updated
from tests.i18n.pseudo import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def _entries(*texts: tuple[str, str]) -> list[Entry]:
    return [Entry(Unit(place, text, "text", "items.yaml")) for place, text in texts]


def _translated(*texts: tuple[str, str]) -> PoFile:
    po = updated(_entries(*texts), None, "ar", "one")
    for message in po.messages():
        message.string = f"ترجمة {message.id}"
    return po


def _state(po: PoFile) -> dict[str, tuple[str, bool]]:
    return {str(m.context): (forms_of(m)[0], m.fuzzy) for m in po.messages()}


ASK = "You ask first, and then you listen to the answer."


def test_update_without_changes_keeps_every_byte(tmp_path: Path) -> None:
    po = _translated(("a.text", ASK), ("b.text", "Second."))
    path = tmp_path / "ar.po"
    path.write_text(po.text(), encoding="utf-8")
    again = updated(_entries(("a.text", ASK), ("b.text", "Second.")), read_catalogue(path, "ar.po", "ar"), "ar", "one")
    assert again.text() == po.text()


def test_percent_sign_is_not_marked_as_python_format() -> None:
    text = updated(_entries(("a.text", "You have {percent} % of all points.")), None, "ar", "one").text()
    assert "#, python-brace-format\n" in text
    assert "python-format" not in text


def test_a_renamed_node_takes_its_translation_along() -> None:
    made = updated(_entries(("new-name.text", ASK)), _translated(("old-name.text", ASK)), "ar", "one")
    assert _state(made) == {"new-name.text": (f"ترجمة {ASK}", False)}


def test_changed_english_makes_translation_fuzzy() -> None:
    changed = ASK.replace("first", "at once")
    made = updated(_entries(("a.text", changed)), _translated(("a.text", ASK)), "ar", "one")
    assert _state(made) == {"a.text": (f"ترجمة {ASK}", True)}
    assert made.messages()[0].previous_id == [ASK]


def test_old_english_survives_the_next_update(tmp_path: Path) -> None:
    long = f"{ASK} " * 4
    changed = _entries(("a.text", long.replace("first", "at once", 1).strip()))
    made = updated(changed, _translated(("a.text", long.strip())), "ar", "one")
    path = tmp_path / "ar.po"
    path.write_text(made.text(), encoding="utf-8")
    assert made.messages()[0].previous_id == [long.strip()]
    assert updated(changed, read_catalogue(path, "ar.po", "ar"), "ar", "one").text() == made.text()


def test_renamed_changed_node_is_found_by_words() -> None:
    changed = ASK.replace("first", "at once")
    made = updated(_entries(("new.text", changed)), _translated(("old.text", ASK)), "ar", "one")
    assert _state(made) == {"new.text": (f"ترجمة {ASK}", True)}


def test_same_words_elsewhere_are_only_proposed() -> None:
    made = updated(_entries(("a.text", "Safety"), ("b.text", "Safety")), _translated(("a.text", "Safety")), "ar", "one")
    assert _state(made) == {"a.text": ("ترجمة Safety", False), "b.text": ("ترجمة Safety", True)}


def test_returning_words_find_their_translation(tmp_path: Path) -> None:
    path = tmp_path / "ar.po"
    path.write_text(updated([], _translated(("a.text", ASK)), "ar", "one").text(), encoding="utf-8")
    back = updated(_entries(("a.text", ASK)), read_catalogue(path, "ar.po", "ar"), "ar", "one")
    assert _state(back) == {"a.text": (f"ترجمة {ASK}", False)}
    assert "#~" not in back.text()


def test_other_english_gets_no_translation_by_chance() -> None:
    made = updated(_entries(("a.text", "Quite another sentence.")), _translated(("a.text", ASK)), "ar", "one")
    assert _state(made) == {"a.text": ("", False)}
    assert f'#~ msgid "{ASK}"' in made.text()


def test_message_notes_context_and_glossary() -> None:
    """What it is, its sister messages, and the glossary's words."""
    units = [Unit(f"q.{n}.text", f"Safety {n}", "an option", "items.yaml", sisters="q.options") for n in (1, 2, 3)]
    text = updated([Entry(unit) for unit in units], None, "ar", "one", read_glossary(words_of(ROOT), "ar")).text()
    assert "#. An option." in text
    assert "#. One of 3 answers: keep each within 20 % of their mean length." in text
    assert "#. Glossary: safety = السلامة." in text


GOOD = _translated(("a.text", ASK)).text()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (GOOD.encode().replace("ترجمة".encode(), "ترجمة".encode("cp1256")), 16, "UTF-8"),
        (GOOD.replace("charset=utf-8", "charset=cp1256").encode(), 6, "charset=cp1256"),
        (GOOD.replace("nplurals=6", "nplurals=2").encode(), 8, "Plural-Forms"),
        (GOOD.replace("n==2 ? 2", "n==2 ? 3").encode(), 8, "Plural-Forms"),
        (GOOD.replace("Language: ar", "Language: fa").encode(), 4, "Language: fa"),
        (GOOD.replace("State: draft", "State: ready").encode(), 9, "allowed: draft, reviewed, released"),
        ((GOOD + GOOD[GOOD.index("msgctxt") :]).encode(), 19, "stands in line 14 too"),
        (GOOD.replace('msgstr "ترجمة', "msgstr ترجمة").encode(), 16, "not a PO file"),
        ((GOOD + '\nmsgid "n"\nmsgid_plural "ns"\nmsgstr[7] "x"\n').encode(), 19, "not a PO file"),
    ],
    ids=["encoding", "charset", "plural count", "plural rule", "language", "state", "twice", "syntax", "plural index"],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, text: bytes, line: int, said: str) -> None:
    path = tmp_path / "ar.po"
    path.write_bytes(text)
    with pytest.raises(ContentError) as caught:
        read_catalogue(path, "locale/ar.po", "ar")
    problem = caught.value.problems[0]
    assert problem.file == "locale/ar.po"
    assert abs(problem.line - line) <= 2
    assert said in problem.text


def _domain(folder: Path, *texts: tuple[str, str]) -> Domain:
    domain = Domain("one", folder, folder, folder, _entries(*texts))
    (folder / "ar.po").write_text(_translated(*texts).text(), encoding="utf-8")
    return domain


def test_signature_is_undone_by_later_change(tmp_path: Path) -> None:
    domain = _domain(tmp_path, ("a.text", ASK))
    domain.sign("ar", by="Noor, native reader", date="2026-11-24", release=True)
    signed = domain.read("ar")
    assert signed is not None
    assert (signed.state, signed.is_reviewed, signed.review["by"]) == ("released", True, "Noor, native reader")
    path = domain.file("ar")
    path.write_text(path.read_text(encoding="utf-8").replace("ترجمة", "كلمة"), encoding="utf-8")
    changed = domain.read("ar")
    assert changed is not None
    assert not changed.is_reviewed


def test_nothing_unfinished_can_be_signed(tmp_path: Path) -> None:
    domain = _domain(tmp_path, ("a.text", ASK))
    path = domain.file("ar")
    path.write_text(path.read_text(encoding="utf-8").replace("msgctxt", "#, fuzzy\nmsgctxt"), encoding="utf-8")
    with pytest.raises(ValueError, match="1 texts are missing or fuzzy"):
        domain.sign("ar", by="Noor", date="2026-11-24", release=False)
