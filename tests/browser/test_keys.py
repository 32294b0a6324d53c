"""The key of a graded activity never reaches a browser: not in files, frames, the bundle, the page's source or DOM."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.kinds import key_of
from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from tests.browser.activity_stages import answer, stages
from tests.browser.conftest import MODULE, ROOT, Server, _watched
from tests.browser.user_actions import activity, wait_drawn
from tests.browser.websocket_frames import Frames, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.proof  # every word that a browser gets; engine/test_key.py reads what is written
_MODULES = [MODULE]  # what the course of the tests releases; tests/build looks into the files of every module
_LONG = 12  # characters; what is shorter may stand anywhere by chance, and is held by the check of the fields

# Spelled out again on purpose: what a graded activity may consist of, and nothing else.
_FIELDS = {
    "": {"id", "kind", "mode", "version", "hash", "language", "title", "points"},
    "scenario": {"minutes", "content_note", "alternative", "setting", "start", "meters", "nodes", "endings"},
    "choice": {"stem", "safety_critical", "select", "options"},
    "order": {"stem", "safety_critical", "options"},
    "match": {"stem", "safety_critical", "options", "rows"},
    "number": {"stem", "safety_critical", "unit"},
    "text": {"stem", "safety_critical", "words", "rubric"},
}
_ENTRY = {
    "options": {"id", "text"},
    "rows": {"id", "text"},
    "rubric": {"level", "text"},
    "nodes": {"id", "title", "text", "prompt", "choices"},
    "choices": {"id", "text", "consequence", "to", "when"},
    "endings": {"id", "title", "text", "when"},
}
_WORDS_OF_KEYS = ("himaya-good", "himaya-bad", "himaya-quality", "himaya-verdict", "himaya-principle", "himaya-source")


@dataclass
class Released:
    """One module as it reached a trainee, and everything that a browser was given while it was answered.

    Attributes:
        whole: Its activities with their keys.
        texts: What was found, by where.
        content: The parsed `activities.json`.
        bundles: The activities of each bundle.
    """

    whole: Any
    content: Any
    notebook: dict[str, Any]
    texts: dict[str, str] = field(default_factory=dict)
    bundles: list[dict[str, Any]] = field(default_factory=list)

    def graded(self) -> list[dict[str, Any]]:
        """Return what keeps its key: graded activities, and the pretest that mirrors them."""
        return [each for each in self.whole.values() if each["mode"] != "practice"]


@pytest.fixture(scope="module", params=_MODULES)
def released(request: pytest.FixtureRequest, server: Server, chromium: Browser) -> Iterator[Released]:
    """Fetch a module, answer every graded activity of it wrongly in the app, and keep all that could be seen."""
    name = request.param
    folder = server.home / "desk" / "trainee" / "keys" / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(server.home / "exchange" / "core-protection" / "outbound" / name, folder)
    before = {f"file {path.name}": _read_text(path) for path in folder.rglob("*") if path.is_file()}
    found = Released(
        compile_module(without_forms(load_module(ROOT / "modules" / name))),
        json.loads((folder / "activities.json").read_text(encoding="utf-8")),
        json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8")),
        before,
    )
    with _watched(chromium) as context:
        frames = Frames()
        frames.watch(context)
        page = context.new_page()
        page.goto(server.address("himaya"))
        source = page.goto(server.address(f"voila/render/trainee/keys/{name}/{name}.ipynb"))
        assert source is not None
        found.texts["source of the page"] = source.text()
        wait_drawn(page)
        for whole in found.graded():
            here = activity(page, whole["id"])
            if whole["kind"] == "scenario":
                for number, _stage in enumerate(stages(page, whole)):
                    found.texts[f"drawn {whole['id']} {number}"] = here.evaluate("it => it.outerHTML")
            else:
                answer(page, here, whole, right=False)
                found.texts[f"drawn {whole['id']}"] = here.evaluate("it => it.outerHTML")
        found.texts["whole page"] = page.content()
        for number, frame in enumerate([*frames.received, *frames.sent]):
            found.texts[f"frame {number}"] = (frame + b"\n" + unpacked(frame)).decode("utf-8", "replace")
        found.bundles = [bundle["activities"] for bundle in frames.bundles()]
        yield found


def _read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _secrets(released: Released, whole: Any) -> set[str]:
    """Return the sentences of one key, but those that practice or the prose tells everybody anyway."""
    told = [text for other in released.whole.values() if other["mode"] == "practice" for text in _strings(other)]
    told += ["".join(cell["source"]) for cell in released.notebook["cells"] if cell["cell_type"] == "markdown"]
    public = set(_strings(_allowed_part(whole)))
    everybody = "\n".join(told)
    long = {text for text in _strings(key_of(whole)) if len(text) >= _LONG and " " in text}
    return {text for text in long - public if text not in everybody}


def _allowed_part(value: dict[str, Any], name: str = "") -> dict[str, Any]:
    """Return what may be public of an activity, taken from its author's text and not from what was released."""
    allowed = _ENTRY[name] if name else _FIELDS[""] | _FIELDS[value["kind"]] - {"meters", "endings"}
    part = {field: inner for field, inner in value.items() if field in allowed}
    nested = {field: [_allowed_part(entry, field) for entry in part[field]] for field in part if field in _ENTRY}
    return part | nested


