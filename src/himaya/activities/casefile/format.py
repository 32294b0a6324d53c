"""What an author may write in casefiles/*.yaml: papers that a worker fills in one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from himaya.activities.format import Claim, Id, Model, Note, Simulation, Text, mixed
from himaya.activities.limits import CHOICES, OPTIONS
from himaya.activities.simulations import Quality

if TYPE_CHECKING:
    from himaya.activities.format import Writer


class Entry(Model):
    """What a line may say."""

    id: Id
    text: Annotated[Text, Note("what a line of a paper may say", sisters=True)]
    quality: Quality
    rationale: Text = Field(description="Why, about the line, never about the person.")


class Line(Model):
    """One line of a paper."""

    id: Id
    label: Annotated[Text, Note("name of a line of a paper")]
    options: list[Entry] = Field(min_length=2, max_length=CHOICES)


class Paper(Model):
    """One paper: what is known when it is filled in, and its lines."""

    id: Id
    title: Text
    text: Annotated[Text, Note("what is known before a paper is filled in")]
    rows: list[Line] = Field(min_length=1, max_length=OPTIONS)


class Casefile(Simulation, Claim):
    """Papers of one invented case. Practice only: its reasons are shown, so nothing in it can be a key."""

    kind: Literal["casefile"] = "casefile"
    mode: Literal["practice"]
    setting: Text = Field(description="Who the trainee is, where, and what is known. All invented.")
    papers: list[Paper] = Field(min_length=1, max_length=OPTIONS)
    debrief: list[Text] = Field(min_length=1, description="Questions or paragraphs to read when the file is complete.")


def compile_casefile(casefile: Casefile, write: Writer) -> dict[str, Any]:
    """Return the fields of a compiled case file."""
    plain = {"title", "minutes", "outcomes", "content_note", "alternative", "setting", "debrief"}
    return {
        **casefile.model_dump(mode="json", include=plain),
        "papers": [
            {
                **paper.model_dump(mode="json", include={"id", "title", "text"}),
                "rows": [
                    {
                        **line.model_dump(mode="json", include={"id", "label"}),
                        "options": mixed(option.model_dump(mode="json") for option in line.options),
                    }
                    for line in paper.rows
                ],
            }
            for paper in casefile.papers
        ],
        "source": write.cite(casefile),
    }
