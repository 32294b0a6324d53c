"""The trainer's desk as its pages: four cards, people without points, a question before unmarked work is sent."""

from __future__ import annotations

import re
import shutil
import urllib.error
import urllib.parse
from random import Random
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.languages.interface import interface, sentence
from himaya.publish.assignment import compile_module
from himaya_autograde.markbook import Markbook
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.platform import Platform, write_configuration
from tests.autograde.cohorts import hand_in
from tests.autograde.conftest import MODULE, ROOT, copy_of
from tests.autograde.trainers_server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PEOPLE = "himaya/desk/core-protection/people"
_CAME = ("noor", "dilan", "hana")


@pytest.fixture(scope="module")
def platform(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """A platform where three of four people handed in, after a last day that is over."""
    made = Platform(tmp_path_factory.mktemp("desk"), "core-protection")
    course = copy_of(released, made.course.parent)
    with (course.path / "course.yaml").open("a", encoding="utf-8") as file:
        file.write(f"due: {{{MODULE}: 2026-01-31}}\n")
    with course.api.gradebook as gradebook:
        for name in (*_CAME, "rojin"):
            gradebook.update_or_create_student(name)
    activities = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
    for number, name in enumerate(_CAME):
        hand_in(course.path, MODULE, name, synthetic_journal(activities, Random(number), 0.6, 1.0).encode())
    for folder in (made.config, made.data):
        folder.mkdir()
    shutil.copytree(released / "exchange", made.exchange)
    write_configuration(made)
    return made


@pytest.fixture(scope="module")
def server(platform: Platform) -> Iterator[Server]:
    with serving(platform.home) as running:
        running.get("himaya/trainer")
        yield running


def _card(page: str, name: str) -> int:
    found = re.search(rf'id="card-{name}"><p class="count">(\d+)<', page)
    assert found, page
    return int(found[1])


def _cards(page: str) -> list[int]:
    return [_card(page, name) for name in ("new", "read", "ready", "late")]


def _post(server: Server, address: str, /, **fields: str) -> str:
    return server.post(address, urllib.parse.urlencode(fields).encode()).decode()


def test_cards_count_what_waits(server: Server) -> None:
    assert _cards(server.get("himaya/trainer").decode()) == [3, 0, 0, 1]
    page = _post(server, "himaya/trainer/bring_in")
    assert sentence("brought-in", n=3, people=3) in page
    assert _cards(page) == [0, 6, 0, 1]


def test_release_asks_before_unmarked_work(server: Server, platform: Platform) -> None:
    page = _post(server, "himaya/trainer/feedback")
    assert sentence("send-asks", ready=0, n=3) in page
    assert not (platform.course / "feedback").exists(), "nothing is sent before the answer"
    _mark_all(platform, "noor")
    page = _post(server, "himaya/trainer/feedback", what="ready")
    assert [path.parent.name for path in (platform.course / "feedback").glob(f"*/{MODULE}")] == ["noor"]
    assert _cards(page)[1:3] == [4, 0]
    page = _post(server, "himaya/trainer/feedback", what="all")
    assert len([*(platform.course / "feedback").glob(f"*/{MODULE}")]) == 3


def _mark_all(platform: Platform, trainee: str) -> None:
    engine = create_engine(f"sqlite:///{platform.course}/gradebook.db")
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE grade SET manual_score = 1, needs_manual_grade = 0 WHERE needs_manual_grade AND notebook_id IN "
                "(SELECT n.id FROM submitted_notebook n JOIN submitted_assignment a ON a.id = n.assignment_id "
                "WHERE a.student_id = :who)"
            ),
            {"who": trainee},
        )
    engine.dispose()


def test_people_are_sorted_but_not_by_points(server: Server, platform: Platform) -> None:
    Markbook(platform.course).set_groups(["hana"], "A <b>bold</b> group")
    page = server.get(_PEOPLE).decode()
    assert "A &lt;b&gt;bold&lt;/b&gt; group" in page
    rows = re.findall(r'<tr><th scope="row"><a href="[^"]*/people/([a-z]+)"', page)
    assert rows == sorted([*_CAME, "rojin"])
    assert not re.search(r"sort=(points|score|grade)", page)
    by_group = server.get(f"{_PEOPLE}?sort=group&").decode()
    assert re.findall(r'<tr><th scope="row"><a href="[^"]*/people/([a-z]+)"', by_group)[0] == "hana"
    for order in ("points", "score", ""):
        with pytest.raises(urllib.error.HTTPError) as refused:
            server.get(f"{_PEOPLE}?sort={order}&")
        assert refused.value.code == 400
        refused.value.close()


def test_late_person_is_named_with_next_step(server: Server) -> None:
    page = server.get(_PEOPLE).decode()
    stuck = page.partition('id="stuck"')[2].partition("</section>")[0]
    assert "31 January 2026" in stuck
    assert sentence("stuck-late-do") in stuck
    assert re.findall(r"/people/([a-z]+)", stuck) == ["rojin"]


