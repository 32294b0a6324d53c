"""A class that is made in the browser, and what its page says and does until it is graded. No step is really taken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from himaya_site.classes import courses
from himaya_site.classes.models import Class, Job
from himaya_site.operate import jobs
from himaya_site.people import staff
from tests.classroom.running import MODULE, Running, run
from tests.classroom.served import ROOT
from tests.classroom.test_first_visit import amal, cora, sent
from tests.classroom.test_staff import NORTH, Trainer
from tests.classroom.test_store import made, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store

__all__ = ["amal", "cora"]  # fixtures

NEW = "/class/staff/en/new"
FORM = {"title": "Mosul, autumn", "course": "core-protection", "language": "ar", "region": "federal", "once": "once"}


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def running(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """Return a site that begins steps of classes, and takes none."""
    monkeypatch.setattr(jobs._runner, "wake", lambda: None)
    started = run(store, tmp_path / "pages")
    started.shared.folder, started.shared.sources = tmp_path / "class", ROOT / "courses"
    yield started
    started.stop()


def shown(page: str) -> str:
    """Return what a page says."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).split())


def test_coordinator_makes_a_class(cora: Trainer, running: Running) -> None:
    assert 'href="/class/staff/en/new"' in cora.page("/class/staff/en/")[1]
    key = {"begins": running.today().isoformat(), "ends": ""}
    assert sent(cora, NEW, **FORM, **key)[0] == 303
    row = Class.objects.get(id="mosul-autumn")
    assert (row.title, row.language, row.region) == ("Mosul, autumn", "ar", "federal")
    assert row.begins is not None
    assert row.ends > row.begins
    folder = running.shared.folder.resolve() / courses.FOLDER / row.id
    assert (row.course, courses.languages_of(row.course)[0]) == (str(folder), "ar")
    assert staff.team_of(row.id) == [("cora", "trainer")]
    assert Job.objects.get().step == jobs.MAKE
    status, page = cora.page(f"/class/staff/en/c/{row.id}")
    assert (status, "not ready yet" in page, 'http-equiv="refresh" content="3"' in page) == (200, True, True)


def test_button_pressed_twice_makes_one_class(cora: Trainer) -> None:
    assert [sent(cora, NEW, **FORM)[0] for _ in range(2)] == [303, 303]
    assert Class.objects.count() == 2
    assert sent(cora, NEW, **FORM | {"once": "another page"})[0] == 303
    assert Class.objects.filter(id="mosul-autumn-2").exists()


def test_step_that_stopped_is_begun_again(cora: Trainer) -> None:
    assert sent(cora, NEW, **FORM)[0] == 303
    address = "/class/staff/en/c/mosul-autumn"
    jobs.stop_left_over()
    page = cora.page(address)[1]
    assert ("refresh" in page, "stopped half-way" in page) == (False, True)
    assert sent(cora, address, step="make")[0] == 303
    assert jobs.is_open(jobs.latest("mosul-autumn"))
    Job.objects.update(state=jobs.FAILED, said="<b>no</b>")
    page = cora.page(address)[1]
    assert ("&lt;b&gt;no&lt;/b&gt;" in page, "Try again" in page) == (True, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": " "},
        {"title": "a\u202eb"},
        {"title": "a\0b"},
        {"title": "a" * 101},
        {"course": "../core-protection"},
        {"course": ""},
        {"language": "de"},
        {"region": "elsewhere"},
        {"begins": "tomorrow"},
        {"ends": "2020-01-01"},
        {"ends": "9999-12-31"},
    ],
)
def test_class_that_makes_no_sense_is_not_made(cora: Trainer, running: Running, changed: dict[str, str]) -> None:
    status, page = sent(cora, NEW, **FORM | changed)
    assert (status, 'role="alert"' in page) == (400, True)
    assert Class.objects.count() == 1
    assert not (running.shared.folder / courses.FOLDER).exists()


def test_others_make_no_class(cora: Trainer, amal: Trainer) -> None:
    assert amal.page(NEW)[0] == 404
    assert amal.send(NEW, key=amal.key, **FORM)[0] == 404
    assert cora.send(NEW, key="0" * 32, **FORM)[0] == 401
    assert cora.send(NEW, {"Origin": "http://elsewhere.example"}, **FORM)[0] == 403
    assert Class.objects.count() == 1


def test_new_class_takes_nothing_of_others_along(running: Running, tmp_path: Path) -> None:
    source = tmp_path / "sources" / "core-protection"
    for name in ("submitted", "autograded", "feedback", "keys", "source", "locale"):
        (source / name).mkdir(parents=True)
    (source / "course.yaml").write_text("id: core-protection\nlanguages: [en, ar]\n", encoding="utf-8")
    row = courses.make_own(running.shared.folder, source, "Core protection", "ar")
    assert row.id == "core-protection-2"  # by its id pages and exchange are found
    there = running.shared.folder / courses.FOLDER / row.id
    assert sorted(each.name for each in there.iterdir()) == ["course.yaml", "locale", "nbgrader_config.py"]


def test_class_of_a_command_without_pages_is_told(cora: Trainer, store: Store) -> None:
    store.make_class("east", "East", str(ROOT / "courses" / "core-protection"))
    status, page = cora.page("/class/staff/en/c/east")
    assert (status, "himaya class pages east" in page) == (200, True)
    assert sent(cora, "/class/staff/en/c/east", step="make")[0] == 404  # others may work in that course


def test_everybody_enrolled_is_on_the_page(amal: Trainer, store: Store, people: list[int]) -> None:
    store.put(people[0], MODULE, [made(1), made(2), made(3, activity="b"), made(4, activity="c", type="begin")])
    signed_in(store, store.new_card(people[1], "amal"))
    page = shown(amal.page(NORTH)[1])
    assert "People: 2 Begun: 1 Not begun yet: 1 Handed in: 0" in page
    first, second = page.split("Number ")[1:]
    assert ("Steps done: 2" in first, "Last seen" in first) == (True, True)
    assert ("Not begun yet" in second, "Last seen" in second) == (True, True)
    store.put(people[0], MODULE, [made(5, activity="d")], start=4)
    assert "Steps done: 3" in shown(amal.page(NORTH)[1])


def test_grading_and_feedback_are_begun_once_somebody_handed_in(amal: Trainer, store: Store, people: list[int]) -> None:
    store.put(people[0], MODULE, [made(1)])
    assert "Nobody has handed in yet" in amal.page(NORTH)[1]
    assert amal.send(NORTH, key=amal.key, step="grade")[0] == 303
    assert not Job.objects.exists()
    store.hand_in(people[0], MODULE, "request-1", len)
    assert "Collect and grade" in amal.page(NORTH)[1]
    for step in ("grade", "feedback"):
        assert amal.send(NORTH, key=amal.key, step=step)[0] == 303
        Job.objects.filter(step=step).update(state=jobs.DONE, said="taken in: 1")
    assert [(each.step, each.group_id, each.who) for each in Job.objects.order_by("id")] == [
        ("grade", "north", "amal"),
        ("feedback", "north", "amal"),
    ]
    assert "taken in: 1" in amal.page(NORTH)[1]
    assert amal.send(NORTH, key=amal.key, step="end-class")[0] == 404


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_new_pages_speak_each_language(cora: Trainer, language: str) -> None:
    assert sent(cora, NEW, **FORM)[0] == 303
    for path in ("new", "c/mosul-autumn", "c/north"):
        status, page = cora.page(f"/class/staff/{language}/{path}")
        text = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
        assert (status, "{" in text, '<span lang="en"' in text) == (200, False, False)
