"""One file for a reader who judges a module or its translation: it opens without a server and saves what was found."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from himaya.activities.scenario.format import Scenario
from himaya.content.load import LANGUAGES_FOLDER
from himaya.content.prose import CITATION, IMAGE, words
from himaya.languages.facts import ALL, SOURCE, digits_of, for_scripts
from himaya.languages.interface import interface
from himaya.languages.isolates import as_english, without_isolates
from himaya.publish.document import page_of_code
from himaya.publish.reading import Reader
from himaya.publish.sections import prose_html
from himaya.publish.templating import rendered
from himaya.signoff.dangers import read_reading
from himaya.signoff.parts import unit_of
from himaya.signoff.reading import parts_to_read
from himaya.signoff.standing import translations
from himaya.signoff.terms import places_of, read_terms
from himaya.translation.markdown import replace_prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from himaya.content.load import LoadedModule
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

    @property
    def kind(self) -> str:
        return "dossier" if self.language == SOURCE else "review"

    def word(self, key: str, **values: object) -> str:
        return interface(self.language)[_SAID + key].format(**values)

    def title(self) -> str:
        own = self.loaded.module.title
        known = {} if self.language == SOURCE else self.known
        return known.get(("module.title", own), ("",))[0] or own

    def titles(self) -> dict[str, str]:
        """Return the title of each entry."""
        return {entry.id: entry.title for part in self.parts for entry in part.entries}

    @cached_property
    def units(self) -> dict[Unit, int]:
        """Every text with its number."""
        every = dict.fromkeys(unit for part in self.parts for entry in part.entries for unit in entry.units)
        return {unit: number for number, unit in enumerate(every)}

    def translated(self, unit: Unit) -> str | None:
        forms = self.known.get((unit.place, unit.text))
        return forms[0] if forms else None


@dataclass(frozen=True)
class _Place:
    """Another entry, to which the page leads."""

    id: str
    title: str


@dataclass(frozen=True)
class _Question:
    places: Sequence[_Place]
    text: str


@dataclass(frozen=True)
class _Fields:
    """A mapping of an entry: what leads it, badges by kind, other values."""

    lead: Sequence[str]
    badges: Sequence[tuple[str, str]]
    rest: Sequence[_Value]
    source: str | None
    marks: Sequence[str]


@dataclass(frozen=True)
class _Value:
    """A value of an entry: fields, or a label with items, places or lines."""

    label: str = ""
    lines: Sequence[str] = ()
    items: Sequence[_Value] = ()
    places: Sequence[_Place] = ()
    fields: _Fields | None = None


@dataclass(frozen=True)
class _Entry:
    """What the page shows of an entry; `prose`, `prose_pairs`, `texts`, or `lines` with `value`, as its kind asks."""

    id: str
    kind: str
    number: int
    heading: str
    required: bool
    cited: Sequence[Mapping[str, str]]
    prose: Sequence[Markup] = ()
    prose_pairs: Sequence[tuple[Markup, Markup]] = ()
    texts: Sequence[Mapping[str, str | None]] = ()
    lines: Sequence[str] = ()
    value: _Value | None = None


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
    every = [] if language == SOURCE else read_terms(loaded.path.parent / LANGUAGES_FOLDER, language)
    terms = [term for term in every if term.decided is None]
    body = rendered(
        "dossier.html",
        word=page.word,
        language=language,
        kind=page.kind,
        title=page.title(),
        contents=interface(language)["contents"],
        words=total,
        minutes=minutes,
        rate=rate,
        sittings=len(sittings),
        questions=_questions(page),
        parts=[_part(page, part, round(counts[part.id] / rate)) for part in page.parts],
        terms=_terms(page, terms),
    )
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
                "units": [page.units[unit] for unit in entry.units],
            }
            for part in page.parts
            for entry in part.entries
        ],
        "units": [[unit.place, unit.text, page.translated(unit)] for unit in page.units],
        "terms": [{"id": term.id, "hash": term.hash} for term in terms],
    }
    title = f"{loaded.module.title}: {without_isolates(str(interface(language)[_SAID + page.kind]))}"
    return Written(
        page_of_code(code, language, title, f"reading {page.kind}", body, data), total, rate, minutes, sittings
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


def _questions(page: _Page) -> list[_Question]:
    """Return the open questions; where one begins with entries, such as `one and two:`, it leads there."""
    if page.language != SOURCE:
        return []
    titles = page.titles()
    found = []
    for text in page.reading.questions:
        about, colon, asked = text.partition(": ")
        names = about.split(" and ")
        if colon and titles.keys() >= set(names):
            found.append(_Question([_place(name, titles) for name in names], asked[:1].upper() + asked[1:]))
        else:
            found.append(_Question([], text.strip()))
    return found


def _part(page: _Page, part: Part, minutes: int) -> dict[str, Any]:
    return {
        "id": part.id,
        "title": _title(page, part),
        "time": interface(page.language)["minutes"].format(n=max(1, minutes)),
        "entries": [_entry(page, entry, part, number) for number, entry in enumerate(part.entries, 1)],
    }


def _entry(page: _Page, entry: Entry, part: Part, number: int) -> _Entry:
    title = _heading(page, entry)
    shown = _Entry(
        id=entry.id,
        kind=entry.kind,
        number=number,
        heading="" if title == _title(page, part) else title,
        required=entry.required,
        cited=_cited(page, entry),
    )
    if entry.kind == "prose":
        if page.language == SOURCE:
            return replace(shown, prose=_prose(page, entry))
        return replace(shown, prose_pairs=_prose_pairs(page, entry))
    if page.language == SOURCE:
        return _with_everything(page, entry, shown)
    return replace(shown, texts=[_pair(page, entry, unit) for unit in entry.units])


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


def _prose(page: _Page, entry: Entry) -> list[Markup]:
    """Return the blocks of an entry in English."""
    reader = _reader(page, SOURCE)
    again = entry.blocks[0].startswith("#") and entry.blocks[0].lstrip("#").strip() == entry.title
    return [_html(reader.read(CITATION.sub(_spelled, block)), SOURCE) for block in entry.blocks[again:]]


def _prose_pairs(page: _Page, entry: Entry) -> list[tuple[Markup, Markup]]:
    """Return each block of an entry in the language of the page, and in English."""
    known = {unit.text: page.translated(unit) or as_english(unit.text) for unit in entry.units}
    english, reader, pairs = _reader(page, SOURCE), _reader(page, page.language), []
    for block in entry.blocks:
        ours = replace_prose(block, lambda _, text: known.get(text, text))
        theirs = _html(english.read(IMAGE.sub(r"\1", block)), SOURCE)
        pairs.append((_html(reader.read(ours), page.language), theirs))
    return pairs


def _spelled(citation: re.Match[str]) -> str:
    """Return a citation with the code of its source, which the list below the entry explains."""
    return f"({citation[1]}{f': {citation[2]}' if citation[2] else ''})"


def _html(text: str, language: str) -> Markup:
    """Return prose in which headings stand below those of the page."""
    html = prose_html(text, language)
    for level in (4, 3, 2, 1):
        html = html.replace(f"<h{level}>", f'<p class="h{level}"><strong>').replace(f"</h{level}>", "</strong></p>")
    return Markup(html)  # noqa: S704 - made by the parser of prose, which shows HTML as text


def _pair(page: _Page, entry: Entry, unit: Unit) -> dict[str, str | None]:
    name = unit.place.rsplit(".", 1)[-1]
    label = _label(page, "reply" if entry.kind == "talk" and name == "says" else name)
    return {"label": label, "ours": page.translated(unit), "theirs": unit.text}


def _with_everything(page: _Page, entry: Entry, shown: _Entry) -> _Entry:
    """Return an entry with all its data: its heading says the title, and a scene is told in plain letters."""
    if not isinstance(entry.shown, dict):
        return replace(shown, value=_value(page, entry, entry.shown, ""))
    titles = [
        _text(entry, entry.shown[name])
        for name in ("title", "stem", "danger")
        if isinstance(entry.shown.get(name), str)
    ]
    rest = {name: value for name, value in entry.shown.items() if name not in ("title", "text", "stem", "danger")}
    heading = _heading(page, entry)
    said = [text for text in titles if text != heading and not heading.endswith(f": {text}")]
    said += [_text(entry, entry.shown["text"])] if isinstance(entry.shown.get("text"), str) else []
    return replace(shown, lines=_lines(said), value=_value(page, entry, rest, ""))


def _lines(texts: Iterable[str]) -> list[str]:
    """Return the lines of texts, without those that are empty."""
    return [line.strip() for text in texts for line in text.split("\n") if line.strip()]


_UNSAID = frozenset(
    {"id", "kind", "version", "twin", "least", "lab", "title", "text", "label", "by", "year", "note", "name"}
    | {"options", "choices", "rows", "replies", "levels", "words", "unchecked", "read_only"}
)


def _label(page: _Page, name: str) -> str:
    key = f"{_SAID}label-{name.replace('_', '-')}"
    return page.word(key.removeprefix(_SAID)) if key in interface(page.language) else ""


def _value(page: _Page, entry: Entry, value: Any, name: str) -> _Value:
    """Return plain data for a specialist: texts as paragraphs, keys and qualities as badges, all else by its name."""
    if isinstance(value, dict) and name == "words":
        value = list(value.values())
    if isinstance(value, dict):
        return _Value(fields=_fields(page, entry, value))
    label = _label(page, name) or ("" if name in _UNSAID else name.replace("_", " ").capitalize())
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return _Value(label, items=[_value(page, entry, each, name) for each in value])
    if entry.kind == "danger" and name == "places":
        titles = page.titles()
        return _Value(label, places=[_place(str(each), titles) for each in value])
    texts = [_text(entry, each) for each in (value if isinstance(value, list) else [value])]
    if any(isinstance(each, str) and unit_of(each) is None for each in (value if isinstance(value, list) else ())):
        texts = [", ".join(texts)]  # ids
    return _Value(label, lines=_lines(texts))


_ELSEWHERE = frozenset(
    {"correct", "quality", "title", "text", "label", "source", "marks", "safety_critical"}
    | {"id", "kind", "twin", "version", "lab", "select", "need", "mode", "outcome", "points", "minutes"}
    | {"taught", "roles", "starts", "start", "max", "gender", "sticky", "lower_is_better", "seed", "files", "unit"}
)
"""Fields that a badge, the heading or the foot of an entry says, or that a specialist need not see."""


def _fields(page: _Page, entry: Entry, value: dict[str, Any]) -> _Fields:
    badges = []
    if value.get("correct") is True:
        badges.append(("key", page.word("key")))
    quality = value.get("quality")
    if quality in ("best", "acceptable", "harmful"):
        badges.append((quality, page.word(f"quality-{quality}")))
    need = value.get("need")
    if need in ("must", "private"):
        badges.append(("", page.word(f"need-{need}")))
    named = [_text(entry, value[name]) for name in ("title", "text", "label") if isinstance(value.get(name), str)]
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
        rest.append(_value(page, entry, told, name))
    said = interface(page.language)
    cited = value.get("source")
    return _Fields(
        lead=named,
        badges=badges,
        rest=rest,
        source="; ".join(map(str, cited)) if isinstance(cited, list) else None,
        marks=[said[f"mark-{mark}"] for mark in value.get("marks", ())],
    )


def _node(page: _Page, entry: Entry, name: str) -> str:
    """Return the title of a scene, or the name of an ending."""
    story = page.loaded.activities.get(entry.activity or "")
    return story.nodes[name].title if isinstance(story, Scenario) and name in story.nodes else name


def _place(name: str, titles: Mapping[str, str]) -> _Place:
    return _Place(name, _short(titles.get(name, name)))


def _range(change: object) -> str:
    if isinstance(change, dict):
        return f"{change.get('min', 0)} to {change.get('max', 10)}"
    return f"{change:+d}" if isinstance(change, int) else str(change)


def _text(entry: Entry, value: object) -> str:
    at = unit_of(value) if isinstance(value, str) else None
    return str(value) if at is None else entry.units[at].text


def _cited(page: _Page, entry: Entry) -> list[dict[str, str]]:
    """Return what an entry cites, with how far it was read and when: a specialist judges claims by it."""
    if page.language != SOURCE or entry.kind in ("sources", "about"):
        return []
    texts = (*entry.blocks, str(entry.shown or ""))
    sources = page.loaded.module.sources
    # In the order of the texts, then of the list of sources.
    codes = dict.fromkeys(code for text in texts for code in sources if _cites(text, code))
    return [
        {
            "code": code,
            "said": ALL[SOURCE].comma.join((sources[code].title, sources[code].by, sources[code].year)),
            "grade": page.word(f"grade-{sources[code].status}"),
            "note": sources[code].note or "",
        }
        for code in codes
    ]


def _cites(text: str, code: str) -> bool:
    return (
        f"[{code}:" in text
        or f"[{code}]" in text
        or f"'{code}: " in text
        or f"'{code}'" in text
        or f'"{code}: ' in text
    )


def _terms(page: _Page, terms: Sequence[Term]) -> list[dict[str, Any]]:
    """Return the terms to decide, with where each stands in this module."""
    texts = [(unit.place, text) for unit in page.units if (text := page.translated(unit))]
    found = []
    for term in terms:
        places = list(places_of(term, texts))
        found.append({"term": term, "count": len(places), "shown": [_short(text, 110) for _, text in places[:4]]})
    return found
