"""Grade the code cells of a notebook: their code runs in the sandbox, what comes back is compared here, as data.

A code cell's tests are a declaration, `score_code({...})`: which expressions are looked at, what they should be, and
the points of each. The right values never go into the sandbox, so no code that runs there can compute its own grade.
"""

from __future__ import annotations

import ast
import contextlib
import json
import math
import os
import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from himaya.errors import SandboxError
from himaya.languages.facts import direction
from himaya.languages.interface import sentence
from himaya_autograde.sandbox import run as sandbox
from himaya_autograde.sandbox.inside import LONGEST_TEXT, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from typing_extensions import TypeIs

    from himaya_autograde.sandbox.run import Limits, Ran, Step

_CLOSE = 1e-9  # relative: what two ways of adding up the same floats may differ by
_LONGEST_SHOWN = 300
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass
class CodeGrades:
    """What the code cells of one submission earned.

    Attributes:
        points: By the grade cell's id; None where a person has to mark it.
        problem: Why a person has to, as a whole sentence.
    """

    points: dict[str, float | None] = field(default_factory=dict)
    problem: str | None = None


def declared(source: str) -> dict[str, Any] | None:
    """Return the key that a grade cell declares, or None for any other cell. Nothing is run."""
    try:
        last: Any = ast.parse(source).body[-1]
        call = last.value
        key = ast.literal_eval(call.args[0]) if call.func.id == "score_code" and len(call.args) == 1 else None
    except (SyntaxError, ValueError, AttributeError, IndexError, RecursionError, MemoryError):
        return None
    return key if isinstance(key, dict) else None


def grade_code(notebook: dict[str, Any], folder: Path, limits: Limits | None = None) -> CodeGrades:
    """Run every code answer of one submission, give its points, and write the outputs into `notebook`.

    Args:
        notebook: Rebuilt from the trusted source with its hidden tests; only the source of unlocked code cells is the
            trainee's.
        folder: Where the trusted files of the module lie.
        limits: What the code may use.

    Raises:
        OSError: If a file that the module declares is missing: a fault of the build, never a trainee's.
    """
    answers: dict[int, dict[str, Any]] = {}
    asked: list[tuple[dict[str, Any], dict[str, Any], range]] = []
    steps: list[Step] = []
    for cell in notebook["cells"]:
        marked = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] != "code":
            continue
        if marked.get("solution") and not marked.get("grade"):
            answers[len(steps)] = cell
            steps.append(("run", "".join(cell["source"])))
        elif marked.get("grade") and (key := declared("".join(cell["source"]))):
            asked.append((cell, key, range(len(steps), len(steps) + len(key["checks"]))))
            steps += [("value", check["value"]) for check in key["checks"]]
    if not asked:
        return CodeGrades()
    try:
        ran = sandbox.run(steps, _files(folder, (key for _, key, _ in asked)), limits)
    except SandboxError as error:
        return _ungraded(asked, str(error))
    for position, cell in answers.items():
        text = _clean(ran.results.get(position, {}).get("text"), LONGEST_TEXT)
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
    return _graded(asked, ran)


