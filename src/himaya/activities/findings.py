"""What each activity is checked for: outcomes, principles, sources that exist; ids and lengths that tell nothing."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from himaya.activities.limits import UNEVEN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from himaya.activities.format import Claim, Finding, Item, Known

_SHOWN = 12  # a longer list of allowed ids hides the answer


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


def outcome_findings(outcomes: Collection[str], known: Known, *path: str | int) -> Iterator[Finding]:
    """Yield each of `outcomes` that the module does not know; `path` leads to one outcome or to their list."""
    for position, outcome in enumerate(outcomes):
        if outcome not in known.outcomes:
            place = (*path, position) if path == ("outcomes",) else path
            yield unknown("this measures the outcome", outcome, known.outcomes), place


def principle_findings(principle: str | None, known: Known, *path: str | int) -> Iterator[Finding]:
    """Yield the principle if the module does not know it."""
    if principle is not None and principle not in known.principles:
        yield unknown("this names the principle", principle, known.principles), (*path, "principle")


def source_findings(claim: Claim, known: Known, *path: str | int) -> Iterator[Finding]:
    """Yield each source code of a claim that the module does not list."""
    for position, reference in enumerate(claim.source):
        code = reference.partition(":")[0].strip()
        if code not in known.sources:
            yield unknown("this cites the source", code, known.sources), (*path, "source", position)


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


_NEGATIVE = re.compile(r"\b(not|never|except)\b")  # lower case only: NOT is emphasis enough
_SPEECH = re.compile(r'"[^"]*"|“[^”]*”')
_SENTENCE = re.compile(r"[^.?!]*[.?!]*")


def item_findings(item: Item, known: Known) -> Iterator[Finding]:
    """Yield what is wrong with an assessment question of any kind."""
    yield from outcome_findings([item.outcome], known, "outcome")
    yield from principle_findings(item.principle, known)
    yield from source_findings(item, known)
    yield from _stem(item)


def option_findings(ids: Collection[str], field: str = "options", what: str = "option") -> Iterator[Finding]:
    """Yield what is wrong with the ids of what a question offers: each once, and none that hints at the key."""
    yield from repeated(ids, what, field)
    yield from telling_ids(ids, field)


def _stem(item: Item) -> Iterator[Finding]:
    """Find a negative question. The situation before it and quoted speech may say "not": they are not the question."""
    sentences = [found[0] for found in _SENTENCE.finditer(_SPEECH.sub("", item.stem))]
    first = next((n for n, sentence in enumerate(sentences) if sentence.rstrip().endswith("?")), 0)
    negative = _NEGATIVE.search("".join(sentences[first:]))
    if negative:
        word = negative[1]
        text = f"the stem asks with '{word}', which is easily read over; ask for what holds, or write {word.upper()}."
        yield text, ("stem",)
