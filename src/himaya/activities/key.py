"""Take an activity apart into what a graded trainee may see and its key, and put the two together again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from himaya.activities.kinds import Activity

# A field reaches a browser only if it is named here. A new field is secret until somebody decides otherwise.
_COMMON = ("id", "kind", "mode", "version", "hash", "language", "title", "points")
_SCENARIO = ("minutes", "content_note", "alternative", "setting", "start")
_ITEM = ("stem", "select", "unit", "words", "rubric")
_LAB = ("lab", "seed", "least", "briefing", "first_step", "assumptions", "words", "data")
_PUBLIC = (*_COMMON, *_SCENARIO, *_ITEM, *_LAB)
_PUBLIC_ENTRY = ("id", "text")
_PUBLIC_NODE = ("id", "title", "text", "prompt")
_PUBLIC_CHOICE = ("id", "text", "consequence", "to", "when")


def without_key(activity: Activity) -> dict[str, Any]:
    """Return the copy of a graded activity that may reach a trainee: no key, quality, effects, rationale, ending."""
    public = _pick(activity, _PUBLIC)
    if "rubric" in activity:
        public["rubric"] = [_pick(level, ("level", "text")) for level in activity["rubric"]]
    for name in ("rows", "options"):
        if name in activity:
            public[name] = [_pick(entry, _PUBLIC_ENTRY) for entry in activity[name]]
    if activity["kind"] == "scenario":
        public["meters"] = []
        public["nodes"] = [_public_node(node) for node in activity["nodes"]]
        public["endings"] = [{"id": "finished", "title": "", "text": "", "when": []}]
    return public


def _public_node(node: Mapping[str, Any]) -> dict[str, Any]:
    choices = [_pick(choice, _PUBLIC_CHOICE) for choice in node["choices"]]
    return {**_pick(node, _PUBLIC_NODE), "choices": choices}


def key_of(activity: Activity) -> dict[str, Any]:
    """Return what `without_key` leaves out, as plain data that `ast.literal_eval` reads back."""
    key = {name: value for name, value in activity.items() if name not in _PUBLIC}
    if "rubric" in activity:
        key["rubric"] = activity["rubric"]
    for name in ("rows", "options"):
        if name in activity:
            key[name] = _secrets(activity[name], _PUBLIC_ENTRY)
    if activity["kind"] == "scenario":
        key["nodes"] = {node["id"]: _secrets(node["choices"], _PUBLIC_CHOICE) for node in activity["nodes"]}
    return {**key, "points": activity["points"]}


def _secrets(entries: Iterable[Mapping[str, Any]], public: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return {e["id"]: {name: value for name, value in e.items() if name not in public} for e in entries}


def with_key(public: Activity, key: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole activity from its public copy and its key.

    Raises:
        KeyError: If the key does not belong to this activity.
    """
    whole = {**public, **{name: value for name, value in key.items() if name not in ("rows", "options", "nodes")}}
    for name in ("rows", "options"):
        if name in public:
            whole[name] = [{**entry, **key[name][entry["id"]]} for entry in public[name]]
    if public["kind"] == "scenario":
        whole["nodes"] = [
            {**node, "choices": [{**c, **key["nodes"][node["id"]][c["id"]]} for c in node["choices"]]}
            for node in public["nodes"]
        ]
    return whole


def _pick(entry: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: entry[name] for name in names if name in entry}
