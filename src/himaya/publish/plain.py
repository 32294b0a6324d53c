"""Plain HTML of an activity where no player draws it: a printed page, a shared notebook. Everything is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from himaya.activities.lab.model import told
from himaya.languages.facts import ALL, direction, known
from himaya.languages.interface import interface
from himaya.languages.isolates import marked_up, without_isolates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from himaya.activities.kinds import Activity, State
    from himaya.languages.interface import Sentence


def answered_html(activity: Activity, state: State) -> str:
    """Return what a trainee answered, for a marker or a printed page, in the activity's language. Shows no key."""
    language = known(activity["language"])
    head = activity.get("title") or activity["stem"]
    parts = [f"<h4>{_lines(head)}</h4>", *_Plain(interface(language), language).answer(activity, state)]
    about = f'lang="{language}" dir="{direction(language)}" data-activity="{escape(activity["id"])}"'
    return marked_up(f'<section class="himaya-plain" {about}>{"".join(parts)}</section>')


def _lines(text: object) -> str:
    """Escape text that a person wrote; half characters become U+FFFD, line ends become breaks."""
    clean = str(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "<br>".join(escape(line) for line in clean.splitlines())


def _list(entries: Iterable[str], tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li>{entry}</li>' for entry in entries)}</{tag}>"


def _texts(entries: Iterable[Any]) -> dict[str, str]:
    return {entry["id"]: entry["text"] for entry in entries}


class _Plain:
    """Draws in one language."""

    def __init__(self, say: Mapping[str, Sentence], language: str) -> None:
        self._say = say
        self._arrow = ALL[language].forward

    def _p(self, text: object, label: str | None = None) -> str:
        start = f"<strong>{escape(self._say[label])}:</strong> " if label else ""
        return f'<p dir="auto">{start}{_lines(text)}</p>'

    def answer(self, activity: Activity, state: State) -> list[str]:
        """Return the answer of any kind of activity."""
        kind, value = activity["kind"], state["value"]
        if kind == "scenario":
            return self._path(activity, state)
        if kind == "lab":
            return self._lab(activity, state)
        if value is None or value in ("", []):
            return [self._p(self._say["unanswered"])]
        if kind in ("number", "text"):
            unit = f" {activity['unit']}" if kind == "number" else ""
            return [self._p(f"{without_isolates(str(value))}{unit}", "answer-shown")]
        options = _texts(activity["options"])
        if kind == "match":
            rows = _texts(activity["rows"])
            pairs = (f"{_lines(rows[r])} {self._arrow} {_lines(options[o])}" for r, o in value)
            return [self._p("", "answer-shown"), _list(pairs)]
        chosen = _list((_lines(options[option]) for option in value), "ol" if kind == "order" else "ul")
        return [self._p("", "answer-shown"), chosen]

    def _instead(self, activity: Activity, state: State) -> list[str]:
        return [
            self._p(self._say["skipped-mark"]),
            self._p(activity["alternative"], "alternative"),
            self._p(without_isolates(str(state["value"])), "answer-shown"),
        ]

    def _lab(self, activity: Activity, state: State) -> list[str]:
        if state["phase"] == "skipped":
            return self._instead(activity, state)
        if not state["decisions"]:
            return [self._p(self._say["unanswered"])]
        lines = _list(_lines(line) for line in told(activity, state["decisions"]))
        return [lines, *([] if state["phase"] == "finished" else [self._p(self._say["not-finished"])])]

    def _path(self, activity: Activity, state: State) -> list[str]:
        if state["phase"] == "skipped":
            return self._instead(activity, state)
        if not state["path"]:
            return [self._p(self._say["unanswered"])]
        nodes = {node["id"]: node for node in activity["nodes"]}
        steps = []
        for node_id, choice_id in state["path"]:
            node = nodes[node_id]
            steps.append(f"<strong>{_lines(node['title'])}</strong>: {_lines(_texts(node['choices'])[choice_id])}")
        unfinished = [] if state["phase"] == "ended" else [self._p(self._say["not-finished"])]
        return [_list(steps, "ol"), *unfinished]
