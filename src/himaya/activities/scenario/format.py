"""What an author may write in scenarios/*.yaml: a branching simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Field

from himaya.activities.format import Character, Claim, Id, Model, Note, Simulation, Text, mixed
from himaya.activities.limits import CHOICES, EFFECT, METER
from himaya.activities.simulations import Face, Quality

if TYPE_CHECKING:
    from himaya.activities.format import Writer


class Meter(Model):
    """A small whole number a scenario keeps, drawn as "Trust 3 of 4" or, with `levels`, in words."""

    label: Text
    start: int = Field(ge=0, le=METER)
    min: int = Field(default=0, ge=0, le=METER)
    max: int = Field(default=4, ge=1, le=METER)
    levels: list[Text] = Field(default_factory=list, description="One word for each value, lowest first.")
    sticky: bool = Field(default=False, description="Once at its lowest value it stays there.")
    lower_is_better: bool = False


class Range(Model):
    """Condition on one meter; both ends belong to the range."""

    min: int = 0
    max: int = 10


When: TypeAlias = dict[Id, Range]


class Choice(Claim):
    """One way to act at a decision point."""

    id: Id
    text: Annotated[Text, Note("one way to act", sisters=True)]
    quality: Quality
    effects: dict[Id, Annotated[int, Field(ge=-EFFECT, le=EFFECT)]] = Field(default_factory=dict)
    consequence: Text = Field(description="What happens: calm, concrete, without praise or blame.")
    rationale: Text = Field(description="Why, named by the principle; about the action, never the person.")
    principle: Id
    when: When = Field(default_factory=dict, description="The choice is open only while these meters hold.")
    goto: Id = Field(description='A node, or "end".')
    face: Face | None = Field(default=None, description="In practice: how the person looks then; else by quality.")


class Node(Model):
    """A decision point: what is happening, and the question."""

    title: Text
    text: Annotated[Text, Note("what happens before a decision")]
    prompt: Text
    person: Id | None = Field(default=None, description="Who of `people` is drawn here.")
    face: Face | None = Field(default=None, description="In practice: how this person looks; else listening.")
    choices: list[Choice] = Field(min_length=2, max_length=CHOICES)


class Ending(Model):
    """Where a run ends. The first ending whose `when` holds is taken; the last one needs none."""

    id: Id
    title: Text
    text: Annotated[Text, Note("how the scenario ends")]
    when: When = Field(default_factory=dict)


class Scenario(Simulation):
    """A branching simulation. The trainee is always the worker, never the survivor."""

    kind: Literal["scenario"] = "scenario"
    setting: Text = Field(description="Who the trainee is, where, and what is known. All invented.")
    cast: dict[str, Literal["woman", "man", "girl", "boy"]] = Field(
        default_factory=dict, description="Who has a name in the story. Not shown; docs/modules.md lists it."
    )
    people: dict[Id, Character] = Field(default_factory=dict)
    meters: dict[Id, Meter] = Field(default_factory=dict)
    start: Id
    nodes: dict[Id, Node] = Field(min_length=1)
    endings: list[Ending] = Field(min_length=1)


def compile_scenario(scenario: Scenario, write: Writer) -> dict[str, Any]:
    """Return the fields of a compiled scenario, with its key."""
    people = [{"id": name, **one.model_dump(mode="json")} for name, one in scenario.people.items()]
    return {
        "title": scenario.title,
        "minutes": scenario.minutes,
        "outcomes": scenario.outcomes,
        "content_note": scenario.content_note,
        "alternative": scenario.alternative,
        "setting": scenario.setting,
        **({"people": people} if people else {}),
        "meters": [
            {
                "id": meter_id,
                "label": meter.label,
                "start": meter.start,
                "min": meter.min,
                "max": meter.max,
                "levels": meter.levels,
                "sticky": meter.sticky,
                **({"lower": True} if meter.lower_is_better else {}),
            }
            for meter_id, meter in scenario.meters.items()
        ],
        "start": scenario.start,
        "nodes": [_node(node_id, node, write) for node_id, node in scenario.nodes.items()],
        "endings": [
            {"id": ending.id, "title": ending.title, "text": ending.text, "when": _when(ending.when)}
            for ending in scenario.endings
        ],
    }


def _when(when: When) -> list[list[Any]]:
    return [[meter, allowed.min, allowed.max] for meter, allowed in when.items()]


def _node(node_id: str, node: Node, write: Writer) -> dict[str, Any]:
    choices = mixed(
        {
            "id": choice.id,
            "text": choice.text,
            "consequence": choice.consequence,
            "to": choice.goto,
            "when": _when(choice.when),
            "effects": [[meter, change] for meter, change in choice.effects.items()],
            "quality": choice.quality,
            "rationale": choice.rationale,
            "principle": write.principle(choice.principle),
            "source": write.cite(choice),
            **({} if choice.face is None else {"face": choice.face}),
        }
        for choice in node.choices
    )
    whole = {"id": node_id, "title": node.title, "text": node.text, "prompt": node.prompt, "choices": choices}
    drawn = {"person": node.person, "face": node.face}
    return {**whole, **{name: value for name, value in drawn.items() if value is not None}}
