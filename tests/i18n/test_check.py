from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po, write_po
from click.testing import CliRunner

from himaya.commands.main import main
from himaya.content.load import load_module
from himaya.errors import ContentError
from himaya.languages.letters import letter_faults
from himaya.signoff.standing import refuse_unreleased
from himaya.translation.check import check_all, check_language, table
from himaya.translation.check_text import faults, notes
from himaya.translation.domains import Domain, all_domains, module_domain, words_of
from himaya.translation.glossary import read_glossary
from himaya.translation.patterns import Pattern, read_patterns
from himaya.translation.po_file import Entry
from himaya.translation.translated import load_in
from himaya.translation.units import Unit
from himaya.translation.updating import updated
from tests.engine.shipped import NAMES
from tests.i18n.pseudo import ROOT, pseudo, write_pseudo
from tests.lanes import sampled
from tests.shipped import a_module

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.translation.glossary import Term
    from himaya.translation.patterns import Patterns


WORDS = words_of(ROOT)


def _words(language: str) -> tuple[tuple[Term, ...], Patterns]:
    return read_glossary(WORDS, language), read_patterns(WORDS, language)


def _entry(text: str, plural: str | None = None, *, markdown: bool = False) -> Entry:
    return Entry(Unit("a.text", text, "text", "module.md", markdown=markdown), plural)


@pytest.mark.parametrize(
    ("english", "translation", "said"),
    [
        ("Question {n} of {total}", "السؤال {n}", "{total} is missing"),
        ("Question {n}", "السؤال {ن}", "{ن}"),
        ("Question {n}", "السؤال {n} من {n}", "no placeholder {n}"),
        ("Within 72 hours.", "خلال ساعات.", "number 72"),
        ("Within 72 hours.", "خلال 27 ساعة.", "number 27"),
        ("Within 72 hours.", "خلال ٧٢ ساعة.", "ASCII digits"),
        ("Say yes.", "قل <b>نعم</b>.", "looks like markup"),
        ("Say yes.", "<script>alert(1)</script> نعم", "looks like markup"),
        ("Say yes.", "نعم javascript:alert(1)", "looks like markup"),
        ("Say yes.", "نعم &lt;", "looks like markup"),
        ("One.\n\nTwo.", "واحد. اثنان.", "number of paragraphs"),
        ("Say yes to this.", "Say yes to this.", "this is the English"),
        ("Say yes.", "قل\nنعم", "line end"),
    ],
)
def test_a_fault_of_plain_text_is_named(english: str, translation: str, said: str) -> None:
    assert any(said in fault for fault in faults(_entry(english), [translation], "ar"))


@pytest.mark.parametrize(
    ("english", "translation", "said"),
    [
        ("It is so [S1: step 1].", "هذا صحيح.", "citation [S1]"),
        ("It is so [S1: step 1].", "هذا صحيح [S2: الخطوة 1].", "citation [S2]"),
        ("It is so [verify].", "هذا صحيح.", "mark [verify]"),
        ("Rule: [country: age]", "القاعدة: [country: العمر]", "country setting"),
        ("**Yes.** No.", "نعم. لا.", "emphasis"),
        ("See [here](#there).", "انظر [هنا](#elsewhere).", "link to #elsewhere"),
        ("See [here](#there).", "انظر [هنا](javascript:alert(1)).", "link"),
        ("![A door](media/a.svg)", "![باب](media/b.svg)", "picture media/b.svg"),
        ("Say `yes`.", "قل `نعم`.", "code"),
        ("Say yes.", "قل <img src=x onerror=alert(1)> نعم", "HTML"),
        ("Say yes.", "# نعم", "heading"),
        ("Say yes.", "- نعم", "list"),
    ],
)
def test_a_fault_of_prose_is_named(english: str, translation: str, said: str) -> None:
    assert any(said in fault for fault in faults(_entry(english, markdown=True), [translation], "ar"))


