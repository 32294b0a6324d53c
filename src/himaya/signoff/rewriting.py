"""Puts corrected texts into module.md and YAML files and leaves every other byte of them as it is."""

from __future__ import annotations

import json
import re
import textwrap
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from himaya.content.load import load_module, plain_data
from himaya.content.prose import CITATION, COUNTRY, MARK
from himaya.content.yaml import YamlError, parsed
from himaya.errors import HimayaError
from himaya.translation.markdown import skeleton
from himaya.translation.units import prose_reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ruamel.yaml.nodes import Node

    from himaya.translation.units import Unit

_WIDTH = 120
_BLOCK = re.compile(
    r"\s*(?:(?:#{1,6}|[-+*]|\d+[.)])(?:\s|$)|[>|]|```|~~~|:::|\+\+\+|---|===|(?:[*_]\s*){3,}$)"
)  # a word in bold type is no block
_CITED = "cited."


class RewritingError(HimayaError):
    """A text cannot be put in its place by a program; the sentence says why."""


def put_texts(folder: Path, base: Path, new: Mapping[Unit, str]) -> None:
    """Write texts of a module into its files.

    Args:
        folder: The module.
        base: Its repository: local facts stand in `courses/country.yaml`.
        new: What each text becomes.

    Raises:
        RewritingError: If one of them cannot be written so that the file says exactly this.
    """
    by_file: dict[str, dict[Unit, str]] = {}
    for unit, text in new.items():
        by_file.setdefault("*" if unit.place.startswith(_CITED) else unit.file, {})[unit] = text
    cited = by_file.pop("*", {})
    for name, texts in by_file.items():
        if name == "module.md":
            _put_prose(folder, texts)
            _put_headings(folder / "module.yaml", {u.text: text for u, text in texts.items() if u.kind == "heading"})
        else:
            _put_yaml(base if name.startswith("courses/") else folder, name, texts)
    for path in sorted(folder.glob("**/*.yaml")) if cited else ():
        _put_cited(path, cited)


def _put_prose(folder: Path, texts: Mapping[Unit, str]) -> None:
    wanted = {(unit.place, unit.text): " ".join(text.split()) for unit, text in texts.items()}
    for (place, old), new in wanted.items():
        _check_prose(place, old, new)
    path = folder / "module.md"
    source = path.read_text(encoding="utf-8")
    read = prose_reader(lambda unit: wanted.get((unit.place, unit.text), unit.text))
    done, at = [], 0
    for cell in load_module(folder).cells:
        if cell.kind != "markdown":
            continue
        changed = read(cell.source)
        if changed != cell.source:
            begin = source.index(cell.source, at)
            done += [source[at:begin], changed]
            at = begin + len(cell.source)
    path.write_text("".join([*done, source[at:]]), encoding="utf-8")


_NAMES = frozenset({"taught", "starts", "reference"})
"""Fields of module.yaml that name a section by its heading."""


def _put_headings(path: Path, headings: Mapping[str, str]) -> None:
    source = path.read_text(encoding="utf-8")
    found = [
        (node, headings[node.value])
        for way, node in _scalars(_composed(source, path.name), ())
        if node.value in headings and _NAMES & set(way)
    ]
    if found:
        _write(path, path.name, source, found)


def _check_prose(place: str, old: str, new: str) -> None:
    marks = [sorted(map(str, pattern.findall(text))) for pattern in (CITATION, MARK, COUNTRY) for text in (old, new)]
    if any(one != other for one, other in zip(marks[::2], marks[1::2], strict=True)):
        msg = f"{place}: the correction changes a citation or a mark such as [verify]; change module.md by hand."
        raise RewritingError(msg)
    begins = [found[0] if (found := _BLOCK.match(text)) else "" for text in (old, new)]  # a heading may have a number
    if begins[0] != begins[1] or skeleton(old) != skeleton(new):
        msg = f"{place}: the correction changes links, emphasis or other markup; change module.md by hand."
        raise RewritingError(msg)


_PARTS = {"module.yaml": ("module.yaml", "behaviours.yaml", "rehearsal.yaml")}
"""Files that are read as one: its texts say the name of the first, wherever they stand."""


def _put_yaml(folder: Path, name: str, texts: Mapping[Unit, str]) -> None:
    names = [each for each in _PARTS.get(name, (name,)) if (folder / each).exists()]
    sources = {each: (folder / each).read_text(encoding="utf-8") for each in names}
    nodes = [(each, *found) for each, source in sources.items() for found in _scalars(_composed(source, each), ())]
    found: dict[str, list[tuple[Any, str]]] = {}
    for unit, text in texts.items():
        best = [
            (each, node)
            for each, way, node in nodes
            if node.value.strip() == unit.text.strip() and _leads(way, unit.place)
        ]
        if not best:
            msg = f"{name}: the text of {unit.place} does not stand there as it was read; change it by hand."
            raise RewritingError(msg)
        for each, node in best:
            found.setdefault(each, []).append((node, text))
    for each, changed in found.items():
        _write(folder / each, each, sources[each], changed)


