"""The main job: release, fetch, answer, hand in, collect, grade with stock nbgrader, mark, give and read feedback."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from himaya.languages.interface import sentence
from tests.browser.conftest import MODULE, ROOT, Server
from tests.browser.offline_pages import go_to
from tests.browser.user_actions import (
    activity,
    journal,
    match,
    pick_radio,
    press,
    put_in_order,
    tick,
    wait_drawn,
    wait_saved,
    write,
)
from tests.waiting import wait_for, wait_for_load

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

_WRITTEN = "I would explain the choice calmly and ask my supervisor today. <b>Not markup</b> & done."
_MARKER_SAYS = "A clear next step. Name one limit of your role too."


def _sources() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the module's items and scenarios as their author wrote them; nothing of ours has touched them."""
    folder = ROOT / "modules" / MODULE
    read = YAML(typ="safe").load
    apart = {name for form in read((folder / "module.yaml").read_text("utf-8"))["safety"].values() for name in form}
    items = read((folder / "items.yaml").read_text(encoding="utf-8"))["items"]
    items = [item for item in items if item["id"] not in apart]
    scenarios = [read(path.read_text(encoding="utf-8")) for path in sorted((folder / "scenarios").glob("*.yaml"))]
    return items, {scenario["id"]: scenario for scenario in scenarios}


def _is_mistaken(number: int, item: dict[str, Any]) -> bool:
    """Return whether a graded item is answered with a mistake: each third, and all with several right options."""
    return number % 3 == 1 or item.get("select") == "several"


def _one_of_each_kind() -> list[dict[str, Any]]:
    """Return the first practice item of each kind."""
    items, _scenarios = _sources()
    practice = [item for item in items if item["mode"] == "practice"]
    return list({(item["kind"], item.get("select", "one")): item for item in reversed(practice)}.values())


def _labs() -> list[str]:
    """Return the names of the module's labs, which no part of this loop takes up."""
    read = YAML(typ="safe").load
    return [read(path.read_text("utf-8"))["id"] for path in sorted((ROOT / "modules" / MODULE / "labs").glob("*.yaml"))]


def _interviews() -> list[str]:
    """Return the names of the module's interviews, which this loop holds none of."""
    return [path.stem for path in sorted((ROOT / "modules" / MODULE / "interviews").glob("*.yaml"))]


def _casefiles() -> list[str]:
    """Return the names of the module's case files, which this loop fills in none of."""
    return [path.stem for path in sorted((ROOT / "modules" / MODULE / "casefiles").glob("*.yaml"))]


def _answer_item(page: Page, item: Any, *, mistake: bool) -> Fraction:
    """Answer one item by keyboard, with one mistake if asked, and return the share it must earn."""
    name, kind = item["id"], item["kind"]
    if kind == "choice" and item.get("select", "one") == "one":
        wanted = next(option["id"] for option in item["options"] if bool(option.get("correct")) is not mistake)
        pick_radio(page, name, wanted)
        return Fraction(0 if mistake else 1)
    if kind == "choice":
        right = [option["id"] for option in item["options"] if option.get("correct")]
        wrong = [option["id"] for option in item["options"] if not option.get("correct")]
        ticked = [*right, wrong[0]] if mistake else right
        shown = [box.get_attribute("value") for box in activity(page, name).locator("input").all()]
        tick(page, name, [value for value in shown if value is not None and value in ticked])
        return Fraction(1) - Fraction(1, len(wrong)) if mistake else Fraction(1)
    if kind == "order":
        key = [option["id"] for option in item["options"]]
        pairs = len(key) * (len(key) - 1) // 2
        put_in_order(page, name, [*key[:-2], key[-1], key[-2]] if mistake else key)
        return Fraction(pairs - 2, pairs) if mistake else Fraction(1)
    if kind == "match":
        spare = ({option["id"] for option in item["options"]} - {row["answer"] for row in item["rows"]}).pop()
        for number, row in enumerate(item["rows"]):
            match(page, name, row["id"], spare if mistake and number == 0 else row["answer"])
        rows = len(item["rows"])
        return Fraction(rows - 1, rows) if mistake else Fraction(1)
    if kind == "number":
        digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
        write(page, name, "number", "999" if mistake else item["answer"].translate(digits))
        return Fraction(0 if mistake else 1)
    write(page, name, "text", _WRITTEN)
    return Fraction(0)


