"""Country settings: what may be shown, what an author may refer to, and what must not ship."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from himaya.content.check import check_module
from himaya.content.country import Fact, check_country, put, read_country, shown_facts, version_of
from himaya.errors import ContentError
from himaya.signoff.standing import facts_to_show
from tests.content.sound import FIXTURES

REPOSITORY = Path(__file__).parents[2]
CHECKED = "  clinic:\n    about: The health service.\n    value: The clinic at the well\n    source: A visit.\n"
DAY = date(2026, 11, 24)


def _settings(folder: Path, text: str) -> Path:
    (folder / "courses").mkdir(exist_ok=True)
    (folder / "courses/country.yaml").write_text(f"settings:\n{text}", encoding="utf-8")
    return folder


@pytest.mark.parametrize(("last_checked", "shown"), [("2026-11-24", True), ("2020-05-24", True), ("2026-11-25", False)])
def test_checked_value_is_shown_from_its_day_on(last_checked: str, tmp_path: Path, *, shown: bool) -> None:
    text = f"{CHECKED}    last_checked: {last_checked}\n    checked_by: course administrator\n    status: checked\n"
    base = _settings(tmp_path, text)
    assert check_country(base) == []
    fact = Fact("The clinic at the well", date.fromisoformat(last_checked), "A visit")
    assert shown_facts(base, DAY) == ({"clinic": fact} if shown else {})
    assert shown_facts(base, None) == {}


@pytest.mark.parametrize(("last_read", "shown"), [("2026-11-24", True), ("2026-11-25", False)])
def test_read_value_is_shown_as_read_only(last_read: str, tmp_path: Path, *, shown: bool) -> None:
    base = _settings(tmp_path, f"{CHECKED}    last_read: {last_read}\n    status: verify\n")
    assert check_country(base) == []
    fact = Fact("The clinic at the well", date.fromisoformat(last_read), "A visit", read_only=True)
    assert facts_to_show(base, DAY) == ({"clinic": fact} if shown else {})


def test_read_day_of_an_empty_setting_shows_nothing(tmp_path: Path) -> None:
    base = _settings(tmp_path, "  clinic:\n    about: The service.\n    last_read: 2026-11-24\n    status: empty\n")
    assert shown_facts(base, DAY) == {}


def test_unchecked_value_is_never_shown(tmp_path: Path) -> None:
    base = _settings(tmp_path, f"{CHECKED}    last_checked: 2026-11-24\n    status: verify\n")
    assert check_country(base) == []
    assert shown_facts(base, DAY) == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            f"{CHECKED}    checked_by: course administrator\n    status: checked\n",
            "7: the status is 'checked', so 'last_checked' must be filled in; or set 'empty'.",
        ),
        (
            "  clinic:\n    about: The health service.\n    value: A\n    status: verify\n",
            "5: the status is 'verify', so 'source' must be filled in; or set 'empty'.",
        ),
        (
            f"{CHECKED}    status: empty\n",
            "6: the status is 'empty', but there is a value; set 'verify', or 'checked' with who and when.",
        ),
        (
            f"{CHECKED.replace('the well', '119')}    status: verify\n",
            "4: '119' looks like a phone number nobody has tested; only a checked value may hold one.",
        ),
        (
            f"{CHECKED.replace('The health service', 'Call 0750 445 1234')}    status: verify\n",
            "3: '0750 445 1234' looks like a phone number; write words, such as 'your hotline'.",
        ),
        (
            f"{CHECKED.replace('at the well', '<b>here</b>')}    status: verify\n",
            "4: '<' stands here; what is shown of a local fact is plain words.",
        ),
        (
            f"{CHECKED}    status: old\n",
            "6: 'settings.clinic.status' is 'old'; allowed: 'empty', 'verify' or 'checked'.",
        ),
    ],
)
def test_a_faulty_setting_is_named_with_its_line(text: str, problem: str, tmp_path: Path) -> None:
    assert str(check_country(_settings(tmp_path, text))[0]) == f"courses/country.yaml:{problem}"


def test_unknown_setting_gets_nearest_spelling(sound_module: Path) -> None:
    _settings(sound_module.parents[1], f"{CHECKED}    status: verify\n")
    prose = sound_module / "module.md"
    text = prose.read_text(encoding="utf-8")
    prose.write_text(text.replace("You speak first.", "Here: [country: clinic]. Ask: [country: clinik]."), "utf-8")
    assert [str(problem) for problem in check_module(sound_module)] == [
        (
            "modules/sound-module/module.md:77: this is the country setting 'clinik', which does not exist. "
            "Did you mean 'clinic'? Allowed: clinic."
        )
    ]


def test_a_setting_in_an_item_is_refused(sound_module: Path) -> None:
    _settings(sound_module.parents[1], f"{CHECKED}    status: verify\n")
    items = sound_module / "items.yaml"
    items.write_text(items.read_text(encoding="utf-8").replace("What do you say first?'", "[country: clinic]?'", 1))
    (problem,) = check_module(sound_module)
    assert str(problem).startswith("modules/sound-module/items.yaml:8: a country setting can stand in module.md only")


def test_a_repository_without_settings_knows_none() -> None:
    assert read_country(FIXTURES).settings == {}


def test_put_writes_one_setting_and_keeps_the_rest(tmp_path: Path) -> None:
    other = "  school:\n    about: >-\n      The school, in a sentence that\n      goes on.\n    status: empty\n"
    base = _settings(tmp_path, f"  # Where people go first.\n{CHECKED}    status: verify\n{other}")
    before = read_country(base).settings
    changed = {"value": "The clinic by the mill", "last_checked": DAY, "checked_by": "nurse", "status": "checked"}
    put(base, "clinic", changed, version_of(before["clinic"]))
    after = read_country(base).settings
    assert after["school"] == before["school"]
    assert shown_facts(base, DAY) == {"clinic": Fact("The clinic by the mill", DAY, "A visit")}
    assert "# Where people go first." in (base / "courses/country.yaml").read_text(encoding="utf-8")
    assert [path.name for path in (base / "courses").iterdir()] == ["country.yaml"]


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("clinic", {"value": "Call 119"}, "'119' looks like a phone number nobody has tested"),
        ("clinic", {"value": "<script>"}, "plain words"),
        ("clinic", {"value": None}, "the status is 'verify', so 'value' must be filled in"),
        ("clinic", {"status": "checked"}, "the status is 'checked', so 'last_checked' must be filled in"),
        ("clinik", {"value": "A"}, "Did you mean 'clinic'?"),
    ],
)
def test_put_refuses_what_would_be_no_setting(name: str, changed: dict[str, str], said: str, tmp_path: Path) -> None:
    base = _settings(tmp_path, f"{CHECKED}    status: verify\n")
    before = (base / "courses/country.yaml").read_bytes()
    with pytest.raises(ContentError, match=re.escape(said)):
        put(base, name, changed, version_of(read_country(base).settings["clinic"]))
    assert (base / "courses/country.yaml").read_bytes() == before


def test_put_refuses_to_undo_another_change(tmp_path: Path) -> None:
    base = _settings(tmp_path, f"{CHECKED}    status: verify\n")
    seen = version_of(read_country(base).settings["clinic"])
    put(base, "clinic", {"value": "First"}, seen)
    with pytest.raises(ContentError, match="somebody changed this meanwhile"):
        put(base, "clinic", {"value": "Second"}, seen)
    assert read_country(base).settings["clinic"].value == "First"


def test_shipped_settings_claim_no_local_check() -> None:
    assert check_country(REPOSITORY) == []
    settings = read_country(REPOSITORY).settings
    assert len(settings) >= 16
    assert {setting.status for setting in settings.values()} == {"empty", "verify"}
    assert all(setting.source for setting in settings.values() if setting.last_read)
