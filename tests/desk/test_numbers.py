"""What the desk's pages say of a graded class, and what they keep to themselves."""

from __future__ import annotations

import csv
import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import pytest

from himaya_server.desk import answers
from himaya_server.desk.answers import Classes, Said, Submission
from himaya_server.desk.learned import learned_in, teach_again
from himaya_server.desk.questions import _straight, in_full_fives, numbers_of
from tests.desk.conftest import ARABIC, MODULE, PEOPLE, GradedClass

if TYPE_CHECKING:
    from pathlib import Path

    from himaya_server.desk.answers import ClassAnswers
    from himaya_server.desk.questions import ModuleNumbers
    from tests.autograde.trainers_server import Server

DESK = "himaya/desk/core-protection"
PAGES = ("questions", "learned", "again", "reports", "reports/donors", "certificates")
HANDED_IN = PEOPLE - 1


@pytest.fixture(scope="module")
def known(graded: GradedClass) -> ClassAnswers:
    return Classes().of(graded.course.path, graded.course.results)


@pytest.fixture(scope="module")
def numbers(known: ClassAnswers) -> ModuleNumbers:
    return numbers_of(known, MODULE, "en")


def _some(known: ClassAnswers, people: int) -> ClassAnswers:
    """Return the class as if only so many had handed in."""
    kept = dict(list(known.submissions.items())[:people])
    return answers.ClassAnswers(known.results, kept, known.hashes, known.passed)


def test_right_answers_agree_with_gradebook(known: ClassAnswers, numbers: ModuleNumbers) -> None:
    graded = [each for each in numbers.questions if each.mode == "graded"]
    assert len(graded) > 5
    for question in graded:
        earned = [work.cells[question.id] for work in known.results.handed_in.values()]
        most = known.results.modules[MODULE].cells[question.id]
        assert question.right == sum(points is not None and points > most - 1e-6 for points in earned)
        assert question.people + question.left_open == HANDED_IN


def test_worst_question_comes_first(numbers: ModuleNumbers) -> None:
    highs = [question.limits.high for question in numbers.questions if question.limits]
    assert highs == sorted(highs)


def test_wrong_options_are_told_in_words(numbers: ModuleNumbers, known: ClassAnswers) -> None:
    one = next(each for each in numbers.questions if each.mode == "graded" and each.wrong)
    activity = known.results.keys[MODULE][one.id]
    words = {option["text"]: option for option in activity.get("options", [])}
    for option in one.wrong:
        if option.words in words:
            assert not words[option.words]["correct"]
            assert option.why == words[option.words]["rationale"]


def test_languages_are_split_when_both_are_large(numbers: ModuleNumbers) -> None:
    one = next(each for each in numbers.questions if each.mode == "graded" and each.people == HANDED_IN)
    assert {name: count for name, (count, _) in one.languages.items()} == {"ar": ARABIC, "en": HANDED_IN - ARABIC}


@pytest.mark.parametrize(
    ("people", "shown"), [(4, "nothing"), (5, "counts"), (9, "counts"), (10, "share"), (29, "share"), (30, "all")]
)
def test_less_is_shown_of_fewer_people(known: ClassAnswers, people: int, shown: str) -> None:
    told = numbers_of(_some(known, people), MODULE, "en")
    for question in told.questions:
        if question.mode == "graded" and question.people == people:
            assert question.shown == shown
            assert (question.share is not None) == (shown in ("share", "all"))
            assert (question.wrong == ()) or shown != "nothing"
            if shown != "all":
                assert question.r is None
                assert not question.flag
    assert told.alpha is None or people >= 30
    compared = learned_in(_some(known, people), MODULE, "en").whole
    assert compared is not None
    assert compared.shown == shown
    assert (compared.change is not None) == (shown in ("share", "all"))


def test_practice_counts_in_fives_only(known: ClassAnswers) -> None:
    """Whoever looks before and after one hand-in sees the same choices, or those of five more people."""
    before = None
    for people in range(12):
        told = numbers_of(_some(known, people), MODULE, "en")
        practice = {each.id: each for each in told.questions if each.mode == "practice"}
        assert all(each.people % 5 == 0 for each in practice.values())
        assert all(not each.languages for each in practice.values())
        scenes = [each for each in told.scenes if each.mode == "practice"]
        assert all(each.people % 5 == 0 for each in scenes)
        if before is not None:
            for name, question in practice.items():
                assert question == before[name] or question.people == before[name].people + 5
        before = practice


