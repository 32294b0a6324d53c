"""Rules of case files: papers in order, and no harmful line ever in the file."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from himaya.activities.casefile.report import REPORT
from himaya.activities.fold import replay, score
from himaya.activities.plain import Plain

Events = list[dict[str, Any]]


def _line(name: str, *qualities: str) -> dict[str, Any]:
    options = [{"id": f"o-{n}", "text": f"{name} {q}", "quality": q, "rationale": q} for n, q in enumerate(qualities)]
    return {"id": name, "label": name, "options": options}


FILE: dict[str, Any] = {
    "id": "file", "kind": "casefile", "mode": "practice", "version": 1, "language": "en", "points": 3, "hash": "h",
    "title": "A file", "minutes": 5, "outcomes": ["a"], "content_note": "n", "alternative": "write", "setting": "s",
    "papers": [
        {"id": "one", "title": "One", "text": "t", "rows": [
            _line("a", "best", "acceptable", "harmful"), _line("b", "harmful", "best")]},
        {"id": "two", "title": "Two", "text": "t", "rows": [_line("c", "acceptable", "harmful", "best")]},
    ],
    "debrief": ["d"], "source": ["s"],
}  # fmt: skip


def _run(*steps: tuple[str, ...]) -> dict[str, Any]:
    """Return the state after steps: (type,) or ("choose", line, option), each with the turn it has."""
    state = replay(FILE, [])
    events: Events = []
    for kind, *more in steps:
        event = {
            "activity": "file",
            "type": kind,
            "turn": state["turn"],
            **dict(zip(("at", "choice"), more, strict=False)),
        }
        events.append(event)
        state = replay(FILE, events)
    return dict(state)


ONE = (("choose", "a", "o-1"), ("choose", "b", "o-1"), ("check",), ("continue",))
TWO = (("choose", "c", "o-0"), ("check",), ("continue",))


def test_papers_are_kept_in_order() -> None:
    after_one, after_two = _run(*ONE), _run(*ONE, *TWO)
    assert (after_one["phase"], after_one["kept"], after_one["finished"]) == ("fill", 1, False)
    assert (after_two["phase"], after_two["kept"], after_two["finished"]) == ("ended", 2, True)
    assert after_two["filled"] == [["a", "o-1"], ["b", "o-1"], ["c", "o-0"]]
    assert score(FILE, after_two) == (1, 1)


@pytest.mark.parametrize("pair", list(product(range(3), range(2))))
def test_paper_with_a_harmful_line_never_passes(pair: tuple[int, int]) -> None:
    lines = (("choose", "a", f"o-{pair[0]}"), ("choose", "b", f"o-{pair[1]}"))
    state = _run(*lines, ("check",), ("continue",))
    unsafe = pair[0] == 2 or pair[1] == 0
    assert state["kept"] == (0 if unsafe else 1)
    assert state["phase"] == ("checked" if unsafe else "fill")


def test_unsafe_line_is_changed_and_then_passes() -> None:
    state = _run(
        ("choose", "a", "o-2"), *ONE[1:3], ("continue",), ("retry",), ("choose", "a", "o-0"), ("check",), ("continue",)
    )
    assert (state["kept"], state["filled"]) == (1, [["b", "o-1"], ["a", "o-0"]])


@pytest.mark.parametrize(
    "steps",
    [
        (("check",),),
        (("choose", "c", "o-0"),),  # of a later paper
        (("choose", "a", "o-9"),),
        (("continue",),),
        (("restart",),),
        (*ONE, ("choose", "a", "o-0")),  # of a paper that is in the file
    ],
)
def test_step_that_does_not_fit_is_ignored(steps: tuple[tuple[str, ...], ...]) -> None:
    assert _run(*steps)["ignored"] == 1


def test_restart_keeps_that_it_was_finished() -> None:
    state = _run(*ONE, *TWO, ("restart",))
    assert (state["phase"], state["kept"], state["filled"], state["finished"]) == ("fill", 0, [], True)


def test_printed_file_shows_every_line_and_no_reason() -> None:
    state = _run(*ONE, *TWO)
    html = "".join(REPORT.plain(FILE, state, Plain("en")))
    assert "<strong>One</strong>" in html
    assert "a acceptable" in html
    assert "c acceptable" in html
    assert "harmful" not in html


def test_feedback_tells_the_reason_of_each_line() -> None:
    told = REPORT.feedback(FILE, _run(*ONE, *TWO), None, "western")
    assert [[line["rationale"] for line in paper["rows"]] for paper in told["papers"]] == [
        ["acceptable", "best"],
        ["acceptable"],
    ]
