"""The one Jinja environment of what is published: it escapes every text, and a name that is missing is an error.

Templates are given plain text. What is HTML already, such as prose, comes as `Markup`.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token
from markupsafe import Markup

from himaya.languages.facts import ALL, direction
from himaya.languages.isolates import marked_up, without_isolates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Template
    from jinja2.lexer import TokenStream

_INDENT = re.compile(r"\n[ \t]+")


class Continued(Extension):
    """Joins an indented line of a template to the line above it, so that no white space stands between elements."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template, the text between its tags without indentation."""
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, token.type, _INDENT.sub("", token.value))
            else:
                yield token


@cache
def environment() -> Environment:
    """Return the environment, with the templates and macros in `himaya/publish/templates`."""
    # Pages are trusted only as text here: autoescape is on, and `safe` stands only where a template says why.
    made = Environment(
        loader=PackageLoader("himaya.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[Continued],
        finalize=_escaped,
    )
    made.globals |= {"direction": direction, "languages": ALL}
    made.filters |= {"without_isolates": without_isolates}
    return made


def template(name: str) -> Template:
    """Return a template."""
    return environment().get_template(name)


def rendered(name: str, **known: object) -> Markup:
    """Return a template as HTML in which elements stand instead of isolates, without white space around it."""
    return _with_elements(template(name).render(known).strip())


def macro(name: str, *values: object) -> Markup:
    """Return what a macro of `macros.html` makes, as HTML in which elements stand instead of isolates."""
    return _with_elements(getattr(template("macros.html").module, name)(*values))


def _with_elements(html: str) -> Markup:
    return Markup(marked_up(html))  # noqa: S704 - templates escape


def _escaped(value: object) -> object:
    """Escape text with the entities of Python's `html`, as hashes of released files have them."""
    return value if hasattr(value, "__html__") else Markup(escape(str(value)))  # noqa: S704 - it is escaped
