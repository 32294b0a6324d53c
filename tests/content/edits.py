"""Small changes to the sound module, each named after the fault that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ITEMS, PROSE, MODULE = "items.yaml", "module.md", "module.yaml"
SCENARIO, DRAWING = "scenarios/short-walk.yaml", "media/chairs.svg"


@dataclass(frozen=True)
class Change:
    """One text that is replaced.

    Attributes:
        old: What stands there. It stands once, or its first place behind `after` is meant.
        new: What is to stand there instead.
        after: A text before it that stands once.
    """

    old: str
    new: str
    after: str = ""

    def made_in(self, text: str) -> str:
        """Return a text with this change.

        Raises:
            ValueError: If the sound module no longer has one such place.
        """
        known = self.after or self.old
        if text.count(known) != 1:
            message = f"{known!r} stands {text.count(known)} times"
            raise ValueError(message)
        at = text.index(self.old, text.index(self.after) + len(self.after))
        return text[:at] + self.new + text[at + len(self.old) :]


class Edit:
    """What one file of the sound module becomes."""

    def __init__(self, file: str, *changes: Change) -> None:
        """Take the file's name in the module, and its changes in their order."""
        self.file = file
        self.changes = changes

    def make(self, module: Path) -> None:
        """Change the file in a copy of the sound module."""
        path = module / self.file
        text = path.read_text(encoding="utf-8")
        for change in self.changes:
            text = change.made_in(text)
        path.write_text(text, encoding="utf-8")


def _place(name: str, wait: tuple[str, ...], walk: tuple[str, ...]) -> str:
    """Return one more place of the scenario: each choice with where it goes, its quality, and what else it says."""
    return (
        f"  {name}:\n    title: Another place\n    text: Noor looks around.\n    prompt: What now?\n    choices:\n"
        + _choice("wait", "Wait for Noor to look at you.", "Noor sets the pace", *wait)
        + _choice("walk", "Walk over to Noor and smile.", "a smile is a sign", *walk)
    )


def _choice(name: str, text: str, reason: str, goto: str, quality: str, extra: str = "") -> str:
    more = f"        {extra}\n" if extra else ""
    return (
        f"      - id: {name}\n        text: {text}\n        quality: {quality}\n{more}"
        f'        consequence: Noor looks up.\n        rationale: "Respect: {reason}."\n'
        f'        principle: respect\n        source: ["S1: page 3"]\n        goto: {goto}\n'
    )


def _places(*places: str) -> Change:
    return Change("endings:\n", "".join(places) + "endings:\n")


_PICTURE = "![Two chairs at a small table](media/chairs.svg)"
_TRUST = "effects: {trust: 1}"
_TO_END, _ALSO_TO_END = ("end", "best"), ("end", "acceptable")
_GRADED = Change("mode: practice", "mode: graded")
_NO_APOLOGY = Change(
    """\
      - id: say-sorry
        text: Say sorry for the loud question, and begin again at the door.
        quality: best
        effects: {trust: 1}
        when: {trust: {max: 0}}
        consequence: Noor stays.
        rationale: "Respect: an apology opens the talk again."
        principle: respect
        source: ["design: honest repair"]
        goto: door
""",
    "",
)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven")
_ASKED = {
    "greet": ("Greet them now", "A greeting is calm and comes at once."),
    "seat": ("Offer one seat", "A seat is calm and comes after it."),
    "wait": ("Wait for them.", "Waiting is calm and leaves Noor alone."),
}


def _asked(*questions: str) -> Edit:
    """Return seven more graded questions: for each its key, its longest option, and the order if it is another one."""
    text = ""
    for number, question in zip(_NUMBERS, questions, strict=True):
        key, longest, *order = question.split()
        text += (
            f"  - id: asked-{number}\n    kind: choice\n    mode: graded\n    outcome: next-step\n"
            '    source: ["design: examples"]\n    stem: What comes next?\n    options:\n'
        )
        for name in order or _ASKED:
            words, why = _ASKED[name]
            more, right = " ok" if name == longest else "", " correct: true," if name == key else ""
            text += f"      - {{id: {name}, text: {words}{more},{right} rationale: {why}}}\n"
        text += "\n"
    return Edit(ITEMS, Change("  - id: whose-turn\n", f"{text}  - id: whose-turn\n"))


