"""What pages, notebooks and apps run on, as `widgets/player` was built; it makes nothing of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from himaya.languages.facts import ALL, SOURCE, for_scripts
from himaya.languages.interface import for_page
from himaya.publish.canonical import canonical, compressed
from himaya.publish.page_code import Code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.publish.folder import ModuleFolder
    from himaya.publish.page_code import Kind

_PAGES: tuple[Kind, ...] = ("module", "scenario", "index")
_QUOTED = re.compile(r'"([a-z0-9-]+)"')  # what may be the key of a sentence: no key is put together


@cache
def built(name: str) -> str:
    """Return one built file as text."""
    return files("himaya_widgets").joinpath("static", name).read_text(encoding="utf-8")


@cache
def page_code() -> dict[Kind, Code]:
    """Return what each kind of page without a server runs on."""
    return {kind: _page(kind) for kind in _PAGES}


@cache
def reading_code() -> Code:
    """Return what the file of a reader who judges a module runs on."""
    return _page("reading")


@cache
def class_code() -> dict[Literal["module", "home", "door"], Code]:
    """Return what the pages of a class run on; they ask the service that they came from."""
    return {
        "module": replace(_page("class_module", "module"), asks=True),
        "home": replace(_page("class_home", "class"), asks=True),
        "door": replace(_page("class_door", "class"), asks=True),
    }


def _page(name: str, sheet: str | None = None) -> Code:
    script = built(f"{name}.js")
    return Code(script, built(f"{sheet or name}.css"), frozenset(_QUOTED.findall(script)))


def bundle(words: Mapping[str, object]) -> bytes:
    """Return everything a notebook needs, once and compressed: code, styles and the words of its first language."""
    return packed({"code": built("notebook.js"), "styles": built("notebook.css"), **words})


def page_bundle(folder: ModuleFolder) -> bytes:
    """Return everything the page of a module's folder needs, with the languages that it may switch to."""
    return bundle(page_words(folder.content, folder.languages))


def page_words(
    content: Mapping[str, Any], languages: Sequence[str] = (), around: Literal["prose", "steps", "none"] = "prose"
) -> dict[str, Any]:
    """Return what a page needs in one language.

    Args:
        content: Of `activities.json` in that language.
        languages: Those that the page may switch to.
        around: What stands around the activities: prose by cell, the steps of an app, or nothing that it lacks.
    """
    language, digits = content.get("language", SOURCE), content.get("digits")
    known = {name: content[name] for name in ("activities", around) if name in content}
    switch = {"languages": languages, "names": {each: ALL[each].name for each in languages}} if languages else {}
    facts = {"facts": for_scripts()} if languages else {}
    about = {"language": language, "digits": digits, "draft": content.get("draft", False)}
    return {"strings": for_page(language, digits), **about, **known, **switch, **facts}


def packed(words: Mapping[str, object]) -> bytes:
    """Return data as a page unpacks them."""
    return compressed(canonical(words).encode())
