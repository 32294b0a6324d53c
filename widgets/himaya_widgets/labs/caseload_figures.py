"""What the caseload lab says in figures, as markup: where the team stands, what was decided, what many months say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.lab.caseload.compare import MEASURES, Estimate, estimate
from himaya.activities.lab.caseload.model import LEVERS, MINUTES
from himaya.activities.lab.caseload.people import HIGH, LEVELS, LOW, MEDIUM
from himaya.activities.lab.caseload.words import Word
from himaya.languages.facts import direction
from himaya.languages.isolates import END, VALUE
from himaya_widgets.labs.caseload_picture import month_svg
from himaya_widgets.labs.fields import bullets, paragraphs, text_html

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Say = Callable[..., str]
    Number = Callable[[object], str]

_HOUR = 60
MINUS = "\N{MINUS SIGN}"


def key_figures(view: dict[str, Any], before: dict[str, Any] | None, word: Say, number: Number, busy: str) -> str:
    """Return the three figures that a week is judged by, large, each with its change.

    Args:
        view: As the model returns it.
        before: The view one week earlier; None where there is none.
        word: As in the lab.
        number: As in the lab.
        busy: What the largest number of cases of one worker is called.
    """

    def busiest(one: dict[str, Any]) -> int:
        return max(one["now"]["cases"], default=0)

    def figures(one: dict[str, Any]) -> tuple[int, int, int]:
        return one["now"]["late"][HIGH], busiest(one), one["now"]["strain"]

    said = (
        (f"{word(Word.LATE_NOW)}: {word('level-high')}", number(view["now"]["late"][HIGH])),
        (busy, word(Word.CASES_ALT, cases=busiest(view), maximum=view["maximum"])),
        (word(Word.STRAIN), word(Word.STRAIN_NOW, strain=view["now"]["strain"])),
    )
    was = figures(view if before is None else before)
    changes = [_change(now - then, number) for now, then in zip(figures(view), was, strict=True)]
    items = "".join(
        f"<li><span>{text_html(name)}</span> <b>{text_html(value)}</b> <span>{text_html(change)}</span></li>"
        for (name, value), change in zip(said, changes, strict=True)
    )
    return f'<ul class="himaya-numbers">{items}</ul>'


def _change(by: int, number: Number) -> str:
    """Return a change with its sign, held together in a text of either direction; nothing where nothing changed."""
    return f"{VALUE}({'+' if by > 0 else MINUS}{number(abs(by))}){END}" if by else ""


def dashboard(view: dict[str, Any], word: Say, number: Number) -> str:
    """Return where the team stands now, with all figures."""
    now, high_first = view["now"], (HIGH, MEDIUM, LOW)
    names = [f"level-{level}" for level in LEVELS]
    held = [f"{word(names[n])}: {_share(now['in_time'][n], word)}" for n in high_first]
    late = [f"{word(names[n])}: {number(now['late'][n])}" for n in high_first]
    cases = [
        word(Word.WORKER_CASES, worker=worker, cases=word(Word.CASES_ALT, cases=count, maximum=view["maximum"]))
        for worker, count in enumerate(now["cases"], 1)
    ]
    people = {name: now[name] for name in ("open", "waiting", "moved", "closed", "came")}
    rows = [
        (word(Word.IN_TIME), bullets(held)),
        (word(Word.LATE_NOW), bullets(late)),
        (
            word(Word.CASES),
            bullets(cases) + paragraphs([word(Word.AGAINST, target=view["target"], maximum=view["maximum"])]),
        ),
        (word(Word.PEOPLE), paragraphs([word(Word.PEOPLE_NOW, **people)])),
        (word(Word.SUPERVISION), paragraphs([_share(now["supervision"], word)])),
        (word(Word.STRAIN), paragraphs([word(Word.STRAIN_NOW, strain=now["strain"])])),
        (word(Word.CRISES), paragraphs([number(now["crises"])])),
    ]
    if view["days"]:
        spent = [(kind, now["minutes"].get(kind, 0)) for kind in MINUTES]
        hours = [
            word(Word.TIME_LINE, kind=word(f"minutes-{kind}"), hours=(m + _HOUR // 2) // _HOUR)
            for kind, m in spent
            if m
        ]
        rows.append((word(Word.TIME), bullets(hours)))
    told = "".join(f'<tr><th scope="row">{text_html(name)}</th><td>{markup}</td></tr>' for name, markup in rows)
    return f'<table class="himaya-rows"><tbody>{told}</tbody></table>'


def picture(view: dict[str, Any], word: Say, number: Number, language: str) -> str:
    """Return the drawing of the month with what its signs mean; nothing before the first week."""
    if not view["days"]:
        return ""
    last = view["days"][-1]
    figures = {
        "day": len(view["days"]),
        "open": last["open"],
        "late": sum(last["late"]),
        "target": view["target"] * len(last["cases"]),
        "maximum": view["maximum"] * len(last["cases"]),
    }
    said = word(Word.PICTURE_ALT, **figures)
    drawn = month_svg(view, rtl=direction(language) == "rtl", said=said, number=number)
    signs = bullets(map(word, (Word.PICTURE_OPEN, Word.PICTURE_LATE, Word.PICTURE_TARGET, Word.PICTURE_MAXIMUM)))
    return f"<h4>{text_html(word(Word.PICTURE))}</h4>{drawn}{paragraphs([said])}{signs}"


def decided(plans: Sequence[Mapping[str, Any]], word: Say) -> str:
    """Return one line for each week that was planned."""
    lines = []
    for week, plan in enumerate(plans, 1):
        levers = [word(f"lever-{lever}") for lever in LEVERS if plan[lever]] or [word(Word.NO_LEVER)]
        first = word(f"priority-{plan['priority']}")
        lines.append(f"{word(Word.WEEK, week=week)}: {' + '.join([first, *levers])}")
    return bullets(lines) if lines else ""


def comparison(months: Mapping[str, Sequence[dict[str, int]]], word: Say) -> str:
    """Return a table of means with 95 % intervals, and what the difference in pairs says.

    Args:
        months: For `yours`, `usual` and `best`, the measures of the same months in the same order.
        word: As in the lab.
    """
    head = "".join(f'<th scope="col">{text_html(word(f"compare-{name}"))}</th>' for name in months)
    rows = []
    for measure in MEASURES:
        cells = "".join(f"<td>{text_html(_mean(played, measure, word))}</td>" for played in months.values())
        name = text_html(word(f"measure-{measure.replace('_', '-')}"))
        rows.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    pairs = zip(months["yours"], months["usual"], strict=True)
    apart = estimate([one["late_days"] - other["late_days"] for one, other in pairs])
    return (
        '<div class="himaya-scroll" tabindex="0" role="group" '
        f'aria-label="{text_html(word(Word.COMPARE))}"><table><thead><tr>'
        f'<th scope="col">{text_html(word(Word.COMPARE_MEASURE))}</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{paragraphs([word(Word.COMPARE_INTERVAL), _apart(apart, word)])}"
    )


def _apart(difference: Estimate, word: Say) -> str:
    if difference.high < 0:
        return word(Word.COMPARE_FEWER, low=_round(-difference.high), high=_round(-difference.low))
    if difference.low > 0:
        return word(Word.COMPARE_MORE, low=_round(difference.low), high=_round(difference.high))
    return word(Word.COMPARE_UNCLEAR)


def _mean(played: Sequence[dict[str, int]], measure: str, word: Say) -> str:
    found = estimate([month[measure] for month in played])
    return word(Word.COMPARE_MEAN, mean=_round(found.mean), low=_round(found.low), high=_round(found.high))


def _round(value: float) -> str:
    return f"{value:.1f}"


def _share(share: int | None, word: Say) -> str:
    return word(Word.NONE_YET) if share is None else word(Word.SHARE, share=share)
