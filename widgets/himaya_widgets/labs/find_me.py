"""The lab "Can you find me?": keys, what happens to each column, a search, a decision, and a small table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import VBox

from himaya.activities.lab.find_me.figures import BINS
from himaya.activities.lab.find_me.microdata import COLUMNS, PEOPLE
from himaya.activities.lab.find_me.model import ENDINGS, KNOWABLE, REASONS, SUPPRESSED, cell_names, judged, ways
from himaya.activities.lab.find_me.release import OFFERED_KEYS
from himaya.activities.lab.find_me.words import Word, word_id
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
        intro = paragraphs([word(Word.FILE_INTRO, records=600, columns=len(COLUMNS))])
        self._keys = Several("keys", word(Word.KEYS_LABEL), self._named("column", OFFERED_KEYS), self._sets("keys"),
                             word(Word.KEYS_HELP))  # fmt: skip
        self._treat = {column: self._treatment(column) for column in COLUMNS}
        self._examples = {column: html() for column in COLUMNS}
        self._suppress = choose("suppress", word(Word.SUPPRESS_LABEL),
                                [(word(f"suppress-{least}"), least) for least in SUPPRESSED],
                                self._sets("suppress"), note=word(Word.SUPPRESS_HELP))  # fmt: skip
        columns = VBox([VBox([field.box, self._examples[column]]) for column, field in self._treat.items()])
        columns.add_class("himaya-grid")
        change = [html(paragraphs([word(Word.TREAT_HELP)])), columns, self._suppress.box]
        return [
            Part("file", word(Word.FILE_HEADING), [html(intro), self._keys.box]),
            Part("change", word(Word.TREAT_LABEL), change),
        ]

    def _treatment(self, column: str) -> Field[Any]:
        options = [
            (self.word(f"coarse-{word_id(column)}" if how == "coarse" else f"treat-{how}"), how) for how in ways(column)
        ]
        return choose(f"treat-{word_id(column)}", self.word(f"column-{word_id(column)}"), options,
                      lambda how: self._decided({"set": "treat", "column": column, "to": how}),
                      style="list")  # fmt: skip

    def _build_search(self) -> Part:
        word = self.word
        people = [(word(Word.PLEASE_CHOOSE), None), *((text, name) for text, name in self._named("person", PEOPLE))]
        self._person = choose("person", word(Word.PERSON_LABEL), people, self._sets("person"), style="list")
        self._knows = Several("knows", word(Word.KNOWS_LABEL), self._named("column", KNOWABLE), self._sets("knows"),
                              word(Word.KNOWS_HELP))  # fmt: skip
        self._found = html(key="found")
        intro = html(paragraphs([word(Word.FIND_INTRO)]))
        return Part("search", word(Word.FIND_HEADING), [intro, self._person.box, self._knows.box, self._found])

    def _build_ending(self) -> Sequence[Part]:
        word = self.word
        self._ending = choose("ending", word(Word.ENDING_LABEL), self._named("ending", ENDINGS), self._sets("ending"))
        self._reasons = Several(
            "reasons", word(Word.REASONS_LABEL), self._named("reason", REASONS), self._sets("reasons")
        )
        self._table = html()
        cells = [(self._cell(name), name) for name in cell_names(self.data)]
        self._cells = Several("cells", word(Word.CELLS_LABEL), cells, self._sets("cells"))
        self._hidden = html(key="hidden")
        table = [html(paragraphs([word(Word.CELLS_INTRO)])), self._table, self._cells.box, self._hidden]
        return [
            Part("ending", word(Word.ENDING_HEADING), [self._ending.box, self._reasons.box]),
            Part("table", word(Word.CELLS_HEADING), table),
        ]

    def _named(self, before: str, names: Iterable[str]) -> list[tuple[str, str]]:
        return [(self.word(f"{before}-{word_id(name)}"), name) for name in names]

    def _sets(self, name: str) -> Callable[[Any], None]:
        return lambda to: self._decided({"set": name, "to": to})

    def _decided(self, value: dict[str, Any]) -> None:
        if not self.decide(value):
            self.redraw()  # the entry "Choose one" is no decision: show what holds

    def _cell(self, name: str) -> str:
        row, column = (int(part) for part in name.split("-"))
        return self.word(Word.CELL_TICK, row=self.word(f"cells-row-{row + 1}"),
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
            shown = [word(Word.EXAMPLE, value=self._value(column, example[column]))] if column in example else []
            _put(self._examples[column], paragraphs(shown))
        self._suppress.show(state["suppress"])
        sentence = view["sentence"]
        told = word(f"say-{sentence}") if sentence else None
        begun = bool(state["treat"] or state["suppress"])
        self._keys.tell(told if sentence in {"no-keys", "keys-dropped"} and begun else None)
        self._suppress.tell(told if sentence in {"much-blank", "all-dropped"} else None)
        _put(self._live, paragraphs([self._in_short(view)]))
        head = f"<summary>{text_html(word(Word.FIGURES_HEADING))}</summary>"
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
            return self.word(Word.VALUE_BLANK)
        if column == "comment_text":
            return self.word(f"comment-{value}") if value else "-"
        if column == "weight" and isinstance(value, int):
            return self.number(f"{value / 10:.1f}")
        return (
            self.number(value) if isinstance(value, int) or column in _CODED else self.word(f"value-{word_id(value)}")
        )

    def _percent(self, share: float) -> str:
        return f"{share * 100:.1f}"

    def _in_short(self, view: dict[str, Any]) -> str:
        """Return the two figures that matter most, to stay in sight while the file is changed."""
        if view["global"] is None:
            return self.word(f"say-{view['sentence']}")
        alone = f"{self.word(Word.UNDER_3)}: {self.number(view['under']['3'])}"
        return f"{alone}. {self.word(Word.GLOBAL_LABEL)}: {self._against_limit(view)}"

    def _against_limit(self, view: dict[str, Any]) -> str:
        limit = self.data["limit_percent"]
        over = Word.GLOBAL_OVER if view["global"] * 100 > limit else Word.GLOBAL_UNDER
        return self.word(over, value=f"{view['global'] * 100:.2f}", limit=limit)  # 3.04 is above 3, and 3.0 is not

    def _drawn_figures(self, view: dict[str, Any]) -> str:
        if view["global"] is None:
            return f"{paragraphs([self.word('say-' + view['sentence'])])}{self._drawn_loss(view)}"
        rows = [
            (Word.RECORDS, view["records"]),
            (Word.KINDS, view["kinds"]),
            *((f"under-{least}", count) for least, count in view["under"].items()),
            (Word.GLOBAL_LABEL, self._against_limit(view)),
            (Word.EXPECTED, f"{view['expected']:.1f}"),
            (Word.HIGHEST, f"{self._percent(view['highest'])} %"),
            (Word.SITE, f"{self._percent(view['site'])} %"),
            (Word.SIMPLE_LABEL, f"{self._percent(view['simple'])} %"),
        ]
        lines = "".join(
            f'<tr><th scope="row">{text_html(self.word(name))}</th><td>{text_html(self._shown(value))}</td></tr>'
            for name, value in rows
        )
        table = f'<table class="himaya-figures">{lines}</table>'
        return f"{table}{self._picture(view['bars'])}{self._drawn_diversity(view)}{self._drawn_loss(view)}"

    def _shown(self, value: object) -> str:
        text = str(value)
        return f"{self.number(text[:-2])} %" if text.endswith(" %") else self.number(value)

    def _picture(self, bars: list[int]) -> str:
        limit = sum(end * 100 <= self.data["limit_percent"] for end in BINS)
        said = self.word(Word.BARS_ALT, low=sum(bars[:limit]), high=sum(bars[limit:]))
        names = [self.word(f"bar-{number}") for number in range(1, len(bars) + 1)]
        rows = [(count, name, self.number(count)) for count, name in zip(bars, names, strict=True)]
        drawn = risk_svg(rows, limit, rtl=direction(self.language) == "rtl", said=said)
        return f"<h5>{text_html(self.word(Word.BARS_TITLE))}</h5>{drawn}{paragraphs([said])}"

    def _drawn_diversity(self, view: dict[str, Any]) -> str:
        lines = [
            self.word(Word.DIVERSITY_LINE, column=self.word(f"column-{word_id(column)}"), alike=alike,
                      distinct=distinct, entropy=f"{entropy:.2f}")
            for column, distinct, entropy, alike in view["diversity"]
        ]  # fmt: skip
        told = bullets(lines) if lines else paragraphs([self.word(Word.DIVERSITY_NONE)])
        return f"<h5>{text_html(self.word(Word.DIVERSITY_HEADING))}</h5>{told}"

    def _drawn_loss(self, view: dict[str, Any]) -> str:
        lines = [self.word(Word.LOSS_LINE, dropped=view["dropped"], coarser=view["coarser"], blanked=view["blanked"],
                           blank=self._percent(view["blank"]))]  # fmt: skip
        for name, before, after in view["indicators"]:
            known = {"indicator": self.word(f"indicator-{name}"), "before": self._percent(before)}
            if after is None:
                lines.append(self.word(Word.CANNOT, **known))
            else:
                lines.append(self.word(Word.CHANGE_LINE, **known, after=self._percent(after)))
        return f"<h5>{text_html(self.word(Word.LOSS_HEADING))}</h5>{bullets(lines)}"

    def _drawn_search(self, found: Mapping[str, Any]) -> str:
        word, match = self.word, found["match"]
        if match is None:
            return paragraphs([word(Word.FIND_WAIT)])
        size = Word.FIND_ONE if match == 1 else Word.FIND_SOME if match < _MANY else Word.FIND_MANY
        lines = [word(Word.FIND_NOBODY if match == 0 else size, count=match)]
        used = self._list(self.word(f"column-{word_id(column)}") for column in found["used"])
        lines.append(word(Word.FIND_USED, columns=used or "-"))
        learned = [
            f"{word(f'column-{word_id(column)}')}: {self._value(column, value).rstrip('.')}"
            for column, value in found["learned"].items()
        ]
        lines += [word(Word.LEARNED, what=one) for one in learned] or [word(Word.LEARNED_NOTHING)]
        return paragraphs(lines)

    def _list(self, names: Iterable[str]) -> str:
        return ALL[self.language].comma.join(names)

    def _drawn_table(self, hidden: set[str]) -> str:
        word, counts = self.word, self.data["counts"]

        def cell(row: int, column: int) -> str:
            secret = f"{row}-{column}" in hidden
            return f"<td>{text_html(word(Word.CELL_HIDDEN) if secret else self.number(counts[row][column]))}</td>"

        def line(row: int) -> str:
            cells = "".join(cell(row, column) for column in range(len(counts[row])))
            name = text_html(word(f"cells-row-{row + 1}"))
            return f'<tr><th scope="row">{name}</th>{cells}<td>{self.number(sum(counts[row]))}</td></tr>'

        heads = [word(f"cells-column-{column + 1}") for column in range(len(counts[0]))]
        top = "".join(f'<th scope="col">{text_html(head)}</th>' for head in ("", *heads, word(Word.CELLS_TOTAL)))
        totals = "".join(f"<td>{self.number(total)}</td>" for total in (*map(sum, zip(*counts, strict=True)),
                                                                        sum(map(sum, counts))))  # fmt: skip
        last = f'<tr><th scope="row">{text_html(word(Word.CELLS_TOTAL))}</th>{totals}</tr>'
        body = "".join(map(line, range(len(counts))))
        return f'<div class="himaya-scroll"><table class="himaya-figures"><tr>{top}</tr>{body}{last}</table></div>'

    def _drawn_hidden(self, table: Mapping[str, Any]) -> str:
        word = self.word
        if table["safe"]:
            lines = [word(Word.CELLS_SAFE, count=table["hidden"])]
            most = self.data.get("key", {}).get("most_hidden", table["hidden"])
            if table["hidden"] > most:
                lines.append(word(Word.CELLS_MUCH, most=most))
            return paragraphs(lines)
        return paragraphs(
            [word(Word.CELLS_SMALL, count=len(table["shown"])), word(Word.CELLS_BACK, count=len(table["back"]))]
        )

    # ------------------------------------------------------------ the end

    def result(self, view: dict[str, Any]) -> str:
        """Return how each part stands and why; where this copy holds no key, what the figures say."""
        word, data = self.word, self.data
        heading = f"<h5>{text_html(word(Word.RESULTS_HEADING))}</h5>"
        if "key" not in data:
            said = paragraphs([self._in_short(view), word(Word.CHOSEN_KEYS)])
            return f"{heading}{said}{self._drawn_hidden(view['table'])}"
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
