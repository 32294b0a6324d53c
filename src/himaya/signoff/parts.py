"""A module as people read and sign it: parts (a lesson, or a section where a module has none) made of entries.

An entry is one screenful that is judged as a whole: some paragraphs, a question, a decision of a story. Its hash is
over everything in it, keys and drawings included; the hash of a part is over its entries. So a change voids one part.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from himaya.activities.interview.checks import held
from himaya.activities.interview.format import Interview, Range, When, replies_of
from himaya.activities.scenario.format import Scenario
from himaya.content.lessons import all_blocks, heading_text, outline
from himaya.content.source import read_bytes
from himaya.translation.units import (
    Unit,
    activity_with_texts,
    code_with_texts,
    has_words,
    module_with_texts,
    prose_reader,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from himaya.activities.format import Model
    from himaya.activities.interview.format import Reply
    from himaya.content.lessons import Block
    from himaya.content.load import LoadedModule
    from himaya.signoff.dangers import Reading

    Translations: TypeAlias = Mapping[tuple[str, str], tuple[str, ...]]

Kind: TypeAlias = Literal["prose", "activity", "scene", "talk", "endings", "about", "sources", "danger", "fact"]
COVER, SOURCES, ELSEWHERE, DANGERS, FACTS = "cover", "sources", "elsewhere", "dangers", "facts"
OPENING, WARM_UP = "opening", "warm-up"
_DIVIDES = 2
"""The level of a heading that begins a section."""
_LONGEST = 220
"""Words of prose in one entry, about a minute: what can be judged without scrolling back."""
_MOST = Range()
_TOKEN = re.compile("\ue000(\\d+)\ue001")
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Entry:
    """What a reader accepts, corrects or rejects as a whole.

    Attributes:
        id: Its name in a file of findings; unique in the module.
        kind: What it is.
        title: In English.
        units: Its texts, in the order in which they are read.
        hash: A name for exactly this English, with keys, sources and drawings.
        blocks: Of prose: its Markdown.
        shown: Of everything else: plain data in which a text of `units` stands as a token; see `unit_of`.
        activity: The id of the activity or code item that it belongs to.
        required: Whether a trainee must get it right to pass, for somebody's safety.
    """

    id: str
    kind: Kind
    title: str
    units: tuple[Unit, ...]
    hash: str
    blocks: tuple[str, ...] = ()
    shown: Any = None
    activity: str | None = None
    required: bool = False

    def translated_hash(self, known: Translations) -> str | None:
        """Return a name for exactly this English and its translation; None while a text has none."""
        pairs = [(unit.place, unit.text, known.get((unit.place, unit.text))) for unit in self.units]
        return None if any(text is None for _, _, text in pairs) else digest(pairs)


@dataclass(frozen=True)
class Part:
    """What is signed as a whole."""

    id: str
    title: str
    entries: tuple[Entry, ...]

    @property
    def hash(self) -> str:
        """A name for exactly this English."""
        return digest([(entry.id, entry.hash) for entry in self.entries])

    def translated_hash(self, known: Translations) -> str | None:
        """Return a name for exactly this translation; None while a text has none."""
        found = [(entry.id, entry.translated_hash(known)) for entry in self.entries if entry.units]
        return None if any(text is None for _, text in found) else digest(found)


def digest(value: object) -> str:
    """Return a short name for data: 32 hexadecimal digits of SHA-256."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def unit_of(text: str) -> int | None:
    """Return which text of an entry a string in its data stands for; None for a string that is data."""
    found = _TOKEN.fullmatch(text)
    return int(found[1]) if found else None


def parts_of(loaded: LoadedModule, reading: Reading | None = None) -> list[Part]:
    """Return everything in a module, in the order in which it is read.

    Args:
        loaded: The module in English.
        reading: The dangers and the open questions that its authors name for readers, if they do.
    """
    drawings = _Files(loaded)
    parts = [_cover(loaded)]
    if reading is not None and reading.dangers:
        parts.append(_dangers(reading))
    shown: set[str] = set()
    for part in _sections(loaded):
        shown |= {block.activity for block in part.blocks if block.activity is not None}
        parts.append(Part(part.id, part.title, tuple(_entries(loaded, part, drawings))))
    left = [name for name in (*loaded.activities, *loaded.code) if name not in shown]
    if left:
        rest = _Section(ELSEWHERE, "Not shown in the text", [_Block("", activity=name) for name in left])
        parts.append(Part(rest.id, rest.title, tuple(_entries(loaded, rest, drawings))))
    parts.append(_sources(loaded))
    return parts


@dataclass(frozen=True)
class _Block:
    """Markdown with its texts, or the id of an activity or code item."""

    text: str
    units: tuple[Unit, ...] = ()
    activity: str | None = None


