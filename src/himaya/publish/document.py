"""The HTML around what a page without a server shows: its policy, its exit, its script."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from himaya.languages.isolates import marked_up
from himaya.publish.canonical import in_script
from himaya.publish.templating import rendered, template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.publish.edition import Edition
    from himaya.publish.page_code import Code, Kind


def shown_text(text: str) -> str:
    """Return text as HTML."""
    return marked_up(escape(text.strip()))


def hash_of(text: str) -> str:
    """Return what a page's policy calls a script or styles."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def document(edition: Edition, kind: Kind, title: str, main: str, data: Mapping[str, Any], address: str) -> str:
    """Return a page that others lead to, at `address`; `main` is HTML."""
    main = f'<div id="himaya-warning"></div>{main}'
    return _whole(edition, kind, title, main, data, needs="page-needs-script", ways=edition.ways(address))


def document_of_steps(edition: Edition, title: str, main: str, data: Mapping[str, Any]) -> str:
    """Return a module's page; its script shows one step at a time and fills the header."""
    return _whole(edition, "module", title, main, data, needs="page-needs-script")


def document_alone(edition: Edition, kind: Kind, title: str, main: str, data: Mapping[str, Any]) -> str:
    """Return a page that leads nowhere: it may travel by itself."""
    return _whole(edition, kind, title, main, data, needs="page-is-script", leads=False)


def _whole(
    edition: Edition,
    kind: Kind,
    title: str,
    main: str,
    data: Mapping[str, Any],
    *,
    needs: str,
    leads: bool = True,
    ways: Sequence[tuple[str, str]] = (),
) -> str:
    inner = Markup(main)  # noqa: S704 - made by templates
    body = rendered("page.html", say=edition.sentence, needs=needs, leads=leads, ways=ways, main=inner)
    return page_of_code(edition.code[kind], edition.language, title, kind, body, data)


def page_of_code(code: Code, language: str, title: str, kind: str, body: Markup, data: Mapping[str, Any]) -> str:
    """Return a whole HTML file that runs `code` alone on `data`: nothing else runs, and nothing is asked for but where
    the code asks its own server."""
    return template("document.html").render(
        language=language,
        title=title,
        kind=kind,
        body=body,
        data=Markup(in_script(data)),  # noqa: S704 - JSON without `<`
        script=code.script,
        styles=code.styles,
        script_hash=hash_of(code.script),
        styles_hash=hash_of(code.styles),
        asks=code.asks,
    )
