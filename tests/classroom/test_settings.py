"""Settings of a class in the browser, and its end. No step is really taken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from himaya_site.classes.models import Class, Job
from himaya_site.operate import jobs
from himaya_site.operate.removing import end_class
from tests.classroom.test_first_visit import amal, cora, sent
from tests.classroom.test_making import FORM, NEW, running, shown
from tests.classroom.test_staff import Trainer

if TYPE_CHECKING:
    from tests.classroom.running import Running

__all__ = ["amal", "cora", "running"]  # fixtures

CLASS = "/class/staff/en/c/mosul-autumn"
PAGE = f"{CLASS}/settings"


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def trainer(cora: Trainer) -> Trainer:
    """Return a coordinator who has made a class."""
    assert sent(cora, NEW, **FORM)[0] == 303
    Job.objects.all().delete()
    return cora


def test_settings_are_changed(trainer: Trainer, running: Running) -> None:
    assert f'href="{PAGE}"' in trainer.page(CLASS)[1]
    ends = (running.today() + timedelta(days=9)).isoformat()
    new = {"title": "  Mosul,  <b>winter</b> ", "language": "en", "region": "kurdistan", "begins": "", "ends": ends}
    assert sent(trainer, PAGE, step="save", **new)[0] == 303
    row = Class.objects.get(id="mosul-autumn")
    assert (row.title, row.language, row.region, row.begins) == ("Mosul, <b>winter</b>", "en", "kurdistan", None)
    page = trainer.page(f"{PAGE}?saved")[1]
    assert ("Saved." in page, f'value="{ends}"' in page, "&lt;b&gt;winter" in page) == (True, True, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": " "},
        {"title": "x" * 101},
        {"language": "tlh"},
        {"region": "elsewhere"},
        {"ends": "2001-01-01"},
        {"begins": "soon"},
    ],
)
def test_what_makes_no_sense_changes_nothing(trainer: Trainer, changed: dict[str, str]) -> None:
    before = Class.objects.values().get(id="mosul-autumn")
    good = {"title": "New", "language": "en", "region": "federal", "begins": "", "ends": ""}
    assert sent(trainer, PAGE, step="save", **{**good, **changed})[0] == 400
    assert Class.objects.values().get(id="mosul-autumn") == before


def test_class_ends_for_who_types_its_title(trainer: Trainer) -> None:
    status, page = sent(trainer, PAGE, step="end", typed="mosul-autumn")
    assert (status, "Nothing was ended" in page, Job.objects.count()) == (400, True, 0)
    assert sent(trainer, PAGE, step="end", typed=" Mosul,  autumn ")[0] == 303
    job = Job.objects.get()
    assert (job.step, job.who) == (jobs.END, "cora")
    (command,) = jobs.commands_of(job)
    assert command[:3] == ["class", "end", "mosul-autumn"]
    Job.objects.update(state=jobs.FAILED)
    page = trainer.page(CLASS)[1]
    assert ("End the class" in page, 'name="step" value="end"' in page) == (True, False)  # its form would end a device


def test_another_step_goes_first(trainer: Trainer) -> None:
    row = Class.objects.get(id="mosul-autumn")
    jobs.begin(row, jobs.MAKE, "cora")
    status, page = sent(trainer, PAGE, step="end", typed=row.title)
    assert (status, "Another step" in page, Job.objects.count()) == (400, True, 1)


def test_class_that_has_ended_is_changed_no_more(trainer: Trainer) -> None:
    end_class("mosul-autumn")
    assert "Nobody is in it any more" in trainer.page(PAGE)[1]
    assert sent(trainer, PAGE, step="end", typed="Mosul, autumn")[0] in (401, 404)
    assert sent(trainer, PAGE, step="save", title="New")[0] in (401, 404)
    assert "Classes that have ended Mosul, autumn" in shown(trainer.page("/class/staff/en/")[1])


@pytest.mark.usefixtures("trainer")
def test_others_change_and_end_nothing(amal: Trainer) -> None:
    assert amal.page(PAGE)[0] == 404
    assert sent(amal, "/class/staff/en/c/north/settings", step="save", title="New")[0] == 400
    assert sent(amal, PAGE, step="end", typed="Mosul, autumn")[0] in (401, 404)
    assert Job.objects.count() == 0
