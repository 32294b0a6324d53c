"""One file for a reader who judges a module or its translation: it opens without a server and saves what was found."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from himaya.activities.scenario.format import Scenario
from himaya.content.prose import CITATION, IMAGE, words
from himaya.languages.facts import ALL, SOURCE, digits_of, for_scripts
from himaya.languages.interface import interface
from himaya.languages.isolates import as_english, without_isolates
from himaya.publish.document import page_of_code, plain_text, shown_text
from himaya.publish.reading import Reader
from himaya.publish.sections import prose_html
from himaya.signoff.dangers import read_reading
from himaya.signoff.parts import unit_of
from himaya.signoff.reading import parts_to_read
from himaya.signoff.standing import translations
from himaya.signoff.terms import places_of, read_terms
from himaya.translation.markdown import replace_prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.content.load import LoadedModule
    from himaya.languages.interface import Sentence
    from himaya.publish.page_code import Code
    from himaya.signoff.dangers import Reading
    from himaya.signoff.parts import Entry, Part, Translations
    from himaya.signoff.terms import Term
    from himaya.translation.units import Unit

SITTING = 40
"""Minutes that somebody reads with attention."""
RATES = {"dossier": 200, "review": 130}
"""Words a minute: specialists read their own field; a native reader weighs each text beside the English."""
_SAID = "reading-"


@dataclass(frozen=True)
class Sitting:
    """Parts that are read in one go."""

    minutes: int
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A page and what it asks of its reader.

    Attributes:
        html: The file.
        words: How many words it lets read.
        rate: Words a minute.
        minutes: How long reading takes, as the page says.
        sittings: By which pauses.
    """

    html: str
    words: int
    rate: int
    minutes: int
    sittings: tuple[Sitting, ...]


@dataclass(frozen=True)
class _Page:
    """What all of one page share."""

    loaded: LoadedModule
    language: str
    parts: Sequence[Part]
    known: Translations
    reading: Reading
    units: dict[Unit, int] = field(default_factory=dict)
    """Every text with its number."""

    @property
    def kind(self) -> str:
        return "dossier" if self.language == SOURCE else "review"

    def word(self, key: str, **values: object) -> str:
        return shown_text(self._sentence(key).format(**values))

    def _sentence(self, key: str) -> Sentence:
        return interface(self.language)[_SAID + key]

    def number(self, unit: Unit) -> int:
        return self.units.setdefault(unit, len(self.units))

    def translated(self, unit: Unit) -> str | None:
        forms = self.known.get((unit.place, unit.text))
        return forms[0] if forms else None


def write_page(loaded: LoadedModule, language: str, code: Code, *, issue: str, key: bytes) -> Written:
    """Return the page of a module: for specialists in English, for native readers in another language.

    Args:
        loaded: The module in English.
        language: Whose texts are judged.
        code: What the page runs on.
        issue: The number of this page.
        key: With what it seals findings.

    Raises:
        ContentError: If a file that it shows is not in order.
    """
    known = {} if language == SOURCE else translations(loaded.path, language)
    page = _Page(loaded, language, parts_to_read(loaded, language), known, read_reading(loaded.path))
    rate = RATES[page.kind]
    counts = {part.id: _words(page, part) for part in page.parts}
    sittings = _sittings(counts, rate)
    total = sum(counts.values())
    minutes = round(total / rate)
    terms = [] if language == SOURCE else [term for term in read_terms(language) if term.decided is None]
    sections = "".join(_part(page, part, round(counts[part.id] / rate)) for part in page.parts)
    body = _body(page, sections, (total, minutes, rate, len(sittings)), terms)
    strings = {
        name.removeprefix(_SAID): said.for_scripts()
        for name, said in interface(language).items()
        if name.startswith(_SAID)
    }
    data = {
        "about": {"kind": page.kind, "name": loaded.module.id, "language": language, "issue": issue},
        "key": key.hex(),
        "digits": digits_of(language, "arabic-indic"),
        "facts": for_scripts(),
        "strings": strings,
        "sittings": [{"minutes": each.minutes, "parts": each.parts} for each in sittings],
        "parts": [{"id": part.id, "title": _title(page, part)} for part in page.parts],
        "entries": [
            {
                "id": entry.id,
                "part": part.id,
                "hash": entry.hash if language == SOURCE else entry.translated_hash(known),
                "units": [page.number(unit) for unit in entry.units],
            }
            for part in page.parts
            for entry in part.entries
        ],
        "units": [[unit.place, unit.text, page.translated(unit)] for unit in page.units],
        "terms": [{"id": term.id, "hash": term.hash} for term in terms],
    }
    title = f"{loaded.module.title}: {without_isolates(str(interface(language)[_SAID + page.kind]))}"
    inner = Markup(body)  # noqa: S704 - escaped below
    return Written(
        page_of_code(code, language, title, f"reading {page.kind}", inner, data), total, rate, minutes, sittings
    )


