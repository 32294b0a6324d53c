"""Reports: on the class and its attendance, which name people, and numbers for donors, from which nobody can be told.

A donor's table is safe whatever it is subtracted from: every number is rounded down to a full five, so that no two
tables differ by fewer; and totals are made of rounded numbers, see `rounded_total`, so that they tell nothing more
about the cells than the cells do. Means are not published: that of one more person would give away that person's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from himaya.course.pass_rule import of_module
from himaya_server.desk.answers import whole_title, words_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from datetime import date

    from himaya_server.desk.answers import ClassAnswers

Table: TypeAlias = "tuple[list[str], Sequence[Sequence[object]]]"
FIVE = 5
STANDINGS = ("reached", "below", "open")
"""Where somebody stands in a module: at the pass mark, handed in but not there yet, or not handed in."""


def rounded(number: int) -> int:
    """Return a count rounded down to a full five; 0 stands for fewer than five, none included."""
    return number - number % FIVE


def rounded_total(parts: Sequence[int]) -> int:
    """Return a total of counts, in full fives, that tells nothing about its parts which they do not tell rounded.

    With m parts that are shown rounded, a total may exceed their sum by at most 4 (m - 1) before some part can no
    longer be 0 above its rounded number. Where the true total does, less is published.
    """
    shown = sum(rounded(part) for part in parts)
    more = rounded(sum(parts)) - shown
    return shown + min(more, rounded(4 * max(0, len(parts) - 1)))


@dataclass(frozen=True)
class DonorTable:
    """One module: by standing the rounded count of each language, and a total.

    Attributes:
        languages: The columns: every language in which a module of the course may be handed in.
        rows: By standing: the count in each language, of who handed in, and the total.
    """

    title: str
    languages: Sequence[str]
    rows: Mapping[str, tuple[Mapping[str, int], int]]


def donor_tables(known: ClassAnswers, language: str) -> list[DonorTable]:
    """Return a table for each module of the course, in words of `language`."""
    return [donor_table(known, module, language) for module in known.results.course.modules]


def donor_table(known: ClassAnswers, module: str, language: str, among: Container[str] | None = None) -> DonorTable:
    """Return the table of one module, of everybody or of those `among` whom it is."""
    languages = sorted({*known.results.course.languages, "en"})
    counts: dict[str, Counter[str]] = {standing: Counter() for standing in STANDINGS}
    for trainee in known.results.trainees:
        if among is not None and trainee.id not in among:
            continue
        standing, spoken = _standing(known, trainee.id, module)
        counts[standing][spoken] += 1
    title = whole_title(words_of(known.results.folder, module, language))
    rows = {standing: _row(counts[standing], languages) for standing in STANDINGS if standing != "open"}
    return DonorTable(title, languages, {**rows, "open": ({}, rounded(counts["open"].total()))})


def _row(count: Mapping[str, int], languages: Sequence[str]) -> tuple[dict[str, int], int]:
    parts = [count.get(each, 0) for each in languages]
    return dict(zip(languages, map(rounded, parts), strict=True)), rounded_total(parts)


def _standing(known: ClassAnswers, trainee: str, module: str) -> tuple[str, str]:
    mine = known.results.paths.assigned(trainee, module)
    work = next((each for each in known.results.works(trainee) if each.module == mine), None)
    submission = known.submissions.get((trainee, mine))
    if work is None or not work.graded or submission is None:
        return "open", ""
    reached = of_module(known.results.course, work).passed
    return ("reached" if reached else "below"), submission.language


# --- what names people --------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One person, in the order of the class list.

    Attributes:
        percent: Of what counts in the whole course.
        modules: By module, the percent of what counts; None where nothing was handed in and graded.
        days: By module, the day of the hand-in, in UTC; None where there was none.
    """

    id: str
    name: str
    percent: int
    passed: bool
    modules: Mapping[str, int | None]
    days: Mapping[str, date | None]


def class_rows(known: ClassAnswers) -> list[Row]:
    """Return a row for everybody, by name and never by points."""
    rows = []
    results = known.results
    names = {each.id: each.name for each in results.trainees}
    for each in sorted(results.trainees, key=lambda each: (names[each.id].casefold(), each.id)):
        works = {work.module: work for work in results.works(each.id)}
        told = results.verdict(each.id)
        percents, days = {}, {}
        for module in results.course.modules:
            mine = results.paths.assigned(each.id, module)
            work, handed_in = works.get(mine), results.handed_in.get((each.id, mine))
            percents[module] = of_module(results.course, work).percent if work and work.graded else None
            days[module] = handed_in.time.date() if handed_in and handed_in.time else None
        rows.append(Row(each.id, names[each.id], told.percent, told.passed, percents, days))
    return rows


def class_table(known: ClassAnswers) -> Table:
    """Return a header and one row for each person: what they have in the course and in each module."""
    modules = known.results.course.modules
    header = ["id", "name", "course_percent", "passed", *(f"{module}_percent" for module in modules)]
    rows = [
        (row.id, row.name, row.percent, "yes" if row.passed else "no", *(row.modules[module] for module in modules))
        for row in known.once(class_rows)
    ]
    return header, rows


def attendance_table(known: ClassAnswers) -> Table:
    """Return a header and one row for each person: the day on which each module was handed in, in UTC."""
    modules = known.results.course.modules
    rows = [(row.id, row.name, *(row.days[module] for module in modules)) for row in known.once(class_rows)]
    return ["id", "name", *modules], rows


def donors_table(known: ClassAnswers, among: Container[str] | None = None) -> Table:
    """Return a header and a row for each module, standing and language; 0 stands for fewer than five.

    Args:
        known: The class.
        among: Only these people; everybody if not given.
    """
    rows: list[Sequence[object]] = []
    for module in known.results.course.modules:
        for standing, (parts, total) in donor_table(known, module, "en", among).rows.items():
            rows += [[module, standing, language, number] for language, number in parts.items()]
            rows.append([module, standing, "all", total])
    return ["module", "standing", "language", "people_rounded_down_to_5"], rows


TABLES = {"class": class_table, "attendance": attendance_table, "donors": donors_table}
