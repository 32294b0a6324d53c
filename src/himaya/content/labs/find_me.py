"""What an author may write in a lab "Can you find me?": the small table, the limits, and what makes a release sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from himaya.content.labs import Data, Lab
from himaya.content.models import Model
from himaya.labs.disclosure_cells import small
from himaya.labs.disclosure_microdata import COLUMNS, COMMENTS, DISPLACEMENT, MARITAL, PEOPLE
from himaya.labs.disclosure_release import COARSER, INDICATORS, OFFERED_KEYS, TREATMENTS
from himaya.labs.find_me import ENDINGS, REASONS, RESULTS, SENTENCES, SUPPRESSED
from himaya.labs.find_me_figures import BINS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from himaya.content.references import Finding

Percent = Annotated[int, Field(ge=1, le=100)]


class Key(Model):
    """What makes a release sound: our own choice, to be said in the assumptions."""

    keys: list[str] = Field(min_length=1, description="Columns that a neighbour may know.")
    endings: dict[Literal["publish", "restricted", "metadata"], Annotated[int, Field(ge=0, le=2)]]
    reasons: list[str] = Field(min_length=1)
    most_hidden: int = Field(ge=1, description="Hidden cells of the small table, at most.")


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
        *(_word("why", name) for name in ENDINGS),
        *(_word("reason", name) for name in REASONS),
        *(_word("result", name) for name in RESULTS),
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
        *("results-heading", "part-of", "file-heading", "file-intro"),
    )

    def needs(self) -> Collection[str]:
        """Return the ids of all words; the small table names its rows and columns."""
        rows = (_word("cells-row", number) for number in range(1, len(self.data.counts) + 1))
        columns = (_word("cells-column", number) for number in range(1, len(self.data.counts[0]) + 1))
        return (*self.WORDS, *rows, *columns)

    def findings(self) -> Iterator[Finding]:
        """Yield names that do not exist, and a small table in which nothing is to be found."""
        for name in self.data.key.keys:
            if name not in OFFERED_KEYS:
                yield f"there is no key '{name}'; allowed: {', '.join(OFFERED_KEYS)}.", ("data", "key", "keys")
        for name in self.data.key.reasons:
            if name not in REASONS:
                yield f"there is no reason '{name}'; allowed: {', '.join(REASONS)}.", ("data", "key", "reasons")
        if len({len(line) for line in self.data.counts}) != 1:
            yield "every line of 'counts' has the same number of columns.", ("data", "counts")
        elif not small(self.data.counts, self.data.least_cell):
            yield "no count is small, so there is nothing to hide.", ("data", "counts")
