"""The caseload lab's widget: a plan for each week, where the team stands, and many months side by side."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ipywidgets import Checkbox, HBox, VBox

from himaya.activities.lab import model as labs
from himaya.activities.lab.caseload.compare import COMPARED, one_month, seeds
from himaya.activities.lab.caseload.model import LEVERS, PRIORITIES, read_plan
from himaya.activities.lab.caseload.settings import read_settings
from himaya.activities.lab.caseload.words import Word
from himaya.languages.facts import ALL
from himaya_widgets.labs import around
from himaya_widgets.labs.caseload_figures import comparison, dashboard, decided, key_figures, picture
from himaya_widgets.labs.fields import Field, bullets, button, choose, html, paragraphs, reveal, text_html
from himaya_widgets.labs.lab import LabView

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from himaya.activities.lab.caseload.people import Plan

_TELL_EVERY = 10  # months


class View(LabView):
    """Draws the caseload lab.

    A plan that is not played yet lives in `_draft`, so that another language does not lose it.
    """

    _draft: Mapping[str, Any] | None = None
    _week = 0
    _running: asyncio.Task[None] | None = None
    _stopped = False
    _compared = ""

    def build(self) -> Sequence[Any]:
        """Return dashboard, picture, plan, and the comparison of many months."""
        self._stop()
        word = self.word
        self._now, self._more, self._picture, self._plans = html(key="now"), html(key="more"), html(), html()
        names = [(word(f"priority-{name}"), name) for name in PRIORITIES]
        self._priority = choose("priority", word(Word.PRIORITY), names, self._chosen, note=word(Word.HELP_PRIORITY))
        self._levers = {
            name: Field(
                f"lever-{name}",
                Checkbox(description=word(f"lever-{name}"), indent=False, style={"description_width": "initial"}),
                self._chosen,
                word(f"help-{name}"),
            )
            for name in LEVERS
        }
        self._title, self._staff = html(), html()
        self._play = button("play", word(Word.PLAY_WEEK, week=1), self._plays, main=True)
        levers = [self._levers[name].box for name in LEVERS]
        legend = html(f'<p class="himaya-legend">{text_html(word(Word.LEVERS))}</p>')
        self._form = VBox([self._title, self._priority.box, legend, *levers, self._staff, HBox([self._play])])
        self._months = html(key="months")
        self._many = button("many", word(Word.COMPARE_START), self._compares)
        self._halt = button("halt", word(Word.COMPARE_STOP), self._stop)
        self._halt.layout.display = "none"
        self._compare = VBox([html(self._about_comparison()), HBox([self._many, self._halt]), self._months])
        self._week = 0
        results = VBox([self._more, self._picture])
        beside = VBox([self._now, self._form, results])  # the decisions stand between, so that on a phone they are near
        for widget, name in ((beside, "beside"), (self._now, "now"), (self._form, "decide"), (results, "results")):
            widget.add_class(f"himaya-{name}")
        return [beside, self._compare, self._plans]

    def draw(self, view: dict[str, Any]) -> None:
        """Show the month so far, and the plan of the next week or, after the last, the comparison."""
        if self._week != view["week"]:
            if self._week:
                self._draft = None
            self._week = view["week"]
            self._fill(self._draft or _preset(view["plans"]))
            if not view["over"]:
                self._stop()
                self._compared = self._months.value = ""
        word, week = self.word, view["week"]
        head = (
            word(Word.DASHBOARD) if week == 1 else word(Word.OVER) if view["over"] else word(Word.PLAYED, week=week - 1)
        )
        before = self._view_before()
        figures = key_figures(view, before, word, self.number, self.say("lab-busiest"))
        told = "" if before is None else f'<p class="himaya-help">{text_html(self.say("lab-change"))}</p>'
        self._now.value = f'<h4 tabindex="-1">{text_html(head)}</h4>{figures}{told}'
        whole = dashboard(view, word, self.number)
        self._more.value = f"<details><summary>{text_html(self.say('lab-figures'))}</summary>{whole}</details>"
        self._picture.value = picture(view, word, self.number, self.language)
        self._plans.value = self._decided(view)
        reveal(self._form, shown=not view["over"])
        reveal(self._compare, shown=view["over"])
        self._title.value = f"<h4>{text_html(word(Word.PLAN_WEEK, week=week))}</h4>"
        self._play.description = word(Word.PLAY_WEEK, week=week)
        self._levers["staff"].control.disabled = view["staff"]
        self._staff.value = paragraphs([word(Word.STAFF_ASKED)]) if view["staff"] else ""

    def _view_before(self) -> dict[str, Any] | None:
        """Return what the model's view was one week earlier."""
        decisions = self._record.state["decisions"]
        if not decisions:
            return None
        view: dict[str, Any] = labs.model("caseload").view(self.data, labs.run(self.activity, decisions[:-1]))
        return view

    def missing(self, view: dict[str, Any]) -> str | None:
        """Return which week is to be planned, and go there."""
        self.focus("play")
        return self.word(Word.PLAY_WEEK, week=view["week"])

    def result(self, view: dict[str, Any]) -> str:
        """Return the month at its end, and the comparison if it was made."""
        shown = picture(view, self.word, self.number, self.language)
        return f"{dashboard(view, self.word, self.number)}{shown}{self._decided(view)}{self._compared}"

    # ------------------------------------------------------------ the plan

    def _decided(self, view: dict[str, Any]) -> str:
        lines = decided(view["plans"], self.word)
        return f"<h4>{text_html(self.word(Word.PLANS))}</h4>{lines}" if lines else ""

    def _fill(self, plan: Mapping[str, Any]) -> None:
        self._priority.show(plan.get("priority"))
        for name, field in self._levers.items():
            field.show(bool(plan.get(name)))

    def _chosen(self, _value: object) -> None:
        self._priority.tell(None)
        self._draft = self._planned()

    def _planned(self) -> dict[str, Any]:
        return {"priority": self._priority.value, **{name: field.value for name, field in self._levers.items()}}

    def _plays(self) -> None:
        plan = self._planned()
        if plan["priority"] is None:
            self._priority.tell(self.word(Word.CHOOSE_PRIORITY))
            self.focus("priority")
            return
        if self.decide({"week": self._week, **plan}):
            self.focus("now")

    # ------------------------------------------------------------ many months

    def _about_comparison(self) -> str:
        word, data = self.word, self.data
        said = [
            word(Word.COMPARE_SAYS, **data["compare"]),
            word(Word.COMPARE_BEST_PLAN, months=data["searched"]["months"]),
        ]
        return f"<h4>{text_html(word(Word.COMPARE))}</h4>{paragraphs(said)}{decided(data['best'], word)}"

    def _compares(self) -> None:
        """Play many months between what else the kernel has to do, so that it can be stopped."""
        if self._running is not None:
            return
        self._stopped = False
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel: nobody can press anything meanwhile
            asyncio.run(self._play_many())
        else:
            self._halt.layout.display = None
            self._running = loop.create_task(self._play_many())
            self.focus("halt")

    async def _play_many(self) -> None:
        months = self.data["compare"]["months"]
        played: dict[str, list[dict[str, int]]] = {name: [] for name in COMPARED}
        try:
            for done in self._months_of(played):
                if done % _TELL_EVERY == 0:
                    self._progress(done, months)
                await asyncio.sleep(0)
                if self._stopped:
                    break
        finally:
            self._running = None
            self._halt.layout.display = "none"
        self._tell_months(played)

    def _months_of(self, played: dict[str, list[dict[str, int]]]) -> Iterator[int]:
        data, settings = self.data, read_settings(self.data)
        plans = {
            "yours": self._model_state()["plans"],
            "usual": _plans(data["usual"]),
            "best": _plans(data["best"]),
        }
        for done, seed in enumerate(seeds(data["compare"]["seed"], data["compare"]["months"]), 1):
            for name, months in plans.items():
                played[name].append(one_month(settings, seed, months))
            yield done

    def _progress(self, done: int, months: int) -> None:
        told = text_html(self.word(Word.COMPARE_GOING, done=done, months=months))
        self._months.value = f'<p><progress max="{months}" value="{done}" aria-label="{told}"></progress> {told}</p>'

    def _tell_months(self, played: dict[str, list[dict[str, int]]]) -> None:
        done, word = len(played["best"]), self.word
        ended = Word.COMPARE_STOPPED if self._stopped else Word.COMPARE_DONE
        said = word(ended, done=done, seed=self.data["compare"]["seed"])
        table = comparison(played, word) if done > 1 else ""
        self._compared = f'<h4 tabindex="-1">{text_html(said)}</h4>{table}'
        self._months.value = f'<div role="status">{self._compared}</div>'
        self.focus("months")

    def _stop(self) -> None:
        self._stopped = True

    def close(self) -> None:
        """Let go of every widget, and of the months that still play."""
        self._stop()
        if self._running is not None:
            self._running.cancel()
        super().close()

    # ------------------------------------------------------------ what it assumes

    def assumptions(self) -> str:
        """Return what the lab takes for granted, with each of the model's settings."""
        lines, between = [], ALL[self.language].semicolon
        for setting in self.data["settings"].values():
            said = setting["says"].replace("{value}", self.number(setting["value"]))
            lines.append(f"{said} ({between.join(self.word(f'mark-{mark}') for mark in setting['marks'])})")
        return around.assumptions(self.activity, self.say, bullets(lines))


def _preset(plans: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return last week's plan as a start; a colleague is asked for once."""
    return {**plans[-1], "staff": False} if plans else {}


def _plans(written: Sequence[Mapping[str, Any]]) -> list[Plan]:
    """Return plans of the lab's data, which the content check has read."""
    return [plan for plan in map(read_plan, written) if plan is not None]
