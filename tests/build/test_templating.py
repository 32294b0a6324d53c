"""The environment of all templates: it escapes, it knows every name, and isolates become elements."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from himaya.languages.isolates import END, VALUE
from himaya.publish.templating import environment, macro, template


def _made(source: str, **known: object) -> str:
    return environment().from_string(source).render(known)


def test_text_is_escaped_and_html_is_not() -> None:
    text = '<b>it\'s "here" & there</b>'
    assert _made("{{ text }}", text=text) == "&lt;b&gt;it&#x27;s &quot;here&quot; &amp; there&lt;/b&gt;"
    assert _made("{{ text }}", text=Markup("<b>here</b>")) == "<b>here</b>"
    assert _made("{% macro of(text) %}<i>{{ text }}</i>{% endmacro %}{{ of('<') }}") == "<i>&lt;</i>"


def test_missing_name_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'title' is undefined"):
        _made("<h1>{{ title }}</h1>")


def test_indented_line_continues_the_line_above() -> None:
    assert _made("<ul>\n  {% for one in 'ab' %}\n    <li>{{ one }}</li>\n  {% endfor %}\n  </ul>\n<p>") == (
        "<ul><li>a</li><li>b</li></ul>\n<p>"
    )
    assert _made("{{ one }} {{ one }}", one="a") == "a a"


def test_isolates_become_elements_but_not_in_attributes() -> None:
    name = f"{VALUE}Nadia{END}"
    made = str(macro("quick_exit", lambda _: name))
    assert made.count("<bdi>Nadia</bdi>") == 1
    assert 'aria-label="Nadia"' in made
    assert 'title="Nadia"' in made


@pytest.mark.parametrize("name", environment().list_templates(extensions=["html"]))
def test_template_compiles(name: str) -> None:
    assert template(name).name == name
