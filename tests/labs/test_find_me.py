"""The model of the lab "Can you find me?": decisions, figures that follow, the score, and hostile input."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himaya.activities.lab.find_me import model as find_me
from himaya.activities.lab.find_me.microdata import COLUMNS
from himaya.activities.lab.find_me.release import OFFERED_KEYS
from himaya.activities.lab.find_me.results import close, results
from himaya.activities.lab.model import data_of, model
from tests.engine.shipped import MODULES
from tests.shipped import a_lab

SHIPPED = a_lab("find-me")
MODULE, LAB = MODULES / SHIPPED.module, SHIPPED.activity
DATA = data_of(LAB)
KEYS = DATA["key"]["keys"]


def keys(*columns: str) -> dict[str, Any]:
    return {"set": "keys", "to": list(columns)}


def treat(column: str, how: str) -> dict[str, Any]:
    return {"set": "treat", "column": column, "to": how}


def after(*values: object) -> dict[str, Any]:
    state = find_me.start(DATA, LAB["seed"])
    for value in values:
        taken = find_me.decide(DATA, state, value)
        assert taken is not None, value
        state = taken
    return state


IDENTITY = [treat(column, "drop") for column in ("record_id", "interviewer_code", "comment_text")]
COARSER = [treat(column, "coarse") for column in ("hh_head_age", "hh_size")]
DROPPED = ("interview_day", "site_code", "governorate_code", "marital_status", "disability_hh")
GONE = [treat(column, "drop") for column in DROPPED]
SOUND = [
    keys(*KEYS),
    *IDENTITY,
    *COARSER,
    *GONE,
    treat("mother_tongue", "drop"),
    {"set": "suppress", "to": 5},
    {"set": "person", "to": "old-speaker"},
    {"set": "knows", "to": ["site_code", "hh_head_age", "mother_tongue"]},
    {"set": "ending", "to": "restricted"},
    {"set": "reasons", "to": ["agreement", "still-sensitive"]},
    {"set": "cells", "to": ["0-0", "0-1", "1-0", "1-1"]},
]


def test_the_registry_knows_the_lab() -> None:
    assert model("find-me") is find_me


def test_raw_file_exceeds_limit_and_sound_does_not() -> None:
    before, sound = find_me.view(DATA, after(keys(*KEYS))), find_me.view(DATA, after(*SOUND))
    assert before["global"] > 0.1
    assert before["under"]["3"] > 550
    assert sound["global"] <= 0.03
    assert sound["under"]["3"] == 0
    assert sound["blank"] <= 0.05


def test_a_sound_release_earns_everything() -> None:
    numerator, denominator = find_me.score(DATA, after(*SOUND))
    assert numerator == denominator


REVIEWED = [
    *SOUND,
    treat("interview_day", "keep"),
    keys(*(key for key in KEYS if key != "interview_day")),
    {"set": "suppress", "to": 3},
    {"set": "ending", "to": "publish"},
    {"set": "reasons", "to": ["no-names"]},
]
"""The run of a review: an exact day in a public file, for the reason that it holds no names. It once earned 5 of 5."""


def test_public_file_with_exact_day_earns_nothing() -> None:
    assert find_me.score(DATA, after(*REVIEWED))[0] == 0


@pytest.mark.parametrize("column", ["record_id", "interviewer_code", "comment_text"])
def test_no_measure_counts_beside_what_points_at_somebody(column: str) -> None:
    state = after(*SOUND, treat(column, "keep"))
    reached = results(DATA, state)
    assert [reached[part] for part in ("anonymity", "risk", "answers")] == [[0, 1]] * 3
    assert reached["use"][0] == 0
    part, of = find_me.score(DATA, state)
    assert part * 2 < of


def test_exact_day_is_measured_as_a_key() -> None:
    private = after(*REVIEWED, *SOUND[-3:])
    assert results(DATA, private)["anonymity"] == [0, 1]
    assert figures_by_all_keys(private)["under"]["3"] > 500


def figures_by_all_keys(state: dict[str, Any]) -> dict[str, Any]:
    return find_me.view(DATA, {**state, "keys": KEYS, "suppress": 0})


def test_publishing_shared_answers_earns_nothing() -> None:
    public = after(*SOUND, {"set": "ending", "to": "publish"})
    assert find_me.view(DATA, public)["under"]["3"] == 0
    assert any(alike for *_, alike in find_me.view(DATA, public)["diversity"])
    assert find_me.score(DATA, public)[0] == 0
    assert LAB["words"]["result-public"] in find_me.judged(DATA, LAB["words"], public)


def test_publishing_a_mixed_file_costs_only_the_decision() -> None:
    mixed = after(*SOUND, *[treat(key, "drop") for key in ("hh_size", "hh_head_sex")], *SOUND[-1:])
    assert all(alike == 0 for *_, alike in find_me.view(DATA, mixed)["diversity"])
    public = {**mixed, "ending": "publish"}
    lost = {name for name, reached in results(DATA, public).items() if reached != results(DATA, mixed)[name]}
    assert lost == {"decision"}
    assert find_me.score(DATA, public)[0] > 0


@pytest.mark.parametrize(
    ("ending", "reasons", "earned"),
    [
        ("restricted", ["agreement"], 1),
        ("metadata", ["still-sensitive"], 1),
        ("metadata", ["agreement"], 0),
        ("restricted", ["agreement", "no-names"], 0),
        ("restricted", ["low-figure"], 0),
        ("publish", ["still-sensitive"], 0),
    ],
)
def test_decision_and_reasons_count_together(ending: str, reasons: list[str], earned: int) -> None:
    state = after(*SOUND, {"set": "ending", "to": ending}, {"set": "reasons", "to": reasons})
    assert results(DATA, state)["decision"] == [earned, 1]


def test_safety_of_a_useless_file_earns_nothing() -> None:
    sexes = [treat(key, "drop") for key in KEYS if key != "hh_head_sex"]
    reached = results(DATA, after(*SOUND, *sexes))
    assert [reached[part][0] for part in ("anonymity", "risk", "answers", "use")] == [0, 0, 0, 0]


def test_release_published_before_keeps_its_five_parts() -> None:
    notes = [note for note in DATA["key"]["notes"] if note["id"] not in {"answers", "decision"}]
    before = {**DATA, "key": {**DATA["key"], "notes": notes}}
    numerator, denominator = find_me.score(before, after(*SOUND, {"set": "ending", "to": "publish"}))
    assert numerator == denominator
    told = find_me.judged(before, {**LAB["words"], "counted": "Five."}, after(*SOUND))
    assert len(told) == 1 + 5 + 1 + 1 + 1 + 2


def test_nothing_done_earns_nothing() -> None:
    numerator, denominator = find_me.score(DATA, after())
    assert numerator == 0
    assert denominator > 0


@pytest.mark.parametrize("left_out", range(len(SOUND)))
def test_skipping_a_step_never_earns_more(left_out: int) -> None:
    """Than all steps of a sound release."""
    numerator, denominator = find_me.score(DATA, after(*SOUND[:left_out], *SOUND[left_out + 1 :]))
    assert 0 < numerator <= denominator


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (treat("comment_text", "keep"), "identifiers"),
        ({"set": "suppress", "to": 0}, "anonymity"),
        ({"set": "suppress", "to": 3}, "answers"),
        ({"set": "reasons", "to": ["no-names", "useful"]}, "decision"),
        ({"set": "cells", "to": ["0-0", "0-1"]}, "table"),
        (treat("displacement_status", "drop"), "use"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_part_can_be_lost_by_itself(change: dict[str, Any], part: str) -> None:
    full, lost = results(DATA, after(*SOUND)), results(DATA, after(*SOUND, change))
    assert lost[part][0] < full[part][0]
    assert Fraction(*find_me.score(DATA, after(*SOUND, change))) < Fraction(*find_me.score(DATA, after(*SOUND)))


@pytest.mark.parametrize(
    "change",
    [
        {"set": "reasons", "to": ["agreement"]},
        {"set": "person", "to": "ordinary"},
        {"set": "knows", "to": ["disability_hh"]},
    ],
    ids=str,
)
def test_open_questions_earn_and_cost_nothing(change: dict[str, Any]) -> None:
    """Those with more than one good answer."""
    assert find_me.score(DATA, after(*SOUND, change)) == find_me.score(DATA, after(*SOUND))


@pytest.mark.parametrize("blanks", [0, 3])
def test_released_file_is_measured_by_all_keys(blanks: int) -> None:
    few = after(*SOUND[1:], keys("displacement_status"), {"set": "suppress", "to": blanks})
    assert find_me.view(DATA, few)["under"]["3"] == 0  # so says the screen, by the one key that was ticked
    assert results(DATA, few)["anonymity"] == [0, 1]


def test_useful_but_unsafe_and_useless_files_earn_nothing() -> None:
    as_it_came = results(DATA, after(*IDENTITY))
    assert (as_it_came["use"], as_it_came["identifiers"]) == ([0, 4], [3, 3])
    empty = results(DATA, after(keys(*KEYS), *(treat(key, "drop") for key in KEYS if key != "mother_tongue")))
    assert (empty["anonymity"], empty["risk"], empty["use"]) == ([0, 1], [0, 1], [0, 4])


def test_one_limit_met_is_enough_for_use() -> None:
    risk_only = results(DATA, after(*SOUND, {"set": "suppress", "to": 0}))
    assert (risk_only["anonymity"], risk_only["risk"], risk_only["use"]) == ([0, 1], [1, 1], [4, 4])


def test_find_me_feedback_explains_each_part() -> None:
    told = find_me.judged(DATA, LAB["words"], after(*SOUND, {"set": "suppress", "to": 0}))
    assert told[0] == "These seven parts earn the same."
    assert told[1].startswith("Nothing points straight at a household or an interviewer: 3 of 3. A list in the office")
    assert told[2].startswith(
        "No record is in a group smaller than 3, by all that a neighbour may know: no. Records in groups"
    )
    assert told[3].startswith(
        "Global risk is not above the limit, by all that a neighbour may know: yes. Global risk: 1.40 %. Each"
    )
    assert told[8] == "This part earns no points."
    assert told[9].startswith("Keys that a neighbour may know: 10 of 10. A neighbour sees")
    assert told[10].startswith("The file: Share it with the university under a written agreement. The purpose needs")
    assert [line.partition(". ")[2] for line in told[11:]] == [
        "This reason holds. Whoever knows one person in a group where all answers are alike learns that answer.",
        "This reason holds. What is in writing can be checked later.",
    ]


def test_independent_decisions_commute() -> None:
    assert find_me.view(DATA, after(*SOUND)) == find_me.view(DATA, after(*SOUND[::-1]))


@pytest.mark.parametrize(
    "change",
    [*COARSER, *GONE, *(treat(column, "coarse") for column in ("interview_day", "marital_status", "site_code"))],
    ids=str,
)
def test_coarser_keys_never_raise_risk(change: dict[str, Any]) -> None:
    before, then = find_me.view(DATA, after(keys(*KEYS))), find_me.view(DATA, after(keys(*KEYS), change))
    assert then["global"] <= before["global"]
    assert all(then["under"][least] <= before["under"][least] for least in before["under"])


def test_more_blanks_leave_less_risk_and_less_use() -> None:
    views = [find_me.view(DATA, after(keys(*KEYS), *COARSER, {"set": "suppress", "to": least})) for least in (0, 3, 5)]
    risks, blanks = [view["global"] for view in views], [view["blank"] for view in views]
    assert risks == sorted(risks, reverse=True)
    assert blanks == sorted(blanks)
    assert views[2]["under"]["5"] == 0


def test_recoding_keeps_indicators_dropping_removes() -> None:
    def shares(*values: dict[str, Any]) -> dict[str, Any]:
        return {name: (before, now) for name, before, now in find_me.view(DATA, after(*values))["indicators"]}

    assert all(before == now for before, now in shares(*COARSER).values())
    assert shares(treat("hh_head_age", "drop"))["older"][1] is None
    assert all(now is None for _, now in shares(treat("weight", "drop")).values())


@pytest.mark.parametrize(
    ("after_it", "told"), [(0.219, True), (0.181, True), (0.221, False), (0.179, False), (None, False)]
)
def test_indicator_tolerance_is_two_points(after_it: float | None, told: bool) -> None:
    """An indicator can still be told if it moved by at most that much."""
    assert close(0.2, after_it) is told


def test_only_raw_file_reveals_planted_people() -> None:
    looks = {
        "old-speaker": ["mother_tongue", "hh_head_age"],
        "large-household": ["marital_status", "hh_size"],
    }
    for person, known in looks.items():
        look = [{"set": "person", "to": person}, {"set": "knows", "to": known}]
        assert find_me.view(DATA, after(*look))["find"]["match"] == 1
        assert find_me.view(DATA, after(*SOUND, *look))["find"]["match"] > 5


def test_who_is_found_tells_answers_and_a_comment() -> None:
    found = find_me.view(DATA, after(*SOUND[-5:-3]))["find"]
    assert found["learned"]["missing_documents"] == "y"
    assert found["learned"]["comment_text"] == "c1"


def test_everything_dropped_is_a_sentence_and_no_error() -> None:
    state = after(keys(*KEYS), *(treat(column, "drop") for column in COLUMNS))
    view = find_me.view(DATA, state)
    assert view["sentence"] == "all-dropped"
    assert view["global"] is None
    reached = results(DATA, state)
    assert reached["anonymity"] == reached["risk"] == [0, 1]


def test_no_keys_and_dropped_keys_are_sentences() -> None:
    assert find_me.view(DATA, after())["sentence"] == "no-keys"
    dropped = after(keys("site_code"), treat("site_code", "drop"))
    assert find_me.view(DATA, dropped)["sentence"] == "keys-dropped"


def test_many_blanks_are_a_sentence() -> None:
    state = after(keys(*OFFERED_KEYS), {"set": "suppress", "to": 5})
    assert find_me.view(DATA, state)["sentence"] == "much-blank"


def test_finishing_needs_each_part() -> None:
    assert find_me.finished(after(*SOUND))
    assert find_me.missing(after()) == ["keys", "person", "ending", "reasons", "cells"]


def test_drawing_needs_no_key() -> None:
    data = {name: value for name, value in DATA.items() if name != "key"}
    assert find_me.view(data, after(*SOUND)) == find_me.view(DATA, after(*SOUND))


def test_decisions_are_told_in_words() -> None:
    told = find_me.told(DATA, LAB["words"], after(*SOUND))
    assert any("written agreement" in line for line in told)
    assert len(find_me.told(DATA, LAB["words"], after())) == len(told)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "keys",
        {"set": ["keys"]},
        {"set": "keys", "to": "site_code"},
        {"set": "keys", "to": ["site_code", "site_code"]},
        {"set": "keys", "to": ["eviction_threat"]},
        {"set": "keys", "to": [{"a": 1}]},
        {"set": "treat", "column": "age", "to": "drop"},
        {"set": "treat", "column": "weight", "to": "coarse"},
        {"set": "treat", "column": ["weight"], "to": "drop"},
        {"set": "treat", "column": "weight", "to": None},
        {"set": "suppress", "to": True},
        {"set": "suppress", "to": 4},
        {"set": "suppress", "to": "3"},
        {"set": "suppress", "to": 10**400},
        {"set": "person", "to": "__class__"},
        {"set": "cells", "to": ["0-9"]},
        {"set": "cells", "to": ["0-0"] * 10_000},
        {"set": "seed", "to": 1},
        {"set": "ending", "to": "<script>"},
    ],
    ids=str,
)
def test_invalid_decision_changes_nothing(value: object) -> None:
    state = after(keys("site_code"))
    assert find_me.decide(DATA, state, value) is None
    assert state == after(keys("site_code"))


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["keys", "treat"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["set", "to", "column"]), inner),
    max_leaves=8,
)


@settings(derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(json)
def test_any_decision_value_is_handled(value: object) -> None:
    find_me.decide(DATA, after(), value)


def test_the_model_needs_no_pandas() -> None:
    code = "import sys, himaya.activities.lab.find_me.model; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