def test_sentence_may_end_in_placeholder() -> None:
    marked = _entry("It is so [verify] [country: age]. More.", markdown=True)
    assert list(faults(marked, ["هذا صحيح [verify] [country: age]. المزيد."], "ar")) == []
    assert list(faults(_entry("Question {n}."), ["السؤال {n}."], "ar")) == []
    assert any("space before" in fault for fault in faults(marked, ["هذا صحيح [verify] [country: age] ."], "ar"))


def test_code_keeps_its_own_marks() -> None:
    code = _entry('Write `by("age", 3)`, then look.', markdown=True)
    assert list(faults(code, ['اكتب `by("age", 3)`، ثم انظر.'], "ar")) == []
    assert any("Latin punctuation" in fault for fault in faults(code, ['اكتب `by("age", 3)`, ثم انظر.'], "ar"))


def test_plural_forms_are_required() -> None:
    """The forms for one and two may drop the number."""
    entry = _entry("{n} point", "{n} points")
    good = ["لا نقاط", "نقطة واحدة", "نقطتان", "{n} نقاط", "{n} نقطة", "{n} نقطة"]
    assert list(faults(entry, good, "ar")) == []
    assert any("1 of 6 plural forms are empty" in fault for fault in faults(entry, [*good[:-1], ""], "ar"))
    assert any("{n} is missing" in fault for fault in faults(entry, [*good[:-1], "نقطة"], "ar"))


@pytest.mark.parametrize(
    ("english", "translation", "language", "found"),
    [
        ("The survivor decides.", "القرار للشخص الناجي.", "ar", []),
        ("The survivor decides.", "القرار للضحية.", "ar", ["glossary", "glossary"]),
        ("Ask for consent first.", "اطلب الاتفاق أولاً.", "ar", ["glossary", "glossary"]),
        ("The age: [country: consent-age-for-services]", "العمر: [country: consent-age-for-services]", "ar", []),
        ("Consent: [country: age-of-consent]", "القرار: [country: age-of-consent]", "ar", ["glossary"]),
        ("This is attribute disclosure.", "هذا هو كشف الصفة.", "ar", []),
        ("Statistical Disclosure Control", "ضبط الكشف الإحصائي", "ar", []),
        ("Disclosure control and a disclosure.", "ضبط الكشف، ثم كشف.", "ar", ["glossary"]),
        ("Make a referral.", "تنفيذ إحالة.", "ar", []),
        ("Make a referral.", "ئیحالەیەک بکەن.", "ckb", ["glossary", "glossary"]),
        ("Make a referral.", "ڕەوانەکردنێک بکەن.", "ckb", []),
        ("The referral pathway is known.", "مسار الإحالة معروف.", "ar", []),
        ("Her safety counts.", "الأمن مهم.", "ar", ["glossary", "glossary"]),
        ("Her safety; ask the security guard.", "سلامتها؛ سؤال رجل الأمن.", "ar", []),
        ("Call the data focal point.", "سؤال جهة الاتصال المعنية بالبيانات.", "ar", []),
        ("Your data protection focal point.", "جهة الاتصال المعنية بالبيانات.", "ar", []),
        ("Call the data focal point.", "سؤال منسقة حماية البيانات.", "ar", ["glossary", "glossary"]),
        ("The survivor passed.", "هو ناجح.", "ar", ["glossary"]),
        ("The action plan.", "الخطر كبير، ومخطط.", "ar", ["glossary"]),
        ("It is confidential.", "سريعاً.", "ar", ["glossary"]),
        ("It is confidential.", "هو سرّي.", "ar", []),
        ("You ask first, and then you listen to the whole answer.", "نعم.", "ar", ["length"]),
    ],
)
def test_doubtful_translation_gets_a_note(english: str, translation: str, language: str, found: list[str]) -> None:
    assert [kind for kind, _ in notes(_entry(english), [translation], *_words(language))] == found


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_glossary_follows_its_own_rules(language: str) -> None:
    for term in read_glossary(WORDS, language):
        assert list(faults(_entry("x"), [term.use], language, read_patterns(WORDS, language))) == [], term.use
        assert term.is_used_in(term.use), term.use