def _leads(choice: str, goto: str) -> Change:
    """Let a choice lead elsewhere than to the table or the end."""
    return Change(
        "goto: table" if choice in ("greet", "nod", "call-out") else "goto: end",
        f"goto: {goto}",
        after=f"- id: {choice}\n",
    )


def _turn(number: str, effects: str, quality: str = "acceptable", goto: str = "hub") -> str:
    text = f"Turn to Noor one more time, {number}."
    return _choice(f"turn-{number}", text, "Noor sets the pace", goto, quality, f"effects: {{{effects}}}")


_HUB = "  hub:\n    title: A hub\n    text: Noor waits.\n    prompt: What now?\n    choices:\n"
_METERS = "".join(f"  m-{letter}: {{label: {letter.upper()}, start: 0, max: 10}}\n" for letter in "abcdef")
_TURNS = (
    _turn("one", "m-a: 1", "best"),
    _turn("two", "m-b: 1"),
    _turn("six", "m-c: 1, m-d: -1"),
    _turn("ten", "m-d: 1, m-e: 1"),
    _turn("red", "m-e: 1, m-f: 1", goto="end"),
)


EDITS: dict[str, Edit] = {
    "activity-never-shown": Edit(
        PROSE,
        Change(
            """\
show("how-many")
```

```{code-cell} ipython3
""",
            "",
        ),
    ),
    "activity-shown-twice": Edit(
        PROSE,
        Change(
            "```{code-cell} ipython3",
            """\
```{code-cell} ipython3
show("say-which")
```

```{code-cell} ipython3""",
            after='show("say-which")',
        ),
    ),
    "all-of-the-above": Edit(ITEMS, Change("What others said here", "None of the above")),
    "cycle-without-progress": Edit(SCENARIO, Change("goto: end", "goto: door", after='rationale: "Respect: reading')),
    "dead-end": Edit(
        SCENARIO,
        _leads("nod", "yard"),
        _places(_place("yard", ("yard", "best", _TRUST), ("yard", "acceptable", "effects: {trust: -1}"))),
    ),
    "drawing-that-is-none": Edit(DRAWING, Change("</svg>", "")),
    "drawing-too-wide": Edit(DRAWING, Change('width="80">', 'width="641">')),
    "drawing-with-a-handler": Edit(DRAWING, Change('<circle cx="40"', '<circle onclick="1" cx="40"')),
    "drawing-with-a-link": Edit(DRAWING, Change('<circle cx="40"', '<circle href="https://example.org/" cx="40"')),
    "drawing-with-a-title": Edit(DRAWING, Change("/style>", "/style>\n  <title>Chairs</title>")),
    "drawing-with-a-word": Edit(DRAWING, Change('<text x="36" y="24">1</text>', '<text x="36" y="24">One</text>')),
    "drawing-with-an-outside-fill": Edit(
        DRAWING, Change('<circle cx="40"', '<circle fill="url(https://example.org/a#b)" cx="40"')
    ),
    "drawing-with-an-outside-style": Edit(DRAWING, Change("#ddd", "url(//example.org/a)")),
    "drawing-with-entities": Edit(
        DRAWING,
        Change(
            '<svg xmlns="http://www.w3.org/2000/svg"',
            '<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg xmlns="http://www.w3.org/2000/svg"',
        ),
    ),
    "drawing-with-foreign-object": Edit(DRAWING, Change("/style>", '/style>\n  <foreignObject width="9" height="9"/>')),
    "drawing-with-script": Edit(DRAWING, Change("/style>", "/style>\n  <script>1</script>")),
    "drawing-without-viewbox": Edit(DRAWING, Change('viewBox="0 0 80 40" width="80">', 'width="80">')),
    "early-ending-without-when": Edit(SCENARIO, Change("heard., when: {trust: {min: 3}}", "heard.")),
    "ending-no-path-reaches": Edit(SCENARIO, Change("when: {trust: {min: 3}}", "when: {trust: {min: 4}}")),
    "figure-directive": Edit(
        PROSE,
        Change(
            "table](media/chairs.svg)",
            """\
table](media/chairs.svg)

```{figure} media/chairs.svg
:alt: Two chairs
```""",
        ),
    ),
    "first-option-is-the-key": _asked(*["greet seat"] * 5, *["seat wait"] * 2),
    "good-and-harmful-runs-end-alike": Edit(
        SCENARIO,
        Change("-1, privacy: -1", "-1"),
        Change("effects: {trust:", "effects: {privacy:", after="text: Ask Noor"),
        Change("  - {id: overheard, title: Overheard, text: Others know., when: {privacy: {max: 0}}}\n", ""),
        Change("when: {trust: {min: 3}}", "when: {trust: {min: 2, max: 2}}"),
    ),
    "graded-best-goes-alone": Edit(
        SCENARIO,
        _GRADED,
        _leads("greet", "hall"),
        _leads("listen", "yard"),
        _leads("leaflet", "shed"),
        Change("goto: end", "goto: shed", after="text: Ask Noor to tell the lot now."),
        _NO_APOLOGY,
        _places(
            _place("hall", ("shed", "best", _TRUST), ("shed", "acceptable")),
            _place("yard", ("end", "best", _TRUST), _ALSO_TO_END),
            _place("shed", ("end", "best", _TRUST), _ALSO_TO_END),
        ),
    ),
    "graded-choice-with-when": Edit(SCENARIO, _GRADED, Change("goto: door", "goto: end")),
    "graded-shorter-way": Edit(
        SCENARIO,
        _GRADED,
        _leads("greet", "hall"),
        _leads("call-out", "end"),
        _NO_APOLOGY,
        _places(_place("hall", ("end", "best", _TRUST), _ALSO_TO_END)),
    ),
    "graded-way-back": Edit(
        SCENARIO,
        _GRADED,
        _leads("greet", "hall"),
        _NO_APOLOGY,
        _places(_place("hall", ("end", "best", _TRUST), ("door", "acceptable"))),
    ),
    "graded-ways-of-equal-length": Edit(
        SCENARIO,
        _GRADED,
        _leads("greet", "hall"),
        _NO_APOLOGY,
        _places(_place("hall", ("end", "best", _TRUST), _ALSO_TO_END)),
    ),
    "html-image": Edit(
        PROSE,
        Change("table](media/chairs.svg)", 'table](media/chairs.svg)\n\n<img src="media/chairs.svg" alt="Two chairs">'),
    ),
    "id-with-capitals": Edit(SCENARIO, Change("- id: greet", "- id: Greet")),
    "identity-number": Edit(SCENARIO, Change("text: Noor sits down.", "text: The card of Noor says 198734561209.")),
    "image-from-elsewhere": Edit(PROSE, Change(_PICTURE, "![Two chairs](../chairs.png)")),
    "image-never-shown": Edit(PROSE, Change(_PICTURE, "Two chairs stand there.")),
    "image-that-is-missing": Edit(PROSE, Change(_PICTURE, "![Two chairs](media/chair.svg)")),
    "image-without-alt": Edit(PROSE, Change(_PICTURE, "![](media/chairs.svg)")),
    "keys-nobody-can-guess": _asked(
        "greet seat", "seat wait", "wait greet", "greet seat", "seat wait", "wait greet", "greet seat"
    ),
    "last-ending-with-when": Edit(SCENARIO, Change("again.", "again., when: {trust: {max: 2}}", after="- {id: begun,")),
    "link-to-another-origin": Edit(PROSE, Change("an answer", "[an answer](https://example.org/no)")),
    "long-sentence": Edit(
        SCENARIO,
        Change(
            "        consequence: Noor reads it.",
            (
                "        consequence: >-\n"
                "          Noor takes it. Noor reads the leaflet from the first line to the last line, and then "
                "reads it once more, and says that it is\n"
                "          good to have, because it can stay in a pocket or in a bag."
            ),
        ),
    ),
    "long-sentence-in-prose": Edit(
        PROSE,
        Change(
            "too.",
            "too, and so is a long silence, a look at the door, a question about something else, or a request to "
            "come back on another day, with or without somebody else.",
        ),
    ),
    "longest-option-is-the-key": _asked(
        "greet greet", "seat seat", "wait wait", "greet greet", "seat seat", "wait greet", "greet seat"
    ),
    "match-option-used-twice": Edit(ITEMS, Change("you", "noor", after="- {id: write,")),
    "match-with-unknown-answer": Edit(ITEMS, Change("noor", "nor", after="- {id: decide,")),
    "match-without-spare-option": Edit(
        ITEMS,
        Change(
            "of Noor.}",
            "of Noor.}\n      - {id: carry, text: Carries it, answer: neighbour, rationale: It is a favour.}",
        ),
    ),
    "meter-min-not-below-max": Edit(SCENARIO, Change("Trust, start: 1", "Trust, start: 3, min: 3")),
    "meter-starts-outside": Edit(SCENARIO, Change("Trust, start: 1", "Trust, start: 4")),
    "missing-consequence": Edit(SCENARIO, Change("        consequence: Noor is silent.\n", "")),
    "missing-rationale": Edit(
        SCENARIO, Change('        rationale: "Respect: a nod is little, and it is something."\n', "")
    ),
    "misspelt-field": Edit(SCENARIO, Change("quality:", "qualty:", after="text: Nod")),
    "negative-stem": Edit(ITEMS, Change("say", "not say", after="stem: 'Noor says:")),
    "negative-tolerance": Edit(ITEMS, Change('tolerance: "0.1"', 'tolerance: "-0.1"', after='answer: "1.5"')),
    "no-key": Edit(ITEMS, Change("correct: true, rationale:", "rationale:", after="- {id: your-name,")),
    "no-open-best": Edit(SCENARIO, Change("quality: best", "quality: acceptable", after="text: Ask what")),
    "no-open-choice": Edit(
        SCENARIO,
        _leads("nod", "lobby"),
        _places(
            _place("lobby", ("end", "best", "when: {trust: {min: 3}}"), ("end", "best", "when: {trust: {min: 2}}"))
        ),
    ),
    "no-setup-cell": Edit(
        PROSE,
        Change(
            """\

```{code-cell} ipython3
from himaya_widgets import show, submit
```
""",
            "",
        ),
    ),
    "no-way-out": Edit(
        SCENARIO,
        _leads("call-out", "cellar"),
        _places(_place("cellar", ("end", "best", "when: {privacy: {min: 1}}"), ("cellar", "best", _TRUST))),
    ),
    "node-called-end": Edit(SCENARIO, _places(_place("end", _TO_END, _ALSO_TO_END))),
    "not-yaml": Edit(SCENARIO, Change("title: At", "title: [At", after="door:")),
    "number-with-comma": Edit(ITEMS, Change('answer: "1.5"', 'answer: "1,5"')),
    "other-code": Edit(PROSE, Change('show("how-many")', 'print("hello")')),
    "outcome-assessed-once": Edit(ITEMS, Change("mode: graded", "mode: practice", after="select: several")),
    "outcome-in-other-words": Edit(PROSE, Change("agree on", "find", after="You can say")),
    "outcome-not-practised": Edit(SCENARIO, Change("outcomes: [first-words, next-step]", "outcomes: [first-words]")),
    "pretest-leaves-an-outcome-out": Edit(ITEMS, Change("    mode: pretest\n    twin: how-many", "    mode: practice")),
    "pretest-of-another-kind": Edit(ITEMS, Change("twin: how-many", "twin: in-order")),
    "pretest-safety-critical": Edit(ITEMS, Change("twin: how-many", "twin: how-many\n    safety_critical: true")),
    "pretest-text": Edit(
        ITEMS,
        Change("kind: number", "kind: text", after="- id: how-long"),
        Change("twin: how-many", "twin: your-words"),
        Change(
            """\
    source: ["design: exercise settings"]
    stem: You hold 5 talks of half an hour each. How many hours is that?
    answer: "2.5"
    tolerance: "0.1"
    unit: hours
    rationale: Five halves are two and a half.""",
            """\
    source: ["design: reflection"]
    stem: Write what you ask first. Write no real names.
    words: {min: 10, max: 40}
    rubric:
      - {level: 4, text: Names itself and asks., exemplar: I work here. May I sit with you?}
      - {level: 3, text: Names itself., exemplar: I work here.}
      - {level: 2, text: Only greets., exemplar: Hello.}
      - {level: 1, text: Asks at once., exemplar: What happened?}""",
        ),
    ),
    "pretest-twin-is-practice": Edit(ITEMS, Change("twin: how-many", "twin: who-does-what")),
    "pretest-twin-unknown": Edit(ITEMS, Change("twin: how-many", "twin: how-manny")),
    "pretest-with-an-option-less": Edit(
        ITEMS,
        Change(
            "      - {id: the-chair, text: You point to the chair., rationale: A chair to sit on is no greeting.}\n", ""
        ),
    ),
    "pretest-with-another-select": Edit(ITEMS, Change("twin: who-first", "twin: who-first\n    select: several")),
    "pretest-with-points": Edit(ITEMS, Change("twin: how-many", "twin: how-many\n    points: 1")),
    "pretest-without-twin": Edit(ITEMS, Change("    twin: how-many\n", "")),
    "raw-html": Edit(PROSE, Change("A no", "A <b>no</b>", after="Then you wait")),
    "real-mail-address": Edit(PROSE, Change("When", "Write to noor@iom.int today. When")),
    "real-phone-number": Edit(
        SCENARIO, Change("text: Noor waits at the door.", "text: Noor shows a card with 0750 445 1234 on it.")
    ),
    "real-phone-number-in-prose": Edit(PROSE, Change("When", "Call ٠٧٥٠ ٤٤٥ ١٢٣٤ now. When")),
    "real-web-address": Edit(
        MODULE,
        Change("summary: The smallest module that passes the content check.", "summary: See www.iom.int for more."),
    ),
    "repeated-choice": Edit(SCENARIO, Change("- id: nod", "- id: greet")),
    "repeated-ending": Edit(SCENARIO, Change("- {id: heard", "- {id: overheard")),
    "repeated-option": Edit(ITEMS, Change("- {id: unable", "- {id: able")),
    "repeated-row": Edit(ITEMS, Change("- {id: write", "- {id: decide")),
    "rubric-level-twice": Edit(ITEMS, Change("- {level: 3", "- {level: 4")),
    "safety-critical-practice": Edit(
        ITEMS,
        Change("respect", "respect\n    safety_critical: true"),
        Change(
            "outcome: first-words",
            "outcome: first-words\n    principle: respect\n    safety_critical: true",
            after="select: several",
        ),
        Change(
            "outcome: next-step",
            "outcome: next-step\n    principle: respect\n    safety_critical: true",
            after="mode: practice",
        ),
    ),
    "safety-critical-without-principle": Edit(
        ITEMS,
        Change("outcome: first-words", "outcome: first-words\n    safety_critical: true", after="select: several"),
    ),
    "same-id-twice": Edit(ITEMS, Change("- id: say-which", "- id: short-walk")),
    "same-reason-twice": Edit(ITEMS, Change("Noor does not know who asks.", "A form in the hand is no greeting.")),
    "second-option-is-the-key": _asked(*["greet seat seat greet wait"] * 5, *["seat wait"] * 2),
    "second-setup-cell": Edit(
        PROSE,
        Change(
            "```{code-cell} ipython3",
            """\
```{code-cell} ipython3
from himaya_widgets import show, submit
```

```{code-cell} ipython3""",
            after='show("who-does-what")',
        ),
    ),
    "section-without-source": Edit(PROSE, Change("anything [S1: page 2].", "anything.")),
    "several-all-right": Edit(ITEMS, Change("rationale:", "correct: true, rationale:", after="- {id: others,")),
    "several-none-right": Edit(
        ITEMS,
        Change("able to do, correct: true,", "able to do,"),
        Change("cannot do now, correct: true,", "cannot do now,"),
    ),
    "short-reason": Edit(ITEMS, Change("in the hand is", "is")),
    "shows-seven-more": Edit(
        PROSE,
        Change(
            'show("whose-turn")',
            "".join(f'show("asked-{number}")\n```\n\n```{{code-cell}} ipython3\n' for number in _NUMBERS)
            + 'show("whose-turn")',
        ),
    ),
    "submit-before-the-end": Edit(PROSE, Change("```", "```\n\nGoodbye.", after="submit()")),
    "taught-in-a-short-section": Edit(MODULE, Change("[A first talk]", "[Summary]", after="- {id: first-words,")),
    "taught-in-no-section": Edit(MODULE, Change("first", "frist", after="- {id: first-words,")),
    "telling-choice-id": Edit(SCENARIO, Change("- id: nod", "- id: good-nod")),
    "telling-option-id": Edit(ITEMS, Change("- {id: your-name", "- {id: best-name")),
    "telling-row-id": Edit(ITEMS, Change("- {id: write", "- {id: write-right")),
    "too-many-states": Edit(
        SCENARIO,
        Change("start: door\n", f"{_METERS}start: door\n"),
        _leads("nod", "hub"),
        _places(_HUB, *_TURNS),
    ),
    "twin-of-no-pretest": Edit(ITEMS, Change("say-which", "say-which\n    twin: who-first")),
    "two-keys": Edit(ITEMS, Change("rationale:", "correct: true, rationale:", after="- {id: their-name,")),
    "uneven-choice-lengths": Edit(SCENARIO, Change("text: Nod to Noor and finish a line.", "text: Nod.")),
    "uneven-option-lengths": Edit(ITEMS, Change("here.", "and what you can and cannot do.", after="- {id: your-name,")),
    "unknown-activity": Edit(PROSE, Change('show("who-first")', 'show("who-frist")')),
    "unknown-citation": Edit(PROSE, Change("[S1:", "[S11:")),
    "unknown-goto": Edit(SCENARIO, Change("goto: table", "goto: tabel", after='rationale: "Respect: Noor knows')),
    "unknown-meter": Edit(SCENARIO, Change("effects: {trust:", "effects: {trsut:", after="text: Greet")),
    "unknown-meter-in-when": Edit(SCENARIO, Change("{privacy:", "{privcy:")),
    "unknown-meter-in-when-of-choice": Edit(SCENARIO, Change("when: {trust:", "when: {trsut:", after="text: Say")),
    "unknown-outcome": Edit(ITEMS, Change("outcome: first-words", "outcome: first-wrods", after="- id: who-first")),
    "unknown-outcome-of-scenario": Edit(
        SCENARIO, Change("outcomes: [first-words", "outcomes: [first-word, first-words")
    ),
    "unknown-principle": Edit(
        SCENARIO, Change("principle: respect", "principle: respekt", after='rationale: "Respect: Noor knows')
    ),
    "unknown-principle-of-item": Edit(ITEMS, Change("principle: respect", "principle: respct")),
    "unknown-quality": Edit(SCENARIO, Change("quality: acceptable", "quality: fine", after="text: Nod")),
    "unknown-source": Edit(SCENARIO, Change('source: ["S1:', 'source: ["S7:', after='rationale: "Respect: Noor knows')),
    "unknown-source-of-item": Edit(ITEMS, Change('source: ["S1:', 'source: ["S2:', after="principle:")),
    "unknown-start": Edit(SCENARIO, Change("start: door", "start: dor")),
    "unmeasured-outcome": Edit(
        MODULE,
        Change(
            "anything., taught: [A first talk]}",
            (
                "anything., taught: [A first talk]}\n"
                "  - {id: last-step, text: You can end a talk., taught: [A first talk]}"
            ),
        ),
    ),
    "unreachable-node": Edit(SCENARIO, _places(_place("garden", _TO_END, _ALSO_TO_END))),
    "verify-in-prose": Edit(PROSE, Change("page 2].", "page 2] [verify].")),
    "words-upside-down": Edit(ITEMS, Change("words: {min: 10, max: 40", "words: {min: 40, max: 10")),
    "wrong-number-of-levels": Edit(SCENARIO, Change("kept]", "strained, kept]")),
}