def _words(page: _Page, part: Part) -> int:
    """Return how many words of a part a reader reads: those of the language that is judged."""
    if page.language == SOURCE:
        extra = sum(
            len(words(" ".join(map(str, entry.shown.values())))) for entry in part.entries if entry.kind == "danger"
        )
        return extra + sum(len(words(unit.text)) for entry in part.entries for unit in entry.units)
    texts = (page.translated(unit) or "" for entry in part.entries for unit in entry.units)
    return sum(len(words(text)) for text in texts)


def _sittings(counts: Mapping[str, int], rate: int) -> tuple[Sitting, ...]:
    """Return the parts in order, in sittings of about the usual length, the longest as short as it can be."""
    wanted = max(1, math.ceil(sum(counts.values()) / rate / (SITTING * 1.1)))
    least = max(counts.values(), default=0)
    most = next(limit for limit in range(least, sum(counts.values()) + 1) if len(_packed(counts, limit)) <= wanted)
    return tuple(
        Sitting(max(1, round(sum(counts[name] for name in names) / rate)), tuple(names))
        for names in _packed(counts, most)
    )


def _packed(counts: Mapping[str, int], limit: int) -> list[list[str]]:
    """Return the parts in order, in groups of at most `limit` words."""
    found: list[list[str]] = [[]]
    spent = 0
    for part, count in counts.items():
        if found[-1] and spent + count > limit:
            found.append([])
            spent = 0
        found[-1].append(part)
        spent += count
    return found


def _title(page: _Page, part: Part) -> str:
    """Return the title of a part as the page shows it: the translated heading where there is one."""
    named = {name: f"part-{name}" for name in ("cover", "dangers", "facts", "sources", "elsewhere")}
    if part.id in named:
        return str(interface(page.language)[_SAID + named[part.id]])
    if page.language == SOURCE:
        return part.title
    ours = (forms[0] for (place, text), forms in page.known.items() if text == part.title and _names_part(place))
    return next(ours, None) or as_english(part.title)


def _names_part(place: str) -> bool:
    """Return whether a text is a title of the module, of a lesson, or a heading of the prose."""
    return place.startswith(("module.title", "module.lessons.", "text."))


def _body(page: _Page, sections: str, numbers: tuple[int, int, int, int], terms: Sequence[Term]) -> str:
    total, minutes, rate, sittings = numbers
    word, loaded = page.word, page.loaded
    length = word("length", words=total, minutes=minutes, rate=rate, n=sittings)
    questions = "".join(f"<li>{_question(page, text)}</li>" for text in page.reading.questions)
    open_questions = (
        f'<h2>{word("questions")}</h2><ul class="questions">{questions}</ul>'
        if questions and page.language == SOURCE
        else ""
    )
    title = (
        loaded.module.title
        if page.language == SOURCE
        else page.known.get(("module.title", loaded.module.title), [""])[0]
    )
    return (
        f'<main><header><p class="kicker">{word(page.kind)}</p>'
        f'<h1 tabindex="-1">{shown_text(title or loaded.module.title)}</h1></header><section id="start">'
        f'<noscript><p class="draft">{word("needs-script")}</p></noscript>'
        f"<p>{word(f'intro-{page.kind}')}</p><p>{word('share')}</p><p><strong>{length}</strong></p>"
        f'<p class="facts">{word("not-training")} {word("proof")}</p><div id="himaya-kept"></div>'
        f"{open_questions}</section>"
        f'<nav id="himaya-contents" aria-label="{plain_text(str(interface(page.language)["contents"]))}"></nav>'
        f'<div id="himaya-parts">{sections}</div>{_terms(page, terms)}<section id="himaya-finish"></section></main>\n'
        '<div class="announce" id="himaya-announce" role="status" aria-live="polite"></div>'
    )


def _part(page: _Page, part: Part, minutes: int) -> str:
    title = _title(page, part)
    entries = "".join(_entry(page, entry, part, number) for number, entry in enumerate(part.entries, 1))
    took = shown_text(str(interface(page.language)["minutes"].format(n=max(1, minutes))))
    return (
        f'<section class="part" data-part="{escape(part.id)}" aria-labelledby="part-{escape(part.id)}">'
        f'<h2 id="part-{escape(part.id)}" tabindex="-1">{shown_text(title)} <small>{took}</small></h2>'
        f"{entries}</section>"
    )


