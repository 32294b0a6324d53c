"""Runs an author's code items: the solution must earn every point, the starter alone none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.content.source import read_bytes
from himaya.errors import ContentError
from himaya.publish.compile import compile_code
from himaya_autograde.codecells import right
from himaya_autograde.sandbox import run as sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.activities.code.format import CodeItem
    from himaya.content.load import LoadedModule
    from himaya.errors import Problem
    from himaya_autograde.sandbox.run import Step


def proof_problems(loaded: LoadedModule) -> list[Problem]:
    """Return every check of a module's code items that its author's own code shows to be wrong.

    Returns nothing where this machine has no sandbox: an author's code is not run outside it either.
    """
    if sandbox.missing() is not None:
        return []
    return [problem for item in loaded.code.values() for problem in _of_item(loaded, item)]


def _of_item(loaded: LoadedModule, item: CodeItem) -> Iterator[Problem]:
    checks = compile_code(item, loaded.module)["checks"]
    try:
        files = {name: read_bytes(loaded.path / "data" / name, f"data/{name}") for name in item.files}
    except ContentError as error:
        yield from (loaded.problem(item.id, str(problem), "files") for problem in error.problems)
        return
    values: list[Step] = [("value", check["value"]) for check in checks]
    solved = sandbox.run([("run", f"{item.starter}\n{item.solution}"), *values], files).results
    begun = sandbox.run([("run", item.starter), *values], files).results
    for position, check in enumerate(checks):
        found = solved.get(position + 1, {"problem": "nothing came back"})
        if not right(check, found):
            what = f"the value {found['value']!r}" if "value" in found else found.get("problem")
            text = f"the solution does not pass this check: it gives {what}, and 'equals' is {check['equals']!r}."
            yield loaded.problem(item.id, text[:500], "checks", position, "equals")
        if right(check, begun.get(position + 1, {})):
            text = "the starter passes this check as it is; look at something that only the solution gives."
            yield loaded.problem(item.id, text, "checks", position, "value")
