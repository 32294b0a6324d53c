"""On a phone a decision of usual length is taken without a swipe, and the first one is few presses away.

Usual is what is at most as long as the median of all decisions of the shipped courses in that language: the letters of
what happens, the question and its options together.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from himaya.course.course import load_course
from himaya.publish.assignment import compile_module
from himaya.publish.edition import Edition
from himaya.publish.page import alone, module_page, scenario_page
from himaya.translation.translated import load_in
from himaya_widgets.player import page_code
from tests.browser.conftest import ROOT
from tests.browser.offline_pages import ready, view
from tests.browser.user_actions import activity, focused, touch
from tests.lanes import sampled
from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator, Page

pytestmark = pytest.mark.proof

_COURSES = ("core-protection", "mainstreaming-pseah")
_LONGEST = 20  # decisions; a run is far shorter
_PRESSES = 5
# How far heading, last option and button of a scenario lie inside what is seen between header and footer: its edges.
_ROOM = """section => {
  const inside = section.closest("main").getBoundingClientRect();
  const whole = document.documentElement.dataset.steps === undefined;
  const top = whole ? document.querySelector(".himaya-top").getBoundingClientRect().bottom : inside.top;
  const bottom = whole ? innerHeight : inside.bottom;
  const box = place => [...section.querySelectorAll(place)].at(-1).getBoundingClientRect();
  return {
    heading: box('[data-key="heading"]').top - top,
    options: bottom - box(".himaya-option").bottom,
    button: bottom - box('[data-key="choose"]').bottom,
  };
}"""


def _courses(language: str) -> list[tuple[Any, Any]]:
    courses = [load_course(ROOT / "courses" / name) for name in _COURSES]
    return [
        (course, load_in(ROOT / "modules" / name, language, course.digits))
        for course in courses
        for name in course.modules
    ]


def _length(decision: Mapping[str, Any]) -> int:
    """Return the letters of a decision, as an engine shows it or as it was compiled."""
    told: str = decision["text"] + decision["prompt"]
    return len(told) + sum(len(choice["text"]) for choice in decision["choices"])


@pytest.fixture(scope="module", params=sampled(["en", "ar"], ["ckb"]))
def pages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[dict[str, Any]]]:
    """Every module and scenario of the shipped courses as pages, and the scenarios with their keys."""
    language: str = request.param
    courses = _courses(language)

    def make(folder: Path) -> None:
        for course, loaded in courses:
            edition = Edition(course, page_code(), language)
            (folder / f"{loaded.module.id}.html").write_text(module_page(edition, loaded), encoding="utf-8")
            for each in alone(loaded):
                (folder / f"alone-{each.id}.html").write_text(scenario_page(edition, loaded, each), encoding="utf-8")

    scenarios = [
        {**compiled, "module": loaded.module.id}
        for _, loaded in courses
        for compiled in compile_module(loaded).values()
        if compiled["kind"] == "scenario"
    ]
    return once(tmp_path_factory, f"fits-{language}", make), scenarios


def _play(here: Locator, scenario: Any, usual: float, *, every: bool) -> tuple[int, list[str]]:
    """Take the best choices up to the first decision of usual length, or to the end.

    Returns:
        How many decisions of usual length were met, and what of them was out of sight.
    """
    out: list[str] = []
    met = 0
    for _ in range(_LONGEST):
        shown = view(here)
        if shown["phase"] == "ended" or (met and not every):
            break
        node = next(node for node in scenario["nodes"] if node["id"] == shown["node"])
        offered = [choice["id"] for choice in shown["choices"]]
        best = [choice["id"] for choice in node["choices"] if choice["id"] in offered and choice["quality"] == "best"]
        fits = _length(shown) <= usual
        met += fits
        room = here.evaluate(_ROOM)
        option = here.locator(f'[data-key="pick-{[*best, *offered][0]}"]')
        touch(option)
        assert focused(here.page)[1] == option.get_attribute("data-key"), "the focus stays on what was chosen"
        room["button"] = here.evaluate(_ROOM)["button"]
        if fits:
            out += [f"{scenario['id']}, {node['id']}: {what} {edge:.0f}" for what, edge in room.items() if edge < 0]
        touch(here.locator('[data-key="choose"]'))
        touch(here.locator('[data-key="continue"]'))
    return met, out


@pytest.mark.parametrize(
    ("door", "every"), sampled([("module", False), ("alone", False)], [("module", True), ("alone", True)])
)
def test_usual_decision_needs_no_swipe(
    pages: tuple[Path, list[dict[str, Any]]], phone: BrowserContext, door: str, *, every: bool
) -> None:
    folder, scenarios = pages
    usual = median(_length(node) for scenario in scenarios for node in scenario["nodes"])
    without, out = [], []
    page = phone.new_page()
    practice = [scenario for scenario in scenarios if scenario["mode"] == "practice"]
    for scenario in practice:
        name = scenario["id"]
        address = f"{scenario['module']}.html#{name}" if door == "module" else f"alone-{name}.html"
        here = activity(ready(page, f"file://{folder}/{address}"), name)
        touch(here.locator('[data-key="start"]'))
        met, hidden = _play(here, scenario, usual, every=every)
        out += hidden
        without += [] if met else [name]
    assert out == []
    assert len(without) * 4 < len(practice), f"no decision of usual length in {without}"


def _forward(page: Page) -> None:
    touch(page.locator('[data-key="next"]'))


def test_first_decision_is_near(pages: tuple[Path, list[dict[str, Any]]], phone: BrowserContext) -> None:
    folder, scenarios = pages
    page = phone.new_page()
    for module in {scenario["module"]: None for scenario in scenarios}:
        ready(page, f"file://{folder}/{module}.html")
        _forward(page)  # leaves the cover
        presses = 0
        while page.locator(".step:not([hidden]) section.himaya input").count() == 0:
            _forward(page)
            presses += 1
            assert presses <= _PRESSES, f"{module}: {page.url}"
