"""The pass rule of a course: its fields, what it computes, how it is worded, and what it reads. Nothing else knows it.

One number is what trainees, trainers and tables read: the percent of the points that count. Counted points of each
module are taken times (1 - late penalty / points before it), over what the counted work is worth. Safety is judged
before the penalty: being late makes no answer unsafe. Where a module has a safety set, one of its two forms has to be
all right, and the points of a form count nowhere else. Knows no engine, no disk and no gradebook.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from pydantic import Field

from himaya.activities.format import Id, Model
from himaya.activities.kinds import CODE, place_of
from himaya.content.assignments import form_names, form_of, module_of
from himaya.languages.facts import ALL
from himaya.languages.interface import sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from himaya.content.load import LoadedModule

_CLOSE = 1e-6  # nbgrader keeps points as floats, and a share is rounded to four places
_CODE = {"kind": CODE, "mode": "graded"}  # a scored cell that is no activity


Counted = Literal["items", "scenarios", "labs", "practice"]
"""What can count towards a pass: graded questions, graded scenarios, graded labs, and whatever is for practice."""


class PassRule(Model):
    """What course.yaml says of passing: every module, and how much of what counts."""

    modules: list[Id] = Field(min_length=1)
    pass_mark: int = Field(ge=1, le=100, description="Percent of the points that count.")
    counts: list[Counted] = Field(default=["items"], min_length=1, description="Whose points count towards the pass.")


def counts(course: PassRule, kind: str, mode: str) -> bool:
    """Return whether the points of an activity count towards the pass of `course`.

    Args:
        course: Whose `counts` says what does; from the start only graded questions, written ones included.
        kind: Of the activity; code that a trainee writes is a question.
        mode: practice or graded.

    Source:
        Scenarios are for learning and no part of the mark: our own teaching choice.
    """
    counted = "practice" if mode != "graded" else place_of(kind).counted
    return counted in course.counts


# --- what it reads ----------------------------------------------------------------------------------------------


class Result(NamedTuple):  # a class has some hundred thousand of them
    """What one trainee has in one activity of a course.

    Attributes:
        module: The module's id.
        activity: The activity's id, unique in its module.
        points: Points it is worth, above 0.
        earned: Points earned, 0 to `points`; None while a person has yet to mark it.
        safety_critical: Whether it has to be right, whatever the total.
        counts: Whether its points count towards the pass.
    """

    module: str
    activity: str
    points: float
    earned: float | None
    safety_critical: bool = False
    counts: bool = True

    @property
    def missed(self) -> bool:
        """Whether this is safety-critical and marked, and something of it is not right."""
        return self.safety_critical and self.earned is not None and self.earned < self.points - _CLOSE


@dataclass(frozen=True)
class Work:
    """What one trainee has in one module.

    Attributes:
        module: The module's id.
        results: One for each activity that is worth points, answered or not, counted or not.
        late_penalty: Points that are taken off the whole module for being late.
        graded: Whether anything of it was handed in and graded.
    """

    module: str
    results: tuple[Result, ...]
    late_penalty: float = 0.0
    graded: bool = True

    @property
    def safe(self) -> bool:
        """Whether it was handed in, asks about safety, and every answer to that is right."""
        asked = [result for result in self.results if result.safety_critical]
        return self.graded and bool(asked) and not any(each.earned is None or each.missed for each in asked)

    @property
    def missed(self) -> list[Result]:
        """What is safety-critical in it and was not right, where it was handed in and graded."""
        return [result for result in self.results if result.missed and self.graded]

    @property
    def kept(self) -> float:
        """The share of points that the penalty leaves, 0 to 1."""
        before = sum(result.earned or 0.0 for result in self.results)
        return max(0.0, 1 - self.late_penalty / before) if before else 1.0

    @property
    def counted(self) -> list[Result]:
        """What counts towards the pass."""
        return [result for result in self.results if result.counts]

    @property
    def earned(self) -> float:
        """Points that count, with the share taken off that the penalty takes of the whole module."""
        return self.kept * sum(result.earned or 0.0 for result in self.counted)

    @property
    def worth(self) -> float:
        """Points that can count."""
        return sum(result.points for result in self.counted)


def work_of(
    course: PassRule,
    module: str,
    activities: Mapping[str, Mapping[str, Any]],
    scored: Mapping[str, tuple[float, float | None]],
    *,
    late_penalty: float = 0.0,
    graded: bool = True,
) -> Work:
    """Return what one trainee has in a module or in a safety form, as keys and gradebook say it.

    Everything in a form counts, and being late takes nothing off it: it decides about safety alone.

    Args:
        course: What counts in it.
        module: The module's id.
        activities: The module's activities by id.
        scored: For each scored cell what it is worth and what was earned; None while a person has yet to mark it.
        late_penalty: Points that are taken off for being late.
        graded: Whether anything was handed in and graded.
    """
    results, form = [], form_of(module) is not None
    count = cache(partial(counts, course))
    for name, (points, earned) in scored.items():
        activity = activities.get(name, _CODE)
        counted = form or count(activity["kind"], activity["mode"])
        results.append(Result(module, name, points, earned, bool(activity.get("safety_critical")), counted))
    return Work(module, tuple(results), 0.0 if form else late_penalty, graded)


# --- what it says -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Where somebody stands against the pass mark: the one number, and what it is made of.

    Attributes:
        earned: Points that count.
        worth: Points that can count.
        needed: The pass mark in percent.
    """

    earned: float
    worth: float
    needed: int

    @property
    def percent(self) -> int:
        """Percent of what counts, 0 to 100, rounded down: no failed mark is ever shown as the pass mark."""
        return min(100, math.floor(100 * self.earned / self.worth + _CLOSE)) if self.worth else 0

    @property
    def reached(self) -> bool:
        """Whether the pass mark is reached."""
        return self.percent >= self.needed

    def in_words(self, say: Mapping[str, str], key: str = "pass-standing") -> str:
        """Return the number in a sentence of the interface `say`; nothing where nothing counts."""
        points = {name: f"{value:.2f}".rstrip("0").rstrip(".") for name, value in asdict(self).items()}
        return say[key].format(**points, percent=self.percent) if self.worth else ""

    def as_text(self) -> str:
        """Return it as text that `standing_from` reads, for whoever has the released page alone."""
        return json.dumps(asdict(self))