def _play(page: Page, scenario: Any, *, harmful_at: int | None, stop_after: int | None = None) -> Fraction:
    """Play a scenario by keyboard, best choices but one, and return the share it must earn."""
    name = scenario["id"]
    points = {"best": 2, "acceptable": 1, "harmful": 0}
    earned, decided = 0, 0
    if activity(page, name).locator('[data-key="start"]').count():
        press(page, name, "start")
    node = scenario["start"]
    while node != "end" and decided != stop_after:
        wanted = "harmful" if decided == harmful_at else "best"
        choices = scenario["nodes"][node]["choices"]
        choice = next(c for c in choices if c["quality"] == wanted and not c.get("when"))
        pick_radio(page, name, choice["id"])
        press(page, name, "choose")
        assert choice["consequence"].strip()[:40] in activity(page, name).inner_text()
        press(page, name, "continue")
        earned, decided, node = earned + points[wanted], decided + 1, choice["goto"]
    return Fraction(earned, 2 * decided)


@pytest.fixture(scope="module")
def expected() -> dict[str, float]:
    """Points by activity, filled in while answering."""
    return {}


def test_course_overview_opens_from_home_page(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(server.address("himaya/trainee"))
    rule = page.locator("#pass-rule").inner_text()
    assert "80 % of the points that count" in rule
    assert "For learning only, not counted: graded scenarios, graded exercises, practice activities." in rule
    first = page.locator("section.card").first
    assert first.locator("h2").inner_text() == "About this course: Core protection"
    assert "nothing to answer" in first.inner_text()
    first.get_by_role("link", name="Open", exact=True).click()
    wait_for(page.get_by_role("heading", name="The modules of this course"))
    assert page.get_by_role("cell", name="Return and Reintegration").is_visible()
    page.close()


def test_trainee_answers_every_kind_by_keyboard(
    server: Server, context: BrowserContext, expected: dict[str, float]
) -> None:
    items, scenarios = _sources()
    page = context.new_page()
    page.goto(server.address("himaya/trainee"))
    assert "Not started" in page.locator("main").inner_text()
    page.locator(f'.card a[href$="himaya/open/{MODULE}/app"]').click()
    wait_drawn(page)
    for number, item in enumerate(item for item in items if item["mode"] == "graded"):
        share = _answer_item(page, item, mistake=_is_mistaken(number, item))
        expected[item["id"]] = round(float(share * item.get("points", 1)), 4)
    graded = scenarios["time-to-close"]
    _play(page, graded, harmful_at=None, stop_after=2)
    for item in items:
        if item["mode"] == "graded":
            wait_saved(page, item["id"])
    wait_saved(page, graded["id"])
    page.close()


def test_reopening_shows_every_answer(server: Server, context: BrowserContext, expected: dict[str, float]) -> None:
    items, scenarios = _sources()
    page = context.new_page()
    page.goto(server.address("himaya/trainee"))
    answered = sum(item["mode"] == "graded" for item in items)
    asked = sum(item["mode"] != "pretest" for item in items) + len(scenarios) + len(_interviews()) + len(_labs())
    asked += len(_casefiles())
    assert f"{answered} of {asked} answered" in page.locator("main").inner_text()
    page.goto(server.door("app", "trainee"))
    wait_drawn(page)
    assert activity(page, "no-signature").locator("textarea").input_value() == _WRITTEN
    scenario = scenarios["time-to-close"]
    assert activity(page, "time-to-close").locator("h4").inner_text().startswith("Decision 3")
    third = list(scenario["nodes"])[2]
    rest = {**scenario, "start": third}
    _play(page, rest, harmful_at=1)
    decisions = len(scenario["nodes"])
    expected["time-to-close"] = round(scenario["points"] * (2 * decisions - 2) / (2 * decisions), 4)
    practice = scenarios["quiet-visitor"]
    _play(page, practice, harmful_at=0)
    drawn = activity(page, "quiet-visitor")
    assert drawn.locator("ol.himaya-debrief > li").count() == len(practice["nodes"]) - 2  # without two detours
    assert "This can harm" in drawn.inner_text()
    assert drawn.locator('[data-key="restart"]').is_visible()
    expected["quiet-visitor"] = practice["points"]
    wait_saved(page, "quiet-visitor")
    page.close()


def test_part_of_it_is_answered_in_jupyterlab(
    server: Server, context: BrowserContext, expected: dict[str, float]
) -> None:
    page = context.new_page()
    page.goto(server.door("lab", "trainee"))
    wait_drawn(page)
    assert activity(page, "no-signature").locator("textarea").input_value() == _WRITTEN
    for item in _one_of_each_kind():
        name = item["id"]
        activity(page, name).scroll_into_view_if_needed()
        # Keyboard alone was shown in the app; in Lab, Tab would first have to pass the whole workbench.
        activity(page, name).locator("input, select, button, textarea").first.focus()
        _answer_item(page, item, mistake=False)
        press(page, name, "check")
        wait_for(activity(page, name).locator(".himaya-verdict"))
        assert activity(page, name).locator(".himaya-verdict").inner_text() == "Right"
        wait_saved(page, name)
        expected[name] = float(item.get("points", 1))
    page.close()


def test_handin_lists_missing_then_gives_receipt(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(server.door("app", "trainee"))
    wait_drawn(page)
    go_to(page, "answers")
    box = page.locator("section.himaya-handin")
    left_out = " ".join(box.locator("details").all_text_contents())
    assert "Three urgent folders" in left_out, "what is left out is named"
    tab_to_submit = box.get_by_role("button", name="Submit")
    tab_to_submit.focus()
    page.keyboard.press("Enter")
    wait_for(box.get_by_text("Handed in", exact=True))
    text = box.inner_text()
    assert "Time:" in text
    answered = [item for item in _sources()[0] if item["mode"] == "graded"] + _one_of_each_kind()
    assert f"Answers: {len(answered) + 2}" in text  # and two scenarios
    assert "Receipt code:" in text
    assert sentence("receipt-next") in text
    assert "UTC" not in text, "the time of this place"
    page.goto(server.address("himaya/trainee"))
    assert "Submitted" in page.locator("main").inner_text()


def test_stock_nbgrader_scores_exactly_what_was_earned(server: Server, expected: dict[str, float]) -> None:
    server.nbgrader("collect", MODULE)
    server.nbgrader("autograde", MODULE, "--student", "trainee")
    practice = [item["id"] for item in _sources()[0] if item["mode"] == "practice"]
    missing = dict.fromkeys(["urgent-folders", *practice, *_interviews(), *_labs(), *_casefiles()], 0.0)
    assert _scores(server) == pytest.approx({**missing, **expected}, abs=1e-4)


def _scores(server: Server) -> dict[str, float]:
    """Return the score of each cell of the trainee, straight from nbgrader's own gradebook."""
    from nbgrader.api import Gradebook  # slow to import

    with Gradebook(f"sqlite:///{server.course}/gradebook.db", "core-protection") as gradebook:
        notebook = gradebook.find_submission_notebook(MODULE, MODULE, "trainee")
        return {grade.name: float(grade.score or 0) for grade in notebook.grades}


def test_a_trainer_marks_a_reflection_in_formgrader(server: Server, context: BrowserContext) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{server.course}/gradebook.db", "core-protection") as gradebook:
        submission = gradebook.find_submission_notebook(MODULE, MODULE, "trainee").id
    page = context.new_page()
    page.goto(server.address("himaya/trainer"))
    page.get_by_text("Open formgrader to mark").click()
    wait_for(page.get_by_text("Manual Grading"))
    page.goto(server.address(f"formgrader/submissions/{submission}"))
    reflection = page.locator('[data-activity="no-signature"]')
    assert reflection.locator("blockquote").inner_text() == _WRITTEN, "what a trainee wrote is never markup"
    reflection.locator("[data-score]").focus()
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    page.keyboard.type(_MARKER_SAYS)
    wait_for(reflection.get_by_text("Saved", exact=True))
    assert _scores(server)["no-signature"] == 3.0
    page.close()


def test_the_trainee_reads_the_feedback(server: Server, context: BrowserContext) -> None:
    server.nbgrader("generate_feedback", MODULE, "--student", "trainee")
    server.nbgrader("release_feedback", MODULE, "--student", "trainee")
    page = context.new_page()
    page.goto(server.address("himaya/trainee"))
    assert "Feedback ready" in page.locator("main").inner_text()
    page.get_by_text("Read the feedback").click()
    wait_for_load(page)
    text = page.inner_text("body")
    items, scenarios = _sources()
    assert _MARKER_SAYS in text
    assert "3 of 4 points" in page.locator('[data-activity="no-signature"]').inner_text()
    assert "BEGIN HIDDEN TESTS" not in page.content()
    assert "score(" not in page.content()
    harmful = list(scenarios["time-to-close"]["nodes"])[3]
    title = scenarios["time-to-close"]["nodes"][harmful]["title"]
    assert f"The first decision that can harm: {title}" in text
    graded_items = [item for item in items if item["mode"] == "graded"]
    wrong = next(item for item in graded_items if item.get("select") == "several")
    untrue = [option for option in wrong["options"] if not option.get("correct")]
    for option in wrong["options"]:
        told = option["rationale"].strip()[:60] in text
        assert told is (option not in untrue[1:]), "it says why, for what was chosen and for what is right"
    assert page.locator("b", has_text="Not markup").count() == 0


def test_plain_nbgrader_exports_whole_cohort(server: Server, tmp_path: Path) -> None:
    server.nbgrader("export", "--to", str(tmp_path / "grades.csv"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "grades.csv").read_text(encoding="utf-8"))))
    graded = {row["student_id"] for row in rows if float(row["score"]) > 0}
    assert {"trainee", "trainee-01"} <= graded
    assert journal(server.home / "desk" / "trainee" / MODULE)