ALL_PATTERNS = [(language, pattern) for language in ("ar", "ckb") for pattern in read_patterns(WORDS, language).each]


@pytest.mark.parametrize(
    ("language", "pattern"), ALL_PATTERNS, ids=[f"{each[0]}-{each[1].id}" for each in ALL_PATTERNS]
)
def test_pattern_finds_its_hit_only(language: str, pattern: Pattern) -> None:
    assert pattern.stands_in(*pattern.hit)
    assert not pattern.stands_in(*pattern.miss)
    assert list(letter_faults(pattern.miss[1], language)) == []


def test_pattern_is_hint_unless_meaning_breaks() -> None:
    glossary, patterns = _words("ar")
    loop = _entry("The loop is closed.")
    assert any("(loop)" in fault for fault in faults(loop, ["أُغلقت الدائرة."], "ar", patterns))
    moves = _entry("Two moves are missing.")
    assert list(faults(moves, ["تنقص محطتان."], "ar", patterns)) == []
    assert [kind for kind, _ in notes(moves, ["تنقص محطتان."], glossary, patterns)] == ["patterns"]


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_pattern_names_are_unique(language: str) -> None:
    names = [pattern.id for pattern in read_patterns(WORDS, language).each]
    assert len(names) == len(set(names))


def test_both_glossaries_have_the_same_terms() -> None:
    arabic, sorani = (
        {form for term in read_glossary(WORDS, language) for form in term.english} for language in ("ar", "ckb")
    )
    assert sorani <= arabic


@pytest.mark.parametrize("name", sampled(NAMES[:1], NAMES[1:]))
def test_complete_translation_has_no_fault(name: str, tmp_path: Path) -> None:
    english = module_domain(ROOT / "modules" / name)
    domain = Domain(name, tmp_path / name, tmp_path, english.words, english.entries)
    write_pseudo(domain, domain.folder)
    report = check_language(domain, "ar")
    assert [str(fault) for fault in report.faults] == []
    assert report.counts["translated"] == report.counts["strings"] == report.counts["unreviewed"]


def _spoil(module: Path, english: str, translation: str) -> None:
    path = module / "locale" / "ar.po"
    text = path.read_text(encoding="utf-8")
    assert pseudo(english) in text
    path.write_text(text.replace(f'msgstr "{pseudo(english)}"', f'msgstr "{translation}"'), encoding="utf-8")


def test_build_never_ships_faulty_translation(module: Path) -> None:
    assert load_in(module, "ar").module.title == pseudo("A sound module")
    _spoil(module, "A sound module", "<script>alert(1)</script>")
    with pytest.raises(ContentError) as caught:
        load_in(module, "ar")
    problem = caught.value.problems[0]
    line = (module / "locale" / "ar.po").read_text(encoding="utf-8").splitlines()[problem.line - 1 : problem.line + 3]
    assert problem.file == "modules/sound-module/locale/ar.po"
    assert any("A sound module" in text or "module.title" in text for text in line)


def test_a_stale_place_is_found_and_never_shown(module: Path) -> None:
    path = module / "locale" / "ar.po"
    text = path.read_text(encoding="utf-8").replace('msgctxt "module.title"', 'msgctxt "module.headline"')
    path.write_text(text, encoding="utf-8")
    report = check_language(module_domain(module), "ar")
    assert any("'module.headline' has no such text now" in str(note) for note in report.notes)
    assert load_in(module, "ar").module.title == "\u2066A sound module\u2069"


def test_release_refuses_drafts_and_missing_texts(module: Path) -> None:
    course = ROOT / "courses" / "core-protection"

    def said() -> str:
        with pytest.raises(ContentError) as caught:
            refuse_unreleased(course, [load_module(module)], ["ar"])
        return "\n".join(str(p) for p in caught.value.problems)

    assert "module.yaml:3: this is a draft in 'en'" in said()
    assert "module.yaml:3: this is a draft in 'ar'" in said()
    assert "courses/core-protection/locale/ar.po:1: the state is 'draft'" in said()


