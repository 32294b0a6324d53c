"""The data of the shipped caseload lab: every constant named, in range, marked, and said on screen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from himaya.activities.lab.caseload.compare import estimate, one_month, seeds
from himaya.activities.lab.caseload.format import Written
from himaya.activities.lab.caseload.model import read_plan
from himaya.activities.lab.caseload.settings import NAMES, read_settings
from tests.labs.caseload_month import USUAL
from tests.shipped import a_lab

FILE = a_lab("caseload").file


def shipped() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return loaded


def found(lab: Any) -> list[str]:
    return [text for text, _ in Written.model_validate(lab).findings()]


def test_shipped_settings_differ_only_in_intervals() -> None:
    assert read_settings(shipped()["data"]) == replace(USUAL, days_high=2, days_medium=5, days_low=10)


def test_every_constant_is_shown_and_marked() -> None:
    settings = shipped()["data"]["settings"]
    assert sorted(settings) == sorted(name.replace("_", "-") for name in NAMES)
    assert all("{value}" in setting["says"] and setting["marks"] for setting in settings.values())
    # No worldwide timetable and no worldwide caseload is known: these are exercise settings, and the procedure decides.
    for name in ("days-high", "days-medium", "days-low", "target", "maximum"):
        assert settings[name]["marks"] == ["design", "sop"]


def test_searched_plan_beats_no_plan_on_unseen_months() -> None:
    data = shipped()["data"]
    assert not set(seeds(**data["searched"])) & set(seeds(**data["compare"]))
    settings = read_settings(data)
    usual, best = ([read_plan(_whole(plan)) for plan in data[name]] for name in ("usual", "best"))
    fewer = [
        one_month(settings, seed, usual)["late_days"] - one_month(settings, seed, best)["late_days"]
        for seed in seeds(data["compare"]["seed"], 60)
    ]
    assert estimate(fewer).low > 0


def _whole(plan: dict[str, Any]) -> dict[str, Any]:
    return {"pause": False, "transfer": False, "staff": False, "protect": False, **plan}


def test_invalid_settings_are_named() -> None:
    """Missing, unknown, out of range, or without a place for its value."""
    lab = shipped()
    settings = lab["data"]["settings"]
    settings["crisis-lait"] = settings.pop("crisis-late")
    settings["workers"]["value"] = 11
    settings["fall"]["says"] = "Risk falls."
    texts = found(lab)
    assert "'settings' has no 'crisis-late', which the month needs; add it." in texts
    assert "there is no setting 'crisis-lait'." in texts
    assert "'workers' is 11; allowed: 1 to 10." in texts
    assert "a sentence without {value} hides the number; put it in." in texts


def test_a_plan_for_too_few_weeks_is_named() -> None:
    lab = shipped()
    lab["data"]["best"].pop()
    assert found(lab) == ["'best' needs one plan for each week."]


def test_a_graded_caseload_is_refused() -> None:
    with pytest.raises(ValidationError, match="mode"):
        Written.model_validate({**shipped(), "mode": "graded"})
