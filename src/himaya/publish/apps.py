"""Write a course's practice apps: a folder for each module, scenario and lab, and each scenario for a group."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from himaya.activities.format import Simulation
from himaya.activities.kinds import KINDS, report, report_of
from himaya.content.lessons import lesson_minutes, outline
from himaya.content.prose import SETUP
from himaya.languages.interface import sentence
from himaya.languages.isolates import marked_up
from himaya.publish.assignment import activities_file, write_practice_app
from himaya.publish.drafts import drafts_of
from himaya.publish.notebook import finished

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from himaya.content.load import LoadedModule


@dataclass(frozen=True)
class App:
    """One practice app as the gallery shows it.

    Attributes:
        name: The module's id; of a scenario or a lab, that and its own id. The same in every language.
        kind: `module`, or the kind of the activity.
        digits: How its numbers are written: western or arabic-indic.
        module: The title of the module it is or belongs to.
        teaches: Outcomes, as the trainee reads them.
        minutes: How long it takes.
        roles: For whom the lesson is that it stands in, where the lessons of its module differ in that.
        draft: Whether something of it is not signed.
        notebook: What runs; beside it lies `activities.json`, all practice, and nothing is ever written there.
        group: The same for a room with a projector; None where a room cannot vote.
        needs_kernel: Whether each of its pages keeps a kernel.
    """

    name: str
    language: str
    digits: str
    kind: str
    title: str
    module: str
    teaches: tuple[str, ...]
    minutes: int
    note: str
    draft: bool
    notebook: Path
    group: Path | None = None
    needs_kernel: bool = False
    roles: tuple[str, ...] = ()

    def notebook_for(self, door: str) -> Path | None:
        """Return the notebook behind a door: `app` for one person, `group` for a room."""
        return self.group if door == "group" else self.notebook


def write_apps(modules: Sequence[LoadedModule], target: Path, on: date | None = None) -> list[App]:
    """Write every app below `target` and return them: each module, followed by its scenarios and labs.

    Args:
        modules: The modules of a course, in its order, all in one language.
        target: A folder without apps of that language.
        on: The day of the build, which decides which country settings are fresh; without one, none is.
    """
    apps = []
    for loaded in modules:
        apps.append(_module_app(loaded, target, on))
        alone = [activity for activity in loaded.activities.values() if isinstance(activity, Simulation)]
        alone.sort(key=lambda activity: KINDS.index(activity.kind))
        apps += [_single_app(loaded, activity, target) for activity in alone]
    return apps


def _module_app(loaded: LoadedModule, target: Path, on: date | None) -> App:
    module, language = loaded.module, loaded.language
    folder = write_practice_app(loaded, target / language, on)
    _lead_to_labs(folder, module.id)
    return App(
        name=module.id,
        language=language,
        digits=loaded.digits,
        kind="module",
        title=module.title,
        module=module.title,
        teaches=tuple(outcome.text for outcome in module.outcomes),
        minutes=lesson_minutes(module),
        note=module.content_note,
        draft=bool(drafts_of(loaded)),
        notebook=folder / f"{module.id}.ipynb",
    )


def _lead_to_labs(folder: Path, module: str) -> None:
    """Let the labs of a module's app be read about there: each opens in an app of its own, since it needs a kernel."""
    path = folder / "activities.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for name, activity in content["activities"].items():
        if report(activity).needs_kernel:
            for unused in ("words", "data", "key"):
                activity.pop(unused, None)
            activity["address"] = f"{module}/{name}"
    path.write_text(json.dumps({**content, "labs": "elsewhere"}, ensure_ascii=False) + "\n", encoding="utf-8")


def _single_app(loaded: LoadedModule, activity: Simulation, target: Path) -> App:
    """Return the app of one activity that is played: a room may vote on some kinds, a lab keeps its kernel."""
    module, language, told = loaded.module, loaded.language, report_of(activity.kind)
    outcomes = {outcome.id: outcome.text for outcome in module.outcomes}
    teaches = tuple(outcomes[name] for name in activity.outcomes)
    drafts = drafts_of(loaded, activity.id)
    content = activities_file(loaded, practice=True)
    content["activities"] = {activity.id: content["activities"][activity.id]}
    content["draft"] = bool(drafts)
    folder = target / language / f"{module.id}--{activity.id}"
    heading = [f"# {activity.title}", f"## {module.title}", *(f"> {note}" for note in drafts.notes)]
    if told.needs_kernel:
        lines = [f"[{sentence('all-apps', language)}](../../../{language})", *heading]
    else:
        lines = [*heading, f"## {sentence('app-teaches', language)}", "\n".join(f"- {text}" for text in teaches)]
    group = {**content, "group": True}
    return App(
        name=f"{module.id}/{activity.id}",
        language=language,
        digits=loaded.digits,
        kind=activity.kind,
        title=activity.title,
        module=module.title,
        teaches=teaches,
        minutes=activity.minutes,
        note=activity.content_note,
        draft=bool(drafts),
        notebook=_write_app(folder, activity.id, language, lines, content),
        group=_write_app(folder / "group", activity.id, language, heading, group) if told.voted else None,
        needs_kernel=told.needs_kernel,
        roles=_roles(loaded, activity.id),
    )


def _roles(loaded: LoadedModule, name: str) -> tuple[str, ...]:
    lessons = [(part, tuple(part.lesson.roles)) for part in outline(loaded).lessons if part.lesson]
    if len({roles for _, roles in lessons}) < 2:
        return ()
    return next((roles for part, roles in lessons if name in {block.activity for block in part.blocks}), ())


def _write_app(folder: Path, scenario: str, language: str, lines: list[str], content: dict[str, Any]) -> Path:
    folder.mkdir(parents=True)
    cells = [
        new_code_cell(SETUP, id="setup"),
        new_markdown_cell(marked_up("\n\n".join(lines)), id="heading"),
        new_code_cell(f'show("{scenario}")', id="scenario"),
    ]
    module = content["module"]
    himaya = {"module": module["id"], "version": module["version"], "language": language}
    if content.get("group"):
        himaya["group"] = True
    path = folder / f"{scenario}.ipynb"
    path.write_text(nbformat.writes(finished(cells, himaya)) + "\n", encoding="utf-8")
    (folder / "activities.json").write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
