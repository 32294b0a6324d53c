"""What collect has seen of the exchange: in which order hand-ins came, which one it took, which it refused.

Times in names and files are their owner's to set. What an earlier collect has seen came before what it had not.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from himaya.answers.private import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_FILE = ".arrivals.json"


@dataclass
class Arrivals:
    """Hand-ins of one module that collect has seen, each the name of a folder: `trainee+module+time+random`.

    Attributes:
        order: All that still lie in the exchange, the first to come first.
        collected: By trainee, the folder that was collected last, and the text in its timestamp.txt.
        refused: What was refused, and waits for nobody.
    """

    order: list[str] = field(default_factory=list)
    collected: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def who_and_when(name: str, module: str) -> tuple[str, str] | None:
    """Return the trainee and `time+random` that a folder's name tells, or None if it is of another module."""
    student, infix, rest = name.rpartition(f"+{module}+")
    return (student, rest) if infix else None


def by_module(names: Iterable[str], modules: Iterable[str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Return by module the folders that are of it, in their order, each with its trainee and `time+random`."""
    found: dict[str, dict[str, tuple[str, str]]] = {module: {} for module in modules}
    for name in names:
        for module in set(name.split("+")) & found.keys():
            if (told := who_and_when(name, module)) is not None:
                found[module][name] = told
    return found


def seen(course: Path, module: str) -> Arrivals:
    """Return what collect has seen of one module; nothing where it never ran, or its record is damaged.

    Args:
        course: The course directory.
        module: Its id.
    """
    return seen_of(course, [module])[module]


def seen_of(course: Path, modules: Iterable[str]) -> dict[str, Arrivals]:
    """Return the same of several modules, of one moment."""
    try:
        record = _read(course)
    except (OSError, ValueError):
        record = {}
    return {module: _arrivals(record, module) for module in modules}


def _arrivals(record: Mapping[str, Any], module: str) -> Arrivals:
    try:
        record = record[module]
        collected = {str(who): (str(name), str(time)) for who, (name, time) in record["collected"].items()}
        return Arrivals([*map(str, record["order"])], collected, [*map(str, record["refused"])])
    except (ValueError, KeyError, TypeError, AttributeError):
        return Arrivals()


def remember(course: Path, module: str, arrivals: Arrivals) -> None:
    """Write down what was seen of one module; what was seen of others stays.

    Raises:
        OSError: If it cannot be written. Then the earlier record stays whole.
    """
    try:
        record = _read(course)
    except (OSError, ValueError):
        record = {}
    record[module] = asdict(arrivals)
    # Nobody else may read it: who knows the name of a folder in the exchange can write into that folder.
    write_whole(course / _FILE, json.dumps(record, indent=1).encode())


def _read(course: Path) -> dict[str, Any]:
    record = json.loads((course / _FILE).read_text(encoding="utf-8"))
    return record if isinstance(record, dict) else {}
