"""The words that translations keep to lie with the content: who writes there changes what the check says."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.commands.main import main
from himaya.content.load import load_module
from himaya.errors import ContentError
from himaya.signoff.terms import TERMS, read_terms
from himaya.translation.check import check_language, check_words
from himaya.translation.domains import module_domain, words_of
from himaya.translation.translated import load_in
from tests.i18n.pseudo import ROOT, pseudo

if TYPE_CHECKING:
    from pathlib import Path

GLOSSARY = "- {en: sound, use: سليم, note: Whole and in order.}\n"
PATTERNS = """\
patterns:
  - id: one-word
    find: كلمة
    breaks: true
    write: another word.
    hit: [A word., هذه كلمة.]
    miss: [A word., هذا لفظ.]
"""


@pytest.fixture
def repository(module: Path) -> Path:
    """Return the repository of the translated sound module."""
    return module.parents[1]


def _write(repository: Path, name: str, text: str, language: str = "ar") -> Path:
    path = words_of(repository) / language / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _notes(repository: Path) -> list[str]:
    domain = module_domain(repository / "modules" / "sound-module")
    return [note.text for note in check_language(domain, "ar").notes if "glossary" in note.text]


def test_author_adds_a_glossary_word(repository: Path) -> None:
    assert _notes(repository) == []
    path = _write(repository, "glossary.yaml", GLOSSARY)
    assert "'sound' is 'سليم' in the glossary; this translation has another word." in _notes(repository)
    path.write_text(GLOSSARY.replace("سليم", "صحيح"), encoding="utf-8")
    assert "'sound' is 'صحيح' in the glossary; this translation has another word." in _notes(repository)


def test_translators_file_names_the_glossary_word(repository: Path) -> None:
    module = repository / "modules" / "sound-module"
    _write(repository, "glossary.yaml", GLOSSARY)
    module_domain(module).update("ar")
    assert "#. Glossary: sound = سليم." in (module / "locale" / "ar.po").read_text(encoding="utf-8")


def test_author_adds_a_pattern_that_breaks(repository: Path) -> None:
    module = repository / "modules" / "sound-module"
    title = pseudo("A sound module")
    path = module / "locale" / "ar.po"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f'msgstr "{title}"', 'msgstr "كلمة"'), encoding="utf-8")
    assert load_in(module, "ar").module.title == "كلمة"
    _write(repository, "patterns.yaml", PATTERNS)
    with pytest.raises(ContentError, match=r"known fault \(one-word\): another word"):
        load_in(module, "ar")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "glossary.yaml",
            "- {en: sound, uses: سليم}\n",
            "modules/languages/ar/glossary.yaml:1: there is no field 'uses'",
        ),
        ("glossary.yaml", "- {en: sound\n", "modules/languages/ar/glossary.yaml:"),
        ("patterns.yaml", PATTERNS.replace("كلمة\n", "'(كلمة'\n", 1), "patterns.yaml:3: 'patterns.0.find'"),
        ("patterns.yaml", PATTERNS.replace("هذه كلمة", "هذا لفظ"), "the pattern 'one-word' does not find its 'hit'"),
        ("patterns.yaml", PATTERNS.replace("هذا لفظ", "هذه كلمة"), "the pattern 'one-word' finds its 'miss'"),
        ("terms.yaml", "terms: [{id: one}]\n", "modules/languages/ar/terms.yaml:1: 'terms.0.english' is missing"),
        ("glosary.yaml", GLOSSARY, "modules/languages/ar/glosary.yaml:1: nothing reads this file"),
    ],
)
def test_check_names_what_is_wrong(
    repository: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, said: str
) -> None:
    _write(repository, name, text)
    monkeypatch.chdir(repository)
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 1
    assert said in done.output


def test_unknown_language_is_named(repository: Path) -> None:
    _write(repository, "glossary.yaml", GLOSSARY, language="fa")
    (problem,) = check_words(words_of(repository))
    assert "no language of languages.toml; there are: ar, ckb" in problem.text


def test_shipped_words_are_in_order() -> None:
    assert check_words(words_of(ROOT), {TERMS: read_terms}) == []


def test_folder_of_words_is_no_module(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(repository, "glossary.yaml", GLOSSARY)
    monkeypatch.chdir(repository)
    done = CliRunner().invoke(main, ["check"])
    assert "modules/languages: in order" in done.output
    assert "module.yaml: this file is missing" not in done.output
    named = CliRunner().invoke(main, ["check", "languages"])
    assert named.exit_code == 2
    assert "There are: sound-module." in named.output
    new = CliRunner().invoke(main, ["new", "module", "languages"])
    assert new.exit_code == 1
    assert "choose another id" in new.output


def test_module_elsewhere_has_its_own_words(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "units"
    shutil.copytree(repository / "modules", elsewhere)
    assert load_module(elsewhere / "sound-module").module.id == "sound-module"
    path = elsewhere / "languages" / "ar" / "glossary.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(GLOSSARY, encoding="utf-8")
    report = check_language(module_domain(elsewhere / "sound-module"), "ar")
    assert any("'sound' is 'سليم' in the glossary" in note.text for note in report.notes)
