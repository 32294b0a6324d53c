"""Plain HTML of what was answered, where no player draws it: a printed page, a shared notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from himaya.activities.kind import title_of
from himaya.activities.kinds import report
from himaya.activities.plain import Plain, lines
from himaya.languages.facts import direction, known
from himaya.languages.isolates import marked_up

if TYPE_CHECKING:
    from himaya.activities.kind import Compiled
    from himaya.activities.kinds import State


def answered_html(activity: Compiled, state: State, *, kept_out: bool = False) -> str:
    """Return what a trainee answered, for a marker or a printed page, in the activity's language. Shows no key.

    Args:
        activity: What was asked.
        state: What its events replay to.
        kept_out: Whether what was chosen is kept from who reads this: then it says only that practice was done.
    """
    language = known(activity["language"])
    say = Plain(language)
    answer = [say.paragraph(say["practice-was-done"])] if kept_out else report(activity).plain(activity, state, say)
    parts = [f"<h4>{lines(title_of(activity))}</h4>", *answer]
    about = f'lang="{language}" dir="{direction(language)}" data-activity="{escape(activity["id"])}"'
    return marked_up(f'<section class="himaya-plain" {about}>{"".join(parts)}</section>')
