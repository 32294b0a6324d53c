"""Direction inside a line: isolates hold foreign text together where markup is impossible; a page has elements.

U+2068 ... U+2069 is a value put into a sentence, such as a name or a number. U+2066 ... U+2069 is English that
stands in for a translation. Translators never write them, so wherever they stand the program put them.
"""

from __future__ import annotations

import re

VALUE, ENGLISH, END = "\u2068", "\u2066", "\u2069"
_ELEMENTS = {VALUE: ("<bdi>", "</bdi>"), ENGLISH: ('<span class="himaya-english" lang="en" dir="ltr">', "</span>")}
_MARK = re.compile(f"[{VALUE}{ENGLISH}{END}]")
_TAG = re.compile(r"(<[^>]*>)")
_TEXT_ONLY = ("<title", "<option", "<textarea", "<script", "<style")  # hold no elements
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def isolated(sentence: str) -> str:
    """Return a sentence in which each `{placeholder}` will keep its value apart from the text around it."""
    return _PLACEHOLDER.sub(rf"{VALUE}{{\1}}{END}", sentence)


def as_english(text: str) -> str:
    """Return English text marked as standing in for a translation, line by line: each may become its own paragraph."""
    return "\n".join(f"{ENGLISH}{line}{END}" if line.strip() else line for line in text.split("\n"))


def without_isolates(text: str) -> str:
    """Return plain text, for files and for fonts that draw a box instead of an isolate."""
    return text.translate({ord(mark): None for mark in (VALUE, ENGLISH, END)})


def marked_up(html: str) -> str:
    """Return HTML, or Markdown, with elements instead of isolates; inside tags and where one is not closed, without."""
    if END not in html and VALUE not in html and ENGLISH not in html:
        return html
    parts = _TAG.split(html)
    for at, part in enumerate(parts):
        if not _MARK.search(part):
            continue
        text_only = part.startswith("<") or (at > 0 and parts[at - 1].startswith(_TEXT_ONLY))
        parts[at] = without_isolates(part) if text_only else _elements(part)
    return "".join(parts)


def _elements(text: str) -> str:
    out: list[str] = []
    closing: list[tuple[int, str]] = []
    for character in text:
        if character in _ELEMENTS:
            opened, closed = _ELEMENTS[character]
            closing.append((len(out), closed))
            out.append(opened)
        elif character == END:
            out.append(closing.pop()[1] if closing else "")
        else:
            out.append(character)
    for place, _ in closing:  # never closed: text that was cut
        out[place] = ""
    return "".join(out)