def test_person_is_put_into_a_group(server: Server, platform: Platform) -> None:
    _post(server, f"{_PEOPLE}/dilan", group="  Team   two ")
    assert Markbook(platform.course).groups()["dilan"] == "Team two"
    with pytest.raises(urllib.error.HTTPError) as refused:
        _post(server, f"{_PEOPLE}/nobody", group="x")
    assert refused.value.code == 404
    refused.value.close()


def test_person_is_put_on_a_path(server: Server, platform: Platform) -> None:
    about = platform.course / "course.yaml"
    text = about.read_text(encoding="utf-8")
    assert "path-1" not in server.get(f"{_PEOPLE}/dilan").decode()
    others = re.sub(r"^paths: .*$", "", text, flags=re.MULTILINE)
    about.write_text(f"{others}paths: {{{MODULE}: [caseworker, police, child-protection]}}\n", encoding="utf-8")
    released = platform.course / "release" / f"{MODULE}--police"
    released.mkdir()
    try:
        assert '<option value="caseworker" selected>' in server.get(f"{_PEOPLE}/dilan").decode()
        _post(server, f"{_PEOPLE}/dilan", module=MODULE, path="police")
        assert Markbook(platform.course).paths() == {("dilan", MODULE): "police"}
        (line,) = (each for each in Markbook(platform.course).changes() if each.kind == "path")
        assert line.marker == sentence("role-trainer")
        assert '<option value="police" selected>' in server.get(f"{_PEOPLE}/dilan").decode()
        assert 'value="child-protection"' not in server.get(f"{_PEOPLE}/dilan").decode(), "it is not released"
        for wrong in ("everybody", "child-protection"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                _post(server, f"{_PEOPLE}/dilan", module=MODULE, path=wrong)
            assert refused.value.code == 400
            refused.value.close()
    finally:
        released.rmdir()
        about.write_text(text, encoding="utf-8")


def test_person_shows_that_practice_was_done_only(server: Server) -> None:
    page = server.get(f"{_PEOPLE}/noor").decode()
    assert sentence("practice-was-done") in page
    shown = page.partition('<div class="tabs"')[0].partition("<h2><bdi>noor")[2]
    activities = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
    practice = [each for each in activities.values() if each["mode"] == "practice"]
    assert practice
    for each in practice:
        assert each["id"] not in shown
        assert str(each.get("title") or each["stem"]) not in shown


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_reminder_tells_nothing_of_the_work(language: str) -> None:
    words = str(interface(language)["reminder"])
    assert words == words.format()
    assert not re.search(r"[0-9٠-٩%]", words)
    titles = [load_module(path.parent).module.title for path in (ROOT / "modules").glob("*/module.yaml")]
    assert not [title for title in titles if title in words]


def test_answers_from_paper_are_scored_and_told(server: Server, platform: Platform) -> None:
    assert sentence("paper-none") in server.get(f"{_PEOPLE}/noor/paper/{MODULE}").decode()
    address = f"{_PEOPLE}/rojin/paper/{MODULE}"
    activities = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
    graded = [each for each in activities.values() if each["mode"] == "graded"]
    choice = next(each for each in graded if each["kind"] == "choice" and each["select"] == "one")
    written = next(each for each in graded if each["kind"] == "text")
    right = next(option["id"] for option in choice["options"] if option["correct"])
    page = _post(server, address, **{choice["id"]: "no-such-option", written["id"]: "I <b>listened</b>."})
    assert sentence("paper-wrong") in page
    assert "I &lt;b&gt;listened&lt;/b&gt;." in page, "what was typed in stands there still"
    assert not (platform.course / "submitted" / "rojin").exists()

    page = _post(server, address, **{choice["id"]: right, written["id"]: "I <b>listened</b>.", "day": "2026-01-20"})
    assert sentence("paper-done", n=2) in page
    assert "Typed in from paper by" in page
    stamp = (platform.course / "submitted" / "rojin" / MODULE / "timestamp.txt").read_text(encoding="utf-8")
    assert stamp.startswith("2026-01-20 12:00"), "it was written before the last day"
    engine = create_engine(f"sqlite:///{platform.course}/gradebook.db")
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT c.name, g.auto_score, g.needs_manual_grade FROM grade g JOIN base_cell c ON c.id = g.cell_id "
                "JOIN submitted_notebook n ON n.id = g.notebook_id "
                "JOIN submitted_assignment a ON a.id = n.assignment_id WHERE a.student_id = 'rojin'"
            )
        ).all()
    engine.dispose()
    told = {name: (score, bool(waits)) for name, score, waits in rows}
    assert told[choice["id"]] == (choice["points"], False)
    assert told[written["id"]] == (None, True), "a reflection waits to be read, as all do"
    lines = [each for each in Markbook(platform.course).changes() if each.kind == "paper"]
    assert {(each.trainee, each.activity) for each in lines} == {("rojin", choice["id"]), ("rojin", written["id"])}
    _post(server, "himaya/trainer/feedback", what="all")
    feedback = (platform.course / "feedback" / "rojin" / MODULE / f"{MODULE}.html").read_text(encoding="utf-8")
    assert feedback.count("This was answered on paper.") == 2
    other = (platform.course / "feedback" / "noor" / MODULE / f"{MODULE}.html").read_text(encoding="utf-8")
    assert "This was answered on paper." not in other
