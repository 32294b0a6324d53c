"""The referral lab's model: what fits, what was agreed, what is the least, and that sent is not closed."""

from __future__ import annotations

import json
from functools import reduce
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himaya.activities.events import ids
from himaya.activities.lab.referral import model as referral
from himaya.activities.lab.referral.format import Written
from himaya.content.load import Document, plain_data, read_yaml, validate
from tests.shipped import a_lab

FILE = a_lab("referral").file
RIGHT: dict[str, tuple[str, list[str], str, str]] = {
    "noor": ("almond", ["called", "contact", "kind"], "together", "confirm-and-ask"),
    "jian": ("lantern", [], "self", "ask-person"),
    "sabah": ("saffron", ["called", "contact", "kind"], "form", "confirm-and-ask"),
    "dilan": ("rosemary", ["called", "kind", "access"], "letter", "confirm-and-ask"),
    "rojin": ("olive", ["called", "kind"], "form", "confirm-and-ask"),
    "amal": ("none", [], "", "gap"),
    "salam": ("declined", [], "", "door"),
    "jwan": ("lentil", ["called", "contact", "kind", "household"], "together", "confirm-and-ask"),
}
COUNTED = ["dilan", "rojin", "amal", "salam", "jwan"]


def document() -> Document:
    return read_yaml(FILE, FILE.name)


LAB = validate(document(), Written)
DATA: dict[str, Any] = LAB.data.model_dump(mode="json")
TITLES = {card["id"]: card["title"] for card in DATA["cards"]}
RELEASED = {name: entry for name, entry in DATA.items() if name != "key"}


def refer(card: str, **other: Any) -> dict[str, Any]:
    service, share, route, _ = RIGHT[card]
    return {"card": card, "service": service, "share": share, "route": route, **other}


def follow(card: str, step: str | None = None) -> dict[str, Any]:
    return {"card": card, "follow": step or RIGHT[card][3]}


def replay(*values: object, data: Any = DATA) -> dict[str, Any]:
    def step(state: dict[str, Any], value: object) -> dict[str, Any]:
        return referral.decide(data, state, value) or state

    return reduce(step, values, referral.start(data, 1))


def parts(card: str, *values: object) -> list[str]:
    """Return what is right of one card after `values`."""
    shown = next(entry for entry in DATA["cards"] if entry["id"] == card)
    answer = referral.answer_to(DATA, shown)
    assert answer is not None
    judged = referral.judge(DATA, answer, replay(*values)["cards"].get(card))
    return [part for part, right in judged.items() if right]


def card_view(card: str, *values: object, data: Any = DATA) -> dict[str, Any]:
    cards: list[dict[str, Any]] = referral.view(data, replay(*values, data=data))["cards"]
    return next(entry for entry in cards if entry["id"] == card)


def test_shipped_lab_is_sound_and_complete() -> None:
    assert list(LAB.findings()) == []
    assert set(LAB.words) == set(Written.WORDS)


def test_the_directory_is_as_the_guide_asks() -> None:
    assert len(DATA["services"]) == 20
    assert [service["id"] for service in DATA["services"] if referral.is_old(DATA, service)] == ["fig", "sage"]
    assert len(DATA["cards"]) == 8
    answers = [referral.answer_to(DATA, card) or {} for card in DATA["cards"]]
    assert [answer["unsafe"] for answer in answers if answer["unsafe"]] == [["mint"]]
    assert sorted(answer["ends"] for answer in answers) == ["declined", "none", *["service"] * 6]


def test_one_service_fits_each_solvable_card() -> None:
    for card in DATA["cards"]:
        answer = referral.answer_to(DATA, card)
        assert answer is not None
        fitting = [service["id"] for service in DATA["services"] if not referral.misfits(DATA, answer, service)]
        assert fitting == ([RIGHT[card["id"]][0]] if answer["ends"] == "service" else [])


def test_the_tempting_service_fails_for_one_reason_only() -> None:
    services = {service["id"]: service for service in DATA["services"]}
    answers = {card["id"]: referral.answer_to(DATA, card) for card in DATA["cards"]}
    tempting = {("dilan", "fig"): ["old"], ("rojin", "mint"): ["unsafe"], ("amal", "sumac"): ["full"]}
    tempting |= {("sabah", "sage"): ["old"], ("jian", "mint"): ["place"]}
    for (card, service), reasons in tempting.items():
        assert referral.misfits(DATA, answers[card] or {}, services[service]) == reasons


def test_right_answers_earn_all_and_none_nothing() -> None:
    values = [value for card in RIGHT for value in (refer(card), follow(card))]
    assert referral.score(DATA, replay(*values)) == (20, 20)
    assert referral.finished(replay(*values))
    assert referral.score(DATA, replay()) == (0, 20)
    assert not referral.finished(replay())


