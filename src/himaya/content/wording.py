"""What the words of the answers give away: three guessers that read no question, taught by other modules.

They pick from the options alone what they take for the key. Where they do much better than chance, a trainee need not
know the situation either. A measure and a hint, never a rule: wording is not to be tuned to these three.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from himaya.activities.choice.format import ChoiceItem
from himaya.activities.limits import GUESSED_ITEMS, WORDING_MARGIN
from himaya.activities.scenario.format import Scenario
from himaya.content.load import module_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from himaya.content.load import LoadedModule
    from himaya.errors import Problem

Set: TypeAlias = "list[tuple[str, bool]]"
"""The options of one question, each with whether it is the key."""
Features: TypeAlias = "Callable[[str, Sequence[str]], Counter[str]]"
"""What a guesser sees of one option among the options of its question."""
_WORD = re.compile(r"\w+")
_MARKS = (",", " and ", " that ", " not ", " no ", "،", " و", " أن ", " لا ", " عدم ", " کە ", " نا", " نە")
"""A comma, and, that and not, in each of our languages: those of another stand in no option and tell nothing."""
_LETTERS = 3
_Z = 1.959964  # of a 95 % interval


def option_sets(module: LoadedModule, modes: Iterable[str] = ("graded",)) -> dict[str, Set]:
    """Return the options of each single choice and decision of these modes, by its place."""
    return dict(_sets(module, tuple(modes)))


def _sets(module: LoadedModule, modes: tuple[str, ...]) -> Iterator[tuple[str, Set]]:
    for name, activity in module.activities.items():
        if activity.mode not in modes:
            continue
        if isinstance(activity, ChoiceItem) and activity.select == "one":
            yield name, [(option.text, option.correct) for option in activity.options]
        elif isinstance(activity, Scenario):
            for place, node in activity.nodes.items():
                yield f"{name}, {place}", [(choice.text, choice.quality == "best") for choice in node.choices]


# --- three guessers ---------------------------------------------------------------------------------------------


def _shape(text: str, options: Sequence[str]) -> Counter[str]:
    """How long an option is among the others, how many words, and its marks."""
    length = sorted(map(len, options)).index(len(text))
    count = sorted(len(_WORD.findall(one)) for one in options).index(len(_WORD.findall(text)))
    marks = [f"{mark} {mark in text}" for mark in _MARKS]
    return Counter([f"length {length}", f"words {count}", *marks])


def _words(text: str, _options: Sequence[str]) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def _letters(text: str, _options: Sequence[str]) -> Counter[str]:
    padded = f" {text.lower()} "
    return Counter(padded[at : at + _LETTERS] for at in range(len(padded) - _LETTERS + 1))


def _by_odds(keys: Sequence[Counter[str]], others: Sequence[Counter[str]]) -> Callable[[Counter[str]], float]:
    """Return how much more a naive Bayes reader expects features in a key than elsewhere."""
    right, wrong = sum(keys, Counter[str]()), sum(others, Counter[str]())
    kinds = len({*right, *wrong}) or 1

    def odds(seen: Counter[str]) -> float:
        return sum(
            times
            * (
                math.log((right[one] + 1) / (right.total() + kinds))
                - math.log((wrong[one] + 1) / (wrong.total() + kinds))
            )
            for one, times in seen.items()
        )

    return odds


def _by_nearness(keys: Sequence[Counter[str]], others: Sequence[Counter[str]]) -> Callable[[Counter[str]], float]:
    """Return how much nearer features lie to the mean of the keys than to that of the others, by a weighted angle."""
    found = [*keys, *others]
    in_how_many = Counter(one for seen in found for one in seen)
    weight = {one: math.log((1 + len(found)) / (1 + times)) for one, times in in_how_many.items()}

    def unit(seen: Counter[str]) -> dict[str, float]:
        raw = {one: times * weight.get(one, 0.0) for one, times in seen.items()}
        size = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {one: value / size for one, value in raw.items()}

    def mean(all_seen: Sequence[Counter[str]]) -> dict[str, float]:
        total: dict[str, float] = {}
        for seen in all_seen:
            for one, value in unit(seen).items():
                total[one] = total.get(one, 0.0) + value
        size = math.sqrt(sum(value * value for value in total.values())) or 1.0
        return {one: value / size for one, value in total.items()}

    right, wrong = mean(keys), mean(others)

    def nearness(seen: Counter[str]) -> float:
        return sum(value * (right.get(one, 0.0) - wrong.get(one, 0.0)) for one, value in unit(seen).items())

    return nearness


GUESSERS: dict[str, tuple[Features, Callable[..., Callable[[Counter[str]], float]]]] = {
    "Shape": (_shape, _by_odds),
    "Words": (_words, _by_odds),
    "Letters": (_letters, _by_nearness),
}


def hits(guesser: str, taught: Iterable[Set], asked: Iterable[Set]) -> list[float]:
    """Return for each set of `asked` if a guesser taught by other sets picks its key: 1, 0, or a share on a tie."""
    features, learn = GUESSERS[guesser]
    keys: list[Counter[str]] = []
    others: list[Counter[str]] = []
    for options in taught:
        texts = [text for text, _ in options]
        for text, is_key in options:
            (keys if is_key else others).append(features(text, texts))
    value = learn(keys, others)
    found = []
    for options in asked:
        texts = [text for text, _ in options]
        worth = [value(features(text, texts)) for text in texts]
        best = [is_key for (_, is_key), one in zip(options, worth, strict=True) if one > max(worth) - 1e-12]
        found.append(sum(best) / len(best))
    return found


@dataclass(frozen=True)
class Guessed:
    """What the guessers got right in one module, taught by all others.

    Attributes:
        sets: How many graded single choices and decisions were guessed.
        chance: The share that luck gets right, 0 to 1.
        shares: What each guesser got right, 0 to 1, by its name.
    """

    sets: int
    chance: float
    shares: dict[str, float]

    @property
    def share(self) -> float:
        """The mean of the guessers."""
        return sum(self.shares.values()) / len(self.shares)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies with 95 % by Wilson, as if one guesser had answered `sets` questions."""
        return wilson(self.share, self.sets)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of `n` by Wilson 1927: lower and upper end, 0 to 1."""
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return middle - half, middle + half


def guessed(modules: Sequence[LoadedModule]) -> dict[str, Guessed]:
    """Return what the guessers get right in each module that grades choices, taught by the choices of all others."""
    every = {one.module.id: list(option_sets(one, ("graded", "practice", "pretest")).values()) for one in modules}
    found = {}
    for one in modules:
        asked = list(option_sets(one).values())
        taught = [options for name, sets in every.items() if name != one.module.id for options in sets]
        if asked and taught:
            chance = sum(1 / len(options) for options in asked) / len(asked)
            shares = {name: sum(hits(name, taught, asked)) / len(asked) for name in GUESSERS}
            found[one.module.id] = Guessed(len(asked), chance, shares)
    return found


def pooled(found: Iterable[Guessed]) -> Guessed:
    """Return what the guessers get right in several modules together: each set counts once."""
    found = list(found)
    sets = sum(one.sets for one in found)
    shares = {name: sum(one.sets * one.shares[name] for one in found) / sets for name in GUESSERS}
    return Guessed(sets, sum(one.sets * one.chance for one in found) / sets, shares)


def within(module: LoadedModule) -> Guessed | None:
    """Return what the guessers get right in one module alone, taught by its other graded sets; None for too few."""
    sets = list(option_sets(module).values())
    if len(sets) < GUESSED_ITEMS:
        return None
    shares = {
        name: sum(hits(name, [*sets[:at], *sets[at + 1 :]], [one])[0] for at, one in enumerate(sets)) / len(sets)
        for name in GUESSERS
    }
    return Guessed(len(sets), sum(1 / len(one) for one in sets) / len(sets), shares)


def wording_hints(loaded: LoadedModule) -> Iterator[Problem]:
    """Yield a hint where the options of a module tell their key by how they are worded."""
    found = within(loaded)
    if found and found.share > found.chance + WORDING_MARGIN:
        text = (
            f"guessers that read only the options pick {found.share:.0%} of {found.sets} keys; by luck it is "
            f"{found.chance:.0%}. Could each option be right in some situation, and do all sound alike?"
        )
        yield module_problem(loaded, text, "title")
