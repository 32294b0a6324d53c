"""What an author may write in code.yaml: tasks that are solved in pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, JsonValue, StringConstraints

from himaya.activities.format import Claim, Id, Model, Text
from himaya.activities.limits import CODE_CHECKS, ITEM_POINTS

if TYPE_CHECKING:
    from himaya.activities.format import Writer


class Look(Model):
    """One thing that is looked at once a trainee's code has run."""

    says: Text = Field(description="What is looked at, as the trainee reads it before answering.")
    value: Text = Field(description="A Python expression over the names that the trainee's code defines.")
    equals: JsonValue = Field(description='Data; a table is {"columns": [...], "rows": [[...]]}, a series a list.')
    tolerance: float = Field(default=0, ge=0, allow_inf_nan=False, description="By how much a number may differ.")
    points: int = Field(default=1, ge=1, le=ITEM_POINTS)


class CodeItem(Claim):
    """A task that is solved in pandas, for information-management staff. Always graded, in a sandbox."""

    id: Id
    stem: Text
    outcome: Id
    files: list[Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*\.(csv|json)$")]] = Field(
        default_factory=list, description="Names of files in the module's data/ that the code reads."
    )
    starter: Text = Field(description="The lines that the trainee begins with.")
    solution: Text = Field(description="The lines that are missing; taken out of what is released.")
    checks: list[Look] = Field(min_length=1, max_length=CODE_CHECKS)
    rationale: Text

    @property
    def points(self) -> int:
        """Points of all checks together."""
        return sum(check.points for check in self.checks)


def compile_item(item: CodeItem, write: Writer) -> dict[str, Any]:
    """Return what the hidden tests of a code item declare."""
    fields = item.model_dump(include={"id", "stem", "files", "checks", "solution", "rationale"})
    return {**fields, "points": item.points, "source": write.cite(item)}
