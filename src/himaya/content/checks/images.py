"""Rules for pictures: each is an SVG drawing of this module that holds no word, no script, no outside address."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError, fromstring

from himaya.activities.format import PICTURE
from himaya.activities.limits import PICTURE_BYTES, PICTURE_WIDTH
from himaya.content.load import prose_file
from himaya.content.markdown import images
from himaya.content.source import LARGEST_PROSE, read_bytes
from himaya.errors import ContentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from himaya.content.load import LoadedModule

_PLACE = re.compile(PICTURE)
_SVG = "{http://www.w3.org/2000/svg}"
_ALLOWED = (
    "svg", "g", "defs", "marker", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
    "style",
)  # fmt: skip
_OUTSIDE = re.compile(r"url\((?!\s*['\"]?#)|@import|[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_IN_STYLE = re.compile(r"url\(|@import|//|\\", re.IGNORECASE)
_LOOK = "An image is ![what it shows, in words](media/a-name.svg)."


def image_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what is wrong with the pictures of a module and with the prose that shows them."""
    problems = [
        Problem(prose_file(loaded), line, each)
        for line, alt, file in _images(loaded)
        for each in _reference(loaded, alt, file)
    ]
    for name, place, *path in _pictures(loaded):
        if not (loaded.path / place).is_file():
            problems.append(loaded.problem(name, f"the picture '{place}' does not exist; draw it.", *path))
    for where, file in _drawings(loaded):
        try:
            problems += [Problem(where, 1, each) for each in drawing_faults(read_bytes(file, where, LARGEST_PROSE))]
        except ContentError as error:
            problems += error.problems
    return problems


def image_hints(loaded: LoadedModule) -> list[Problem]:
    """Return what an author may want to look at in the pictures of a module."""
    shown = {file for _, _, file in _images(loaded)} | {place for _, place, *_ in _pictures(loaded)}
    hints = []
    for where, file in _drawings(loaded):
        try:
            found = [*drawing_hints(read_bytes(file, where, LARGEST_PROSE))]
        except ContentError:
            continue  # `image_problems` says why
        if f"media/{file.name}" not in shown:
            found.append(f"nothing of this module shows this file. {_LOOK}")
        hints += [Problem(where, 1, each) for each in found]
    return hints


def _images(loaded: LoadedModule) -> Iterator[tuple[int, str, str]]:
    """Yield the line, the words and the file name of each image of module.md."""
    for cell in loaded.cells:
        if cell.kind == "markdown":
            for below, words, address in images(cell.source):
                yield cell.line + below, words, address


def _pictures(loaded: LoadedModule) -> Iterator[tuple[str, str, Any]]:
    """Yield each picture of an activity: the activity's id, the picture's place, and the field that names it."""
    for name, activity in loaded.activities.items():
        for field, about in type(activity).model_fields.items():
            if any(getattr(one, "pattern", None) == PICTURE for one in about.metadata):
                yield name, getattr(activity, field), field


def _drawings(loaded: LoadedModule) -> Iterator[tuple[str, Path]]:
    for file in sorted((loaded.path / "media").glob("*.*")):
        yield str(Path(prose_file(loaded)).parent / "media" / file.name), file


def _reference(loaded: LoadedModule, alt: str, place: str) -> Iterator[str]:
    if not alt.strip():
        yield f"this image has no alt text; say in words what it shows. {_LOOK}"
    if not _PLACE.fullmatch(place):
        yield f"the image '{place}' is no drawing in media/. {_LOOK}"
    elif not (loaded.path / place).is_file():
        yield f"the image '{place}' does not exist; draw it, or remove the line."


def drawing_faults(data: bytes) -> Iterator[str]:
    """Yield what keeps the bytes of an SVG file from being shown to a trainee."""
    root = _root(data)
    if root is None:
        yield "this is not an SVG drawing in UTF-8 without a document type."
        return
    if root.get("viewBox") is None or not root.get("width", "").isdecimal():
        yield "the drawing needs a viewBox and a width in whole pixels."
    for element in root.iter():
        yield from _element_faults(element)


def drawing_hints(data: bytes) -> Iterator[str]:
    """Yield what makes an SVG file heavy or hard to read on a phone."""
    if len(data) > PICTURE_BYTES:
        yield f"the file has {len(data):,} bytes; on a weak link each 50,000 take a second. Are simpler shapes enough?"
    root = _root(data)
    width = "" if root is None else root.get("width", "")
    if width.isdecimal() and int(width) > PICTURE_WIDTH:
        yield f"the drawing is {width} pixels wide and the text column {PICTURE_WIDTH}; look at it on a phone."


def _root(data: bytes) -> Element | None:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return None
    try:
        return fromstring(data.decode("utf-8"))  # noqa: S314 - without a document type no entity can swell
    except (ParseError, UnicodeDecodeError):
        return None


def _element_faults(element: Element) -> Iterator[str]:
    name = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else "a comment"
    if name not in _ALLOWED:
        yield f"the drawing holds '{name}'; allowed: {', '.join(_ALLOWED)}."
    for attribute, value in element.items():
        if attribute.lower().startswith("on") or attribute.endswith("href") or _OUTSIDE.search(_own(attribute, value)):
            yield f"'{attribute}=\"{value}\"' can run or fetch something; allowed: shapes and colours only."
    for text in (element.text, element.tail):
        said = (text or "").strip()
        if name == "style" and text is element.text:
            if _IN_STYLE.search(said):
                yield "the style of the drawing fetches something; allowed: colours only."
        elif len(said) > 1 and not said.isdecimal():
            yield f"the drawing holds the word '{said}'; allowed: single letters and numbers. Words go into the prose."


def _own(attribute: str, value: str) -> str:
    """Return the value without what looks like an address and is none: the declarations of a style attribute."""
    return re.sub(r"(^|;)\s*[a-z-]+\s*:", ";", value) if attribute == "style" else value
