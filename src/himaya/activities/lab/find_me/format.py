"""What an author may write in a lab "Can you find me?": the small table, the limits, and what makes a release sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from himaya.activities.format import Id, Model, Text
from himaya.activities.lab.find_me.cells import small
from himaya.activities.lab.find_me.figures import BINS, UNDER
from himaya.activities.lab.find_me.microdata import COLUMNS, COMMENTS, DISPLACEMENT, MARITAL, PEOPLE
from himaya.activities.lab.find_me.model import ENDINGS, REASONS, SENTENCES, SUPPRESSED, TASKS
from himaya.activities.lab.find_me.release import COARSER, INDICATORS, OFFERED_KEYS, TREATMENTS
from himaya.activities.lab.find_me.results import PARTS
from himaya.activities.lab.find_me.words import Word, word_id
from himaya.activities.lab.format import Data, Lab, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from himaya.activities.format import Finding

Percent = Annotated[int, Field(ge=1, le=100)]
_ROUND = 4
"""Cells of the smallest round trip: with fewer, a hidden cell can be worked out."""


class Note(Model):
    """Why, for one part, one ending or one reason; about the work, never the person."""

    id: Id
    text: Text


class Key(Data):
    """What makes a release sound: our own choice, to be said in the assumptions."""

    keys: list[str] = Field(min_length=1, description="Columns that a neighbour may know.")
    most_hidden: int = Field(ge=1, description="Hidden cells of the small table, at most.")
    notes: list[Note] = Field(description="One for each part.")
    endings: list[Note] = Field(description="What speaks for and against each ending.")
    reasons: list[Note] = Field(description="What there is to say of each reason.")


class FindMeData(Data):
    """The small table and the limits; the file itself comes from the seed."""

    counts: list[list[Annotated[int, Field(ge=0)]]] = Field(
        min_length=2, description="A row for each line of the table."
    )
    least_cell: int = Field(default=5, ge=2, description="Counts below this are small.")
    limit_percent: Percent = Field(default=3, description="Limit for global risk.")
    most_blank_percent: Percent = Field(
        default=5, description="Blank key values, at most, in a file that is still useful."
    )
    most_alike_percent: Percent = Field(
        default=10, description="Records that share a sensitive answer with their whole group, at most."
    )
    key: Key


def _ids(names: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(word_id, names))


_BANDS = [f"{band}-{number}" for band, most in (("age", 4), ("size", 4), ("month", 2)) for number in range(1, most + 1)]
FAMILIES: dict[str, tuple[str, ...]] = {
    "column": _ids(COLUMNS),
    "treat": tuple(how for how in TREATMENTS if how != "coarse"),
    "coarse": _ids(COARSER),
    "value": _ids(("F", "M", "was", *MARITAL, *DISPLACEMENT, *_BANDS)),
    "comment": COMMENTS,
    "suppress": _ids(SUPPRESSED),
    "person": tuple(PEOPLE),
    "indicator": tuple(INDICATORS),
    "ending": ENDINGS,
    "reason": REASONS,
    "result": PARTS,
    "say": SENTENCES,
    "missing": TASKS,
    "under": _ids(UNDER),
    "bar": _ids(range(1, len(BINS) + 1)),
}
"""Words whose ids are put together, such as `column-hh-size`."""


class Written(Lab):
    """A lab "Can you find me?"."""

    lab: Literal["find-me"]
    data: FindMeData

    WORDS: ClassVar[tuple[str, ...]] = words_of(Word, FAMILIES)

    def needs(self) -> Collection[str]:
        """Return the ids of all words; the small table names its rows and columns."""
        rows = (f"cells-row-{number}" for number in range(1, len(self.data.counts) + 1))
        columns = (f"cells-column-{number}" for number in range(1, len(self.data.counts[0]) + 1))
        return (*self.WORDS, *rows, *columns)

    def findings(self) -> Iterator[Finding]:
        """Yield names that do not exist, stand twice or are missing, and a table that cannot be made safe."""
        key = self.data.key
        yield from _names("keys", key.keys, OFFERED_KEYS)
        for name, wanted in (("notes", PARTS), ("endings", ENDINGS), ("reasons", REASONS)):
            given = [note.id for note in getattr(key, name)]
            yield from _names(name, given, wanted)
            for missing in wanted:
                if missing not in given:
                    yield f"'{name}' has no '{missing}'; add it.", ("data", "key", name)
        yield from self._table_faults()

    def _table_faults(self) -> Iterator[Finding]:
        if len({len(line) for line in self.data.counts}) != 1:
            yield "every line of 'counts' has the same number of columns.", ("data", "counts")
            return
        least = len(small(self.data.counts, self.data.least_cell))
        if not least:
            yield "no count is small, so there is nothing to hide.", ("data", "counts")
        elif self.data.key.most_hidden < max(least, _ROUND):
            text = f"a table with {least} small counts needs {max(least, _ROUND)} hidden numbers or more to be safe."
            yield text, ("data", "key", "most_hidden")


def _names(field: str, given: Sequence[str], allowed: Sequence[str]) -> Iterator[Finding]:
    for at, name in enumerate(given):
        if name not in allowed:
            yield f"there is no '{name}'; allowed: {', '.join(allowed)}.", ("data", "key", field, at)
        elif name in given[:at]:
            yield f"'{name}' stands twice in '{field}'.", ("data", "key", field, at)
