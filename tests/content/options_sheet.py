"""Print what is answered in a module's graded questions and decisions, without the questions.

`python -m tests.content.options_sheet case-management 7` prints the sheet; with `--keys` the keys of the same sheet. A
reader who sees only the sheet should not find more than about half of the keys: the situation decides.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.activities.choice.format import ChoiceItem
from himaya.activities.scenario.format import Scenario
from himaya.content.load import load_module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.content.load import LoadedModule

MODULES = Path(__file__).parents[2] / "modules"
LETTERS = "abcdefgh"


def option_sets(module: LoadedModule) -> dict[str, list[tuple[str, bool]]]:
    """Return the options of each graded single choice and decision, each with whether it is the key, by its place."""
    return dict(_sets(module))


def _sets(module: LoadedModule) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    for name, activity in module.activities.items():
        if activity.mode != "graded":
            continue
        if isinstance(activity, ChoiceItem) and activity.select == "one":
            yield name, [(option.text, option.correct) for option in activity.options]
        elif isinstance(activity, Scenario):
            for place, node in activity.nodes.items():
                yield f"{name}, {place}", [(choice.text, choice.quality == "best") for choice in node.choices]


def sheet(module: LoadedModule, seed: int) -> tuple[str, str]:
    """Return the sheet and its keys; one seed always gives the same two."""
    chance = random.Random(seed)
    sets = list(option_sets(module).items())
    chance.shuffle(sets)
    shown, keys = [], []
    for number, (place, options) in enumerate(sets, 1):
        chance.shuffle(options)
        lines = [f"{letter}) {text}" for letter, (text, _) in zip(LETTERS, options, strict=False)]
        shown.append("\n".join([f"{number}.", *lines]))
        right = [letter for letter, (_, is_key) in zip(LETTERS, options, strict=False) if is_key]
        keys.append(f"{number}. {' '.join(right)} {place}")
    return "\n\n".join(shown) + "\n", "\n".join(keys) + "\n"


def main(arguments: list[str]) -> None:
    """Print the sheet of a module, or its keys."""
    with_keys = "--keys" in arguments
    named = [word for word in arguments if word != "--keys"]
    if len(named) != 2 or not named[1].isdecimal():
        sys.exit("usage: python -m tests.content.options_sheet MODULE SEED [--keys]")
    print(sheet(load_module(MODULES / named[0]), int(named[1]))[with_keys], end="")


if __name__ == "__main__":
    main(sys.argv[1:])