def _entry(page: _Page, entry: Entry, part: Part, number: int) -> str:
    badge = f'<span class="badge">{page.word("required")}</span>' if entry.required else ""
    if entry.kind == "prose":
        inner = _prose(page, entry)
    elif page.language == SOURCE:
        inner = _whole(page, entry)
    else:
        inner = "".join(_pair(page, entry, unit) for unit in entry.units)
    place = f"<small>{page.word('place', n=number, total=len(part.entries))}</small>"
    title = _heading(page, entry)
    heading = "" if title == _title(page, part) else shown_text(title)
    return (
        f'<article data-entry="{escape(entry.id)}" class="{entry.kind}">'
        f'<h3 tabindex="-1">{place} {heading} {badge}</h3>{inner}{_sources(page, entry)}</article>'
    )


def _heading(page: _Page, entry: Entry) -> str:
    if page.language == SOURCE:
        if entry.kind == "fact":
            return _short(entry.units[0].text)
        return entry.title if entry.kind == "danger" else _short(entry.title)
    title = next((unit for unit in entry.units if _is_title(unit)), entry.units[0])
    return _short(page.translated(title) or as_english(title.text))


def _is_title(unit: Unit) -> bool:
    return unit.kind == "heading" or unit.place.endswith(".title")


def _short(text: str, most: int = 70) -> str:
    plain = " ".join(text.replace("**", "").split())
    return plain if len(plain) <= most else f"{plain[:most].rsplit(' ', 1)[0]} …"


def _reader(page: _Page, language: str) -> Reader:
    english = page.loaded.module.sources if language != SOURCE else None
    return Reader(
        page.loaded.path, page.loaded.module.sources, {}, language, digits_of(language, "arabic-indic"), english
    )


def _prose(page: _Page, entry: Entry) -> str:
    reader, parts = _reader(page, SOURCE), []
    if page.language == SOURCE:
        again = entry.blocks[0].startswith("#") and entry.blocks[0].lstrip("#").strip() == entry.title
        texts = (CITATION.sub(_spelled, block) for block in entry.blocks[again:])
        return "".join(_html(reader.read(text), SOURCE) for text in texts)
    known = {unit.text: page.translated(unit) or as_english(unit.text) for unit in entry.units}
    for block in entry.blocks:
        ours = replace_prose(block, lambda _, text: known.get(text, text))
        english = _html(reader.read(IMAGE.sub(r"\1", block)), SOURCE)
        shown = _html(_reader(page, page.language).read(ours), page.language)
        parts.append(f'<div class="pair"><div class="ours">{shown}</div>{_english(english)}</div>')
    return "".join(parts)


def _spelled(citation: re.Match[str]) -> str:
    """Return a citation with the code of its source, which the list below the entry explains."""
    return f"({citation[1]}{f': {citation[2]}' if citation[2] else ''})"


def _english(html: str) -> str:
    return f'<div class="theirs" lang="en" dir="ltr">{html}</div>'


def _html(text: str, language: str) -> str:
    """Return prose in which headings stand below those of the page."""
    html = prose_html(text, language)
    for level in (4, 3, 2, 1):
        html = html.replace(f"<h{level}>", f'<p class="h{level}"><strong>').replace(f"</h{level}>", "</strong></p>")
    return html


def _pair(page: _Page, entry: Entry, unit: Unit) -> str:
    ours = page.translated(unit)
    name = unit.place.rsplit(".", 1)[-1]
    label = _label(page, "reply" if entry.kind == "talk" and name == "says" else name)
    text = shown_text(ours) if ours else f"<em>{page.word('untranslated')}</em>"
    return (
        f'<div class="pair">{_labelled(label)}<div class="ours"><p>{text}</p></div>'
        f"{_english(f'<p>{shown_text(unit.text)}</p>')}</div>"
    )


def _labelled(label: str) -> str:
    return f'<p class="label">{label}</p>' if label else ""


