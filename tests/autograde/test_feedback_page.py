"""The page of feedback as text: every part of it for known answers, and nothing a trainee wrote as markup."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.fold import replay
from himaya.content.load import load_module
from himaya.course.course import Course
from himaya.languages.facts import LANGUAGES
from himaya.languages.interface import interface
from himaya.languages.isolates import without_isolates
from himaya.publish.assignment import compile_module
from himaya_autograde.feedback.page import LESSON, LONGEST, feedback_page
from himaya_autograde.gradebook import Mark, Marks, points
from himaya_autograde.scoring import earned
from himaya_autograde.synthetic import synthetic_journal
from tests.autograde.pages import Reader
from tests.content.interviews import NAME, module_with_interview
from tests.engine import examples, shipped
from tests.engine.examples import Trainee
from tests.lanes import sampled

if TYPE_CHECKING:
    from pathlib import Path

SAY = interface("en")
COURSE = Course(id="c", title="C", summary="C.", modules=["m"], pass_mark=80, languages=["en"])
HOSTILE = (
    "<script>document.title = 'owned'</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>',
    "</blockquote></article></main><h1>Passed</h1>", "<!-- ", "<style>*{display:none}</style>", "{{ 7 * 7 }}",
    "{% raw %}", "&lt;b&gt;", "<a href=javascript:alert(1)>x</a>", "\u202etxet desrever", "%s {points} {0}",
)  # fmt: skip


def _page(
    *trainees: Trainee, marks: dict[str, Mark] | None = None, language: str = "en", late: float = 0.0, **options: Any
) -> Reader:
    """Return the feedback of somebody who did these activities."""
    return Reader(_html(*trainees, marks=marks, language=language, late=late, **options))


def _html(
    *trainees: Trainee, marks: dict[str, Mark] | None = None, language: str = "en", late: float = 0.0, **options: Any
) -> str:
    activities = {one.activity["id"]: one.activity for one in trainees}
    events = [event for one in trainees for event in one.events]
    of = {
        one.activity["id"]: Mark(earned(one.activity, one.state), one.activity["points"])
        for one in trainees
        if one.activity["mode"] != "pretest"
    }
    module = {"id": "m", "title": "A module", "language": language, "outcomes": {"o": "You can ask first."}}
    keys = {"module": module, "activities": activities}
    return feedback_page(keys, options.get("events", events), Marks({**of, **(marks or {})}, late), COURSE, SAY)


def _choice(*picked: str, **fields: Any) -> Trainee:
    return Trainee({**examples.choice("b"), **fields}).does("begin", content="0123456789abcdef").answers(list(picked))


def _marked(score: float, comment: str | None = None) -> dict[str, Mark]:
    return {"the-text": Mark(score, 4, by_hand=True, comment=comment)}


def _text(value: str = "I would ask.") -> Trainee:
    return Trainee({**examples.text(), "points": 4}).does("begin", content="0123456789abcdef").answers(value)


def test_wrong_choice_shows_key_reasons_source_and_points() -> None:
    text = _page(_choice("a", principle="Ask first.")).articles["the-choice"]
    assert "Not right · 0 of 2 points" in text
    assert "Your answer: Option a (Not right) Why: Why a" in text
    assert "The right answer" not in text
    assert "Right, and not chosen: Option b Why: Why b" in text
    assert "Guiding principle: Ask first." in text
    assert "Source: 1" in text
    assert "Option c" not in text, "what was neither picked nor right is left out"


def test_points_are_shown_with_two_decimals() -> None:
    text = _page(_text(), marks=_marked(1.3333)).articles["the-text"]
    assert "1.33 of 4 points" in text


def test_a_right_choice_gives_its_reason_too() -> None:
    text = _page(_choice("b")).articles["the-choice"]
    assert "Right · 2 of 2 points" in text
    assert "Your answer: Option b (Right) Why: Why b" in text


def test_an_unanswered_choice_shows_the_right_answer() -> None:
    text = _page(Trainee(examples.choice("b"))).articles["the-choice"]
    assert "Not answered · 0 of 2 points The right answer: Option b Why: Why b" in text


def test_an_order_shows_both_orders_and_the_reason() -> None:
    text = _page(Trainee(examples.order("abc")).answers(["b", "a", "c"])).articles["the-order"]
    assert "Partly right" in text
    assert "Your answer: Step b Step a Step c The right order: Step a Step b Step c" in text
    assert "Why: Each step prepares the next." in text


def test_match_shows_both_answers_and_reason() -> None:
    answer = [["r1", "a"], ["r2", "d"], ["r3", "c"]]
    text = _page(Trainee(examples.match()).answers(answer)).articles["the-match"]
    assert "Row 1 Your answer: Option a (Right) Why: Why 1" in text
    assert "Row 2 Your answer: Option d (Not right) The right answer: Option b Why: Why 2" in text


def test_a_number_shows_both_numbers_with_their_unit() -> None:
    text = _page(Trainee(examples.number()).answers("٩٩")).articles["the-number"]
    assert "Your answer: ٩٩ weeks The right answer: 12.5 weeks Why: Counted." in text


def test_reflection_feedback_shows_text_comment_and_level() -> None:
    page = _page(_text("First.\n\nThen I ask."), marks=_marked(3, "Clear.\nName a limit."))
    text = page.articles["the-text"]
    assert "3 of 4 points" in text
    assert "Level 3: Level 3" in text
    assert "What a stronger answer shows: Level 4" in text
    assert page.quotes == ["Clear.\nName a limit.", "First.\n\nThen I ask."], "line ends stay"
    assert "exemplar" not in text


@pytest.mark.parametrize(("score", "level"), [(0, 1), (1, 1), (1.5, 1), (2, 2), (3.9, 3), (4, 4), (5, 4)])
def test_points_map_evenly_to_levels(score: float, level: int) -> None:
    """Never to a level above the points."""
    assert f"Level {level}: Level {level}" in _page(_text(), marks=_marked(score)).articles["the-text"]


def test_interview_feedback_shows_the_talk_and_the_friend(tmp_path: Path) -> None:
    module = load_module(module_with_interview(tmp_path / "modules" / "sound-module"))
    talk = Trainee({**compile_module(module)[NAME], "mode": "graded"})
    for move in ("soap-box", "who-i-am", "story", "wait", "limits", "wish", "soap"):
        talk.does("choose", choice=move)
    text = _page(talk).articles[NAME]
    assert "As Layla would tell a friend I asked the one with the soap." in text
    assert "Asks for more of the story than is needed: Ask what has happened." in text
    assert "Another conversation from the same start" in text


def test_unmarked_text_names_no_level() -> None:
    page = _page(_text(), marks={"the-text": Mark(0, 4, waits=True)})
    assert "your trainer has not marked this yet" in page.articles["the-text"]
    assert "Level" not in page.articles["the-text"]
    assert "not your final result" in page.text


def test_graded_scenario_feedback_shows_path_by_principle() -> None:
    played = Trainee(examples.scenario("graded")).chooses("blunt", "thanks")
    text = _page(played).articles["the-scenario"]
    assert "1 of 2 points" in text
    assert "The first decision that can harm: Hello A stronger choice: Do gentle" in text
    assert "Principle of blunt 0 strong, 0 workable, 1 that can harm" in text
    assert "Your choice: Do blunt (This can harm) What happens: After blunt Why: Why blunt" in text
    assert "A stronger choice: Do gentle Guiding principle: Principle of blunt Source: 1" in text
    assert "Your choice: Do thanks (Strong choice) What happens: After thanks Why: Why thanks" in text


def test_a_run_without_harm_says_so() -> None:
    played = Trainee(examples.scenario("graded")).chooses("wait", "thanks")
    assert SAY["none-harmful"] in _page(played).articles["the-scenario"]


def test_an_unfinished_run_is_called_unfinished() -> None:
    text = _page(Trainee(examples.scenario("graded")).chooses("wait")).articles["the-scenario"]
    assert SAY["not-finished"] in text
    assert SAY["none-harmful"] not in text


def test_skipped_scenario_shows_alternative_text() -> None:
    skipped = Trainee(examples.scenario("graded")).does("skip").answers("I wrote instead.")
    page = _page(skipped)
    assert "Alternative activity: Write instead." in page.articles["the-scenario"]
    assert page.quotes == ["I wrote instead."]


def test_practice_is_counted_but_not_explained() -> None:
    done = Trainee(examples.choice("b", mode="practice")).answers(["b"]).does("check")
    page = _page(done, Trainee(examples.scenario("practice")))
    assert "You finished 1 of 2 practice activities." in page.text
    assert "What do you do? Finished · 2 of 2 points A visit Not finished · 0 of 2 points" in page.text
    assert page.articles == {}


def test_pretest_comes_last_without_points() -> None:
    """With the right answers."""
    page = _page(_choice("a", id="before", mode="pretest"), _choice("b"))
    assert list(page.articles) == ["the-choice", "before"]
    assert "points" not in page.articles["before"]
    assert "Right, and not chosen: Option b" in page.articles["before"]
    assert SAY["pretest-feedback"] in page.text


def test_result_names_points_percent_and_rule() -> None:
    page = _page(_choice("b"), _text(), marks=_marked(2.5), late=0.5)
    assert "66 % of the points that count (4 of 6). The course asks for 80 %." in page.text
    assert "0.5 points taken off" in page.text
    assert "You pass the course with 80 % of the points that count" in page.text
    assert "What counts: graded questions and written answers." in page.text


def test_percent_never_rounds_up_to_pass_mark() -> None:
    assert (
        "79 % of the points that count (79.99 of 100)"
        in _page(_choice("b"), marks={"the-choice": Mark(79.99, 100)}).text
    )


def test_exact_share_is_not_rounded_down() -> None:
    """Exact but for the floats."""
    thirds = {"the-choice": Mark(0.1 + 0.7, 1)}  # 0.7999999999999999
    assert "80 % of the points that count" in _page(_choice("b"), marks=thirds).text


@pytest.mark.parametrize(
    ("score", "late", "waits", "says"),
    [(2, 0, False, True), (2, 1, False, False), (1.5, 0, False, False), (2, 0, True, False)],
)
def test_a_module_that_meets_the_rule_says_so(score: float, late: float, *, waits: bool, says: bool) -> None:
    page = _page(_choice("b"), marks={"the-choice": Mark(score, 2, waits=waits)}, late=late)
    assert (SAY["pass-alone"] in page.text) is says


def test_missed_safety_question_names_the_section() -> None:
    """It says what to read again and blames nobody."""
    page = _page(_choice("a", safety_critical=True))
    assert "Worth another look" in page.text
    assert "What do you do?" in page.text
    assert "Read again where the module teaches this: You can ask first." in page.text
    assert SAY["safety-all-right"] not in page.text
    for word in ("fail", "wrong", "mistake", "bad"):
        assert word not in page.text.lower()


def test_missed_question_links_to_question_and_lesson() -> None:
    """Whoever serves the page says where the module lies; before that no link leads out of it."""
    practice = Trainee({**examples.choice("b"), "id": "try-first", "mode": "practice"})
    html = _html(_choice("a", safety_critical=True), practice)
    assert '<a class="way" href="#q-the-choice">' in html
    assert 'id="q-the-choice"' in html
    assert f'{LESSON}try-first">' in html
    assert set(re.findall(r'href="([^#"][^"]*)"', html)) == {"about:blank", "data:;base64,="}


def test_list_leads_to_every_heading() -> None:
    pretest = Trainee({**examples.number(), "mode": "pretest", "id": "before"})
    html = _html(_choice("a"), _text(), pretest, marks=_marked(3, "Clear."))
    listed = re.findall(r'<a class="way" href="#([a-z]+)">([^<]+)</a>', html)
    assert listed == re.findall(r'<h2 id="([a-z]+)" tabindex="-1">([^<]+)</h2>', html)
    assert [name for name, _ in listed] == ["comments", "questions", "reflections", "pretest", "sources"]


def test_words_of_the_trainer_come_first() -> None:
    html = _html(_text(), _choice("a"), marks=_marked(3, "Name a limit."))
    assert html.index("Name a limit.") < html.index("<article")
    assert html.index('href="#q-the-text"') < html.index("Name a limit.")
    assert 'id="comments"' not in _html(_text(), marks=_marked(3, " \n"))


@pytest.mark.parametrize("how", ["answered right", "set right by hand"])
def test_right_safety_question_asks_for_nothing(how: str) -> None:
    picked, marks = ("b", None) if how == "answered right" else ("a", {"the-choice": Mark(2, 2, by_hand=True)})
    page = _page(_choice(picked, safety_critical=True), marks=marks)
    assert SAY["safety-all-right"] in page.text
    assert "Worth another look" not in page.text


def test_answer_to_older_version_is_explained() -> None:
    page = _page(Trainee(examples.choice("b")).does("begin", content="another").answers(["b"]), _text())
    assert SAY["changed"] in page.articles["the-choice"]
    assert SAY["changed"] not in page.articles["the-text"]


def test_unreadable_answers_leave_points_standing() -> None:
    page = _page(_choice("b"), events=None)
    assert SAY["answers-unreadable"] in page.text
    assert "2 of 2 points" in page.articles["the-choice"]


@pytest.mark.parametrize("value", HOSTILE)
def test_written_text_is_never_markup(value: str) -> None:
    def written(value: str) -> Reader:
        return _page(
            _text(value),
            Trainee(examples.number()).does("begin", content=value).answers(value),
            Trainee(examples.scenario("graded")).does("begin", content=value).does("skip").answers(value),
            marks=_marked(2, value),
        )

    page = written(value)
    assert page.tags == written("words").tags
    assert sorted(page.quotes) == [value] * 3
    assert value in page.articles["the-number"]


def test_long_answer_is_cut_with_a_note() -> None:
    page = _page(_text("x" * (LONGEST + 1)), marks=_marked(2, "y" * 3 * LONGEST))
    assert page.quotes == ["y" * 3 * LONGEST, "x" * LONGEST], "a marker's comment is never cut"
    assert SAY["answer-cut"] in page.articles["the-text"]


def test_page_has_no_scripts_or_requests() -> None:
    page = _page(_choice("a"), _text())
    assert page.tags["meta http-equiv content"] == 1
    assert not any(tag.startswith(("script", "iframe", "img", "form", "object")) for tag in page.tags)


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("ckb", "rtl")])
def test_page_has_its_module_language_and_direction(language: str, direction: str) -> None:
    assert _page(_choice("b"), language=language).root == {"lang": language, "dir": direction}


def _shipped(name: str, language: str, skill: float, answer: str | None = None) -> tuple[str, dict[str, Mark]]:
    """Return the page of somebody who did a whole shipped module, and the marks on it."""
    activities = shipped.compiled(name)
    events = [json.loads(line) for line in synthetic_journal(activities, random.Random(1), skill, 1).splitlines()]
    for event in events:
        if answer and event["type"] == "answer" and activities[event["activity"]]["kind"] == "text":
            event["value"] = answer
    of = {
        each["id"]: Mark(earned(each, replay(each, events)), each["points"], comment="a note " * 50)
        for each in activities.values()
        if each["mode"] != "pretest"
    }
    said = shipped.in_language(name, language)
    outcomes = {outcome.id: outcome.text for outcome in said.module.outcomes}
    module = {"id": name, "title": said.module.title, "language": language, "outcomes": outcomes}
    keys = {"module": module, "activities": compile_module(said)}
    first, second = (feedback_page(keys, events, Marks(of), COURSE, interface(language)) for _ in range(2))
    assert first == second
    return first, of


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", shipped.NAMES)
@pytest.mark.parametrize(
    ("skill", "answer"), sampled([(0.5, None), (1.0, "كلمة ")], [(0.0, None), (0.0, "كلمة "), (0.5, "word ")])
)
def test_shipped_feedback_is_complete_in_every_language(
    name: str, language: str, skill: float, answer: str | None
) -> None:
    html, of = _shipped(name, language, skill, answer and answer * LONGEST)
    page = Reader(html)
    say = interface(language)
    activities = shipped.compiled(name)
    assert set(page.articles) == {each["id"] for each in activities.values() if each["mode"] != "practice"}
    asked = [page.articles[each["id"]] for each in activities.values() if _asked(each)]
    assert all(say["why"] in text for text in asked)
    for each in activities.values():
        if each["mode"] == "graded":
            mark = of[each["id"]]
            told = without_isolates(say["points"].format(earned=points(mark.score, 2), points=points(mark.most, 2)))
            assert told in page.articles[each["id"]]


def _asked(activity: Any) -> bool:
    return activity["mode"] != "practice" and activity["kind"] in ("choice", "order", "match", "number")
