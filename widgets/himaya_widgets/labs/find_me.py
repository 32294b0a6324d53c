"""The lab "Can you find me?": keys, what happens to each column, a search, a decision, and a small table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import VBox

from himaya.activities.lab.find_me.figures import BINS
from himaya.activities.lab.find_me.microdata import COLUMNS, PEOPLE
from himaya.activities.lab.find_me.model import ENDINGS, KNOWABLE, REASONS, SUPPRESSED, cell_names, judged, ways
from himaya.activities.lab.find_me.release import OFFERED_KEYS
from himaya.languages.facts import ALL, direction
from himaya_widgets.labs.fields import Several, bullets, choose, html, paragraphs, text_html
from himaya_widgets.labs.find_me_picture import risk_svg
from himaya_widgets.labs.lab import LabView
from himaya_widgets.labs.steps import Part, Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from himaya_widgets.labs.fields import Field

_CODED = {"record_id", "interviewer_code", "governorate_code", "site_code", "mother_tongue"}
_PARTS = {"keys": "file", "person": "search", "ending": "ending", "reasons": "ending", "cells": "table"}
"""In which part of the work the model's parts are done."""
_MANY = 5
"""As many records that fit leave a neighbour without a good guess: our own choice."""


def _id(name: object) -> str:
    return str(name).replace("_", "-").lower()


