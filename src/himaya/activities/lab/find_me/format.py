"""What an author may write in a lab "Can you find me?": the small table, the limits, and what makes a release sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from himaya.activities.format import Id, Model, Text
from himaya.activities.lab.find_me.cells import small
from himaya.activities.lab.find_me.figures import BINS
from himaya.activities.lab.find_me.microdata import COLUMNS, COMMENTS, DISPLACEMENT, MARITAL, PEOPLE
from himaya.activities.lab.find_me.model import ENDINGS, REASONS, SENTENCES, SUPPRESSED
from himaya.activities.lab.find_me.release import COARSER, INDICATORS, OFFERED_KEYS, TREATMENTS
from himaya.activities.lab.find_me.results import PARTS
from himaya.activities.lab.format import Data, Lab

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

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


def _word(before: str, name: object) -> str:
    return f"{before}-{str(name).replace('_', '-').lower()}"


class Written(Lab):
    """A lab "Can you find me?"."""

    lab: Literal["find-me"]
    data: FindMeData

    WORDS: ClassVar[tuple[str, ...]] = (
        *(_word("column", name) for name in COLUMNS),
        *(_word("treat", name) for name in TREATMENTS if name != "coarse"),
        *(_word("coarse", name) for name in COARSER),
        *(_word("value", name) for name in ("y", "n", "F", "M", "blank", "was", *MARITAL, *DISPLACEMENT)),
        *(
            f"value-{band}-{number}"
            for band, most in (("age", 4), ("size", 4), ("month", 2))
            for number in range(1, most + 1)
        ),
        *(_word("comment", name) for name in COMMENTS),
        *(_word("suppress", name) for name in SUPPRESSED),
        *(_word("person", name) for name in PEOPLE),
        *(_word("indicator", name) for name in INDICATORS),
        *(_word("ending", name) for name in ENDINGS),
        *(_word("reason", name) for name in REASONS),
        *(_word("result", name) for name in PARTS),
        *(_word("say", name) for name in SENTENCES),
        *(_word("missing", name) for name in ("keys", "person", "ending", "reasons", "cells")),
        *(_word("bar", number) for number in range(1, len(BINS) + 1)),
        *("under-2", "under-3", "under-5", "treat-label", "treat-help", "example", "keys-help", "keys-label"),
        *("suppress-label", "figures-heading", "records", "kinds", "global-label", "global-under", "global-over"),
        *("simple-label", "expected", "highest", "site", "bars-title", "bars-alt", "suppress-help"),
        *("diversity-heading", "diversity-line", "diversity-none", "loss-heading", "loss-line", "change-line"),
        *(
            "cannot",
            "find-heading",
            "find-intro",
            "knows-help",
            "person-label",
            "please-choose",
            "knows-label",
            "find-wait",
        ),
        *("find-nobody", "find-one", "find-some", "find-many", "find-used", "learned", "learned-nothing"),
        *("ending-heading", "ending-label", "reasons-label", "cells-heading", "cells-label", "cells-intro"),
        *("cell-tick", "cell-hidden", "cells-total", "cells-small", "cells-back", "cells-safe", "cells-much"),
        *("results-heading", "part-of", "file-heading", "file-intro", "counted", "not-counted", "chosen-keys"),
        *("most-alike", "result-public"),
    )

    def needs(self) -> Collection[str]:
        """Return the ids of all words; the small table names its rows and columns."""
        rows = (_word("cells-row", number) for number in range(1, len(self.data.counts) + 1))
        columns = (_word("cells-column", number) for number in range(1, len(self.data.counts[0]) + 1))
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
