"""Turn an author's scenario or item into the plain data that both engines run on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, get_args

from himaya.activities import format as models
from himaya.activities.key import without_key
from himaya.activities.lab.format import Lab
from himaya.activities.numbers import read_number
from himaya.languages.digits import in_digits
from himaya.languages.facts import ALL, Digits
from himaya.languages.interface import interface
from himaya.publish.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from himaya.activities.code import format as code_models
    from himaya.content.activities import Activity
    from himaya.languages.facts import Digits


def compile_activity(
    activity: Activity, module: models.Module, language: str = "en", digits: Digits = "western"
) -> dict[str, Any]:
    """Return `activity` with its key as JSON data, with a hash of the part that a trainee sees.

    Sources and principles are written out as the trainee reads them.

    Options are put in an order that has nothing to do with the key (by a hash of their ids); each trainee's own
    order is drawn from that.
    """
    common = {"id": activity.id, "kind": activity.kind, "mode": activity.mode, "version": module.version}
    if isinstance(activity, models.Scenario):
        fields = _scenario(activity, module, language)
    elif isinstance(activity, Lab):
        fields = _lab(activity, module, language)
    else:
        fields = _item(activity, module, language)
    if "shown" in fields:
        fields["shown"] = in_digits(fields["shown"], digits)
    points = 0 if activity.mode == "pretest" else activity.points
    whole = {**common, "language": language, **fields, "points": points}
    digest = hashlib.sha256(canonical(without_key(whole)).encode()).hexdigest()
    return {**whole, "hash": digest[:16]}


def compile_code(item: code_models.CodeItem, module: models.Module, language: str = "en") -> dict[str, Any]:
    """Return what the hidden tests of a code item declare, as `himaya_autograde.codecells` reads it."""
    fields = item.model_dump(include={"id", "stem", "files", "checks", "solution", "rationale"})
    return {**fields, "language": language, "points": item.points, "source": readable_sources(item, module, language)}


def visible(activity: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is released to a trainee: practice teaches at once and ships whole; all else ships no key."""
    return dict(activity) if activity["mode"] == "practice" else without_key(activity)


def _mixed(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: hashlib.sha256(entry["id"].encode()).digest())


def _when(when: models.When) -> list[list[Any]]:
    return [[meter, allowed.min, allowed.max] for meter, allowed in when.items()]


def caveats(language: str) -> dict[models.Mark, str]:
    """Return what is said of a claim that is not settled, by its mark."""
    return {mark: str(interface(language)[f"mark-{mark}"]) for mark in get_args(models.Mark)}


def readable_sources(claim: models.Claim, module: models.Module, language: str = "en") -> list[str]:
    """Return each source of a claim as a reader needs it: title, year, place; then what is still open about it."""
    lines = []
    for reference in claim.source:
        code, _, place = (part.strip() for part in reference.partition(":"))
        known = module.sources.get(code)
        if known is None:
            lines.append(reference)
        elif code == "design":
            lines.append(place or known.title)
        else:
            lines.append(ALL[language].comma.join(filter(None, [f"{known.title} ({known.year})", place])))
    return lines + [caveats(language)[mark] for mark in claim.marks]


def _principle(principle: str | None, module: models.Module) -> str | None:
    for known in module.principles:
        if known.id == principle:
            return known.text
    return principle


def _scenario(scenario: models.Scenario, module: models.Module, language: str) -> dict[str, Any]:
    return {
        "title": scenario.title,
        "minutes": scenario.minutes,
        "outcomes": scenario.outcomes,
        "content_note": scenario.content_note,
        "alternative": scenario.alternative,
        "setting": scenario.setting,
        "meters": [
            {
                "id": meter_id,
                "label": meter.label,
                "start": meter.start,
                "min": meter.min,
                "max": meter.max,
                "levels": meter.levels,
                "sticky": meter.sticky,
            }
            for meter_id, meter in scenario.meters.items()
        ],
        "start": scenario.start,
        "nodes": [_node(node_id, node, module, language) for node_id, node in scenario.nodes.items()],
        "endings": [
            {"id": ending.id, "title": ending.title, "text": ending.text, "when": _when(ending.when)}
            for ending in scenario.endings
        ],
    }


def _lab(lab: Lab, module: models.Module, language: str) -> dict[str, Any]:
    """Return a lab; `key`, where it has one, stands beside `data` and not in it."""
    texts = {"title", "minutes", "outcomes", "content_note", "alternative", "lab", "seed", "least", "briefing"}
    data = lab.data.model_dump(mode="json")
    key = {"key": data.pop("key")} if "key" in data else {}
    return {
        **lab.model_dump(mode="json", include=texts | {"first_step", "debrief", "words"}),
        "assumptions": [
            {"says": one.says, "source": readable_sources(one, module, language)} for one in lab.assumptions
        ],
        "source": readable_sources(lab, module, language),
        "data": data,
        **key,
    }


def _node(node_id: str, node: models.Node, module: models.Module, language: str) -> dict[str, Any]:
    choices = _mixed(
        {
            "id": choice.id,
            "text": choice.text,
            "consequence": choice.consequence,
            "to": choice.goto,
            "when": _when(choice.when),
            "effects": [[meter, change] for meter, change in choice.effects.items()],
            "quality": choice.quality,
            "rationale": choice.rationale,
            "principle": _principle(choice.principle, module),
            "source": readable_sources(choice, module, language),
        }
        for choice in node.choices
    )
    return {"id": node_id, "title": node.title, "text": node.text, "prompt": node.prompt, "choices": choices}


def _item(item: models.AnyItem, module: models.Module, language: str) -> dict[str, Any]:
    common = {
        "stem": item.stem,
        "outcome": item.outcome,
        "principle": _principle(item.principle, module),
        "safety_critical": item.safety_critical,
        "source": readable_sources(item, module, language),
    }
    if item.twin is not None:
        common["twin"] = item.twin
    if isinstance(item, models.ChoiceItem):
        return {**common, "select": item.select, "options": _mixed(o.model_dump() for o in item.options)}
    if isinstance(item, models.OrderItem):
        options = [option.model_dump() for option in item.options]
        key = [option["id"] for option in options]
        return {**common, "options": _mixed(options), "key": key, "rationale": item.rationale}
    if isinstance(item, models.MatchItem):
        rows = [row.model_dump() for row in item.rows]
        return {**common, "rows": rows, "options": _mixed(o.model_dump() for o in item.options)}
    if isinstance(item, models.NumberItem):
        return {**common, **_number(item)}
    rubric = [level.model_dump() for level in item.rubric]
    return {**common, "words": [item.words.min, item.words.max], "rubric": rubric}


def _number(item: models.NumberItem) -> dict[str, Any]:
    answer, tolerance = read_number(item.answer), read_number(item.tolerance)
    if answer is None or tolerance is None:
        message = (
            f"{item.id}: answer {item.answer!r} and tolerance {item.tolerance!r} must be numbers such as 12 or 2.5"
        )
        raise ValueError(message)
    fields = {"unit": item.unit, "answer": answer, "tolerance": tolerance, "shown": item.answer}
    return {**fields, "rationale": item.rationale}
