"""Plain HTML of an activity where no player draws it: a printed page, a shared notebook. Everything is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from himaya.i18n.interface import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from himaya.engine import Activity, State


def answered_html(activity: Activity, state: State) -> str:
    """Return what a trainee answered, for a marker or a printed page. Shows no key."""
    head = activity.get("title") or activity["stem"]
    return _frame(activity, [f"<h4>{_lines(head)}</h4>", *_answer(activity, state)])


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