class View(LabView):
    """Draws the lab; every setting is a decision, so nothing is kept here."""

    # ------------------------------------------------------------ the tree

    def build(self) -> Sequence[Any]:
        """Return the working area, in the order of the work."""
        file, change = self._build_file()
        parts = [file, self._build_search(), change, *self._build_ending()]
        self._live, self._figures = html(), html(key="figures")
        self._live.add_class("himaya-live")
        self._steps = Steps(self, parts, lambda: None)
        return [self._live, self._figures, *self._steps.widgets]

    def _build_file(self) -> Sequence[Part]:
        word = self.word
        intro = paragraphs([word("file-intro", records=600, columns=len(COLUMNS))])
        self._keys = Several("keys", word("keys-label"), self._named("column", OFFERED_KEYS), self._sets("keys"),
                             word("keys-help"))  # fmt: skip
        self._treat = {column: self._treatment(column) for column in COLUMNS}
        self._examples = {column: html() for column in COLUMNS}
        self._suppress = choose("suppress", word("suppress-label"),
                                [(word(f"suppress-{least}"), least) for least in SUPPRESSED],
                                self._sets("suppress"), note=word("suppress-help"))  # fmt: skip
        columns = VBox([VBox([field.box, self._examples[column]]) for column, field in self._treat.items()])
        columns.add_class("himaya-grid")
        change = [html(paragraphs([word("treat-help")])), columns, self._suppress.box]
        return [
            Part("file", word("file-heading"), [html(intro), self._keys.box]),
            Part("change", word("treat-label"), change),
        ]

    def _treatment(self, column: str) -> Field[Any]:
        options = [
            (self.word(f"coarse-{_id(column)}" if how == "coarse" else f"treat-{how}"), how) for how in ways(column)
        ]
        return choose(f"treat-{_id(column)}", self.word(f"column-{_id(column)}"), options,
                      lambda how: self._decided({"set": "treat", "column": column, "to": how}),
                      style="list")  # fmt: skip

    def _build_search(self) -> Part:
        word = self.word
        people = [(word("please-choose"), None), *((text, name) for text, name in self._named("person", PEOPLE))]
        self._person = choose("person", word("person-label"), people, self._sets("person"), style="list")
        self._knows = Several("knows", word("knows-label"), self._named("column", KNOWABLE), self._sets("knows"),
                              word("knows-help"))  # fmt: skip
        self._found = html(key="found")
        intro = html(paragraphs([word("find-intro")]))
        return Part("search", word("find-heading"), [intro, self._person.box, self._knows.box, self._found])

    def _build_ending(self) -> Sequence[Part]:
        word = self.word
        self._ending = choose("ending", word("ending-label"), self._named("ending", ENDINGS), self._sets("ending"))
        self._reasons = Several("reasons", word("reasons-label"), self._named("reason", REASONS), self._sets("reasons"))
        self._table = html()
        cells = [(self._cell(name), name) for name in cell_names(self.data)]
        self._cells = Several("cells", word("cells-label"), cells, self._sets("cells"))
        self._hidden = html(key="hidden")
        table = [html(paragraphs([word("cells-intro")])), self._table, self._cells.box, self._hidden]
        return [
            Part("ending", word("ending-heading"), [self._ending.box, self._reasons.box]),
            Part("table", word("cells-heading"), table),
        ]

    def _named(self, before: str, names: Iterable[str]) -> list[tuple[str, str]]:
        return [(self.word(f"{before}-{_id(name)}"), name) for name in names]

    def _sets(self, name: str) -> Callable[[Any], None]:
        return lambda to: self._decided({"set": name, "to": to})

    def _decided(self, value: dict[str, Any]) -> None:
        if not self.decide(value):
            self.redraw()  # the entry "Choose one" is no decision: show what holds

    def _cell(self, name: str) -> str:
        row, column = (int(part) for part in name.split("-"))
        return self.word("cell-tick", row=self.word(f"cells-row-{row + 1}"),
                         column=self.word(f"cells-column-{column + 1}"),
                         count=self.data["counts"][row][column])  # fmt: skip

    # ------------------------------------------------------------ drawing

    def draw(self, view: dict[str, Any]) -> None:
        """Show what is chosen and what follows from it."""
        state, word = view["state"], self.word
        self._keys.show(state["keys"])
        for column, field in self._treat.items():
            field.show(state["treat"].get(column, "keep"))
            example = view["example"]
            shown = [word("example", value=self._value(column, example[column]))] if column in example else []
            _put(self._examples[column], paragraphs(shown))
        self._suppress.show(state["suppress"])
        sentence = view["sentence"]
        told = word(f"say-{sentence}") if sentence else None
        begun = bool(state["treat"] or state["suppress"])
        self._keys.tell(told if sentence in {"no-keys", "keys-dropped"} and begun else None)
        self._suppress.tell(told if sentence in {"much-blank", "all-dropped"} else None)
        _put(self._live, paragraphs([self._in_short(view)]))
        head = f"<summary>{text_html(word('figures-heading'))}</summary>"
        _put(self._figures, f"<details>{head}{self._drawn_figures(view)}</details>")
        self._person.show(state["person"] or None)
        self._knows.show(state["knows"])
        _put(self._found, self._drawn_search(view["find"]))
        self._ending.show(view["ending"] or None)
        self._reasons.show(state["reasons"])
        _put(self._table, self._drawn_table(set(state["cells"])))
        self._cells.show(state["cells"])
        _put(self._hidden, self._drawn_hidden(view["table"]))
        self._steps.draw()

    def _value(self, column: str, value: object) -> str:
        """Return one entry of the file in words."""
        if value is None:
            return self.word("value-blank")
        if column == "comment_text":
            return self.word(f"comment-{value}") if value else "-"
        if column == "weight" and isinstance(value, int):
            return self.number(f"{value / 10:.1f}")
        return self.number(value) if isinstance(value, int) or column in _CODED else self.word(f"value-{_id(value)}")

    def _percent(self, share: float) -> str:
        return f"{share * 100:.1f}"

    def _in_short(self, view: dict[str, Any]) -> str:
        """Return the two figures that matter most, to stay in sight while the file is changed."""
        if view["global"] is None:
            return self.word(f"say-{view['sentence']}")
        alone = f"{self.word('under-3')}: {self.number(view['under']['3'])}"
        return f"{alone}. {self.word('global-label')}: {self._against_limit(view)}"

    def _against_limit(self, view: dict[str, Any]) -> str:
        limit = self.data["limit_percent"]
        over = "global-over" if view["global"] * 100 > limit else "global-under"
        return self.word(over, value=f"{view['global'] * 100:.2f}", limit=limit)  # 3.04 is above 3, and 3.0 is not

    def _drawn_figures(self, view: dict[str, Any]) -> str:
        if view["global"] is None:
            return f"{paragraphs([self.word('say-' + view['sentence'])])}{self._drawn_loss(view)}"
        rows = [
            ("records", view["records"]),
            ("kinds", view["kinds"]),
            *((f"under-{least}", count) for least, count in view["under"].items()),
            ("global-label", self._against_limit(view)),
            ("expected", f"{view['expected']:.1f}"),
            *((name, f"{self._percent(view[name])} %") for name in ("highest", "site", "simple")),
        ]
        labels = {"simple": "simple-label"}
        lines = "".join(
            f'<tr><th scope="row">{text_html(self.word(labels.get(name, name)))}</th>'
            f"<td>{text_html(self._shown(value))}</td></tr>"
            for name, value in rows
        )
        table = f'<table class="himaya-figures">{lines}</table>'
        return f"{table}{self._picture(view['bars'])}{self._drawn_diversity(view)}{self._drawn_loss(view)}"

    def _shown(self, value: object) -> str:
        text = str(value)
        return f"{self.number(text[:-2])} %" if text.endswith(" %") else self.number(value)

    def _picture(self, bars: list[int]) -> str:
        limit = sum(end * 100 <= self.data["limit_percent"] for end in BINS)
        said = self.word("bars-alt", low=sum(bars[:limit]), high=sum(bars[limit:]))
        names = [self.word(f"bar-{number}") for number in range(1, len(bars) + 1)]
        rows = [(count, name, self.number(count)) for count, name in zip(bars, names, strict=True)]
        drawn = risk_svg(rows, limit, rtl=direction(self.language) == "rtl", said=said)
        return f"<h5>{text_html(self.word('bars-title'))}</h5>{drawn}{paragraphs([said])}"

    def _drawn_diversity(self, view: dict[str, Any]) -> str:
        lines = [
            self.word("diversity-line", column=self.word(f"column-{_id(column)}"), alike=alike, distinct=distinct,
                      entropy=f"{entropy:.2f}")
            for column, distinct, entropy, alike in view["diversity"]
        ]  # fmt: skip
        told = bullets(lines) if lines else paragraphs([self.word("diversity-none")])
        return f"<h5>{text_html(self.word('diversity-heading'))}</h5>{told}"

    def _drawn_loss(self, view: dict[str, Any]) -> str:
        lines = [self.word("loss-line", dropped=view["dropped"], coarser=view["coarser"], blanked=view["blanked"],
                           blank=self._percent(view["blank"]))]  # fmt: skip
        for name, before, after in view["indicators"]:
            known = {"indicator": self.word(f"indicator-{name}"), "before": self._percent(before)}
            if after is None:
                lines.append(self.word("cannot", **known))
            else:
                lines.append(self.word("change-line", **known, after=self._percent(after)))
        return f"<h5>{text_html(self.word('loss-heading'))}</h5>{bullets(lines)}"

    def _drawn_search(self, found: Mapping[str, Any]) -> str:
        word, match = self.word, found["match"]
        if match is None:
            return paragraphs([word("find-wait")])
        size = "one" if match == 1 else "some" if match < _MANY else "many"
        lines = [word("find-nobody" if match == 0 else f"find-{size}", count=match)]
        used = self._list(self.word(f"column-{_id(column)}") for column in found["used"])
        lines.append(word("find-used", columns=used or "-"))
        learned = [
            f"{word(f'column-{_id(column)}')}: {self._value(column, value).rstrip('.')}"
            for column, value in found["learned"].items()
        ]
        lines += [word("learned", what=one) for one in learned] or [word("learned-nothing")]
        return paragraphs(lines)

    def _list(self, names: Iterable[str]) -> str:
        return ALL[self.language].comma.join(names)

    def _drawn_table(self, hidden: set[str]) -> str:
        word, counts = self.word, self.data["counts"]

        def cell(row: int, column: int) -> str:
            secret = f"{row}-{column}" in hidden
            return f"<td>{text_html(word('cell-hidden') if secret else self.number(counts[row][column]))}</td>"

        def line(row: int) -> str:
            cells = "".join(cell(row, column) for column in range(len(counts[row])))
            name = text_html(word(f"cells-row-{row + 1}"))
            return f'<tr><th scope="row">{name}</th>{cells}<td>{self.number(sum(counts[row]))}</td></tr>'

        heads = [word(f"cells-column-{column + 1}") for column in range(len(counts[0]))]
        top = "".join(f'<th scope="col">{text_html(head)}</th>' for head in ("", *heads, word("cells-total")))
        totals = "".join(f"<td>{self.number(total)}</td>" for total in (*map(sum, zip(*counts, strict=True)),
                                                                        sum(map(sum, counts))))  # fmt: skip
        last = f'<tr><th scope="row">{text_html(word("cells-total"))}</th>{totals}</tr>'
        body = "".join(map(line, range(len(counts))))
        return f'<div class="himaya-scroll"><table class="himaya-figures"><tr>{top}</tr>{body}{last}</table></div>'

    def _drawn_hidden(self, table: Mapping[str, Any]) -> str:
        word = self.word
        if table["safe"]:
            lines = [word("cells-safe", count=table["hidden"])]
            most = self.data.get("key", {}).get("most_hidden", table["hidden"])
            if table["hidden"] > most:
                lines.append(word("cells-much", most=most))
            return paragraphs(lines)
        return paragraphs(
            [word("cells-small", count=len(table["shown"])), word("cells-back", count=len(table["back"]))]
        )

    # ------------------------------------------------------------ the end

    def result(self, view: dict[str, Any]) -> str:
        """Return how each part stands and why; where this copy holds no key, what the figures say."""
        word, data = self.word, self.data
        heading = f"<h5>{text_html(word('results-heading'))}</h5>"
        if "key" not in data:
            return (
                f"{heading}{paragraphs([self._in_short(view), word('chosen-keys')])}{self._drawn_hidden(view['table'])}"
            )
        return heading + bullets(
            [self.digits_in(line) for line in judged(data, self.activity["words"], self._model_state())]
        )

    def missing(self, view: dict[str, Any]) -> str | None:
        """Return which parts are still to be done, and go to the first."""
        if view["missing"]:
            self._steps.open(_PARTS[view["missing"][0]])
            self.focus(view["missing"][0])
        return " ".join(self.word(f"missing-{name}") for name in view["missing"])


def _put(place: Any, markup: str) -> None:
    if place.value != markup:
        place.value = markup
