"""The page itself: what the template is given, and the template. The same input gives the same bytes."""

from __future__ import annotations

from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from himaya.activities.kind import Section
from himaya.content.assignments import form_of
from himaya.course.pass_rule import as_data, in_words, of_module, work_of
from himaya.languages.digits import in_digits
from himaya.languages.facts import ALL, direction
from himaya.languages.isolates import marked_up
from himaya.publish.compile import caveats
from himaya.publish.folder import shortened
from himaya.publish.look import look
from himaya_autograde.feedback.told import told
from himaya_autograde.gradebook import points
from himaya_autograde.scoring import replayed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jinja2 import Template

    from himaya.activities.kind import Compiled, Event
    from himaya.course.course import Course
    from himaya.course.pass_rule import Verdict
    from himaya.languages.facts import Digits
    from himaya_autograde.gradebook import Mark, Marks

LONGEST = 1_500  # characters of an answer, more than is asked for anywhere; what a marker wrote is never cut
LANGUAGES = "<nav hidden></nav>"
"""Stands where whoever serves the page may put a way to the same page in other languages."""
LESSON = '<a class="lesson" hidden href="#'
"""Begins each way to an activity of the module: whoever serves the page may show it and say where the module lies."""


def feedback_page(
    keys: Mapping[str, Any],
    events: Iterable[Event] | None,
    marks: Marks,
    course: Course,
    say: Mapping[str, str],
    paper: Mapping[str, str] = MappingProxyType({}),
    *,
    counts: bool = True,
) -> str:
    """Return one submission's feedback as a whole HTML page without scripts.

    Args:
        keys: As `read_keys` returns them, with what `told_code` tells in the place of the code items.
        events: The trainee's journal; None where it cannot be read.
        marks: What the gradebook holds.
        course: Its pass mark.
        say: The interface catalogue in the language of the module.
        paper: By activity, what is said of an answer that came from paper.
        counts: Whether it is on the trainee's path; what is not has no number.
    """
    module, activities = keys["module"], keys["activities"]
    states = {name: replayed(whole, events or ()) for name, whole in activities.items()}
    graded = [*_told(keys, states, marks, "graded"), *keys.get("code", [])]
    verdict = _verdict(module["id"], activities, marks, course)
    form, has_forms = form_of(module["id"]) is not None, bool(module.get("safety"))
    rule = {**as_data(course), "sets": has_forms}
    unsafe = {result.activity for result in verdict.missed}
    missed = [entry for entry in graded if entry["id"] in unsafe]
    again = dict.fromkeys(entry["outcome"] for entry in missed)
    pretest = _told(keys, states, marks, "pretest")
    known = {
        "say": say,
        "languages": LANGUAGES,
        "lesson": LESSON,
        "look": look(),
        "language": module["language"],
        "direction": direction(module["language"]),
        "spoken": ALL[module["language"]],
        "digits": _digits(keys),
        "drafts": module.get("draft_notes", [say["draft-translation"]] if module.get("draft") else []),
        "title": module["title"],
        "readable": events is not None,
        "marks": marks,
        "paper": paper,
        "standing": verdict.standing.in_words(say) if counts else "",
        "percent": verdict.standing.percent,
        "needed": verdict.standing.needed,
        "standing_data": verdict.standing.as_text() if counts else "",
        "elsewhere": not counts,
        "late_penalty": 0 if form else marks.late_penalty,
        "pass_rule": say["pass-form-rule"] if form else " ".join(in_words(rule, say, module["language"])),
        "passes_alone": counts and verdict.passed and not form and not has_forms,
        "safety": any(entry["safety"] for entry in graded),
        "missed": missed,
        "read_again": [(module["outcomes"][outcome], _practised(outcome, activities)) for outcome in again],
        "talk_about": [entry for entry in graded if entry["id"] not in unsafe and _short_of_all(entry)],
        "commented": [entry for entry in graded if entry["mark"] and (entry["mark"].comment or "").strip()],
        "short": shortened,
        "sections": get_args(Section),
        "graded": graded,
        "practice": [
            {
                "title": whole.get("title") or shortened(whole["stem"]),
                "finished": states[name]["finished"],
                "mark": marks.of.get(name),
            }
            for name, whole in activities.items()
            if whole["mode"] == "practice"
        ],
        "pretest": pretest,
    }
    notes = _number_sources([*graded, *pretest], module["language"])
    headings = _headings(known, notes)
    return marked_up(_template().render(known, headings=headings, notes=notes, longest=LONGEST))


def _headings(known: Mapping[str, Any], notes: Sequence[str]) -> list[tuple[str, str]]:
    """Return the name and the words of each heading that the page has, in its order."""
    graded = {entry["section"] for entry in known["graded"]}
    shown = [
        ("safety", "safety-title", known["missed"]),
        ("comments", "marker-comment", known["commented"]),
        *((section, section, section in graded) for section in known["sections"]),
        ("practice", "practice", known["practice"]),
        ("pretest", "pretest", known["pretest"]),
        ("sources", "sources", notes),
    ]
    return [(name, known["say"][key]) for name, key, there in shown if there]


def _told(keys: Mapping[str, Any], states: Mapping[str, Any], marks: Marks, mode: str) -> list[dict[str, Any]]:
    asked = {name: whole for name, whole in keys["activities"].items() if whole["mode"] == mode}
    return [told(whole, states[name], marks.of.get(name), _digits(keys)) for name, whole in asked.items()]


def _practised(outcome: str, activities: Mapping[str, Compiled]) -> str | None:
    """Return the first practice activity for an outcome: the lesson that teaches it is the one it stands in."""
    for name, whole in activities.items():
        if whole["mode"] == "practice" and outcome in (whole.get("outcome"), *whole.get("outcomes", ())):
            return name
    return None


def _short_of_all(entry: Mapping[str, Any]) -> bool:
    """Return whether something of an entry is marked and not all of it earned."""
    mark: Mark | None = entry["mark"]
    return mark is not None and not (mark.waits and not mark.by_hand) and mark.score < mark.most


def _digits(keys: Mapping[str, Any]) -> Digits:
    """Return how numbers are written; a release from before modules said so has Western ones."""
    digits: Digits = keys["module"].get("digits", "western")
    return digits


def _number_sources(entries: Iterable[dict[str, Any]], language: str) -> list[str]:
    """Give each entry and decision the numbers of its sources in `notes` and what is open about it in `caveats`.

    The documents, which come again and again, then stand once at the end of the page.
    """
    notes: dict[str, int] = {}
    open_points = set(caveats(language).values())
    for entry in entries:
        for claim in entry.get("decisions", [entry] if "verdict" in entry else ()):
            sources = [line for line in claim["source"] if line not in open_points]
            claim["caveats"] = [line for line in claim["source"] if line in open_points]
            claim["notes"] = [notes.setdefault(line, len(notes) + 1) for line in sources]
    return list(notes)


def _verdict(module: str, activities: Mapping[str, Compiled], marks: Marks, course: Course) -> Verdict:
    """Return how this module stands alone; marked again after a person's marks, the person's points count."""
    scored = {
        name: (mark.most, None if mark.waits and not mark.by_hand else mark.score) for name, mark in marks.of.items()
    }
    return of_module(course, work_of(course, module, activities, scored, late_penalty=marks.late_penalty))


@cache
def _template() -> Template:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("himaya_autograde.feedback"), PackageLoader("himaya.activities", "")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"points": partial(points, places=2), "in_digits": in_digits}
    return environment.get_template("page.html")