def _whole(page: _Page, entry: Entry) -> str:
    """Return everything in an entry of data: its heading says the title, and a scene is told in plain letters."""
    if not isinstance(entry.shown, dict):
        return _data(page, entry, entry.shown, "")
    titles = [
        _text(entry, entry.shown[name])
        for name in ("title", "stem", "danger")
        if isinstance(entry.shown.get(name), str)
    ]
    rest = {name: value for name, value in entry.shown.items() if name not in ("title", "text", "stem", "danger")}
    heading = _heading(page, entry)
    said = [text for text in titles if text != heading and not heading.endswith(f": {text}")]
    said += [_text(entry, entry.shown["text"])] if isinstance(entry.shown.get("text"), str) else []
    return "".join(f"<p>{shown_text(line)}</p>" for text in said for line in text.split("\n") if line.strip()) + _data(
        page, entry, rest, ""
    )


_UNSAID = frozenset(
    {"id", "kind", "version", "twin", "least", "lab", "title", "text", "label", "by", "year", "note", "name"}
    | {"options", "choices", "rows", "replies", "levels", "words", "unchecked", "read_only"}
)


def _label(page: _Page, name: str) -> str:
    key = f"{_SAID}label-{name.replace('_', '-')}"
    return page.word(key.removeprefix(_SAID)) if key in interface(page.language) else ""


def _data(page: _Page, entry: Entry, value: Any, name: str) -> str:
    """Return plain data for a specialist: texts as paragraphs, keys and qualities as badges, all else by its name."""
    if isinstance(value, dict) and name == "words":
        value = list(value.values())
    if isinstance(value, dict):
        return _fields(page, entry, value)
    label = _labelled(_label(page, name) or ("" if name in _UNSAID else escape(name.replace("_", " ").capitalize())))
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        items = "".join(f"<li>{_data(page, entry, each, name)}</li>" for each in value)
        return f"{label}<ol>{items}</ol>"
    if entry.kind == "danger" and name == "places":
        items = "".join(f"<li>{_link(page, str(each))}</li>" for each in value)
        return f'<div class="field">{label}<ul>{items}</ul></div>'
    texts = [_text(entry, each) for each in (value if isinstance(value, list) else [value])]
    if any(isinstance(each, str) and unit_of(each) is None for each in (value if isinstance(value, list) else ())):
        texts = [", ".join(texts)]  # ids
    shown = "".join(f"<p>{shown_text(line)}</p>" for text in texts for line in text.split("\n") if line.strip())
    return f'<div class="field">{label}{shown}</div>'


_ELSEWHERE = frozenset(
    {"correct", "quality", "title", "text", "label", "source", "marks", "safety_critical"}
    | {"id", "kind", "twin", "version", "lab", "select", "need", "mode", "outcome", "points", "minutes"}
    | {"taught", "roles", "starts", "start", "max", "gender", "sticky", "lower_is_better", "seed", "files", "unit"}
)
"""Fields that a badge, the heading or the foot of an entry says, or that a specialist need not see."""


def _fields(page: _Page, entry: Entry, value: dict[str, Any]) -> str:
    badges = []
    if value.get("correct") is True:
        badges.append(f'<span class="badge key">{page.word("key")}</span>')
    quality = value.get("quality")
    if quality in ("best", "acceptable", "harmful"):
        badges.append(f'<span class="badge {quality}">{page.word(f"quality-{quality}")}</span>')
    need = value.get("need")
    if need in ("must", "private"):
        badges.append(f'<span class="badge">{page.word(f"need-{need}")}</span>')
    named = [_text(entry, value[name]) for name in ("title", "text", "label") if isinstance(value.get(name), str)]
    lead = "".join(f"<p><strong>{shown_text(text)}</strong> {' '.join(badges)}</p>" for text in named)
    principles = {one.id: one.text for one in page.loaded.module.principles}
    rest = []
    for name, each in value.items():
        told_elsewhere = name in _ELSEWHERE or (name == "outcomes" and entry.kind != "about")
        if each in (None, [], {}) or (told_elsewhere and not (entry.kind == "fact" and name == "source")):
            continue
        match name, each:
            case "principle", str():
                told: Any = principles.get(each, each)
            case (("unchecked" | "read_only"), True):
                told = page.word("fact-unchecked" if name == "unchecked" else "fact-read")
            case "goto", str() if entry.activity in page.loaded.activities:
                told = _node(page, entry, each)
            case (("effects" | "when"), dict()):
                told = ", ".join(f"{meter} {_range(change)}" for meter, change in each.items())
            case _:
                told = each
        rest.append(_data(page, entry, told, name))
    said = interface(page.language)
    marks = "".join(f'<p class="mark">{escape(str(said[f"mark-{mark}"]))}</p>' for mark in value.get("marks", ()))
    cited = value.get("source")
    sources = f'<p class="source">{escape("; ".join(map(str, cited)))}</p>' if isinstance(cited, list) else ""
    return f"{lead or f'<p>{badges[0]}</p>' if badges or lead else ''}{''.join(rest)}{sources}{marks}"