def _as_sent(text: str) -> tuple[str, ...]:
    """Return how a text may look in JSON, in HTML and in JSON inside JSON."""
    once = json.dumps(text, ensure_ascii=False)[1:-1]
    escaped = json.dumps(text)[1:-1]
    html = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return tuple({text, once, escaped, json.dumps(once, ensure_ascii=False)[1:-1], html})


def test_no_key_sentence_reaches_a_trainee(released: Released) -> None:
    secrets = {text: whole["id"] for whole in released.graded() for text in _secrets(released, whole)}
    assert len(secrets) >= 2 * len(released.graded()), "else there was nothing to look for"
    leaks = [
        f"{name}: {text[:60]!r} in {where}"
        for text, name in secrets.items()
        for where, seen in released.texts.items()
        if any(form in seen for form in _as_sent(text))
    ]
    assert leaks == []


def test_every_graded_activity_was_searched(released: Released) -> None:
    bare = [whole["id"] for whole in released.graded() if not _secrets(released, whole)]
    assert bare == []


def test_search_covers_what_the_browser_got(released: Released) -> None:
    """So that the tests below look at all of it."""
    everything = "\n".join(released.texts.values())
    for whole in released.graded():
        words = whole.get("stem", whole.get("setting")).strip().splitlines()[0][:40]
        assert any(form in everything for form in _as_sent(words)), whole["id"]
    practice = next(each for each in released.whole.values() if each["mode"] == "practice" and "rationale" in each)
    inside = [text for where, text in released.texts.items() if where.startswith("frame")]
    assert any(practice["rationale"].strip()[:40] in text for text in inside), "the bundle was unpacked"


def test_graded_activity_has_only_public_fields(released: Released) -> None:
    assert released.bundles, "the page was given a bundle"
    for activities in (released.content["activities"], *released.bundles):
        for whole in released.graded():
            public = activities[whole["id"]]
            assert set(public) <= _FIELDS[""] | _FIELDS[whole["kind"]], whole["id"]
            assert public["mode"] == whole["mode"]
            for name, entries in public.items():
                if name in _ENTRY:
                    _only_allowed(name, entries, whole["id"])
            assert public.get("meters", []) == []


def _only_allowed(name: str, entries: list[dict[str, Any]], where: str) -> None:
    for entry in entries:
        assert set(entry) <= _ENTRY[name], f"{where}: {name}"
        for inner in set(entry) & set(_ENTRY):
            _only_allowed(inner, entry[inner], where)


def test_option_order_is_independent_of_key(released: Released) -> None:
    for whole in released.graded():
        public = released.content["activities"][whole["id"]]
        lists = [public.get("options", [])] + [node["choices"] for node in public.get("nodes", [])]
        for entries in lists:
            ids = [entry["id"] for entry in entries]
            assert ids == sorted(ids, key=lambda name: hashlib.sha256(name.encode()).digest())


def test_released_notebook_scores_nothing(released: Released) -> None:
    code = ["".join(cell["source"]) for cell in released.notebook["cells"] if cell["cell_type"] == "code"]
    for whole in released.graded():
        assert f'show("{whole["id"]}")' in [source.strip() for source in code], whole["id"]
    assert not [source for source in code if "score" in source or "HIDDEN" in source]
    assert not [cell for cell in released.notebook["cells"] if cell.get("outputs")]


def test_key_order_is_never_sent_or_stored(released: Released) -> None:
    for whole in released.graded():
        if whole["kind"] == "order":
            key = json.dumps(whole["key"], separators=(",", ":"))
            forms = (key, key.replace(",", ", "), key.replace('"', '\\"'), key.replace('"', "'").replace(",", ", "))
            assert not [w for w, seen in released.texts.items() if any(f in seen for f in forms)], whole["id"]


def test_graded_activity_shows_no_verdict(released: Released) -> None:
    drawn = {where: text for where, text in released.texts.items() if where.startswith("drawn")}
    assert len(drawn) >= len(released.graded())
    assert not [f"{word} in {where}" for where, text in drawn.items() for word in _WORDS_OF_KEYS if word in text]
