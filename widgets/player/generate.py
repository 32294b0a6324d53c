"""Write what the player takes from Python into src/generated: types, kinds, limits and the keys of sentences.

`--check` compares instead of writing. Run it with the project's own Python.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from himaya.activities.kinds import KINDS, alone, rules
from himaya.answers import limits
from himaya.languages.facts import SOURCE
from himaya.languages.interface import for_page

if TYPE_CHECKING:
    from collections.abc import Iterable

_TARGET = Path(__file__).parent / "src" / "generated"
_FROM = "Written by generate.py; do not edit."
_PLAIN = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    NoneType: "null",
    Any: "unknown",
    object: "unknown",
}


class _Types:
    """TypeScript interfaces for TypedDicts, each once under its own name."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[type, str]] = {}

    def of(self, hint: Any) -> str:
        """Return a Python type as TypeScript.

        Raises:
            TypeError: If it has none.
        """
        origin, inner = get_origin(hint), get_args(hint)
        if hint in _PLAIN:
            return _PLAIN[hint]
        if is_typeddict(hint):
            return self._interface(hint)
        if origin is list:
            return f"Array<{self.of(inner[0])}>"
        if origin is tuple:
            return f"[{', '.join(map(self.of, inner))}]"
        if origin is dict:
            return f"Record<string, {self.of(inner[1])}>"
        if origin in {Union, UnionType}:
            return " | ".join(map(self.of, inner))
        if origin is Literal:
            return " | ".join(f'"{value}"' for value in inner)
        message = f"{hint} has no TypeScript type here: add one to {Path(__file__).name}"
        raise TypeError(message)

    def _interface(self, model: type) -> str:
        name = model.__name__
        if name in self.known and self.known[name][0] is not model:
            # The options of a choice are not those of a match.
            name = f"{model.__module__.split('.')[-2].title()}{name}"
        if name not in self.known:
            self.known[name] = (model, "")
            fields = [self._field(key, hint) for key, hint in get_type_hints(model, include_extras=True).items()]
            self.known[name] = (model, f"export interface {name} {{\n{''.join(fields)}}}\n")
        return name

    def _field(self, key: str, hint: Any) -> str:
        if get_origin(hint) is NotRequired:
            return f"  {key}?: {self.of(get_args(hint)[0])};\n"
        return f"  {key}: {self.of(hint)};\n"


def types() -> str:
    """Return the compiled activities and states of every kind, and what an event holds."""
    found, activities, states = _Types(), [], []
    for kind in KINDS:
        module = sys.modules[type(rules({"kind": kind})).__module__]
        activity, state = get_args(get_type_hints(module)["RULES"])
        activities.append(found.of(activity))
        states.append(found.of(state))
    fields = "".join(
        f"  {name}{': string' if name in ('id', 'activity', 'type') else '?: unknown'};\n"
        for name in limits.EVENT_FIELDS
    )
    return "\n".join([
        f"/* {_FROM} */\n",
        *(text for _, text in found.known.values()),
        f"export type Activity = {' | '.join(activities)};\n",
        f"export type State = {' | '.join(states)};\n",
        f"export interface JournalEvent {{\n{fields}}}\n",
        *(_union(name, keys) for name, keys in _sentence_keys().items()),
    ])  # fmt: skip


def _sentence_keys() -> dict[str, list[str]]:
    sentences = for_page(SOURCE)
    return {
        "PlainKey": [key for key, text in sentences.items() if isinstance(text, str)],
        "CountedKey": [key for key, text in sentences.items() if not isinstance(text, str)],
    }


def _union(name: str, keys: list[str]) -> str:
    return f"export type {name} =\n" + "\n".join(f'  | "{key}"' for key in sorted(keys)) + ";\n"


def scripts(kinds: Iterable[str]) -> str:
    """Return a module that imports some kinds."""
    names = sorted(kinds)
    imports = "".join(f'import * as {kind} from "../kinds/{kind}.js";\n' for kind in names)
    return f"/* {_FROM} */\n\n{imports}\nexport const KINDS = {{ {', '.join(names)} }};\n"


def styles(kinds: Iterable[str]) -> str:
    """Return a sheet that imports those of some kinds."""
    return f"/* {_FROM} */\n" + "".join(f'@import "../kinds/{kind}.css";\n' for kind in sorted(kinds))


def limit_values() -> str:
    """Return every limit as a constant."""
    values = {name: value for name, value in vars(limits).items() if name.isupper()}
    lines = (f"export const {name} = {_literal(value)};\n" for name, value in sorted(values.items()))
    return f"/* {_FROM} */\n\n{''.join(lines)}"


def _literal(value: object) -> str:
    return f"[{', '.join(map(_literal, value))}]" if isinstance(value, tuple) else repr(value).replace("'", '"')


def main() -> None:
    """Write the files, or say which differ."""
    files = [kind for kind in KINDS if alone(kind)]
    made = {
        "types.d.ts": types(),
        "kinds.js": scripts(KINDS),
        "kinds.css": styles(KINDS),
        "alone.js": scripts(files),
        "alone.css": styles(files),
        "limits.js": limit_values(),
    }
    if "--check" not in sys.argv:
        _TARGET.mkdir(exist_ok=True)
        for name, text in made.items():
            (_TARGET / name).write_text(text, encoding="utf-8")
        return
    stale = [
        name for name, text in made.items() if not (path := _TARGET / name).exists() or path.read_text("utf-8") != text
    ]
    if stale:
        sys.exit(f"Not what Python says: {', '.join(stale)} in {_TARGET}. Run make player.")


if __name__ == "__main__":
    main()