def _node(page: _Page, entry: Entry, name: str) -> str:
    """Return the title of a scene, or the name of an ending."""
    story = page.loaded.activities.get(entry.activity or "")
    return story.nodes[name].title if isinstance(story, Scenario) and name in story.nodes else name


def _link(page: _Page, name: str) -> str:
    """Return a way to another entry of the page, by its title."""
    titles = {entry.id: entry.title for part in page.parts for entry in part.entries}
    return f'<a href="#{escape(name)}" data-to="{escape(name)}">{shown_text(_short(titles.get(name, name)))}</a>'


def _question(page: _Page, text: str) -> str:
    """Return an open question; where it begins with entries, such as `one and two:`, it leads there."""
    known = {entry.id for part in page.parts for entry in part.entries}
    about, colon, asked = text.partition(": ")
    names = about.split(" and ")
    if not colon or not known.issuperset(names):
        return shown_text(text)
    return f"{'<br>'.join(_link(page, name) for name in names)}<br>{shown_text(asked[:1].upper() + asked[1:])}"


def _range(change: object) -> str:
    if isinstance(change, dict):
        return f"{change.get('min', 0)} to {change.get('max', 10)}"
    return f"{change:+d}" if isinstance(change, int) else str(change)


def _text(entry: Entry, value: object) -> str:
    at = unit_of(value) if isinstance(value, str) else None
    return str(value) if at is None else entry.units[at].text


def _sources(page: _Page, entry: Entry) -> str:
    """Return what an entry cites, with how far it was read and when: a specialist judges claims by it."""
    if page.language != SOURCE or entry.kind in ("sources", "about"):
        return ""
    cited = dict.fromkeys(
        code
        for text in (*entry.blocks, str(entry.shown or ""))
        for code in page.loaded.module.sources
        if _cites(text, code)
    )
    lines = []
    for code in cited:
        source = page.loaded.module.sources[code]
        told = ALL[SOURCE].comma.join(map(escape, (source.title, source.by, source.year)))
        note = f" {escape(source.note)}" if source.note else ""
        grade = page.word(f"grade-{source.status}")
        lines.append(f"<li><strong>{code}</strong> {told}. <em>{grade}</em>{note}</li>")
    summary = f"<summary>{page.word('cited')}: {', '.join(cited)}</summary>"
    return f'<details class="cited">{summary}<ul>{"".join(lines)}</ul></details>' if lines else ""


def _cites(text: str, code: str) -> bool:
    return (
        f"[{code}:" in text
        or f"[{code}]" in text
        or f"'{code}: " in text
        or f"'{code}'" in text
        or f'"{code}: ' in text
    )


def _terms(page: _Page, terms: Sequence[Term]) -> str:
    """Return the one page of terms to decide, with where each stands in this module."""
    if not terms:
        return ""
    word = page.word
    texts = [(unit.place, text) for unit in page.units if (text := page.translated(unit))]
    cards = []
    for term in terms:
        places = list(places_of(term, texts))
        shown = "".join(f"<li>{shown_text(_short(text, 110))}</li>" for _, text in places[:4])
        choices = "".join(
            _choice(
                f"term-{term.id}",
                choice.id,
                f'<strong lang="{page.language}">{shown_text(choice.text)}</strong> '
                f"{word('term-now') if choice.id == term.now else ''} {_in_english(choice.why)}",
            )
            for choice in term.choices
        )
        none = _choice(f"term-{term.id}", "", word("term-none"))
        cards.append(
            f'<fieldset data-term="{term.id}"><legend>{_in_english(term.english)}</legend>'
            f"<p>{_in_english(term.question)}</p>{choices}{none}"
            f"<p>{word('term-where', n=len(places))}</p><ul>{shown}</ul></fieldset>"
        )
    return (
        '<section class="part" data-part="terms" aria-labelledby="part-terms">'
        f'<h2 id="part-terms" tabindex="-1">{word("terms")}</h2>'
        f"<p>{word('terms-help')}</p>{''.join(cards)}</section>"
    )


def _choice(name: str, value: str, label: str) -> str:
    return f'<label class="choice"><input type="radio" name="{name}" value="{value}"><span>{label}</span></label>'


def _in_english(text: str) -> str:
    return f'<span lang="en" dir="ltr">{shown_text(text)}</span>'
