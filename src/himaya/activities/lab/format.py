"""What an author may write in labs/*.yaml: what all labs share here, what one lab needs in a file of its own.

The file of a lab, such as `himaya.activities.lab.complaint.format`, offers `Written`: its `Lab` with `lab` and `data`
narrowed, and in `needs` the ids that `words` must hold. Texts inside `data` stand in fields that the translation knows,
such as `text`, `label` or `says`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from himaya.activities.format import Claim, Id, Model, Note, Simulation, Text
from himaya.activities.lab.model import LabName, module_name
from himaya.activities.limits import LAB_MINUTES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from himaya.activities.format import Finding, Writer


class Data(Model):
    """Base of what one lab's model needs. A field `key` holds what a graded trainee must not see before feedback."""


_WORD = Note("a label, an option or a sentence of a lab; {names} stay as they are")


class Assumption(Claim):
    """Something that a model takes for granted, said on screen."""

    says: Annotated[Text, Note("what a lab takes for granted, said on screen")]


class Lab(Simulation, Claim):
    """A piece of work to practise: a model that computes, and the texts around it."""

    kind: Literal["lab"] = "lab"
    lab: LabName = Field(description="Which model it runs.")
    minutes: int = Field(ge=1, le=LAB_MINUTES)
    briefing: list[Text] = Field(min_length=1, description="Paragraphs: the task, the role, what is known.")
    first_step: list[Text] = Field(min_length=1, description="A worked first step.")
    assumptions: list[Assumption] = Field(min_length=1)
    debrief: list[Text] = Field(min_length=1, description="Paragraphs that tie what was done to the outcomes.")
    words: Annotated[dict[Id, Text], _WORD] = Field(
        description="Every label, option and sentence that the lab shows, by its id."
    )
    seed: int = Field(default=1, ge=0, lt=2**31, description="The same for everybody.")
    least: int = Field(default=1, ge=1, le=400, description="Decisions before it can be finished.")
    data: Data

    WORDS: ClassVar[tuple[str, ...]] = ()

    def needs(self) -> Collection[str]:
        """Return the ids of all words that this lab shows; some depend on its data."""
        return self.WORDS

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with the data of this lab beyond its shape; each lab knows its own."""
        yield from ()


def words_of(fixed: Iterable[str], families: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the ids of the words that a lab shows, each once.

    Args:
        fixed: Those that stand in the code: the lab's enumeration.
        families: Those that are put together, as `family-name`: the names by family.
    """
    put_together = (f"{family}-{name}" for family, names in families.items() for name in names)
    return tuple(dict.fromkeys([*map(str, fixed), *put_together]))


def written(lab: str) -> type[Lab]:
    """Return the format of one kind of lab; it is imported when it is first asked for."""
    found: type[Lab] = import_module(f"himaya.activities.lab.{module_name(lab)}.format").Written
    return found


def compile_lab(lab: Lab, write: Writer) -> dict[str, Any]:
    """Return a lab; `key`, where it has one, stands beside `data` and not in it."""
    texts = {"title", "minutes", "outcomes", "content_note", "alternative", "seed", "least", "briefing"}
    data = lab.data.model_dump(mode="json")
    key = {"key": data.pop("key")} if "key" in data else {}
    return {
        "lab": lab.lab,
        **lab.model_dump(mode="json", include=texts | {"first_step", "debrief", "words"}),
        "assumptions": [{"says": one.says, "source": write.cite(one)} for one in lab.assumptions],
        "source": write.cite(lab),
        "data": data,
        **key,
    }