@dataclass
class _Section:
    id: str
    title: str
    blocks: list[_Block] = field(default_factory=list)


def _sections(loaded: LoadedModule) -> list[_Section]:
    """Return what stands before the lessons, the lessons and what is looked up; without lessons, the `##` sections."""
    found = outline(loaded)
    units = _prose_units(loaded)
    sections: list[_Section] = []

    def add(name: str, title: str, blocks: Iterable[Block]) -> None:
        read = [_Block(b.text, units.get((b.cell, b.number), ()), b.activity) for b in blocks if not b.submit]
        taken = sum(part.id == name or part.id.startswith(f"{name}--") for part in sections)
        if read:
            sections.append(_Section(f"{name}--{taken + 1}" if taken else name, title, read))

    if not found.lessons:
        for group in _by_heading(all_blocks(loaded.cells)):
            title = heading_text(group[0]) if group[0].level == _DIVIDES else loaded.module.title
            add(_slug(title) if group[0].level == _DIVIDES else OPENING, title, group)
        return sections
    add(OPENING, loaded.module.title, found.opening.blocks)
    if found.warm_up.blocks:
        add(WARM_UP, heading_text(found.warm_up.blocks[0]), found.warm_up.blocks)
    for part in found.lessons:
        if part.lesson is not None:
            add(part.lesson.id, part.lesson.title, part.blocks)
    for part in found.reference:
        add(_slug(part.title), part.title, part.blocks)
    return sections


