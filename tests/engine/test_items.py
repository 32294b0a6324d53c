"""Items: what counts as an answer, what is shown when, and the scoring vectors of our pedagogy notes, section 6."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest

from himaya.activities.fold import score
from tests.engine import examples
from tests.engine.examples import Trainee
from tests.engine.screen import shuffled


def _share(activity: dict[str, object], value: object) -> Fraction:
    trainee = Trainee(activity).answers(value)
    return Fraction(*score(activity, trainee.state))


def test_ordering_abdcef_for_abcdef_earns_13_of_15() -> None:
    share = _share(examples.order("abcdef"), list("abdcef"))
    assert share == Fraction(13, 15)
    assert round(float(share), 4) == 0.8667


def test_right_order_earns_all_and_reverse_nothing() -> None:
    assert _share(examples.order(), list("abcdef")) == 1
    assert _share(examples.order(), list("fedcba")) == 0


def test_order_share_stays_between_0_and_1() -> None:
    activity = examples.order("abcd")
    shares = [_share(activity, list(order)) for order in permutations("abcd")]
    assert min(shares) == 0
    assert shares.count(Fraction(1)) == 1


def test_two_right_one_wrong_earn_a_sixth() -> None:
    """Of three right and two wrong options."""
    assert _share(examples.choice("abc", "abcde", "several"), ["a", "b", "d"]) == Fraction(1, 6)


@pytest.mark.parametrize(
    ("picked", "share"),
    [
        ("abc", Fraction(1)),
        ("ab", Fraction(2, 3)),
        ("abcd", Fraction(1, 2)),
        ("abcde", 0),
        ("de", 0),
        ("d", 0),
        ("", 0),
    ],
)
def test_wrong_options_subtract_down_to_nothing(picked: str, share: Fraction) -> None:
    """Right ones add, and the sum is never below nothing."""
    assert _share(examples.choice("abc", "abcde", "several"), list(picked)) == share


def test_all_right_options_count_equally() -> None:
    assert _share(examples.choice("abc", "abc", "several"), ["a", "b"]) == Fraction(2, 3)


def test_where_no_option_is_right_nothing_is_earned() -> None:
    assert _share(examples.choice("", "abc", "several"), ["a"]) == 0


@pytest.mark.parametrize(("picked", "share"), [("b", 1), ("a", 0), ("c", 0)])
def test_a_single_choice_is_right_or_not(picked: str, share: int) -> None:
    assert _share(examples.choice("b"), [picked]) == share


@pytest.mark.parametrize(
    ("pairs", "share"),
    [
        ([["r1", "a"], ["r2", "b"], ["r3", "c"]], Fraction(1)),
        ([["r3", "c"], ["r1", "a"]], Fraction(2, 3)),
        ([["r1", "d"], ["r2", "b"], ["r3", "a"]], Fraction(1, 3)),
        ([["r1", "a"], ["r2", "a"], ["r3", "a"]], Fraction(1, 3)),
        ([], Fraction(0)),
    ],
)
def test_matching_earns_right_pairs_of_all_pairs(pairs: list[list[str]], share: Fraction) -> None:
    assert _share(examples.match(), pairs) == share


@pytest.mark.parametrize("written", ["12.5", "13", "12", "١٢٫٥", "۱۲٫۵", "12.5000", " 12.5 "])
def test_number_within_tolerance_is_right_in_any_digits(written: str) -> None:
    assert _share(examples.number(), written) == 1


@pytest.mark.parametrize("written", ["13.0001", "11.9999", "-12.5", "125", "12,5", "twelve", ""])
def test_number_outside_tolerance_is_wrong(written: str) -> None:
    assert _share(examples.number(), written) == 0


def test_text_earns_nothing_before_marking() -> None:
    """A person marks it."""
    assert _share(examples.text(), "A careful answer.") == 0


def test_nothing_answered_earns_nothing() -> None:
    for activity in (examples.choice(), examples.order(), examples.match(), examples.number(), examples.text()):
        assert score(activity, Trainee(activity).state) == (0, 1)


UNFIT: dict[str, list[object]] = {
    "choice": [None, "a", ["a", "b"], ["x"], [], [["a"]], [1], {"a": 1}, ["a", "a"], ["__proto__"], ["constructor"]],
    "several": ["a", ["a", "a"], ["x"], ["a", None], list("abcdea"), {"0": "a"}],
    "order": [list("abcde"), list("abcdea"), list("abcdeff"), "abcdef", [*"abcde", "x"], [*"abcde", None], {}],
    "match": [
        [["r1"]],
        [["r1", "a", "b"]],
        [["r1", "x"]],
        [["x", "a"]],
        [["r1", "a"], ["r1", "b"]],
        "r1",
        [["r1", ["a"]]],
    ],
    "number": [12, 12.5, None, True, ["12"], {}],
    "text": [12, None, False, ["a"], {"value": "a"}],
}
MADE = {
    "choice": examples.choice("b"),
    "several": examples.choice("ab", "abcde", "several"),
    "order": examples.order(),
    "match": examples.match(),
    "number": examples.number(),
    "text": examples.text(),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in UNFIT.items() for value in values])
def test_an_answer_of_the_wrong_shape_is_ignored(name: str, value: object) -> None:
    trainee = Trainee(MADE[name]).answers(value)
    assert (trainee.state["value"], trainee.state["ignored"], trainee.state["turn"]) == (None, 1, 0)


def test_malformed_answer_keeps_the_earlier_one() -> None:
    trainee = Trainee(examples.choice()).answers(["a"]).answers(["x"])
    assert trainee.state["value"] == ["a"]


def test_later_answer_replaces_earlier_even_if_stale() -> None:
    trainee = Trainee(examples.choice()).answers(["a"]).does("answer", value=["b"], turn=0)
    assert trainee.state["value"] == ["b"]


def test_picks_keep_the_option_order() -> None:
    assert Trainee(MADE["several"]).answers(["e", "a", "c"]).state["value"] == ["a", "c", "e"]


@pytest.mark.parametrize(
    ("activity", "partial", "whole"),
    [
        (examples.choice("ab", "abc", "several"), [], ["a"]),
        (examples.match(), [["r1", "a"]], [["r1", "a"], ["r2", "a"], ["r3", "d"]]),
        (examples.number(), "1,5", "1.5"),
        (examples.text(), "", "Some text"),
    ],
    ids=["several", "match", "number", "text"],
)
def test_graded_item_is_finished_when_complete(activity: dict[str, object], partial: object, whole: object) -> None:
    trainee = Trainee(activity)
    assert not trainee.answers(partial).view["finished"]
    assert trainee.answers(whole).view["finished"]
    assert not trainee.answers(partial).view["finished"]


def test_a_graded_item_cannot_be_checked() -> None:
    trainee = Trainee(examples.choice()).answers(["b"]).does("check")
    assert trainee.state["phase"] == "answer"
    assert trainee.view["can"] == ["answer"]
    assert "share" not in trainee.view


def test_practice_reveals_key_only_when_checked() -> None:
    trainee = Trainee(examples.choice(mode="practice")).answers(["a"])
    assert all(set(option) == {"id", "text", "picked"} for option in trainee.view["options"])
    shown = {option["id"]: option for option in trainee.does("check").view["options"]}
    assert (shown["b"]["correct"], shown["a"]["correct"], shown["a"]["rationale"]) == (True, False, "Why a")
    assert trainee.view["share"] == [0, 1]


def test_checked_item_needs_retry_before_answer() -> None:
    trainee = Trainee(examples.choice(mode="practice")).answers(["a"]).does("check").answers(["b"])
    assert trainee.state["value"] == ["a"]
    trainee.does("retry").answers(["b"])
    assert (trainee.state["value"], trainee.view["finished"]) == (["b"], True)


def test_unanswered_item_cannot_be_checked() -> None:
    trainee = Trainee(examples.number(mode="practice")).does("check").answers("1,5").does("check").does("retry")
    assert (trainee.state["phase"], trainee.state["ignored"]) == ("answer", 3)


def test_a_stale_check_is_ignored() -> None:
    trainee = Trainee(examples.choice(mode="practice")).answers(["a"]).does("check", turn=0)
    assert trainee.state["phase"] == "answer"


def test_checked_items_show_their_key() -> None:
    order = Trainee(examples.order("cab", mode="practice")).answers(["a", "b", "c"]).does("check").view
    assert order["key"] == ["Step c", "Step a", "Step b"]
    match = Trainee(examples.match("practice")).answers([["r1", "a"], ["r2", "a"], ["r3", "d"]]).does("check").view
    assert [(row["correct"], row["picked"], row["key"]) for row in match["rows"]][2] == ("c", "d", "Option c")
    number = Trainee(examples.number(mode="practice")).answers("1").does("check").view
    assert (number["key"], number["rationale"]) == ("12.5", "Counted.")


def test_an_unreadable_number_is_said_to_be_unreadable() -> None:
    assert not Trainee(examples.number()).answers("1,5").view["readable"]
    assert Trainee(examples.number()).answers("1.5").view["readable"]
    assert Trainee(examples.number()).view["readable"]


def test_shuffle_is_complete_and_fixed_by_seed() -> None:
    for seed in (0, 1, 2**31 - 1):
        assert sorted(shuffled("abcdef", seed)) == list("abcdef")
        assert shuffled("abcdef", seed) == shuffled("abcdef", seed)


def test_shuffle_orders_are_about_equally_frequent() -> None:
    drawn = ["".join(shuffled("abc", seed)) for seed in range(6_000)]
    assert {order: 800 < drawn.count(order) < 1_200 for order in set(drawn)} == dict.fromkeys(
        map("".join, permutations("abc")), True
    )


def test_generator_is_minimal_standard() -> None:
    # Worked by hand: 1 * 48271 % 3 = 1 swaps c with b, then 182605794 % 2 = 0 swaps the first two.
    assert 48_271 * 48_271 % 2_147_483_647 == 182_605_794
    assert shuffled("abc", 0) == ["c", "a", "b"]
