"""What each activity is checked for: outcomes, principles, sources that exist; ids and lengths that tell nothing."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from himaya.activities.limits import UNEVEN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from himaya.activities.format import Claim, Module
    from himaya.content.load import LoadedModule, Problem

Kind = TypeVar("Kind")

Finding: TypeAlias = "tuple[str, tuple[str | int, ...]]"
"""What is wrong and what is allowed, and the path to it inside its activity."""

_SHOWN = 12  # a longer list of allowed ids hides the answer


def problems_of(
    loaded: LoadedModule, kind: type[Kind], findings: Callable[[Kind, Module], Iterable[Finding]]
) -> list[Problem]:
    """Return what `findings` says of each activity of one kind in a module, with where it stands."""
    return [
        loaded.problem(name, text, *path)
        for name, activity in loaded.activities.items()
        if isinstance(activity, kind)
        for text, path in findings(activity, loaded.module)
    ]


def unknown(what: str, word: str, known: Collection[str]) -> str:
    """Return the sentence for an id that does not exist: the nearest right spelling, then all that are allowed."""
    near = difflib.get_close_matches(word, known, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"{what} '{word}', which does not exist.{hint} Allowed: {allowed(known)}."


def allowed(known: Collection[str]) -> str:
    """Return ids as a reader wants them: in their order, and not more than a dozen."""
    shown = list(known)[:_SHOWN]
    more = len(known) - len(shown)
    return (", ".join(shown) or "none") + (f" and {more} more" if more else "")


def outcome_findings(outcomes: Collection[str], module: Module, *path: str | int) -> Iterator[Finding]:
    """Yield each of `outcomes` that module.yaml does not know; `path` leads to one outcome or to their list."""
    known = [outcome.id for outcome in module.outcomes]
    for position, outcome in enumerate(outcomes):
        if outcome not in known:
            place = (*path, position) if path == ("outcomes",) else path
            yield unknown("this measures the outcome", outcome, known), place


def principle_findings(principle: str | None, module: Module, *path: str | int) -> Iterator[Finding]:
    """Yield the principle if module.yaml does not know it."""
    known = [known.id for known in module.principles]
    if principle is not None and principle not in known:
        yield unknown("this names the principle", principle, known), (*path, "principle")


def source_findings(claim: Claim, module: Module, *path: str | int) -> Iterator[Finding]:
    """Yield each source code of a claim that module.yaml does not list."""
    for position, reference in enumerate(claim.source):
        code = reference.partition(":")[0].strip()
        if code not in module.sources:
            yield unknown("this cites the source", code, list(module.sources)), (*path, "source", position)


def repeated(entries: Collection[str], what: str, *path: str | int) -> Iterator[Finding]:
    """Yield each id that an earlier entry of the same list already has."""
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        if entry in seen:
            yield f"the {what} id '{entry}' is used twice here; give each {what} its own id.", (*path, position, "id")
        seen.add(entry)


_HINTS = {"best", "correct", "right", "wrong", "good", "bad", "harm", "harmful", "key", "true", "false"}


def telling_ids(entries: Collection[str], *path: str | int) -> Iterator[Finding]:
    """Yield each id that gives the key away: a trainee's browser receives the ids."""
    for position, entry in enumerate(entries):
        hints = sorted(_HINTS & set(entry.split("-")))
        if hints:
            text = f"the id '{entry}' hints at the key with '{hints[0]}'; name what it says, such as 'ask-first'."
            yield text, (*path, position, "id")


def uneven_lengths(texts: Collection[str], what: str) -> Iterator[tuple[int, str]]:
    """Yield the position of each text that stands out from its set by its length, and a hint."""
    mean = sum(map(len, texts)) / len(texts) if texts else 0
    for position, text in enumerate(texts):
        if abs(len(text) - mean) > UNEVEN * mean:
            yield (
                position,
                f"this {what} has {len(text)} characters; the mean of its set is {mean:.0f}. Does its length tell?",
            )
