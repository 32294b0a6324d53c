"""The model of complaint intake: hostile decisions, what keeps the form open, and what the rubric counts."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himaya.activities.fold import replay
from himaya.activities.lab import model as labs
from himaya.activities.lab.complaint import model as complaint
from himaya_autograde.scoring import earned
from tests.shipped import a_lab

LAB = a_lab("complaint").activity
DATA = labs.data_of(LAB)
KITS = DATA["concerns"][0]["id"]
GOOD = {
    "intake-code": "PS-014", "received-at": "10:20", "channel": "desk", "received-by": "clerk", "third-party": "no",
    "consent": "yes", "contact-way": "desk", "safe-contact": "in person, on Sundays", "concern-type": "sea",
    "under-18": "no",
    "safety-need": "no", "summary": "A worker asks for favours at the kit line.", "offered": ["safety", "psychosocial"],
    "accepted": ["psychosocial"], "reported-to": "official-channel", "reported-at": "10:55",
}  # fmt: skip


def key_decisions() -> list[dict[str, Any]]:
    """Return decisions that meet the whole key."""
    decisions: list[dict[str, Any]] = []
    for concern in DATA["concerns"]:
        keys = [field for field in DATA["key"]["fields"] if field["concern"] == concern["id"]]
        right = {field["field"]: _right(field) for field in keys}
        form = {**GOOD, "offered": list(complaint.SUPPORT), **right}
        decisions += [{"concern": concern["id"], "field": name, "value": entry} for name, entry in form.items()]
        decisions += [
            {"concern": concern["id"], "card": card["id"], "at": card["last"]}
            for card in DATA["key"]["cards"]
            if card["concern"] in ("", concern["id"])
        ]
    return decisions


def _right(field: dict[str, Any]) -> Any:
    if field["field"] in complaint.SEVERAL:
        return field["values"]
    return field["latest"] or field["values"][0]


UNSAFE = {
    "summary": "Huda is lying, I think.", "contact-way": "home", "safe-contact": "send a colleague to the tent tonight",
    "concern-type": "other", "reported-at": "23:59",
}  # fmt: skip


def test_unsafe_intake_never_gets_full_marks() -> None:
    """The run that a reviewer made: everything right but what endangers the person."""
    unsafe = [{"concern": KITS, "field": name, "value": value} for name, value in UNSAFE.items()]
    state = labs.run(LAB, [*key_decisions(), *unsafe])
    assert complaint.finished(state)
    part, of = complaint.score(DATA, state)
    rest = [name for row in complaint.view(DATA, state)["concerns"][0]["rubric"] for name in row["rest"]]
    assert rest == ["kits-contact", "kits-reported", "kits-type", "summary"]
    assert of - part == len(rest)


@pytest.mark.parametrize(
    ("concern", "field", "value"),
    [
        ("kits", "contact-way", "phone"),
        ("kits", "accepted", ["psychosocial", "medical"]),
        ("kits", "accepted", []),
        ("gate", "safety-need", "no"),
        ("gate", "under-18", "unknown"),
        ("gate", "reported-to", "focal-point"),
        ("gate", "accepted", ["psychosocial"]),
    ],
)
def test_each_unsafe_field_costs_one_part(concern: str, field: str, value: Any) -> None:
    state = labs.run(LAB, [*key_decisions(), {"concern": concern, "field": field, "value": value}])
    part, of = complaint.score(DATA, state)
    assert of - part == 1


def test_two_concerns_have_different_keys() -> None:
    def right(concern: str) -> dict[str, str]:
        return {card["id"]: card["last"] for card in DATA["key"]["cards"] if card["concern"] in ("", concern)}

    one, two = (right(concern["id"]) for concern in DATA["concerns"])
    assert {name for name in one if one[name] != two[name]} == {
        "tell-management", "child-protection", "choices", "meet-again", "referral",
    }  # fmt: skip


def test_copying_one_day_to_the_other_loses_parts() -> None:
    first = {one["card"]: one["at"] for one in key_decisions() if one["concern"] == KITS and "card" in one}
    copied = [{"concern": "gate", "card": card, "at": at} for card, at in first.items()]
    part, of = complaint.score(DATA, labs.run(LAB, [*key_decisions(), *copied]))
    assert 3 * part <= of  # child protection is called for nobody
    rest = [
        name for row in complaint.view(DATA, labs.run(LAB, copied))["concerns"][1]["rubric"] for name in row["rest"]
    ]
    assert len([name for name in rest if name in {card["id"] for card in DATA["cards"]}]) == 5


@pytest.mark.parametrize("summary", ["He wants something before he gives the kit.", "Whatever, nothing is true."])
def test_no_summary_is_accepted_unseen(summary: str) -> None:
    """A summary that no rule can fault earns nothing, and feedback says that a trainer reads it."""
    decisions = [*key_decisions(), {"concern": KITS, "field": "summary", "value": summary}]
    assert complaint.score(DATA, labs.run(LAB, decisions)) == complaint.score(DATA, labs.run(LAB, key_decisions()))
    assert not {"summary", "safe-contact"} & {field["field"] for field in DATA["key"]["fields"]}
    assert labs.judged({**LAB, "mode": "graded"}, decisions)[-1] == LAB["words"]["trainer-reads"]


def test_key_decisions_earn_every_point() -> None:
    state = labs.run(LAB, key_decisions())
    assert state["ignored"] == 0
    assert complaint.finished(state)
    assert complaint.view(DATA, state)["finished"]
    part, of = complaint.score(DATA, state)
    assert part == of == 2 * len(DATA["cards"]) + len(DATA["key"]["fields"])


def test_empty_day_is_unfinished_and_earns_nothing() -> None:
    state = labs.run(LAB, [])
    assert not complaint.finished(state)
    assert complaint.score(DATA, state)[0] == 0


HARMFUL = [(concern["id"], card["id"]) for concern in DATA["concerns"] for card in DATA["key"]["cards"]
           if card["harmful"] and card["concern"] in ("", concern["id"])]  # fmt: skip


@pytest.mark.parametrize(("concern", "card"), HARMFUL)
def test_harmful_act_caps_the_day(concern: str, card: str) -> None:
    """One is enough: a third at most, and the result names it first."""
    key = next(one for one in DATA["key"]["cards"] if one["id"] == card and one["concern"] in ("", concern))
    wrong = "at-once" if key["last"] == "never" else "never"
    decisions = [*key_decisions(), {"concern": concern, "card": card, "at": wrong}]
    part, of = complaint.score(DATA, labs.run(LAB, decisions))
    assert 3 * part <= of
    text = next(one["text"] for one in DATA["cards"] if one["id"] == card)
    said = labs.judged({**LAB, "mode": "graded"}, decisions)
    assert sum(LAB["words"]["unsafe"].replace("{acts}", text) in line for line in said) == 1


def test_open_card_harms_nobody_yet() -> None:
    """A key of an edition before knows no harm either."""
    assert complaint.score(DATA, labs.run(LAB, []))[0] == 0
    assert not complaint.harmful(DATA, KITS, labs.run(LAB, [])["concerns"][KITS])
    cards = [{name: one for name, one in card.items() if name != "harmful"} for card in DATA["key"]["cards"]]
    older = {**DATA, "key": {**DATA["key"], "cards": cards}}
    unsafe = [*key_decisions(), {"concern": KITS, "card": HARMFUL[0][1], "at": "at-once"}]
    part, of = complaint.score(older, labs.run(LAB, unsafe))
    assert of - part == 1


@pytest.mark.parametrize("card", [card["id"] for card in DATA["cards"] if (KITS, card["id"]) not in HARMFUL])
def test_late_card_costs_one_in_its_criterion(card: str) -> None:
    """Exactly one part, and in no other criterion."""
    decisions = key_decisions()
    key = next(one for one in DATA["key"]["cards"] if one["id"] == card and one["concern"] in ("", KITS))
    wrong = "at-once" if key["last"] == "never" else "never"
    state = labs.run(LAB, [*decisions, {"concern": KITS, "card": card, "at": wrong}])
    whole, of = complaint.score(DATA, labs.run(LAB, decisions))
    assert complaint.score(DATA, state) == (whole - 1, of)
    lost = [part for part in complaint.view(DATA, state)["concerns"][0]["rubric"] if part["rest"]]
    assert [(part["criterion"], part["rest"]) for part in lost] == [(key["criterion"], [card])]


def test_later_report_never_counts_more() -> None:
    """Within one day."""
    slots = [slot["id"] for slot in DATA["slots"]]
    first = slots.index(next(c["first"] for c in DATA["key"]["cards"] if c["id"] == "send-report"))
    scores = [
        complaint.score(DATA, labs.run(LAB, [*key_decisions(), {"concern": KITS, "card": "send-report", "at": slot}]))[
            0
        ]
        for slot in slots[first:]
    ]
    assert all(earlier >= later for earlier, later in pairwise(scores))
    assert scores[0] > scores[-1]


@pytest.mark.parametrize(
    ("changed", "field", "word"),
    [
        ({"intake-code": "<script>"}, "intake-code", "code-shape"),
        ({"intake-code": ""}, "intake-code", "required"),
        ({"received-at": "25:00"}, "received-at", "time-shape"),
        ({"received-at": "ten"}, "received-at", "time-shape"),
        ({"reported-at": "10:19"}, "reported-at", "time-order"),
        ({"safe-contact": "  "}, "safe-contact", "contact-needed"),
        ({"summary": "word " * 61}, "summary", "summary-long"),
        ({"accepted": ["legal"]}, "accepted", "not-offered"),
        ({"offered": []}, "offered", "required"),
    ],
)
def test_field_problem_is_named_at_its_field(changed: dict[str, Any], field: str, word: str) -> None:
    assert complaint.problems({**GOOD, **changed})[field] == word


def test_valid_form_passes_in_any_digits() -> None:
    assert complaint.problems(GOOD) == {}
    assert complaint.problems({**GOOD, "received-at": "١٠:٢٠", "reported-at": "۱۰:۵۵", "summary": "word " * 60}) == {}
    assert complaint.problems({**GOOD, "consent": "no", "safe-contact": "", "accepted": []}) == {}


@pytest.mark.parametrize(
    ("summary", "word"),
    [
        ("Call 0770 123 45 67", "looks-like-contact"),
        ("اتصل ٠٧٧٠ ١٢٣ ٤٥ ٦٧", "looks-like-contact"),
        ("write to someone@somewhere.example", "looks-like-contact"),
        ("huda said it", "looks-like-name"),
        ("She is LYING, I think.", "looks-like-judging"),
        ("We are relying on him for supplies.", None),
        ("A worker asks for favours.", None),
        ("Twice in 2026, about 12 people", None),
    ],
)
def test_revealing_summary_gets_a_reminder(summary: str, word: str | None) -> None:
    """It does not stop the trainee."""
    form = {**GOOD, "summary": summary}
    assert complaint.reminders(form, "Huda", DATA["judging"]["lines"]).get("summary") == word
    assert complaint.problems(form) == {}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
_NAMES = st.sampled_from(
    ["concern", "field", "value", "card", "at", "kits", "summary", "limits-first", "never", "offered"]
)


@settings(derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_JSON | st.dictionaries(_NAMES, _NAMES | _JSON, max_size=4), max_size=20))
def test_hostile_decisions_leave_valid_json(values: list[object]) -> None:
    """None raises."""
    state = labs.run(LAB, values)
    assert json.loads(json.dumps(state)) == state
    complaint.view(DATA, state)
    labs.told(LAB, values)


def test_markup_is_kept_and_printed_escaped() -> None:
    from himaya.publish.plain import answered_html  # only here

    evil = "<img src=x onerror=alert(1)>"
    decisions = [{"concern": KITS, "field": name, "value": evil} for name in complaint.TYPED]
    events = [
        {"activity": LAB["id"], "type": "decide", "turn": at, "value": value} for at, value in enumerate(decisions)
    ]
    page = answered_html(LAB, replay(LAB, events))
    assert evil not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") == len(complaint.TYPED)


def test_told_decisions_keep_text_and_name_choices() -> None:
    typed = {"concern": KITS, "field": "received-by", "value": "desk"}
    chosen = {"concern": KITS, "field": "channel", "value": "desk"}
    told = labs.told(LAB, [typed, chosen])
    assert {"Your role: \u2068desk\u2069", "How it came: At the desk"} <= set(told), "it may run the other way"


def test_graded_complaint_lab_explains_wrong_parts() -> None:
    graded = {**LAB, "mode": "graded"}
    late = [*key_decisions(), {"concern": KITS, "card": "send-report", "at": "next-day"}]
    events = [{"activity": LAB["id"], "type": "decide", "turn": at, "value": value} for at, value in enumerate(late)]
    state = replay(graded, [*events, {"activity": LAB["id"], "type": "finish", "turn": len(late)}])
    part, of = labs.score(graded, late)
    assert of - part == 1
    assert earned(graded, state) == round(LAB["points"] * (of - 1) / of, 4)
    told = labs.judged(graded, late)
    at = told.index("Huda and the kits. Delay: 4 of 5")
    assert told[at + 1].startswith("Send the report through the official channel: A concern is reported at once")
    assert len(told) == 2 * len(complaint.CRITERIA) + 2
    assert labs.judged(LAB, late) == []


def test_unknown_safety_need_may_stay_open() -> None:
    unknown = {"concern": KITS, "field": "safety-need", "value": "unknown"}
    assert labs.run(LAB, [unknown])["ignored"] == 0


def test_ten_thousand_decisions_stay_bounded() -> None:
    decisions = key_decisions()
    events: list[dict[str, Any]] = [
        {"activity": LAB["id"], "type": "decide", "turn": at, "value": decisions[at % len(decisions)]}
        for at in range(10_000)
    ]
    state = replay(LAB, events)
    assert (len(state["decisions"]), state["ignored"]) == (500, 9_500)
    state = replay(LAB, [*events[:500], {"activity": LAB["id"], "type": "finish", "turn": 500}])
    assert earned(LAB, state) == LAB["points"]


def test_stale_window_event_is_ignored() -> None:
    first = {"activity": LAB["id"], "type": "decide", "turn": 0, "value": key_decisions()[0]}
    state = replay(LAB, [first, {**first, "value": key_decisions()[1]}])
    assert (len(state["decisions"]), state["ignored"]) == (1, 1)
