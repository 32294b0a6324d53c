"""The practice sheet of a module, to print: cards for three people, an observer's list, a page for whoever leads.

One file without scripts. It holds no answers and nothing that a trainee wrote.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from himaya.languages.facts import direction
from himaya.languages.interface import interface
from himaya.publish.document import plain_text, shown_text
from himaya.publish.drafts import drafts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from himaya.content.load import LoadedModule

SHEET = "practice-sheet.{language}.html"
"""How the file is called where it lies beside others."""
_LEVELS = ("harmful", "basic", "advanced")
_BEFORE = ("room", "support", "invented", "time")
_AFTER = ("out", "order", "stop", "real")
_STYLES = """
body{font:12pt/1.6 system-ui,"Noto Sans","Noto Naskh Arabic","Segoe UI",Arial,sans-serif;color:#1c2733;
max-inline-size:46rem;margin:1rem auto;padding-inline:1rem}
h1{font-size:1.5rem;margin-block:0 .25rem}h2{font-size:1.15rem;margin-block:1rem .25rem}
h3{font-size:1rem;margin-block:.75rem .25rem}
section{margin-block-end:1rem}.card{border:2px dashed #4d5b69;padding:.5rem 1rem;break-inside:avoid}
.quiet{color:#4d5b69}.draft{font-weight:600}ul.ticks{list-style:none;padding:0}
ul.ticks li::before{content:"\\2610\\a0\\a0"}li{break-inside:avoid}.leader{break-before:page}
@media print{body{margin:0;max-inline-size:none;font-size:11pt}}
"""


def practice_sheet(loaded: LoadedModule) -> str | None:
    """Return the practice sheet of a module as one HTML file in its language, or None where it has no scene to play."""
    scene = loaded.module.rehearsal
    if scene is None:
        return None
    language, module = loaded.language, loaded.module
    say = interface(language, loaded.digits)

    def text(key: str) -> str:
        return shown_text(say[f"rehearsal-{key}"].format(n=scene.minutes))

    def items(texts: Iterable[str], kind: str = "") -> str:
        return f"<ul{kind}>{''.join(f'<li>{one}</li>' for one in texts)}</ul>"

    def card(key: str, told: str) -> str:
        return f'<section class="card"><h2>{text(key)}</h2><p>{shown_text(told)}</p></section>'

    seen = [one for one in module.behaviours if one.id in scene.look_for]
    looked = "".join(
        f"<h3>{text(f'level-{level}')}</h3>"
        f"{items((shown_text(one.text) for one in seen if one.level == level), ' class=ticks')}"
        for level in _LEVELS
        if any(one.level == level for one in seen)
    )
    notes = "".join(f'<p class="draft">{shown_text(note)}</p>' for note in drafts_of(loaded).notes)
    sheet = (
        f'<p class="quiet">{shown_text(module.title)}</p><h1>{text("sheet")}: {shown_text(scene.title)}</h1>{notes}'
        f"<p>{shown_text(scene.setting)}</p>"
        f'<h2>{text("begin")}</h2>{items(shown_text(line) for line in scene.script)}<p class="quiet">{text("cut")}</p>'
        f"{card('worker', scene.worker)}{card('partner', scene.partner)}"
        f'<section class="card"><h2>{text("observer")}</h2><p>{text("observer-help")}</p>{looked}</section>'
        f"<h2>{text('talk')}</h2>{items(shown_text(question) for question in scene.talk)}"
    )
    leader = (
        f'<section class="leader"><h1>{text("leader")}</h1>'
        f"<h2>{text('before')}</h2>{items(map(text, _BEFORE))}"
        f"<h2>{text('care')}</h2>{items(shown_text(one) for one in scene.care)}"
        f"<h2>{text('after')}</h2>{items(map(text, _AFTER))}</section>"
    )
    policy = base64.b64encode(hashlib.sha256(_STYLES.encode()).digest()).decode()
    title = plain_text(f"{say['rehearsal-sheet']}: {scene.title}")
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction(language)}">\n<head>\n<meta charset="utf-8">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{policy}'\">\n"
        f"<title>{title}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<style>{_STYLES}</style>\n</head>\n<body><main>{sheet}{leader}</main></body>\n</html>\n"
    )
