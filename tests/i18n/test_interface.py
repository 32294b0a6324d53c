from __future__ import annotations

import ast
import json
import re
from functools import cache
from html import unescape
from typing import Any, cast

import pytest
from babel import Locale
from py_mini_racer import MiniRacer

from himaya.languages.facts import ALL, TRANSLATED, digits_of, for_scripts, plural_form
from himaya.languages.interface import Sentence, duration, for_page, interface
from himaya.languages.isolates import as_english, marked_up, without_isolates
from tests.i18n.pseudo import ROOT
from tests.javascript import sources


@pytest.mark.parametrize("language", ALL)
def test_plural_forms_agree_with_cldr(language: str) -> None:
    known = ALL[language]
    for n in range(220):
        assert known.categories[plural_form(language, n)] == Locale.parse(known.locale).plural_form(n)
        assert known.categories[plural_form(language, n)] == Locale.parse(known.intl).plural_form(n)
    assert plural_form(language, 2.5) == len(known.categories) - 1
    assert known.plural.startswith(f"nplurals={len(known.categories)};")


@cache
def _javascript() -> MiniRacer:
    context = MiniRacer()
    script = f"{sources('language_facts', 'elements')} Object.assign(globalThis, player);"
    context.eval(f"const document = {{ documentElement: {{ dataset: {{}} }} }}; {script}")
    context.eval(f"useFacts({json.dumps(for_scripts())})")
    return context


@pytest.mark.parametrize("digits", ["arabic-indic", "western"])
@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_page_fills_sentences_like_server(language: str, digits: str) -> None:
    forms = tuple(f"{number}: {{n}} / {{name}}" for number in range(len(ALL[language].categories)))
    sentence = Sentence(forms, "n", language, digits)
    context = _javascript()
    context.eval(f"useDigits({json.dumps(digits)})")
    for n in (*range(13), 99, 100, 101, 102, 103, 111, 2.5):
        values = {"n": n, "name": "Noor 3"}
        shown = context.eval(f"fill({json.dumps(sentence.for_scripts())}, {json.dumps(values)})")
        assert shown == sentence.format(**values)


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_page_says_a_time_like_the_server(language: str) -> None:
    context, say = _javascript(), interface(language)
    context.eval(f"useDigits({json.dumps(digits_of(language))}); globalThis.said = {json.dumps(for_page(language))}")
    for minutes in (0, 1, 2, 11, 59, 60, 61, 120, 228, 240, 660):
        assert context.eval(f"duration({minutes}, key => said[key])") == duration(minutes, say)
    assert without_isolates(duration(240, say)) in {"4 hours", "٤ ساعات", "٤ کاتژمێر"}


def test_every_language_has_every_sentence() -> None:
    english = interface("en")
    for language in ("ar", "ckb"):
        for key, sentence in interface(language).items():
            standing_in = str(sentence) == as_english(str(english[key]))
            assert standing_in or without_isolates(str(sentence)) != str(english[key])
        assert set(for_page(language)) < set(english), "a trainee's page does not carry what only trainers see"
        assert not {"marking", "steps-help"} & set(for_page(language))


def test_values_in_a_translated_sentence_are_isolated() -> None:
    for sentence in interface("ar").values():
        for form in sentence.forms:
            if not form.startswith("\u2066"):
                assert len(re.findall(r"\{\w+\}", form)) == len(re.findall("\u2068\\{\\w+\\}\u2069", form))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("من \u20683\u2069 ساعات", "من <bdi>3</bdi> ساعات"),
        ("\u2066Not yet\u2069", '<span class="himaya-english" lang="en" dir="ltr">Not yet</span>'),
        (
            "\u2066In \u2068ب\u2069 now\u2069",
            '<span class="himaya-english" lang="en" dir="ltr">In <bdi>ب</bdi> now</span>',
        ),
        ('<p title="\u2068x\u2069">\u2068y\u2069</p>', '<p title="x"><bdi>y</bdi></p>'),
        ("<title>\u2066A\u2069</title>", "<title>A</title>"),
        ("cut \u2068off", "cut off"),
        ("too many\u2069\u2069", "too many"),
    ],
)
def test_isolates_become_elements(text: str, html: str) -> None:
    assert marked_up(text) == html


def test_page_elements_equal_script_elements() -> None:
    made = _javascript().eval(
        """
        document.createElement = (tag) => ({
          tag, childNodes: [],
          append(...parts) { this.childNodes.push(...parts); },
        });
        const html = (node) => typeof node === "string" ? node
          : `<${node.tag}${node.className ? ` class="${node.className}" lang="${node.lang}" dir="${node.dir}"` : ""}>`
            + `${node.childNodes.map(html).join("")}</${node.tag}>`;
        (text) => pieces(text).map(html).join("")
        """
    )
    for text in ("من \u20683\u2069", "\u2066In \u2068ب\u2069 now\u2069 ثم", "too many\u2069\u2066x\u2069", "no marks"):
        if "\u2066" in text or "\u2068" in text:
            assert cast("Any", made)(text) == marked_up(text)


# --- No sentence outside the catalogues -------------------------------------------------------------------------

_TEMPLATES = [
    *ROOT.glob("autograde/himaya_autograde/**/*.html"),
    *ROOT.glob("server/himaya_server/**/*.html"),
    *ROOT.glob("server/himaya_server/**/*.j2"),
    *ROOT.glob("widgets/himaya_widgets/**/*.j2"),
]
_NAMES = {"Himaya", "Enter"}


