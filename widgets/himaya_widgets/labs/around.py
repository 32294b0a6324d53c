"""What stands around a lab's work, as markup: its heading, its task, and what it takes for granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.languages.facts import ALL, known
from himaya_widgets.labs.fields import paragraphs, text_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from himaya.activities.lab.model import LabActivity

    Say = Callable[..., str]


def heading(activity: LabActivity, time: str, say: Say, language: str) -> str:
    """Return the title, and in one line what sort of exercise this is."""
    facts = ALL[language].separator.join([say(activity["mode"]), time, say("lab-invented")])
    return f'<h3>{text_html(activity["title"])}</h3><p class="himaya-facts">{text_html(facts)}</p>'


def task(activity: LabActivity, say: Say, *, folded: bool) -> str:
    """Return the task; folded once somebody goes on with it, so that on a phone the work is near."""
    head, first = text_html(say("lab-briefing")), paragraphs(activity["first_step"])
    told = (
        f"{paragraphs(activity['briefing'])}"
        f"<details><summary>{text_html(say('lab-first-step'))}</summary>{first}</details>"
    )
    if folded:
        return f"<details><summary>{head}</summary>{told}</details>"
    return f'<h4 tabindex="-1">{head}</h4>{told}'


def assumptions(activity: LabActivity, say: Say, more: str = "") -> str:
    """Return what the lab takes for granted, each with its source, then `more` markup; folded."""
    between = ALL[known(activity["language"])].semicolon
    said = "".join(
        f"<li>{text_html(one['says'])}<br><small>{text_html(between.join(map(_title, one['source'])))}</small></li>"
        for one in activity["assumptions"]
    )
    return f"<details><summary>{text_html(say('lab-assumes'))}</summary><ul>{said}</ul>{more}</details>"


def _title(source: str) -> str:
    """Return a source as an entry of a list: a full stop stands at the end of sentences only."""
    return source.removesuffix(".")