def _by_heading(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    group: list[Block] = []
    for block in blocks:
        if group and block.level == _DIVIDES:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _slug(title: str) -> str:
    return _SLUG.sub("-", title.lower()).strip("-") or "section"


def _prose_units(loaded: LoadedModule) -> dict[tuple[int, int], tuple[Unit, ...]]:
    """Return the texts of each block of the prose; read in the order of module.md, since headings name their place."""
    tokens = _Tokens()
    read = prose_reader(tokens)
    found = {}
    for block in all_blocks(loaded.cells):
        if not block.acts:
            tokens.units.clear()
            read(block.text)
            found[block.cell, block.number] = tuple(tokens.units)
    return found


class _Files:
    """The drawings and data of a module: what a text or an activity names belongs to its hash."""

    def __init__(self, loaded: LoadedModule) -> None:
        base = loaded.path
        found = sorted(path for name in ("media", "data") for path in (base / name).glob("*") if path.is_file())
        self._digests = {
            path.name: hashlib.sha256(read_bytes(path, path.name, 5_000_000)).hexdigest()[:32] for path in found
        }

    def named_in(self, text: str) -> list[tuple[str, str]]:
        return [(name, known) for name, known in self._digests.items() if name in text]


class _Tokens:
    """Answers a walk with a token for each text, and keeps the texts."""

    def __init__(self) -> None:
        self.units: list[Unit] = []

    def __call__(self, unit: Unit) -> str:
        # The places cited in documents belong to the part with the sources, where each stands once.
        if not has_words(unit.text) or unit.place.startswith("cited."):
            return unit.text
        if unit not in self.units:
            self.units.append(unit)
        return f"\ue000{self.units.index(unit)}\ue001"


def _entries(loaded: LoadedModule, part: _Section, drawings: _Files) -> Iterator[Entry]:
    heading, number = part.title, 0
    blocks: list[_Block] = []

    def prose() -> Iterator[Entry]:
        nonlocal blocks, heading, number
        if not blocks:
            return
        number += 1
        headings = [block.text.lstrip("#").strip() for block in blocks if block.text.startswith("#")]
        title = headings[0] if blocks[0].text.startswith("#") else heading
        texts = tuple(block.text for block in blocks)
        units = tuple(dict.fromkeys(unit for block in blocks for unit in block.units))
        hashed = digest([texts, drawings.named_in("\n".join(texts))])
        yield Entry(f"text.{part.id}.{number}", "prose", title, units, hashed, texts)
        heading = headings[-1] if headings else heading
        blocks = []

    for block in part.blocks:
        if block.activity is not None:
            yield from prose()
            yield from _activity(loaded, block.activity, drawings)
            continue
        said = sum(len(each.text.split()) for each in blocks)
        opens = block.text.startswith("#")
        full = said + len(block.text.split()) > _LONGEST or (opens and said > _LONGEST // 3)
        if blocks and full and not blocks[-1].text.startswith("#"):
            yield from prose()
        blocks.append(block)
    yield from prose()


def _activity(loaded: LoadedModule, name: str, drawings: _Files) -> Iterator[Entry]:
    activity: Model = loaded.written(name)
    if isinstance(activity, Interview):
        yield from _interview(loaded, activity, drawings)
        return
    tokens = _Tokens()
    walk: Callable[..., Model] = code_with_texts if name in loaded.code else activity_with_texts
    shown = walk(loaded, name, tokens).model_dump(mode="json", exclude_defaults=True)
    whole = activity.model_dump(mode="json")
    title = getattr(activity, "title", None) or getattr(activity, "stem", name)
    if not isinstance(activity, Scenario):
        required = bool(getattr(activity, "safety_critical", False))
        yield _of_data(name, "activity", str(title), shown, whole, tokens, drawings, activity=name, required=required)
        return
    nodes, endings = shown.pop("nodes"), shown.pop("endings")
    setup = {key: value for key, value in whole.items() if key not in ("nodes", "endings")}
    yield _of_data(name, "activity", activity.title, shown, setup, tokens, drawings, activity=name)
    for node in _story_order(activity):
        title = f"{activity.title}: {activity.nodes[node].title}"
        seen, all_of = {"id": node, **nodes[node]}, whole["nodes"][node]
        yield _of_data(f"{name}.{node}", "scene", title, seen, all_of, tokens, drawings, activity=name)
    title = f"{activity.title}: how it can end"
    yield _of_data(f"{name}.endings", "endings", title, endings, whole["endings"], tokens, drawings, activity=name)


def _interview(loaded: LoadedModule, activity: Interview, drawings: _Files) -> Iterator[Entry]:
    """Yield the setup, each example as a whole conversation, then what else can be said, and how it can end."""
    tokens = _Tokens()
    seen = activity_with_texts(loaded, activity.id, tokens)
    whole = activity.model_dump(mode="json")
    if not isinstance(seen, Interview):
        return
    shown = seen.model_dump(mode="json", exclude_defaults=True)
    facts = {fact.id: fact.text for fact in seen.facts} | {one.id: one.text for one in seen.agreements}

    def entry(end: str, kind: Kind, title: str, data: Any, fields: Any) -> Entry:
        said = f"{activity.title}{f': {title}' if title else ''}"
        return _of_data(f"{activity.id}{end}", kind, said, data, fields, tokens, drawings, activity=activity.id)

    def exchange(said: str, reply: Reply) -> dict[str, Any]:
        told = [facts[name] for name in (*reply.tells, *(name for name in reply.sets if name in facts))]
        condition = _condition(reply.when)
        more = {"quality": reply.quality, "when": condition, "reply": reply.says, "told": told}
        return {"text": said, **{key: value for key, value in more.items() if value}}

    later = ("opening", "leaving", "first", "moves", "endings", "friend", "debrief", "examples")
    setup = {key: value for key, value in whole.items() if key not in later}
    for fact in shown["facts"]:
        fact["planned"] = [facts[name] for name in fact.get("planned", ())]
    yield entry("", "activity", "", {key: value for key, value in shown.items() if key not in later}, setup)
    written = {move.id: move for move in activity.moves}
    moves = {move.id: move for move in seen.moves}
    endings = {one.id: one for one in seen.endings}
    heard = set()
    for number, (path, end) in enumerate(held(activity), 1):
        replies = [(moves[move], replies_of(seen, moves[move])[at]) for move, at in path]
        heard |= {(move.id, reply.says) for move, reply in replies}
        lines = [exchange(move.text, reply) for move, reply in replies]
        for line in lines:
            line.pop("when", None)  # it holds: the conversation came here
        talk = {"opening": seen.opening, "lines": lines, "ending": [endings[end].title, endings[end].text]}
        spoken = [[written[move].text, replies_of(activity, written[move])[at].model_dump()] for move, at in path]
        originals = [whole["opening"], spoken, next(one for one in whole["endings"] if one["id"] == end)]
        yield entry(f".talk-{number}", "talk", f"a whole conversation ({number})", talk, originals)
    if seen.first:
        first = [{**exchange(", ".join(one.tags), one), "text": ", ".join(one.tags)} for one in seen.first]
        yield entry(".first", "scene", "answers that come before others", first, whole["first"])
    for group in dict.fromkeys(move.group for move in seen.moves):
        rest = []
        for move in seen.moves:
            left = [reply for reply in move.replies if (move.id, reply.says) not in heard]
            answers = [{k: v for k, v in exchange("", reply).items() if k != "text"} for reply in left]
            if move.group == group:
                rest.append({"text": move.text, "when": _condition(move.available), "replies": answers})
        same = [one for one in whole["moves"] if one["group"] == group]
        yield entry(f".{group}", "scene", f"what else can be said ({group})", rest, same)
    data = {key: shown[key] for key in ("leaving", "endings", "friend", "debrief") if key in shown}
    for one in (*data["endings"], *data["friend"]):
        one["when"] = _condition(When.model_validate(one.get("when", {})))
    yield entry(".endings", "endings", "how it can end", data, {key: whole[key] for key in data})


def _condition(when: When) -> str:
    """Return when something holds, in words; nothing where it always does."""
    told = [
        f"{name} {span.min} to {span.max}" if span.max < _MOST.max else f"{name} from {span.min}"
        for name, span in (("trust", when.trust), ("strain", when.strain))
        if span != _MOST
    ]
    for word, names in (("after", when.has), ("after one of", when.has_any), ("before", when.lacks)):
        told += [f"{word}: {', '.join(names)}"] if names else []
    return "; ".join(told)


def _story_order(scenario: Scenario) -> list[str]:
    """Return the nodes as a story meets them: those that the best choices reach first, then their side roads."""
    found: list[str] = []
    waiting = [scenario.start]
    ranks = {"best": 0, "acceptable": 1, "harmful": 2}
    while waiting:
        name = waiting.pop(0)
        if name in found or name not in scenario.nodes:
            continue
        found.append(name)
        waiting += [choice.goto for choice in sorted(scenario.nodes[name].choices, key=lambda c: ranks[c.quality])]
    return found + [name for name in scenario.nodes if name not in found]


def _of_data(
    name: str, kind: Kind, title: str, shown: Any, whole: Any, tokens: _Tokens, drawings: _Files, **more: Any
) -> Entry:
    """Return an entry of data, with only the texts that stand in it, numbered anew."""
    units: list[Unit] = []

    def own(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: own(each) for key, each in value.items()}
        if isinstance(value, list):
            return [own(each) for each in value]
        at = unit_of(value) if isinstance(value, str) else None
        if at is None:
            return value
        if tokens.units[at] not in units:
            units.append(tokens.units[at])
        return f"\ue000{units.index(tokens.units[at])}\ue001"

    shown = own(shown)
    return Entry(name, kind, title, tuple(units), digest([whole, drawings.named_in(str(whole))]), shown=shown, **more)


def _cover(loaded: LoadedModule) -> Part:
    tokens, drawings = _Tokens(), _Files(loaded)
    shown = module_with_texts(loaded, tokens).model_dump(mode="json", exclude_defaults=True)
    whole = loaded.module.model_dump(mode="json")

    def about(name: str, title: str, fields: Sequence[str]) -> Entry:
        seen = {key: shown[key] for key in fields if key in shown}
        return _of_data(name, "about", title, seen, {key: whole.get(key) for key in fields}, tokens, drawings)

    entries = (
        about("about", "Title, summary, content note", ("title", "summary", "content_note", "minutes", "lessons")),
        about("about.outcomes", "What trainees will be able to do", ("outcomes",)),
        about("about.principles", "Principles, as trainees read them", ("principles",)),
        about("about.behaviours", "What a worker can be seen to do", ("behaviours",)),
        about("about.rehearsal", "A scene to play, on paper", ("rehearsal",)),
    )
    return Part(COVER, "Cover: what the module promises", tuple(entry for entry in entries if entry.shown))


def _sources(loaded: LoadedModule) -> Part:
    tokens, drawings = _Tokens(), _Files(loaded)
    shown = module_with_texts(loaded, tokens).model_dump(mode="json", exclude_defaults=True)["sources"]
    whole = loaded.module.model_dump(mode="json")["sources"]
    entries = [
        _of_data(f"source.{code}", "sources", f"{code}: {source.title}", shown[code], whole[code], tokens, drawings)
        for code, source in loaded.module.sources.items()
    ]
    cited = list(_cited(loaded))
    for at, entry in enumerate(entries):
        place = f"cited.{entry.id.removeprefix('source.')}"
        entries[at] = replace(entry, units=(*entry.units, *(unit for unit in cited if unit.place == place)))
    return Part(SOURCES, "Sources and how far each was read", tuple(entries))


def _cited(loaded: LoadedModule) -> Iterable[Unit]:
    found: dict[tuple[str, str], Unit] = {}

    def note(unit: Unit) -> str:
        if unit.place.startswith("cited.") and has_words(unit.text):
            found.setdefault((unit.place, unit.text), unit)
        return unit.text

    module_with_texts(loaded, note)
    for name in loaded.activities:
        activity_with_texts(loaded, name, note)
    for name in loaded.code:
        code_with_texts(loaded, name, note)
    return found.values()


def _dangers(reading: Reading) -> Part:
    entries = []
    for danger in reading.dangers:
        data = danger.model_dump(mode="json")
        entries.append(Entry(f"danger.{danger.id}", "danger", danger.danger, (), digest(data), shown=data))
    return Part(DANGERS, "Dangers, and how each is planned", tuple(entries))
