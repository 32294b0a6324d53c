"""The practice sheet of a module, to print: cards for three people, an observer's list, a page for whoever leads.

One file without scripts. It holds no answers and nothing that a trainee wrote.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from himaya.languages.interface import interface
from himaya.publish.document import hash_of
from himaya.publish.drafts import drafts_of
from himaya.publish.templating import rendered

if TYPE_CHECKING:
    from himaya.content.load import LoadedModule

SHEET = "practice-sheet.{language}.html"
"""How the file is called where it lies beside others."""
_LEVELS = ("harmful", "basic", "advanced")
_BEFORE = ("room", "support", "invented", "time")
_AFTER = ("out", "order", "stop", "real")


def practice_sheet(loaded: LoadedModule) -> str | None:
    """Return the practice sheet of a module as one HTML file in its language, or None where it has no scene to play."""
    scene = loaded.module.rehearsal
    if scene is None:
        return None
    language, module = loaded.language, loaded.module
    say = interface(language, loaded.digits)

    def text(key: str) -> str:
        return say[f"rehearsal-{key}"].format(n=scene.minutes)

    seen = [one for one in module.behaviours if one.id in scene.look_for]
    styles = _styles()
    sheet = rendered(
        "practice-sheet.html",
        language=language,
        title=f"{say['rehearsal-sheet']}: {scene.title}",
        styles=styles,
        styles_hash=hash_of(styles),
        text=text,
        module=module.title,
        scene=scene,
        drafts=drafts_of(loaded).notes,
        looked=[(level, texts) for level in _LEVELS if (texts := [one.text for one in seen if one.level == level])],
        before=[text(key) for key in _BEFORE],
        after=[text(key) for key in _AFTER],
    )
    return f"{sheet}\n"


@cache
def _styles() -> str:
    return files("himaya.publish").joinpath("templates/practice-sheet.css").read_text(encoding="utf-8")
