"""The HTML around what a page without a server shows: its policy, its exit, its script."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING, Any

from himaya.languages.facts import ALL, direction
from himaya.languages.interface import sentence
from himaya.languages.isolates import marked_up, without_isolates
from himaya.publish.dense import dense
from himaya.publish.packing import packed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.publish.page import Edition, Kind


def shown_text(text: str) -> str:
    """Return text as HTML."""
    return marked_up(escape(text.strip()))


def plain_text(text: str) -> str:
    """Return text for an attribute or a title, which hold no elements."""
    return escape(without_isolates(text), quote=True)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _switch(edition: Edition, address: str) -> str:
    """Return links to the same page in the other languages, each in its own words."""
    links = [
        f'<a href="../{other}/{address}" lang="{other}" dir="{direction(other)}" hreflang="{other}">'
        f"{ALL[other].name}</a>"
        for other in edition.languages
        if other != edition.language
    ]
    return f'<span class="languages">{" ".join(links)}</span>' if links else ""


def document(  # noqa: PLR0913, PLR0917 - the parts of a page
    edition: Edition,
    kind: Kind,
    title: str,
    main: str,
    data: Mapping[str, Any],
    address: str = "",
    nav: str = "",
) -> str:
    """Return a page that others lead to, at `address`."""
    code = edition.code[kind]
    course = "" if kind == "index" else f'<a href="index.html">{shown_text(edition.course.title)}</a>'
    header = (
        f'<header><a class="skip" href="#start">{edition.say("to-text")}</a>{course}'
        f'{_switch(edition, address)}<div id="himaya-warning"></div></header>\n'
    )
    return (
        f"{_head(edition, title, code.script, code.script, code.styles)}"
        f'<meta name="referrer" content="no-referrer">\n<style>{code.styles}</style>\n</head>\n'
        f'<body class="{kind}">\n{_exit(edition, "quick-exit-help")}{header}{nav}<main>'
        f'<noscript><p class="draft">{edition.say("page-needs-script")}</p></noscript>{main}</main>\n'
        f'<script type="application/json" id="himaya-data">{packed(data)}</script>\n'
        f"<script>{code.script}</script>\n</body>\n</html>\n"
    )


def dense_document(edition: Edition, kind: Kind, title: str, main: str, data: Mapping[str, Any]) -> str:
    """Return a page that leads nowhere and is written as densely as can be.

    What is dense stands first, where gzip gives it a table of its own: that is worth 200 bytes.
    """
    code = edition.code[kind]
    written = dense("\n".join((packed(data), main.replace("\n", " "), code.styles, code.script)))
    first = f'<script type="application/json" id="himaya-data">{written}</script>\n'
    return (
        f"{_head(edition, title, code.opens, code.script, code.styles, first)}</head>\n"
        f'<body class="scenario">\n{_exit(edition, "")}'
        f'<main><noscript><p class="draft">{edition.say("page-is-script")}</p></noscript></main>\n'
        f"<script>{code.opens}</script>\n</body>\n</html>\n"
    )


def _head(  # noqa: PLR0913, PLR0917 - the parts of a head
    edition: Edition, title: str, runs: str, script: str, styles: str, first: str = ""
) -> str:
    scripts = " ".join(f"'sha256-{_hash(each)}'" for each in dict.fromkeys((runs, script)))
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'sha256-{_hash(styles)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{edition.language}" dir="{direction(edition.language)}">\n<head>\n'
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"{first}<title>{plain_text(title)}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
    )


def _exit(edition: Edition, tip: str) -> str:
    about = f' title="{plain_text(sentence(tip, edition.language))}"' if tip else ""
    return (
        f'<aside class="himaya-exit" aria-label="{plain_text(sentence("quick-exit", edition.language))}">'
        f'<a href="about:blank"{about}>{edition.say("quick-exit")}</a>'
        f"<span>{edition.say('training-notice')} {edition.say('exit-honest')}</span></aside>\n"
    )