def test_unsafe_service_earns_nothing() -> None:
    assert parts("rojin", refer("rojin"), follow("rojin")) == list(referral.PARTS)
    assert parts("rojin", refer("rojin", service="mint"), follow("rojin")) == []


HARMFUL = {"mint", "chat", "relative", "home-visit", "persuade"}
"""A service that is not safe, words that strangers or a family read, a visit that is seen, and pressure."""


@pytest.mark.parametrize("card", COUNTED)
def test_full_card_holds_no_harmful_act(card: str) -> None:
    """All decisions of a card are tried: each service, what is shared, each way and each next step."""
    (answer,) = (one for one in DATA["key"]["answers"] if one["id"] == card)
    fields, services = ids(DATA["fields"]), [*ids(DATA["services"]), referral.NONE, referral.DECLINED]
    shares = [list(each) for size in range(len(fields) + 1) for each in combinations(fields, size)]
    full = 0
    for service, share, route in product(services, shares, [*ids(DATA["routes"]), ""]):
        value = {"card": card, "service": service, "share": share, "route": route}
        state = referral.decide(DATA, referral.start(DATA, 1), value)
        if state is None or not _full(answer, state["cards"][card], answer["follow"][0]):
            continue
        for step in ids(DATA["follow_ups"]):
            if _full(answer, state["cards"][card], step):
                full += 1
                assert not {service, route, step} & HARMFUL
                assert {*share} <= {*answer["agreed"]} - {"story"}
    assert full


def _full(answer: dict[str, Any], made: dict[str, Any], step: str) -> bool:
    return all(referral.judge(DATA, answer, {**made, "follow": step}).values())


def test_practice_cards_earn_nothing() -> None:
    values = [value for card in ("noor", "jian", "sabah") for value in (refer(card), follow(card))]
    assert referral.score(DATA, replay(*values)) == (0, 20)


@pytest.mark.parametrize(
    ("change", "step", "right"),
    [
        ({}, "mark-sent", ["fit", "consent", "minimum"]),
        ({}, "home-visit", ["fit", "consent", "minimum"]),
        ({"share": ["called", "kind", "access", "story"]}, None, ["fit", "loop"]),
        ({"share": ["called", "kind"]}, None, ["fit", "consent", "loop"]),
        ({"route": "chat"}, None, ["fit", "minimum", "loop"]),
        ({"service": "fig"}, None, ["consent", "minimum", "loop"]),
        ({"service": "none", "share": [], "route": ""}, "gap", ["consent"]),
    ],
)
def test_each_part_of_a_card_counts_for_itself(change: dict[str, Any], step: str | None, right: list[str]) -> None:
    assert parts("dilan", refer("dilan", **change), follow("dilan", step)) == right


def test_broad_consent_does_not_justify_sharing() -> None:
    """More than the service needs."""
    wide = refer("jwan", share=[field["id"] for field in DATA["fields"]])
    assert parts("jwan", wide, follow("jwan")) == ["fit", "consent", "loop"]


def test_refusal_and_honest_no_are_endings() -> None:
    for card in ("salam", "amal"):
        assert parts(card, refer(card), follow(card)) == list(referral.PARTS)
    against = {**refer("noor"), "card": "salam"}
    assert parts("salam", against, follow("noor") | {"card": "salam"}) == []


def test_sharing_one_more_field_never_helps() -> None:
    fields = [field["id"] for field in DATA["fields"]]
    for card in COUNTED:
        if RIGHT[card][2] in ("", "self"):
            continue
        for field in set(fields) - set(RIGHT[card][1]):
            more = parts(card, refer(card, share=[*RIGHT[card][1], field]), follow(card))
            assert "minimum" not in more


def test_sent_referral_is_not_closed() -> None:
    assert card_view("noor", refer("noor")) | {"made": 0} == {
        "id": "noor",
        "practice": True,
        "made": 0,
        "told": None,
        "reached": 5,
        "stands": "sent",
    }
    marked = card_view("noor", refer("noor"), follow("noor", "mark-sent"))
    assert (marked["stands"], marked["reached"]) == ("not-closed", 5)
    closed = card_view("noor", refer("noor"), follow("noor"))
    assert (closed["stands"], closed["reached"]) == ("closed", 7)


def test_a_practice_card_tells_the_reasons() -> None:
    wrong = refer("sabah", service="thyme", share=["called", "story", "kind", "contact"])
    told = card_view("sabah", wrong, follow("sabah"))["told"]
    assert told["misfits"] == ["place", "signature"]
    assert (told["against"], told["beyond"], told["missing"]) == (["story"], ["contact"], [])


