"""Pages that need no server: small, closed, without a key, and on the same engine as everything else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import defaultdict
from dataclasses import replace
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.answers.journal import checked
from himaya.commands.main import main
from himaya.content.paths import paths_of
from himaya.course.course import load_course
from himaya.languages.interface import interface
from himaya.languages.isolates import without_isolates
from himaya.publish.canonical import in_script
from himaya.publish.compile import visible
from himaya.publish.edition import Edition
from himaya.publish.notebook import reader_of
from himaya.publish.page import alone, index_page, module_page, scenario_page, unshown
from himaya.publish.sections import blocks_html, literal, prose_html, prose_parser
from himaya.publish.steps import steps_of
from himaya.translation.units import with_texts
from himaya_autograde.import_answers import merged
from himaya_widgets.player import page_code
from tests.build.pages_text import data_of, parts, reader
from tests.content.sound import loaded_sound_module
from tests.engine.shipped import ASKED_BEFORE, MODULES, NAMES, compiled, in_language, loaded

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.content.load import LoadedModule

COURSE = load_course(MODULES.parent / "courses" / "core-protection")
_NOTED = re.compile(r"[ \t]*\[(?:S\d+|verify|sop|design)(?::[^\]]*)?\]")
_SECRET = {
    "quality",
    "rationale",
    "correct",
    "key",
    "answer",
    "effects",
    "principle",
    "source",
    "tolerance",
    "exemplar",
}


@cache
def _edition(*, practice: bool = False, language: str = "en") -> Edition:
    return Edition(COURSE, page_code(), language, practice=practice)


@cache
def _module(name: str, *, practice: bool = False) -> str:
    return module_page(_edition(practice=practice), loaded(name))


def _scenarios(module: LoadedModule) -> list[Any]:
    return [activity for activity in module.activities.values() if activity.kind == "scenario"]


@pytest.mark.parametrize("name", ASKED_BEFORE)
def test_page_holds_no_key_of_graded_activity(name: str) -> None:
    page = _module(name)
    activities = data_of(page)["activities"]
    graded = {key: whole for key, whole in compiled(name).items() if whole["mode"] != "practice"}
    assert graded
    for key, whole in graded.items():
        assert _names({**activities[key], "assumptions": []}) & _SECRET == set()  # a lab says where those come from
        for text in _secret_texts(whole):
            assert json.dumps(text, ensure_ascii=False)[1:-1] not in page, f"{key}: {text}"


@pytest.mark.parametrize("name", ASKED_BEFORE)
def test_graded_scenario_page_equals_module_without_key(name: str) -> None:
    graded = [scenario for scenario in _scenarios(loaded(name)) if scenario.mode == "graded"]
    for scenario in graded:
        page = scenario_page(_edition(), loaded(name), scenario)
        shown, whole = data_of(page), data_of(_module(name))
        assert shown["activities"] == {scenario.id: whole["activities"][scenario.id]}
        assert (shown["owner"], shown["hands"]) == (whole["owner"], True)
        text, _ = parts(page)
        for secret in _secret_texts(compiled(name)[scenario.id]):
            assert secret not in text
        assert all(name in shown["strings"] for name in ("skip", "alternative", "skipped", "content-note"))


def _names(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for entry in value.values() for name in _names(entry)}
    return {name for entry in value for name in _names(entry)} if isinstance(value, list) else set()


def _secret_texts(whole: Any) -> list[str]:
    """Return what is long enough to be said nowhere else: reasons, model answers."""
    found = []
    for value in (whole, *(entry for entries in whole.values() if isinstance(entries, list) for entry in entries)):
        if isinstance(value, dict):
            found += [value[name] for name in ("rationale", "exemplar") if value.get(name)]
            found += [choice["rationale"] for choice in value.get("choices", ())]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_page_equals_assignment_and_practice_shows_all(name: str) -> None:
    shown = data_of(_module(name))
    assert shown["activities"] == {
        key: {field: value for field, value in visible(whole).items() if field not in unshown(whole)}
        for key, whole in compiled(name).items()
    }
    assert (shown["owner"], shown["hands"]) == (f"core-protection/{name}", True)
    practice = data_of(_module(name, practice=True))
    assert {activity["mode"] for activity in practice["activities"].values()} == {"practice"}
    assert (practice["owner"], practice["hands"]) == (f"practice/core-protection/{name}", False)


@pytest.mark.parametrize("name", NAMES)
def test_every_activity_and_section_is_in_page(name: str) -> None:
    page, module = _module(name), loaded(name)
    assert re.findall(r'data-show="([^"]+)"', page) == [cell.activity for cell in module.cells if cell.activity]
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    # Links and the places that browsers keep lead to these headings, so that they are counted over the whole module.
    headings = [line for cell in module.cells for line in cell.source.split("\n") if line.startswith("## ")]
    assert {each for each in ids if re.fullmatch(r"part-\d+", each)} == {
        f"part-{n}" for n in range(1, len(headings) + 1)
    }
    steps = re.findall(r'<section class="step" id="([^"]+)"', page)
    assert (steps[0], steps[-1]) == ("start", "answers")
    listed = [link.partition(".")[0] for link in re.findall(r'<li><a href="#([^"]+)">', page)]
    assert [each for each in listed if each != "Warm-up"] == [*(one.id for one in module.module.lessons), "answers"]
    assert "Sources" in ids


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
@pytest.mark.parametrize("name", NAMES)
def test_steps_hold_every_block_once(name: str, language: str) -> None:
    module = in_language(name, language, COURSE.digits)
    reader = reader_of(module, None)
    steps = steps_of(module, reader)
    shown = "".join([steps.cover, *(html for part in steps.parts for html in part.steps)])
    shown += "".join(each.title + each.html for each in steps.looked_up)
    shown = re.sub(r'<sup class="mark">.*?</sup>|<details class="notes">.*?</details>', "", shown)
    sources = [re.sub(_NOTED, "", cell.source) for cell in module.cells if cell.kind == "markdown"]
    texts = [*(reader.read(source) for source in sources), reader.bibliography()]
    blocks = [html for text in texts for html in blocks_html(text, language) if not html.startswith("<h1>")]
    assert blocks
    wanted = [re.sub(r"^<h2>|</h2>\s*$", "", html) for html in blocks]
    assert [html for html in wanted if shown.count(html) < wanted.count(html)] == []
    assert len(_words(shown)) == sum(len(_words(html)) for html in blocks)


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
@pytest.mark.parametrize("name", NAMES)
def test_no_source_or_doubt_stands_in_a_sentence(name: str, language: str) -> None:
    module = in_language(name, language, COURSE.digits)
    page = module_page(_edition(language=language), module)
    main = re.sub(r'<details class="notes">.*?</details>', "", page.partition("<main>")[2].partition("</main>")[0])
    said = [str(interface(language)[f"in-prose-{mark}"]) for mark in ("verify", "sop", "design")]
    assert [text for text in said if text in main] == []
    numbers = re.findall(r'<sup class="mark">.*?</sup>', main)
    links = re.findall(r'href="#([^"]+)"', "".join(numbers))
    assert links
    assert set(links) <= set(re.findall(r'<li id="([^"]+)"', page))


def test_cells_of_sentences_name_their_column() -> None:
    table = "| Moment | Who *asks* | A sentence |\n| --- | --- | --- |\n| Today | you | {} |\n"
    html = prose_html(table.format("Ask calmly, stay, and ring the next name on your list"), "en")
    assert '<table class="stacked">' in html
    assert re.findall(r"<td[^>]*>", html) == ["<td>", '<td data-column="Who asks">', '<td data-column="A sentence">']
    assert "<table>" in prose_html(table.format("short"), "en"), "figures stay beside each other"
    assert "<table>" in prose_html("| A | B |\n| --- | --- |\n| a | " + "long " * 20 + "|\n", "en")


def _words(html: str) -> list[str]:
    return re.sub(r"<[^>]*>", " ", html).split()


def test_cover_shows_the_sum_of_the_lessons() -> None:
    minutes = sum(lesson.minutes for lesson in loaded(NAMES[0]).module.lessons)
    shown = f"{minutes // 60} h {minutes % 60} min"
    assert shown in _module(NAMES[0]).partition("<main>")[2].partition("data-show")[0]
    assert [each["minutes"] for each in data_of(_module(NAMES[0]))["lessons"]] == [
        lesson.minutes for lesson in loaded(NAMES[0]).module.lessons
    ]
    index = index_page(_edition(), [loaded(NAMES[0])], dict.fromkeys(_addresses(loaded(NAMES[0])), 1))
    assert shown in index


def _addresses(module: LoadedModule) -> list[str]:
    return [f"{module.module.id}.html", *(f"scenarios/{each.id}.html" for each in alone(module))]


def test_page_policy_allows_only_its_own_code() -> None:
    alone = [scenario_page(_edition(), loaded(NAMES[0]), one) for one in _scenarios(loaded(NAMES[0]))]
    for page in (_module(NAMES[0]), *alone):
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
        assert policy is not None
        for tag in ("script", "style"):
            (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert policy[1].partition(f"{tag}-src ")[2].partition(";")[0] == f"'sha256-{digest}'"
        assert policy[1].startswith("default-src 'none'; ")
        assert "unsafe" not in policy[1]
        named = page.replace("http://www.w3.org/2000/svg", "")  # a name of drawings, which nothing asks for
        assert re.findall(r"(?:https?:)?//[\w.-]+\.\w", named) == []
        assert re.findall(r'(?:src|href)="(?!#|data:|about:blank|index\.html|\.\./)', page) == []


def test_words_in_a_page_are_never_markup() -> None:
    module = loaded_sound_module()
    evil = '</script><script>alert("x")</script><!--'
    shown = with_texts(
        module, lambda unit: f"{unit.text} {evil}" if unit.place.endswith((".title", ".stem", ".text")) else unit.text
    )
    page = module_page(_edition(), shown)
    assert page.count("<script") == page.count("</script>") == 2
    assert "<!--" not in page
    stems = [activity.get("stem", "") for activity in data_of(page)["activities"].values()]
    assert any(evil in stem for stem in stems)


def test_country_value_is_shown_as_written() -> None:
    value = "[office](https://example.org) *now* <b>1</b> `x` ![a](data:image/svg+xml;base64,AA) |"
    html = prose_parser().render(f"Ask at {literal(value)}.")
    assert "<a" not in html
    assert "<img" not in html
    assert "<em>" not in html
    assert "[office](https://example.org) *now* &lt;b&gt;1&lt;/b&gt; `x`" in html


def test_outside_link_becomes_text() -> None:
    html = prose_parser().render("[a](https://example.org) [b](javascript:alert(1)) [c](//example.org/x) [d](#Sources)")
    assert re.findall(r'href="([^"]+)"', html) == ["#Sources"]


def test_module_without_lessons_is_one_lesson() -> None:
    module = loaded_sound_module()
    assert module.module.lessons == []
    steps = steps_of(module, reader_of(module, None))
    assert [(part.id, part.title) for part in steps.lessons] == [("Lesson", module.module.title)]
    assert "<h1>" not in "".join([steps.cover, *steps.parts[0].steps])
    assert steps.looked_up[-1].id == "Sources"


# ------------------------------------------------------------------ twins of Python


_SETTINGS = settings(
    derandomize=True, max_examples=60, deadline=None, database=None
)  # a shared machine may be slow at any moment
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.sampled_from(["", "~", "~0", "a < b", "twelve letters"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


@_SETTINGS
@given(_JSON)
def test_script_data_is_json_without_tags(value: object) -> None:
    text = in_script(value)
    assert "<" not in text
    assert json.loads(text) == value


_EVENT = st.fixed_dictionaries(
    {"id": st.text("abcdef0123456789", min_size=8, max_size=24), "activity": st.just("one"), "type": st.just("answer")},
    optional={
        "turn": st.integers(0, 99),
        "value": st.text(max_size=12) | st.lists(st.text(max_size=3), max_size=3),
        "time": st.sampled_from(["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "1970-01-01T00:00:00.000Z"]),
        "seq": st.integers(0, 99),
        "other": st.just("not kept"),
    },
)


@_SETTINGS
@given(st.lists(_EVENT, max_size=5))
def test_saved_file_equals_notebook_journal(events: list[dict[str, Any]]) -> None:
    lines = [json.dumps(checked(event), ensure_ascii=False, separators=(",", ":")) + "\n" for event in events]
    sent = json.dumps("".join(json.dumps(event) + "\n" for event in events))
    assert str(reader().eval(f"writeSaved(readSaved({sent}).rows)")) == "".join(lines)


@_SETTINGS
@given(st.lists(_EVENT, max_size=5), st.lists(_EVENT, max_size=5))
def test_journals_merge_as_in_python(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    expected = [row["id"] for row in merged(one, other)]
    call = f"JSON.stringify(merged({json.dumps(one)}, {json.dumps(other)}).map((row) => row.id))"
    assert json.loads(str(reader().eval(call))) == expected


@pytest.mark.parametrize(
    "line",
    ["", "null", "7", "[]", '"x"', '{"id":"short","activity":"a","type":"b"}', '{"id":1}', "{", "[" * 50_000],
)
def test_invalid_line_is_counted_and_skipped(line: str) -> None:
    good = '{"id":"12345678","activity":"one","type":"begin"}'
    deep = '{"id":"12345679","activity":"one","type":"answer","value":%s}' % ("[" * 30 + "]" * 30)
    long = '{"id":"12345670","activity":"one","type":"answer","value":"%s"}' % ("x" * 100_000)
    text = "\n".join(["\ufeff" + good, line, deep, long, good.replace("78", "70"), ""])
    found = json.loads(str(reader().eval(f"JSON.stringify(readSaved({json.dumps(text)}))")))
    assert [row["id"] for row in found["rows"]] == ["12345678", "12345670"]
    assert found["damaged"] == (3 if line else 2)


# ------------------------------------------------------------------ the command


@pytest.mark.proof
def test_index_leads_to_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MODULES.parent)
    out = tmp_path / "pages"
    done = CliRunner().invoke(main, ["pages", "courses/core-protection", "--language", "en", "--out", str(out)])
    assert done.exit_code == 0, done.output
    index = (out / "en" / "index.html").read_text(encoding="utf-8")
    links = set(re.findall(r'href="([^#":]+\.html)"', index)) - {"index.html"}
    written = {path.relative_to(out / "en").as_posix() for path in (out / "en").rglob("*.html")}
    assert links == written - {"index.html"}
    graded = [
        scenario.id for name in COURSE.modules for scenario in _scenarios(loaded(name)) if scenario.mode != "practice"
    ]
    assert graded
    assert not [name for name in graded if f"scenarios/{name}.html" not in written]
    for module in (loaded(name).module for name in COURSE.modules):
        assert f"core-protection/{module.id}" in index
        assert module.content_note.split(".")[0] in index
    assert "<ul></ul>" not in index, "a safety form has no scenarios"


TWO_PATHS = next(iter(COURSE.paths))


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_cards_of_two_paths_say_what_differs(language: str) -> None:
    whole = in_language(TWO_PATHS, language)
    paths = paths_of(whole, tuple(COURSE.paths[TWO_PATHS]))
    index = index_page(_edition(language=language), paths, defaultdict(int))
    some = [lesson.title for lesson in whole.module.lessons if "everybody" not in lesson.roles]
    lacks, has = (without_isolates(interface(language)[key]).split("{")[0] for key in ("path-without", "path-with"))
    cards = index.split('<section class="card">')[1:]
    for card, said, other in zip(cards, (lacks, has), (has, lacks), strict=True):
        (note,) = re.findall(f"<p>{said}(.*?)</p>", card)
        assert [title for title in some if title not in re.sub("<.*?>", "", note)] == []
        assert f"<p>{other}" not in card


@pytest.mark.parametrize("name", ASKED_BEFORE)
def test_opening_that_asks_says_when_it_is_answered(name: str) -> None:
    said = escape(interface("en")["opening-asks"])
    opening = re.findall(r'<section class="step" id="Opening\.\d+">.*?</section>', _module(name), re.DOTALL)
    assert [said in step for step in opening] == [*[False] * (len(opening) - 1), True][: len(opening)]


def test_index_says_once_who_sees_answers() -> None:
    kept, handed = (escape(interface("en")[key]) for key in ("app-keeps", "answers-stay"))
    for practice, said, other in ((False, handed, kept), (True, kept, handed)):
        index = index_page(_edition(practice=practice), [], {})
        assert said in index
        assert other not in index


def test_page_links_to_its_translations() -> None:
    edition = replace(_edition(), languages=("en", "ar", "ckb"))
    page = module_page(edition, loaded(NAMES[0]))
    assert re.findall(r'href="(\.\./[^"]+)"', page) == [f"../ar/{NAMES[0]}.html", f"../ckb/{NAMES[0]}.html"]
    arabic = index_page(replace(edition, language="ar"), [], {})
    assert '<html lang="ar" dir="rtl">' in arabic
    assert escape(without_isolates(str(interface("ar")["quick-exit-help"]))) in arabic
