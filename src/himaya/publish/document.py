"""The HTML around what a page without a server shows: its policy, its exit, its script."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING, Any

from himaya.languages.facts import ALL, direction
from himaya.languages.interface import sentence
from himaya.languages.isolates import marked_up, without_isolates
from himaya.publish.canonical import in_script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.publish.edition import Edition
    from himaya.publish.page_code import Code, Kind


_ASKS = "; connect-src 'self'; font-src 'self'"


def shown_text(text: str) -> str:
    """Return text as HTML."""
    return marked_up(escape(text.strip()))


def plain_text(text: str) -> str:
    """Return text for an attribute or a title, which hold no elements."""
    return escape(without_isolates(text), quote=True)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def language_links(edition: Edition, address: str) -> str:
    """Return links to the same page in the other languages, each in its own words."""
    links = [
        f'<a href="../{other}/{address}" lang="{other}" dir="{direction(other)}" hreflang="{other}">'
        f"{ALL[other].name}</a>"
        for other in edition.languages
        if other != edition.language
    ]
    return f'<span class="languages">{" ".join(links)}</span>' if links else ""


def document(
    edition: Edition,
    kind: Kind,
    title: str,
    main: str,
    data: Mapping[str, Any],
    address: str,
) -> str:
    """Return a page that others lead to, at `address`."""
    header = f'<a class="skip" href="#start">{edition.say("to-text")}</a>{language_links(edition, address)}'
    main = f'<div id="himaya-warning"></div>{main}'
    return _whole(edition, kind, title, header, "page-needs-script", main, data)


def document_of_steps(edition: Edition, title: str, main: str, data: Mapping[str, Any]) -> str:
    """Return a module's page; its script shows one step at a time and fills the header."""
    header = f'<a class="skip" href="#start">{edition.say("to-text")}</a>'
    return _whole(edition, "module", title, header, "page-needs-script", main, data)


def document_alone(edition: Edition, kind: Kind, title: str, main: str, data: Mapping[str, Any]) -> str:
    """Return a page that leads nowhere: it may travel by itself."""
    return _whole(edition, kind, title, "", "page-is-script", main, data)


def _whole(
    edition: Edition, kind: Kind, title: str, header: str, without_script: str, main: str, data: Mapping[str, Any]
) -> str:
    body = f'<header class="himaya-top">{_exit(edition)}{header}</header>\n<main>'
    noscript = f'<noscript><p class="draft">{edition.say(without_script)}</p></noscript>'
    return page_of_code(edition.code[kind], edition.language, title, kind, f"{body}{noscript}{main}</main>\n", data)


def page_of_code(code: Code, language: str, title: str, kind: str, body: str, data: Mapping[str, Any]) -> str:
    """Return a whole HTML file that runs `code` alone on `data`: nothing else runs, and nothing is asked for but where
    the code asks its own server."""
    policy = (
        f"default-src 'none'; script-src 'sha256-{_hash(code.script)}'; style-src 'sha256-{_hash(code.styles)}'; "
        f"img-src data:; base-uri 'none'; form-action 'none'{_ASKS if code.asks else ''}"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction(language)}">\n<head>\n'
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{plain_text(title)}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f'<meta name="referrer" content="no-referrer">\n<style>{code.styles}</style>\n</head>\n'
        f'<body class="{kind}">\n{body}'
        f'<script type="application/json" id="himaya-data">{in_script(data)}</script>\n'
        f"<script>{code.script}</script>\n</body>\n</html>\n"
    )


def _exit(edition: Edition) -> str:
    name, tip = (plain_text(sentence(key, edition.language)) for key in ("quick-exit", "quick-exit-help"))
    return (
        f'<aside class="himaya-exit" aria-label="{name}">'
        f'<a href="about:blank" title="{tip}">{edition.say("quick-exit")}</a></aside>'
    )
