"""Terms to decide: words of a translation on which only native readers can decide, once for every place."""

from __future__ import annotations

import io
import unicodedata
from typing import TYPE_CHECKING

from pydantic import Field
from ruamel.yaml import YAML

from himaya.activities.format import Id, Text
from himaya.content.load import validate, yaml_document
from himaya.content.record import Record
from himaya.signoff.parts import digest
from himaya.translation.glossary import read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Choice(Record):
    """One word that could be used."""

    id: Id
    text: Text
    why: Text = Field(description="What speaks for it, and against it; in English.")
    forms: dict[Text, Text] = Field(
        default_factory=dict, description="Each form that stands now, and what it becomes. Longer forms go first."
    )


class Decision(Record):
    """Who decided."""

    choice: Text
    name: Text
    role: Text
    date: Text


class Term(Record):
    """One question of words."""

    id: Id
    english: Text
    question: Text = Field(description="What has to be decided; in English.")
    now: Id = Field(description="The choice that stands in the translations now.")
    find: list[Text] = Field(min_length=1, description="Forms by which its places are found.")
    choices: list[Choice] = Field(min_length=2)
    decided: Decision | None = None

    @property
    def hash(self) -> str:
        """A name for exactly this question."""
        return digest(self.model_dump(mode="json", exclude={"decided"}))


class Terms(Record):
    """terms.yaml."""

    terms: list[Term]


TERMS = "terms.yaml"


def read_terms(words: Path, language: str) -> list[Term]:
    """Return the terms of one language; none where there is no such file.

    Args:
        words: The folder `languages` beside the modules.
        language: Whose terms.

    Raises:
        ContentError: If the file does not fit its format.
    """
    found = read_words(words, language, TERMS)
    return [] if found is None else validate(yaml_document(*found), Terms).terms


def write_decisions(words: Path, language: str, decided: dict[str, Decision]) -> None:
    """Write into the file of terms who decided what; its comments stay."""
    path = words / language / TERMS
    yaml = YAML()
    yaml.width = 120
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(path.read_text(encoding="utf-8"))
    for term in data["terms"]:
        if term["id"] in decided:
            decision = decided[term["id"]]
            if decision.choice in {choice["id"] for choice in term["choices"]}:
                term["now"] = decision.choice
            term["decided"] = decision.model_dump()
    text = io.StringIO()
    yaml.dump(data, text)
    path.write_text(text.getvalue(), encoding="utf-8")


def places_of(term: Term, texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each of `texts` (a place and a translation) in which the term stands."""
    return ((place, text) for place, text in texts if any(form in text for form in term.find))


def replaced(text: str, forms: dict[str, str]) -> str:
    """Return a text with every form replaced, each letter at most once: the longest form that fits wins."""
    done, at = [], 0
    known = sorted(forms, key=len, reverse=True)
    while at < len(text):
        found = next((form for form in known if text.startswith(form, at)), None)
        done.append(forms[found] if found else text[at])
        at += len(found) if found else 1
    return "".join(done)


def occurrences(text: str, phrase: str, *, whole: bool) -> Iterator[int]:
    """Yield where `phrase` stands in a text; `whole`: as whole words only.

    Arabic and Sorani write articles, prepositions and pronouns to the word, so there any place counts. The page that
    lists the places to a reader has the same rule (`widgets/player/src/reading/texts.js`).
    """
    at = text.find(phrase)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(phrase) : at + len(phrase) + 1]
        if not whole or not (_is_word(before) or _is_word(after)):
            yield at
        at = text.find(phrase, at + len(phrase))


def _is_word(letter: str) -> bool:
    return letter != "" and unicodedata.category(letter)[0] in "LMN"


def replaced_everywhere(text: str, phrase: str, new: str, *, whole: bool) -> str:
    """Return a text with each occurrence of a phrase replaced."""
    done, last = [], 0
    for at in occurrences(text, phrase, whole=whole):
        done += [text[last:at], new]
        last = at + len(phrase)
    return "".join([*done, text[last:]])
