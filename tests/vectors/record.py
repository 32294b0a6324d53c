"""Make the vectors: for each kind the cases that show each seeded fault, and some more; values of pure functions."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from himaya.activities.kinds import KINDS
from himaya.activities.numbers import read_number
from himaya.answers.journal import checked
from himaya.languages.facts import LANGUAGES, for_scripts, plural_form
from himaya.languages.interface import Sentence
from himaya.publish.folder import seed_of
from himaya_autograde.import_answers import merged
from tests.engine.examples import Trainee, scenario
from tests.engine.strategies import random_case
from tests.engine.two_engines import has_key, python_traces, rules_with, traces
from tests.engine.walks import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.engine.two_engines import Case

HERE = Path(__file__).parent
FAULTS: list[tuple[str, str, str]] = [tuple(fault) for fault in json.loads((HERE / "faults.json").read_text("utf-8"))]
_DRAWN = ((1_000, 8), (3_000, 15))
"""How many cases of which length."""
_MORE = 3
_AT_ONCE = 100


def kinds() -> dict[str, list[dict[str, Any]]]:
    """Return the cases of each kind.

    Raises:
        AssertionError: If no drawn case shows a fault.
    """
    dice = Random(1)
    drawn = [random_case(dice, length) for number, length in _DRAWN for _ in range(number)]
    drawn += [random_case(dice, kind="interview") for _ in range(1_000)]
    drawn += [random_case(dice, kind="casefile") for _ in range(1_000)]
    drawn += written_out()
    drawn.sort(key=lambda case: len(json.dumps(case)))  # a short case that shows a fault is easier to read
    expected = python_traces(drawn)
    picked = {place for kind in KINDS for place in _first(drawn, kind)}
    for fault in FAULTS:
        place = _shows(drawn, expected, fault)
        assert place is not None, f"no case shows this fault: {fault}"
        picked.add(place)
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for place in sorted(picked):
        found[drawn[place][0]["kind"]].append(vector(drawn[place], expected[place]))
    return found


def written_out() -> list[Case]:
    """Return cases that show what is drawn too rarely."""
    trainee = Trainee(scenario()).chooses("blunt").does("back", value=0)
    return [(trainee.activity, trainee.events, 0)]


def vector(case: Case, expected: str) -> dict[str, Any]:
    """Return one case as it stands in a file."""
    activity, events, seed = case
    return {"activity": activity, "events": events, "seed": seed, "scored": has_key(activity), "expected": expected}


def _first(drawn: list[Case], kind: str) -> list[int]:
    own = [place for place, (activity, events, _) in enumerate(drawn) if activity["kind"] == kind and len(events) > 1]
    return [own[len(own) * part // (_MORE + 1)] for part in range(1, _MORE + 1)]


def _shows(drawn: list[Case], expected: list[str], fault: tuple[str, str, str]) -> int | None:
    script = rules_with(fault)
    for first in range(0, len(drawn), _AT_ONCE):
        part = range(first, min(first + _AT_ONCE, len(drawn)))
        if not _equal([drawn[place] for place in part], [expected[place] for place in part], script):
            return next(place for place in part if not _equal([drawn[place]], [expected[place]], script))
    return None


def _equal(cases: list[Case], expected: list[str], script: str) -> bool:
    try:
        return traces(cases, script) == expected
    except Exception:  # noqa: BLE001 - faulty rules may fail in any way
        return False


def pure() -> dict[str, Any]:
    """Return values of pure functions that Python has, too."""
    events = [
        {"id": f"{number:08}", "activity": "one", "type": "answer", "value": value, "time": time, "other": "not kept"}
        for number, (value, time) in enumerate([("a", "2026-01-02"), ("\ud83d x", "2026-01-01"), ("نعم", "2026-01-03")])
    ]
    damaged = ["null", "7", "{", '{"id":"short","activity":"a","type":"b"}']
    lines = [json.dumps(event) for event in events]
    kept = [json.dumps(checked(event), ensure_ascii=False, separators=(",", ":")) + "\n" for event in events]
    one, other = events[:2], [events[2], events[1]]
    return {
        "numbers": [[text, read_number(text)] for text in NUMBERS],
        "facts": for_scripts(),
        "plural": {name: [[n, plural_form(name, n)] for n in (*range(13), 100, 103, 111, 2.5)] for name in LANGUAGES},
        "filled": [_filled(name, digits) for name in LANGUAGES for digits in ("western", "arabic-indic")],
        "merged": [[a, b, [row["id"] for row in merged(a, b)]] for a, b in ((one, other), (other, one), ([], one))],
        "seeds": [[who, name, seed_of(who, name)] for who in ("t-k3m7qpz", "نور") for name in ("one-promise", "x")],
        "saved": [["\n".join([*lines, *damaged, ""]), "".join(kept), len(damaged)]],
    }


def _filled(language: str, digits: Any) -> list[Any]:
    count = max(form for n in range(200) for form in [plural_form(language, n)]) + 1
    forms = tuple(f"{number}: {{n}} / {{name}}" for number in range(count))
    values: Mapping[str, Any] = {"n": 11, "name": "Noor 3"}
    said = Sentence(forms, "n", language, digits).format(**values)
    return [digits, {"by": "n", "forms": list(forms), "language": language}, values, said]


def written(data: object) -> str:
    """Return data as it stands in a file: half characters as escapes."""
    return json.dumps(data, indent=1) + "\n"


def main() -> None:
    """Write every file."""
    for name, data in {**kinds(), "pure": pure()}.items():
        (HERE / f"{name}.json").write_text(written(data), encoding="utf-8")


if __name__ == "__main__":
    main()