def _spoken(template: str) -> list[str]:
    """Return the words of a template that no catalogue holds: between tags, and in attributes that are read aloud."""
    text = re.sub(r"\{#.*?#\}|<(script|style)\b.*?</\1>|<!--.*?-->", " ", template, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    read = re.findall(r'\b(?:title|alt|aria-label|placeholder)="([^"]*)"', text)
    between = re.sub(r"<[^>]*>", "\n", text).split("\n")
    return [each.strip() for each in (*read, *between) if re.search(r"[A-Za-z]{2,}", unescape(each))]


@pytest.mark.parametrize("path", _TEMPLATES, ids=lambda path: path.name)
def test_template_text_is_in_the_catalogue(path: object) -> None:
    assert set(_spoken(path.read_text(encoding="utf-8"))) <= _NAMES  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", sorted((ROOT / "widgets/player/src").rglob("*.js")), ids=lambda p: p.name)
def test_script_text_is_in_the_catalogue(path: object) -> None:
    source = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)  # type: ignore[attr-defined]
    thrown = re.sub(r"new Error\([^)]*\)", "", source)
    words = [text for _, text in re.findall(r"""(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1""", thrown)]
    sentences = [text for text in words if re.search(r"(?<![.#\w-])[A-Za-z][a-z']+ [a-z']+ [a-z]+", text)]
    code = r"[=\[\]>#]|himaya-|_|^input|^button|^p br |^section nav "
    assert [text for text in sentences if not re.search(code, text)] == []


_SPEAKING = (
    "src/himaya/publish/*.py", "widgets/himaya_widgets/*.py", "server/himaya_server/apps/*.py",
    "autograde/himaya_autograde/feedback/*.py", "server/himaya_server/home/*.py",
)  # fmt: skip
_SENTENCE = re.compile(r"[A-Za-z][a-z']+ [a-z']+ [a-z']+")


def _said_in(path: object) -> list[str]:
    """Return the sentences in Python code that are no docstring, no error for a trainer and no help of a command."""
    tree = ast.parse(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise | ast.Expr) and not _draws(node):
            silent |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id in ("message", "msg") for t in node.targets
        ):
            silent |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.Call) and _is_log(node.func):
            silent |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.keyword) and node.arg in ("help", "description"):
            silent |= {id(inner) for inner in ast.walk(node)}
    texts = [
        n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in silent
    ]
    words = [str(node.value) for node in texts]
    return [said for said in words if _SENTENCE.search(re.sub(r"<[^>]*>|\{.*?\}", " ", said))]


def _is_log(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in (
        *("info", "warning", "error", "debug", "exception"),
        "refuse",  # the reason in a closing frame of a connection, which no page shows
    )


def _draws(node: ast.AST) -> bool:
    """Return whether a statement calls something, which a docstring does not."""
    return isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)


_FOR_TRAINERS = (
    "default-src", "style-src", "from himaya_widgets import", "BEGIN HIDDEN TESTS", "The system ended the process",
    "cannot import", "other files than pages are in this folder",
    "For a lawyer in", "For a supervisor of GBV", "For a clinician", "For a coordinator of", "For a native reader of",
    "Questions for people",
    "The platform could not do this", "A batch needs a module", "Every file needs the name of one trainee",
)  # fmt: skip


def test_python_text_is_in_the_catalogue() -> None:
    spoken = [path for pattern in _SPEAKING for path in ROOT.glob(pattern)]
    said = {str(path): _said_in(path) for path in spoken}
    loud = {
        name: [text for text in texts if not any(known in text for known in _FOR_TRAINERS)]
        for name, texts in said.items()
    }
    assert {name: texts for name, texts in loud.items() if texts} == {}


def test_the_scan_for_sentences_would_find_one(tmp_path: object) -> None:
    path = tmp_path / "one.py"  # type: ignore[operator]
    path.write_text('"""Doc string of it."""\nshow("This is said to a trainee.")\n', encoding="utf-8")
    assert _said_in(path) == ["This is said to a trainee."]
    assert _spoken("<p>Read {{ it }}</p>") == ["Read"]
    assert _spoken('<p aria-label="Read it">{{ it }}</p>') == ["Read it"]


def test_used_keys_are_in_the_catalogue() -> None:
    known = interface("en")
    asked: dict[str, str] = {}
    for pattern in (
        "src/himaya/**/*.py",
        "widgets/**/*.py",
        "widgets/player/src/**/*.js",
        "autograde/**/*.py",
        "**/templates/**/*.html",
    ):
        for path in ROOT.glob(pattern):
            if ".venv" in path.parts or "_build" in path.parts:
                continue
            text = path.read_text(encoding="utf-8")
            for key in re.findall(r"""\b(?:say|sentence|_say)(?:\(|\[)["']([a-z][a-z-]+)["'](?=[,)\]])""", text):
                asked[key] = path.name
    assert len(asked) > 100
    assert {key: name for key, name in asked.items() if key not in known} == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_middle_dot_beside_arabic_digits(language: str) -> None:
    assert ALL[language].digits == "western" or "·" not in ALL[language].separator
    assert not any("·" in form for sentence in interface(language).values() for form in sentence.forms)