def standing_from(text: str) -> Standing | None:
    """Return what `as_text` wrote, or None where it is something else."""
    try:
        known = json.loads(text)
        return Standing(float(known["earned"]), float(known["worth"]), int(known["needed"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


@dataclass(frozen=True)
class Verdict:
    """Whether a course is passed, why not, in sentences, and which safety-critical activities need another look.

    Those of a safety set are not among them: each form tells its own.
    """

    passed: bool
    standing: Standing
    reasons: tuple[str, ...]
    missed: tuple[Result, ...]

    @property
    def percent(self) -> int:
        """The one number."""
        return self.standing.percent


def verdict(course: PassRule, works: Iterable[Work]) -> Verdict:
    """Return whether one trainee has passed `course`: its pass mark reached, and every safety-critical item right.

    Of a safety set, all items of one form.

    A miss is no failure of the person: it means feedback, a talk and another try, and the reasons are worded so.

    Args:
        course: What is in it, and its pass mark in percent.
        works: One for each module of the course that was released, on the path of the trainee where it has several,
            and one for each form of its safety set.

    Source:
        Pass mark and rule: our own teaching choice; OpenWHO courses give certificates from 80 % on.
    """
    known = {module_of(work.module): work for work in works}
    own = [known[module] for module in course.modules if module in known]
    results = [result for work in own for result in work.results]
    standing = Standing(sum(work.earned for work in own), sum(work.worth for work in own), course.pass_mark)
    reasons = [
        sentence("pass-no-results", module=module)
        for module in course.modules
        if module not in known or not (known[module].graded and known[module].results)
    ]
    if not standing.reached:
        reasons.append(sentence("pass-points", percent=standing.percent, needed=course.pass_mark))
    missed: list[Result] = []
    without_set = []
    for work in own:
        forms = [known[name] for name in form_names(module_of(work.module)) if name in known]
        if not forms:
            missed += work.missed
        # Who handed in an edition from before the forms was asked the same in the module itself.
        elif not any(each.safe for each in (work, *forms)):
            without_set.append(work.module)
    if missed:
        reasons.append(sentence("pass-safety", items=_named(missed)))
    if without_set:
        reasons.append(sentence("pass-safety-set", modules=", ".join(without_set)))
    open_marks = [result for result in results if result.earned is None and (result.counts or result.safety_critical)]
    if open_marks:
        reasons.append(sentence("pass-open", items=_named(open_marks)))
    return Verdict(not reasons, standing, tuple(reasons), tuple(missed))


def _named(results: Iterable[Result]) -> str:
    return ", ".join(f"{result.module}/{result.activity}" for result in results)


def of_module(course: PassRule, work: Work) -> Verdict:
    """Return the verdict on one module as if it were the whole course; a safety form asks for all of its points."""
    mark = course.pass_mark if form_of(work.module) is None else 100
    return verdict(course.model_copy(update={"modules": [module_of(work.module)], "pass_mark": mark}), [work])


# --- the rule itself, as a course ships it and in words ---------------------------------------------------------


def as_data(course: PassRule, modules: Sequence[LoadedModule] = ()) -> dict[str, Any]:
    """Return the rule as `overview/activities.json` holds it, which is all that a trainee's home page has.

    Args:
        course: The course.
        modules: Its modules without their safety forms, to say what each is worth and whether there are such forms.
    """
    return {
        "mark": course.pass_mark,
        "counts": course.counts,
        "sets": any(loaded.module.safety for loaded in modules),
        "worth": {loaded.module.id: _worth(course, loaded) for loaded in modules},
    }


def _worth(course: PassRule, loaded: LoadedModule) -> int:
    asked = [each for each in loaded.activities.values() if each.mode != "pretest"]
    code = sum(item.points for item in loaded.code.values()) if counts(course, **_CODE) else 0
    return code + sum(each.points for each in asked if counts(course, each.kind, each.mode))


def in_words(rule: Mapping[str, Any], say: Mapping[str, str], language: str) -> list[str]:
    """Return when a course is passed, in sentences: how much it takes, what counts and what does not.

    Args:
        rule: As `as_data` returns it; a release from before it said more has only `mark` and `counts`.
        say: The interface in the language in which it is told.
        language: That language.
    """
    comma = ALL[language].comma
    rest = []
    for key, counted in (("pass-counts", True), ("pass-not-counted", False)):
        what = [str(say[f"counts-{kind}"]) for kind in get_args(Counted) if (kind in rule["counts"]) is counted]
        rest += [say[key].format(what=comma.join(what))] if what else []
    sets = [str(say["pass-rule-sets"])] if rule.get("sets") else []
    return [say["pass-rule"].format(percent=rule["mark"]), *sets, *rest]


def so_far(
    rule: Mapping[str, Any], modules: Mapping[str, Standing | None], handed_in: Collection[str] = ()
) -> Standing | None:
    """Return where a trainee stands in the whole course, from what the released feedback of each module says.

    Args:
        rule: As `as_data` returns it.
        modules: Each module's standing; None where there is no feedback yet. None of them means no number.
        handed_in: The modules that were handed in: of several paths, the first of these counts until there is feedback.
    """
    worth = rule.get("worth")
    known = {name: each for name, each in modules.items() if each is not None}
    if not known or not isinstance(worth, dict):
        return None
    for names in rule.get("paths", {}).values():  # one path of a module counts
        begun = [*(name for name in names if name in known), *(name for name in names if name in handed_in), *names]
        mine = begun[0]
        worth = {name: points for name, points in worth.items() if name == mine or name not in names}
    whole = sum(known[name].worth if name in known else float(points) for name, points in worth.items())
    return Standing(sum(known[name].earned for name in worth if name in known), whole, int(rule["mark"]))
