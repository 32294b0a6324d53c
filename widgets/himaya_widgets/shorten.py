"""Give the names of our own scripts one or two letters, so that a page for a weak link is smaller.

Not a tool for any JavaScript: it knows no scopes. A name is renamed everywhere or nowhere, and left alone wherever it
could be a property, a key, or a word in a text. What it leaves must be as it was: the tests run it.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, product
from string import ascii_letters
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_DECLARED = (
    re.compile(r"\b(?:function|const|let) (\w+)"),
    re.compile(r"\bfunction \w+\(([^()]*)\)"),
    re.compile(r"(?<![\w.])\(([\w, ]+)\) =>"),
    re.compile(r"(?<![\w.])(\w+) =>"),
    re.compile(r"\[([\w, ]+)\](?: =|\) =>)"),
)
_OTHER_USES = (
    re.compile(r"(?<!\.\.)\.(\w+)"),  # a property
    re.compile(r"(\w+):"),  # a key
    re.compile(r"\{([^{};\n]*)\}"),  # a key without a value, or what is taken out of an object
    re.compile(r"^ *(?:async )?(\w+),?$", re.MULTILINE),  # the same on a line of its own
    re.compile(r"^ *(?:async )?(?!function)(\w+)\([^;]*\) \{$", re.MULTILINE),  # a method
)
_KEYWORDS = frozenset(
    _WORD.findall(
        "async await break case catch const continue default delete do else false finally for function if in new null"
        " instanceof let of return this throw true try typeof undefined void while as is"
    )
)
_LONG = 3  # letters, from which on a shorter name is worth it


def shortened(script: str, keep: Collection[str] = ()) -> str:
    """Return `script`, still indented, with shorter names for what it declares itself, but for those to `keep`."""
    lines = script.split("\n")
    # A template or a pattern may hold words that look like names: such lines are left alone.
    plain = "\n".join(line for line in lines if "`" not in line and "/" not in line)
    texts = [*_STRING.findall(plain), *(line for line in lines if "`" in line or "/" in line)]
    code = _STRING.sub('""', plain)
    declared = _words(chain.from_iterable(pattern.findall(code) for pattern in _DECLARED))
    elsewhere = _words(chain.from_iterable(pattern.findall(code) for pattern in _OTHER_USES))
    names = declared - elsewhere - _words(texts) - _KEYWORDS - set(keep)
    words = _WORD.findall(script)
    counts = Counter(word for word in words if word in names and len(word) >= _LONG)
    taken = {*words, *_KEYWORDS}
    short = ("".join(letters) for count in (1, 2) for letters in product(ascii_letters, repeat=count))
    free = (name for name in short if name not in taken)
    new = {word: next(free) for word, _ in counts.most_common()}
    return _WORD.sub(lambda word: new.get(word[0], word[0]), script)


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}
