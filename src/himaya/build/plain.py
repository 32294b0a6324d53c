"""Plain HTML of an activity where no player draws it: formgrader, feedback, print. Everything is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from himaya.engine.scenario import debrief
from himaya.i18n.interface import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from himaya.engine import Activity, State


def answered_html(activity: Activity, state: State) -> str:
    """Return what a trainee answered, for a marker or a printed page. Shows no key."""
    head = activity.get("title") or activity["stem"]
    return _frame(activity, [f"<h4>{_lines(head)}</h4>", *_answer(activity, state)])


def feedback_html(whole: Activity, state: State, earned: float) -> str:
    """Return the answer beside the right one, why, the source and the points; `whole` carries the key."""
    parts = [f"<h4>{_lines(whole.get('title') or whole['stem'])}</h4>"]
    if whole["kind"] == "scenario":
        parts += _scenario_feedback(whole, state)
    elif whole["kind"] == "text":
        parts += _answer(whole, state)
    else:
        parts += [*_answer(whole, state), *_key(whole)]
    if whole["kind"] != "text":
        points = sentence("points", earned=f"{earned:g}", points=whole["points"])
        parts.append(f"<p><strong>{escape(points)}</strong></p>")
    else:
        parts.append(_p(sentence("marked-by-trainer")))
    return _frame(whole, parts)


def _frame(activity: Activity, parts: Iterable[str]) -> str:
    """Wrap `parts` so that a style sheet can find them and a browser knows the language of the text."""
    language = escape(activity["language"], quote=True)
    name = escape(activity["id"], quote=True)
    return (
        f'<section class="himaya-plain" lang="{language}" dir="auto" data-activity="{name}">{"".join(parts)}</section>'
    )


def _lines(text: object) -> str:
    """Escape text that a person wrote; half characters become U+FFFD, line ends become breaks."""
    clean = str(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "<br>".join(escape(line) for line in clean.splitlines())


def _p(text: object, label: str | None = None) -> str:
    start = f"<strong>{escape(sentence(label))}:</strong> " if label else ""
    return f'<p dir="auto">{start}{_lines(text)}</p>'


def _list(entries: Iterable[str], tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li>{entry}</li>' for entry in entries)}</{tag}>"


def _texts(entries: Iterable[Any]) -> dict[str, str]:
    return {entry["id"]: entry["text"] for entry in entries}


def _answer(activity: Activity, state: State) -> list[str]:
    kind, value = activity["kind"], state["value"]
    if kind == "scenario":
        return _path(activity, state)
    if value is None or value in ("", []):
        return [_p(sentence("unanswered"))]
    if kind in ("number", "text"):
        unit = f" {activity['unit']}" if kind == "number" else ""
        return [_p(f"{value}{unit}", "answer-shown")]
    if kind == "match":
        rows, options = _texts(activity["rows"]), _texts(activity["options"])
        return [_p("", "answer-shown"), _list(f"{_lines(rows[r])} → {_lines(options[o])}" for r, o in value)]
    options = _texts(activity["options"])
    chosen = _list((_lines(options[option]) for option in value), "ol" if kind == "order" else "ul")
    return [_p("", "answer-shown"), chosen]


def _path(activity: Activity, state: State) -> list[str]:
    if state["phase"] == "skipped":
        return [
            _p(sentence("skipped-mark")),
            _p(activity["alternative"], "alternative"),
            _p(state["value"], "answer-shown"),
        ]
    if not state["path"]:
        return [_p(sentence("unanswered"))]
    nodes = {node["id"]: node for node in activity["nodes"]}
    steps = []
    for node_id, choice_id in state["path"]:
        node = nodes[node_id]
        steps.append(f"<strong>{_lines(node['title'])}</strong>: {_lines(_texts(node['choices'])[choice_id])}")
    unfinished = [] if state["phase"] == "ended" else [_p(sentence("not-finished"))]
    return [_list(steps, "ol"), *unfinished]


def _key(whole: Activity) -> list[str]:
    kind = whole["kind"]
    if kind == "number":
        right = [_p(f"{whole['shown']} {whole['unit']}", "right-answer")]
    elif kind == "order":
        texts = _texts(whole["options"])
        right = [_p("", "right-order"), _list((_lines(texts[option]) for option in whole["key"]), "ol")]
    elif kind == "match":
        texts = _texts(whole["options"])
        pairs = (f"{_lines(r['text'])} → {_lines(texts[r['answer']])}. {_lines(r['rationale'])}" for r in whole["rows"])
        right = [_p("", "right-answer"), _list(pairs)]
    else:
        options = (_explained(option) for option in whole["options"])
        right = [_p("", "right-answer"), _list(options)]
    why = [_p(whole["rationale"], "why")] if "rationale" in whole else []
    return [*right, *why, _p("; ".join(whole["source"]), "source")]


def _explained(option: Mapping[str, Any]) -> str:
    verdict = sentence("right" if option["correct"] else "not-right")
    return f"<strong>{escape(verdict)}</strong>: {_lines(option['text'])} {_lines(option['rationale'])}"


def _scenario_feedback(whole: Activity, state: State) -> list[str]:
    parts = _path(whole, state)
    if state["phase"] != "ended":
        return parts
    decisions = debrief(whole, state["path"])
    harmful = [decision for decision in decisions if decision["quality"] == "harmful"]
    if harmful:
        parts.append(_p(harmful[0]["title"], "first-harmful"))
    steps = []
    for decision in decisions:
        better = "" if decision["quality"] == "best" or not decision["better"] else _p(decision["better"], "better")
        steps.append(
            f"<strong>{_lines(decision['title'])}</strong>: {escape(sentence(decision['quality']))}"
            + _p(decision["consequence"], "what-happens")
            + _p(decision["rationale"], "why")
            + _p(decision["principle"], "principle")
            + better
            + _p("; ".join(decision["source"]), "source")
        )
    return [*parts, _p("", "debrief"), _list(steps, "ol")]