def test_changed_translation_loses_its_review(module: Path) -> None:
    domain = module_domain(module)
    domain.sign("ar", by="Noor, native reader", date="2026-11-24", release=True)
    _spoil(module, "A sound module", "عنوان آخر")
    assert any("nobody has signed exactly these texts" in str(fault) for fault in check_language(domain, "ar").faults)
    _spoil_all(module)
    assert any("1 texts are missing or fuzzy" in str(fault) for fault in check_language(domain, "ar").faults)


def test_module_is_signed_by_its_readers_alone() -> None:
    done = CliRunner().invoke(main, ["sign", a_module(), "ar", "--by", "Noor", "--date", "2026-11-24"])
    assert done.exit_code == 2
    assert f"himaya review ar {a_module()}" in done.output


@pytest.mark.parametrize(
    "lost", ["X-Himaya-State", "X-Himaya-Reviewed-By", "X-Himaya-Reviewed-On", "X-Himaya-Reviewed-Text"]
)
def test_dropped_po_header_makes_translation_a_draft(module: Path, lost: str) -> None:
    domain = module_domain(module)
    domain.sign("ar", by="Noor, native reader", date="2026-11-24", release=True)
    path = module / "locale" / "ar.po"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(f'"{lost}:')]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    report = check_language(domain, "ar")
    assert report.state == "draft"
    assert [f"modules/sound-module/locale/ar.po:1: the header has lost: {lost}." in str(f) for f in report.faults] == [
        True
    ]
    with pytest.raises(ContentError):
        load_in(module, "ar")
    domain.update("ar")
    assert check_language(domain, "ar").faults == []
    assert '"X-Himaya-State: draft' in path.read_text(encoding="utf-8")


def test_file_written_by_babel_is_a_draft(module: Path) -> None:
    module_domain(module).sign("ar", by="Noor, native reader", date="2026-11-24", release=True)
    path = module / "locale" / "ar.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale="ar")
    with path.open("wb") as file:
        write_po(file, catalog)
    problems = check_language(module_domain(module), "ar").faults
    assert any("X-Himaya-State" in str(problem) for problem in problems)
    assert check_language(module_domain(module), "ar").state == "draft"


def _spoil_all(module: Path) -> None:
    path = module / "locale" / "ar.po"
    text = path.read_text(encoding="utf-8").replace('msgctxt "module.title"', '#, fuzzy\nmsgctxt "module.title"', 1)
    path.write_text(text, encoding="utf-8")


@pytest.mark.proof
def test_language_table_and_catalogues_are_current() -> None:
    domains = all_domains(ROOT)
    reports = check_all(domains)
    assert [str(fault) for report in reports for fault in report.faults] == []
    assert (ROOT / "docs" / "languages.md").read_text(encoding="utf-8") == table(reports) + "\n", (
        "run: himaya check --languages > docs/languages.md"
    )
    for domain in domains:
        for language in ("ar", "ckb"):
            po = domain.read(language)
            new = updated(domain.entries, po, language, domain.name, read_glossary(WORDS, language)).text()
            assert po is not None
            assert new == domain.file(language).read_text(encoding="utf-8"), f"run: himaya translate {domain.name}"


def test_catalogue_of_unknown_language_is_named(module: Path) -> None:
    shutil.copy(module / "locale" / "ar.po", module / "locale" / "fr.po")
    (fault,) = (fault for report in check_all([module_domain(module)]) for fault in report.faults)
    assert fault.file.endswith("locale/fr.po")
    assert "no language 'fr' in languages.toml; there are: ar, ckb." in fault.text


def test_unknown_domain_lists_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(main, ["translate", "nothing"])
    assert done.exit_code == 2
    assert re.search(r"there are: interface, country, core-protection", done.output)
