"""What an author may write in a caseload lab: the settings of its month, each with a sentence, and two plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from pydantic import Field

from himaya.activities.format import Id, Mark, Model, Text
from himaya.activities.lab.caseload.compare import COMPARED, MEASURES
from himaya.activities.lab.caseload.model import LEVERS, MINUTES, PRIORITIES
from himaya.activities.lab.caseload.people import LEVELS, Priority
from himaya.activities.lab.caseload.settings import NAMES, RANGES
from himaya.activities.lab.caseload.words import Word
from himaya.activities.lab.format import Data, Lab, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.activities.format import Finding

FAMILIES: dict[str, tuple[str, ...]] = {
    "priority": PRIORITIES,
    "lever": LEVERS,
    "help": LEVERS,
    "level": LEVELS,
    "minutes": MINUTES,
    "measure": tuple(name.replace("_", "-") for name in MEASURES),
    "compare": COMPARED,
    "mark": get_args(Mark),
}
"""Words whose ids are put together, such as `lever-pause`."""


class Setting(Model):
    """One constant of the month."""

    value: int
    says: Text = Field(description="The sentence on screen; {value} stands for the number.")
    marks: list[Mark] = Field(min_length=1)


class WeekPlan(Model):
    """What a team decides for one week."""

    priority: Priority
    pause: bool = False
    transfer: bool = False
    staff: bool = False
    protect: bool = False


class Months(Model):
    """Which months are played: `months` of them, from `seed` on."""

    seed: int = Field(ge=0, lt=2**31)
    months: int = Field(ge=2, le=1000)


class CaseloadData(Data):
    """The month, what a team does that decides nothing, and the best plan that a search has found."""

    settings: dict[Id, Setting]
    usual: list[WeekPlan] = Field(description="One plan for each week.")
    best: list[WeekPlan]
    searched: Months = Field(description="The months on which `best` was found.")
    compare: Months = Field(description="The months on which plans are compared; others than `searched`.")


class Written(Lab):
    """A caseload lab. There is nothing to be right about, so it is always practice."""

    lab: Literal["caseload"]
    mode: Literal["practice"]
    data: CaseloadData

    WORDS: ClassVar[tuple[str, ...]] = words_of(Word, FAMILIES)

    def findings(self) -> Iterator[Finding]:
        """Yield settings that are missing, unknown or out of their range, and plans that do not fill the month."""
        settings = self.data.settings
        known = {name.replace("_", "-"): name for name in NAMES}
        for name in known.keys() - settings.keys():
            yield f"'settings' has no '{name}', which the month needs; add it.", ("data", "settings")
        for name, setting in settings.items():
            if name not in known:
                yield f"there is no setting '{name}'.", ("data", "settings", name)
                continue
            low, high = RANGES[known[name]]
            if not low <= setting.value <= high:
                text = f"'{name}' is {setting.value}; allowed: {low} to {high}."
                yield text, ("data", "settings", name, "value")
            if "{value}" not in setting.says:
                yield "a sentence without {value} hides the number; put it in.", ("data", "settings", name, "says")
        if "weeks" in settings and self.least > settings["weeks"].value:
            yield f"a month of {settings['weeks'].value} weeks has no {self.least} decisions to finish by.", ("least",)
        for name in ("usual", "best"):
            if "weeks" in settings and len(getattr(self.data, name)) != settings["weeks"].value:
                yield f"'{name}' needs one plan for each week.", ("data", name)