def _files(folder: Path, keys: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    files = {}
    for name in {name for key in keys for name in key["files"]}:
        descriptor = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            files[name] = file.read()
    return files


def _ungraded(asked: Sequence[tuple[dict[str, Any], dict[str, Any], range]], problem: str) -> CodeGrades:
    for cell, key, _ in asked:
        cell["outputs"] = [_html_output(_frame(key, [_p(problem)]))]
    return CodeGrades({cell["metadata"]["nbgrader"]["grade_id"]: None for cell, _, _ in asked}, problem)


def _graded(asked: Sequence[tuple[dict[str, Any], dict[str, Any], range]], ran: Ran) -> CodeGrades:
    grades = CodeGrades()
    for cell, key, numbers in asked:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        if any(number not in ran.results for number in numbers):
            grades.problem = f"Not every code answer could be graded: the code {ran.ending}. Mark the rest by hand."
            grades.points[name] = None
            cell["outputs"] = [_html_output(_frame(key, [_p(grades.problem)]))]
            continue
        found = [ran.results[number] for number in numbers]
        points = earned(key, found)
        grades.points[name] = points
        result = {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": repr(points)}}
        cell["outputs"] = [_html_output(code_html(key, found)), {**result, "execution_count": None}]
        # Anew: the metadata of a rebuilt notebook are shared by all submissions.
        cell["metadata"] = {**cell["metadata"], "himaya": {"looked": looked(key, found)}}
    return grades


def _html_output(text: str) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": text, "text/plain": ""}}


def earned(key: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> float:
    """Return the points of one code item, 0 to all of its checks.

    Args:
        key: What `declared` returns.
        found: For each check what the sandbox told: `{"value": data}`, or anything else for no value.
    """
    return float(sum(check["points"] for check, one in zip(key["checks"], found, strict=True) if right(check, one)))


def right(check: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Return whether what the sandbox told of one check is what it should be."""
    return "value" in found and equal(found["value"], check["equals"], check["tolerance"])


def equal(value: object, expected: object, tolerance: float) -> bool:
    """Return whether JSON data is what it should be, numbers within `tolerance` (absolute, 0 or more)."""
    if _is_number(expected) and _is_number(value):
        with contextlib.suppress(OverflowError):
            return math.isclose(value, expected, rel_tol=_CLOSE, abs_tol=tolerance)
        return False
    if isinstance(expected, list) and isinstance(value, list):
        pairs = zip(value, expected, strict=False)
        return len(value) == len(expected) and all(equal(one, other, tolerance) for one, other in pairs)
    if isinstance(expected, dict) and isinstance(value, dict):
        same = value.keys() == expected.keys()
        return same and all(equal(value[name], part, tolerance) for name, part in expected.items())
    return type(value) is type(expected) and value == expected


def _is_number(value: object) -> TypeIs[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def looked(key: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for each check whether it is `right`, and what was `found`, short enough to be read."""
    return [
        {
            "right": right(check, one),
            "found": shown(one["value"]) if "value" in one else _clean(one.get("problem"), _LONGEST_SHOWN),
        }
        for check, one in zip(key["checks"], found, strict=True)
    ]


def score_code(key: Mapping[str, Any]) -> float:
    """Return the points of one code item in the kernel that ran it, and display the feedback.

    What stock nbgrader runs, with its kernel's rights and without a sandbox. Himaya's own grading only reads it.
    """
    from IPython import get_ipython  # grading must not load IPython
    from IPython.display import HTML, display

    names = get_ipython().user_ns
    found = [value_of(check["value"], names) for check in key["checks"]]
    display(HTML(code_html(key, found)))
    return earned(key, found)


def code_html(key: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> str:
    """Return per check what was looked at, what was found and what was expected; why; one solution; the points."""
    language = key["language"]
    rows = []
    for check, one in zip(key["checks"], looked(key, found), strict=True):
        verdict = sentence("right" if one["right"] else "not-right", language)
        expected = shown(check["equals"])
        rows.append(
            f"<li><strong>{escape(verdict)}</strong>: {escape(check['says'])}<br>"
            f"{escape(sentence('code-found', language))}: <code dir='ltr'>{escape(one['found'])}</code><br>"
            f"{escape(sentence('code-expected', language))}: <code dir='ltr'>{escape(expected)}</code></li>"
        )
    points = sentence("points", language, earned=f"{earned(key, found):g}", points=key["points"])
    parts = [
        f"<ol>{''.join(rows)}</ol>",
        _p(f"{sentence('why', language)}: {key['rationale']}"),
        f"<p>{escape(sentence('code-solution', language))}:</p><pre dir='ltr'>{escape(key['solution'])}</pre>",
        _p(f"{sentence('source', language)}: {'; '.join(key['source'])}"),
        f"<p><strong>{escape(points)}</strong></p>",
    ]
    return _frame(key, parts)


def _frame(key: Mapping[str, Any], parts: Iterable[str]) -> str:
    language = key["language"]
    head = f"<h4>{escape(key['stem'])}</h4>"
    about = f'lang="{escape(language)}" dir="{direction(language)}" data-activity="{escape(key["id"])}"'
    return f'<section class="himaya-plain" {about}>{head}{"".join(parts)}</section>'


def _p(text: str) -> str:
    return f'<p dir="auto">{escape(text)}</p>'


def shown(value: object) -> str:
    """Return data as one line, not too long to be read."""
    try:
        text = _clean(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return "…"
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _clean(said: object, longest: int | None = None) -> str:
    """Return text of a trainee's code without control characters; half characters become U+FFFD."""
    if not isinstance(said, str):
        return ""
    return _CONTROL.sub("", said[:longest].encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