def test_exported_tables_hold_no_practice_choice(graded: GradedClass, tmp_path: Path) -> None:
    graded.course.export(tmp_path / "tables")
    with (tmp_path / "tables" / "responses.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    practice = [row for row in rows if row["mode"] == "practice"]
    assert {row["trainee"] for row in practice} == {f"trainee-{number:02d}" for number in range(HANDED_IN)}
    assert not any(row[column] for row in practice for column in ("at", "choice", "quality", "score", "max"))
    assert any(row["choice"] for row in rows if row["mode"] == "graded")


def test_scenes_count_runs_and_harm_comes_first(numbers: ModuleNumbers) -> None:
    scenes = [scene for scene in numbers.scenes if scene.places]
    assert scenes
    for place in (place for scene in scenes for place in scene.places):
        assert place.people <= HANDED_IN
        assert all(0 < count <= place.people for *_, count in place.chosen)
        harm = [quality == "harmful" for _, quality, _ in place.chosen]
        assert harm == sorted(harm, reverse=True)


def test_conversations_tell_behaviours_by_principle(numbers: ModuleNumbers, known: ClassAnswers) -> None:
    talks = [each for each in numbers.scenes if each.behaviours]
    assert {each.id for each in talks} == {
        name for name, each in known.results.keys[MODULE].items() if each["kind"] == "interview"
    }
    principles = {each for scene in numbers.scenes for each in scene.principles}
    for talk in talks:
        shown = [each for of in talk.behaviours.values() for each in of]
        assert all(0 < count <= talk.people for *_, count in shown)
        assert {level for _, level, _ in shown} <= {"harmful", "basic", "advanced"}
        assert principles & set(talk.behaviours), "the same words as in scenarios"
        words = {each["text"]: each["level"] for each in known.results.keys[MODULE][talk.id]["behaviours"]}
        assert all(words[text] == level for text, level, _ in shown)


def test_what_follows_a_step_back_is_left_out() -> None:
    run = [Said(at, choice, "best", 1.0, None) for at, choice in (("1", "a"), ("2", "b"), ("2", "c"), ("3", "d"))]
    assert _straight(run) == ["a", "b"]


def test_full_fives_leave_graded_answers_whole() -> None:
    assert in_full_fives(list("abcdefg"), "practice") == list("abcde")
    assert in_full_fives(list("abcdefg"), "graded") == list("abcdefg")


def test_practice_of_a_class_is_counted(known: ClassAnswers, numbers: ModuleNumbers) -> None:
    question = next(each for each in numbers.questions if each.mode == "practice" and each.people)
    scene = next(each for each in numbers.scenes if each.mode == "practice" and each.people)
    mine = next(each.items[question.id] for _, each in known.of(MODULE) if question.id in each.items)
    run = next(each.runs[scene.id] for _, each in known.of(MODULE) if scene.id in each.runs)
    chosen = {(MODULE, question.id): [[mine]] * 5, (MODULE, scene.id): [run] * 5}
    other = answers.ClassAnswers(known.results, known.submissions, known.hashes, known.passed, chosen)
    again = numbers_of(other, MODULE, "en")
    assert next(each.people for each in again.questions if each.id == question.id) == question.people + 5
    assert next(each.people for each in again.scenes if each.id == scene.id) == scene.people + 5


def test_answers_to_another_edition_are_left_out(known: ClassAnswers, numbers: ModuleNumbers) -> None:
    one = next(each for each in numbers.questions if each.mode == "graded" and each.people == HANDED_IN)
    key, first = next(iter(known.submissions.items()))
    old = Said(None, "x", "wrong", 0.0, "0" * 16)
    changed = Submission(first.language, {**first.items, one.id: old}, first.runs)
    other = answers.ClassAnswers(known.results, {**known.submissions, key: changed}, known.hashes, known.passed)
    again = next(each for each in numbers_of(other, MODULE, "en").questions if each.id == one.id)
    assert again.people == HANDED_IN - 1


def test_matched_people_and_who_is_missing(known: ClassAnswers) -> None:
    told = learned_in(known, MODULE, "en")
    assert (told.enrolled, told.handed_in) == (PEOPLE, HANDED_IN)
    assert told.whole is not None
    assert told.whole.people == HANDED_IN - told.no_before
    assert told.whole.better + told.whole.same + told.whole.worse == told.whole.people
    assert told.whole.change is not None
    assert told.whole.change.gain > 0
    assert len(told.outcomes) > 2


def test_tomorrow_names_questions_and_outcomes(known: ClassAnswers) -> None:
    again = teach_again(known, "en")
    assert 1 <= len(again.questions) <= 5
    assert all(question.mode == "graded" for _, question in again.questions)
    assert again.outcomes


@pytest.mark.proof
@pytest.mark.parametrize("page", PAGES)
def test_pages_of_numbers_name_nobody(server: Server, page: str) -> None:
    html = unescape(server.get(f"{DESK}/{page}").decode())
    assert "trainee-" not in html
    assert "Person " not in html


def _cards(page: bytes) -> list[tuple[str, str]]:
    return re.findall(r'id="(card-[a-z]+)"><p class="count">([0-9]+)<', page.decode())


def test_every_tab_shows_the_same_cards(server: Server, numbers: ModuleNumbers) -> None:
    wanted = _cards(server.get("himaya/trainer"))
    assert [name for name, _ in wanted] == ["card-new", "card-read", "card-ready", "card-late"]
    assert wanted[1] != ("card-read", "0")
    for page in ("people", "marking", *PAGES, "reports/class", "reports/attendance"):
        assert _cards(server.get(f"{DESK}/{page}")) == wanted, page
    one = next(each for each in numbers.questions if each.mode == "graded")
    assert _cards(server.get(f"{DESK}/questions/{MODULE}/{one.id}")) == [], "it is shown to the class"


def test_tomorrow_is_two_presses_from_home(server: Server) -> None:
    html = unescape(server.get(f"{DESK}/learned").decode())
    assert f'href="/{DESK}/again"' in html
    home = unescape(server.get("himaya/trainer").decode())
    assert f'href="/{DESK}/learned"' in home


def test_class_report_is_ordered_by_name(server: Server) -> None:
    lines = server.get(f"{DESK}/reports/class.csv").decode("utf-8-sig").splitlines()
    assert lines[0].startswith("id,name,course_percent,passed")
    names = [line.split(",")[1] for line in lines[1:]]
    assert names == sorted(names)
    assert len(names) == PEOPLE
    days = server.get(f"{DESK}/reports/attendance.csv").decode("utf-8-sig")
    assert days.count("2026-01-11") == HANDED_IN


def test_donor_table_holds_full_fives_only(server: Server) -> None:
    table = server.get(f"{DESK}/reports/donors.csv").decode("utf-8-sig")
    numbers = [int(line.rpartition(",")[2]) for line in table.splitlines()[1:]]
    assert any(numbers)
    assert all(number % 5 == 0 for number in numbers)


def test_discussion_shows_the_question_first(server: Server, numbers: ModuleNumbers) -> None:
    one = next(each for each in numbers.questions if each.mode == "graded")
    html = unescape(server.get(f"{DESK}/questions/{MODULE}/{one.id}").decode())
    assert html.index(one.stem[:40]) < html.index("What the class chose")


def test_options_to_discuss_are_numbered(server: Server, numbers: ModuleNumbers) -> None:
    pages = [server.get(f"{DESK}/questions/{MODULE}/{one.id}").decode() for one in numbers.questions]
    assert set(re.findall("<ol[^>]*>", "".join(pages))) == {"<ol>"}  # in the digits of the language


@pytest.mark.parametrize("page", ["questions/nothing/nothing", f"questions/{MODULE}/nothing", "reports/nothing"])
def test_unknown_pages_are_not_found(server: Server, page: str) -> None:
    with pytest.raises(HTTPError, match="404"):
        server.get(f"{DESK}/{page}")


def test_every_bar_runs_with_the_page(server: Server) -> None:
    for language, start in (("en", 'x="0.00"'), ("ar", "")):
        html = server.get(f"{DESK}/learned?language={language}&").decode()
        assert re.findall(r'<svg class="bar"[^>]*aria-hidden="true"', html)
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in html
        if start:
            assert start in html