def _put_cited(path: Path, texts: Mapping[Unit, str]) -> None:
    source = path.read_text(encoding="utf-8")
    wanted = {f"{unit.place.removeprefix(_CITED)}: {unit.text}": (unit, text) for unit, text in texts.items()}
    found = []
    for way, node in _scalars(_composed(source, path.name), ()):
        if node.value in wanted and len(way) > 1 and way[-2] == "source":
            unit, text = wanted[node.value]
            found.append((node, f"{unit.place.removeprefix(_CITED)}: {text}"))
    if found:
        _write(path, path.name, source, found)


def _compose(source: str) -> Node:
    """Return a YAML file as nodes; in Python, which tells where each is, and without ruamel's marks in folded text."""
    node: Node = YAML(typ="safe", pure=True).compose(source)
    return node


def _composed(source: str, name: str) -> Node:
    try:
        return _compose(source)
    except YAMLError as error:
        msg = f"{name}: this is not YAML any more: {str(error).splitlines()[0]}"
        raise RewritingError(msg) from None


def _scalars(node: Any, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each text with the names on the way to it: fields, ids or levels of what it stands in, places from 1."""
    if node.id == "mapping":
        told = {key.value: value.value for key, value in node.value if value.id == "scalar"}
        named = told["id"] if "id" in told else f"level-{told['level']}" if "level" in told else None
        here = way if named is None else (*way, named)
        for key, value in node.value:
            yield from _scalars(value, (*here, key.value))
    elif node.id == "sequence":
        for at, value in enumerate(node.value, 1):
            yield from _scalars(value, (*way, str(at)))
    else:
        yield way, node


def _leads(way: Sequence[str], place: str) -> bool:
    """Return whether the names of a place stand on the way to a text, in their order."""
    names = place.split(".")
    left = iter(way)
    return all(name in left for name in (names[1:] if names[0] in ("module", "country") else names))


def _write(path: Path, name: str, source: str, found: Sequence[tuple[Any, str]]) -> None:
    """Write new values of scalars, and make sure that the file says these and nothing else."""
    text = source
    last_first = sorted(found, key=lambda each: each[0].start_mark.index, reverse=True)
    for node, new in last_first:
        text = _replaced(text, node, new)
    wanted = {(node.start_mark.line, node.start_mark.column): new for node, new in found}
    try:
        before = plain_data(parsed(source))
        after = plain_data(parsed(text))
    except YamlError as error:
        msg = f"{name}: a corrected text cannot be written there: {error}"
        raise RewritingError(msg) from None
    values = [
        wanted.get((node.start_mark.line, node.start_mark.column)) for _, node in _scalars(_composed(source, name), ())
    ]
    written = [node.value for _, node in _scalars(_composed(text, name), ())]
    kept = [node.value for _, node in _scalars(_composed(source, name), ())]
    expected = [old if new is None else new for old, new in zip(kept, values, strict=True)]
    if written != expected or type(before) is not type(after):
        msg = f"{name}: a corrected text cannot be written there without changing others; change it by hand."
        raise RewritingError(msg)
    path.write_text(text, encoding="utf-8")


def _replaced(source: str, node: Any, new: str) -> str:
    """Return a YAML file with one scalar replaced, in the style in which it is written where the new text allows it."""
    begin, end = node.start_mark.index, node.end_mark.index
    raw = source[begin:end]
    body = raw.rstrip()
    after = source[begin + len(body) :]
    for text in _spellings(node, body, new, begin - source.rfind("\n", 0, begin) - 1):
        whole = source[:begin] + text + after
        try:
            if _value_at(whole, begin) == new:
                return whole
        except YAMLError:
            continue
    return source[:begin] + json.dumps(new, ensure_ascii=False) + after


def _value_at(source: str, begin: int) -> str | None:
    return next((node.value for _, node in _scalars(_compose(source), ()) if node.start_mark.index == begin), None)


def _spellings(node: Any, body: str, new: str, column: int) -> Iterator[str]:
    """Yield how a text may be written, the style that stands there first."""
    lines = body.split("\n")
    if node.style in (">", "|"):
        indent = " " * (len(lines[1]) - len(lines[1].lstrip())) if len(lines) > 1 else "  "
        folded = ["\n".join(_wrapped(line, indent, indent)) for line in new.split("\n")]
        yield f"{lines[0]}\n" + "\n\n".join(folded)
    elif node.style is None and "\n" not in new:
        indent = " " * (len(lines[1]) - len(lines[1].lstrip())) if len(lines) > 1 else ""
        if len(lines) > 1:
            yield "\n".join(_wrapped(new, " " * column, indent)).lstrip()
        yield new
    elif node.style == "'":
        yield "'" + new.replace("'", "''") + "'"
    yield json.dumps(new, ensure_ascii=False)


def _wrapped(text: str, first: str, indent: str) -> list[str]:
    options: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=indent, **options)
