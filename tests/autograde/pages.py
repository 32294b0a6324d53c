"""Read a page of feedback as a browser would: its tags, and the text of each activity."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

_EMPTY = ("meta", "link")


class Reader(HTMLParser):
    """What a page holds.

    Attributes:
        tags: How often each start tag stands there, with the names of its attributes.
        root: The attributes of `<html>`.
        text: All text, white space evened out.
        articles: The text of each activity, by id.
        quotes: The text of each block quotation, as it is.
    """

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.root: dict[str, str | None] = {}
        self.articles: dict[str, str] = {}
        self.quotes: list[str] = []
        self._here: str | None = None
        self._open: list[str] = []
        self.feed(markup)
        self.close()
        assert self._open == [], "every element is closed"
        self.text = " ".join(self.articles.pop("").split())
        self.articles = {name: " ".join(text.split()) for name, text in self.articles.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[" ".join([tag, *(name for name, _ in attrs)])] += 1
        if tag == "html":
            self.root = dict(attrs)
        if tag not in _EMPTY:
            self._open.append(tag)
        if tag == "article":
            self._here = str(dict(attrs)["data-activity"])
            assert self._here not in self.articles
        if tag == "blockquote":
            self.quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag == "article":
            self._here = None

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        for place in {"", self._here or ""}:
            self.articles[place] = self.articles.get(place, "") + data
        if "blockquote" in self._open:
            self.quotes[-1] += data

    def handle_comment(self, data: str) -> None:
        message = f"a comment: {data}"
        raise AssertionError(message)