def test_trainee_copy_hides_counted_cards() -> None:
    assert "fit" in json.dumps(card_view("noor", refer("noor"), follow("noor"), data=RELEASED)["told"])
    right = card_view("dilan", refer("dilan"), follow("dilan"), data=RELEASED)
    wrong = card_view("dilan", refer("dilan", service="fig"), follow("dilan", "wait"), data=RELEASED)
    assert right | {"made": 0} == wrong | {"made": 0}
    assert right["told"] is None


def test_changed_decision_asks_next_step_again() -> None:
    state = replay(refer("dilan", service="fig"), follow("dilan"), refer("dilan"))
    assert state["cards"]["dilan"]["service"] == "rosemary"
    assert state["cards"]["dilan"]["follow"] is None
    assert not referral.finished(state)


def test_only_a_practice_card_can_begin_again() -> None:
    assert replay(refer("noor"), {"card": "noor", "again": True})["cards"] == {}
    assert "dilan" in replay(refer("dilan"), {"card": "dilan", "again": True})["cards"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        [],
        {},
        {"card": "nobody", "follow": "gap"},
        {"card": ["noor"], "follow": "gap"},
        {"card": "noor", "follow": "gap"},
        {"card": "noor", "again": True},
        refer("noor", service="hospital"),
        refer("noor", service={}),
        refer("noor", share="called"),
        refer("noor", share=["called", "called"]),
        refer("noor", share=[["called"]]),
        refer("noor", route=""),
        refer("noor", route=None),
        refer("noor", route="self"),
        refer("noor", service="none"),
        refer("noor", service="declined", share=[]),
        refer("noor", extra=1),
    ],
)
def test_invalid_decision_changes_nothing(value: object) -> None:
    assert referral.decide(DATA, referral.start(DATA, 1), value) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([*RIGHT, "almond", "self"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
near = st.fixed_dictionaries(
    {},
    optional={
        "card": st.sampled_from([*RIGHT]) | json_values,
        "service": st.sampled_from(["almond", "fig", "none", "declined"]) | json_values,
        "share": st.lists(st.sampled_from(["called", "story", "kind"]), max_size=3) | json_values,
        "route": st.sampled_from(["", "self", "form", "chat"]) | json_values,
        "follow": st.sampled_from(["gap", "door", "mark-sent"]) | json_values,
        "again": st.just(value=True) | json_values,
    },
)


@settings(derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(near | json_values, max_size=12))
def test_any_decisions_give_valid_state(values: list[object]) -> None:
    state = replay(*values)
    assert json.loads(json.dumps(state)) == state == replay(*values)
    assert replay(*values, data=RELEASED) == state
    referral.view(RELEASED, state)
    earned, of = referral.score(DATA, state)
    assert 0 <= earned <= of == 20
    assert all(isinstance(line, str) for line in referral.told(RELEASED, LAB.words, state))


def test_marker_reads_the_decisions() -> None:
    lines = referral.told(RELEASED, LAB.words, replay(refer("amal"), follow("amal"), refer("dilan", share=[])))
    assert lines[0].startswith(f"{TITLES['dilan']}: Mobile clinic Rosemary; nothing is shared; Give the person")
    assert lines[1].startswith(f"{TITLES['amal']}: No service on this list fits today; Say so,")


def test_referral_feedback_explains_each_part() -> None:
    values = [refer("dilan", service="fig"), follow("dilan"), refer("noor"), follow("noor")]
    lines = referral.judged(DATA, LAB.words, replay(*values))
    assert len(lines) == 20
    assert lines[0].startswith(f"{TITLES['dilan']}. Fit: Not yet. Mobile clinic Rosemary comes to the site")
    assert lines[1].startswith(f"{TITLES['dilan']}. Consent: Right. ")


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("services", 3, "asks"), ["called", "blood"], "'blood' does not exist; allowed: called, contact,"),
        (("services", 3, "last_verified"), 300, "no service fits this card, so its end is 'none'"),
        (("services", 7, "capacity_left"), 1, "'sumac' fits this card, so its end is not 'none'."),
        (("services", 1, "id"), "almond", "the id 'almond' is used twice in services."),
        (("cards", 3, "practice"), True, "a practice card has 'wants'; one that counts has it in 'key'."),
        (("cards", 1, "wants", "routes"), ["self", "form"], "'self' stands alone"),
        (("key", "answers", 0, "also"), ["contact"], "a field is needed here that the person did not agree to share."),
        (("key", "answers", 0, "id"), "roza", "there is no card 'roza'."),
    ],
)
def test_data_fault_is_named(path: tuple[str | int, ...], value: object, sentence: str) -> None:
    data = plain_data(document().data)
    place = data["data"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    found = [text for text, *_ in Written.model_validate(data).findings()]
    assert any(text.startswith(sentence) for text in found), found
