"""Turn an author's activity into the plain data that both engines run on."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from himaya.activities.format import Mark
from himaya.activities.kinds import CODE, format_of, without_key
from himaya.languages.digits import in_digits
from himaya.languages.facts import ALL
from himaya.languages.interface import interface
from himaya.publish.canonical import canonical

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.activities.code.format import CodeItem
    from himaya.activities.format import Claim
    from himaya.activities.kind import Compiled
    from himaya.content.load import Activity
    from himaya.content.module import Module
    from himaya.languages.facts import Digits


@dataclass(frozen=True)
class _Writer:
    """Writes out what only the whole module knows, in one language."""

    module: Module
    language: str
    digits_of: Digits
    folder: Path | None = None

    def cite(self, claim: Claim) -> list[str]:
        return readable_sources(claim, self.module, self.language)

    def principle(self, principle: str | None) -> str | None:
        texts = {known.id: known.text for known in self.module.principles}
        return principle if principle is None else texts.get(principle, principle)

    def picture(self, place: str) -> str:
        assert self.folder is not None  # noqa: S101 - who compiles an activity with a picture has its module's folder
        return f"data:image/svg+xml;base64,{b64encode((self.folder / place).read_bytes()).decode()}"

    def behaviours(self) -> list[dict[str, str]]:
        return [{"id": one.id, "level": one.level, "text": one.text} for one in self.module.behaviours]

    def digits(self, text: str) -> str:
        return in_digits(text, self.digits_of)


def compile_activity(
    activity: Activity,
    module: Module,
    language: str = "en",
    digits: Digits = "western",
    folder: Path | None = None,
) -> Compiled:
    """Return `activity` with its key as JSON data, with a hash of the part that a trainee sees.

    Sources and principles are written out as the trainee reads them. What is listed by ids is in an order that has
    nothing to do with the key; each trainee's own order is drawn from that. `folder` holds the pictures.
    """
    fields = format_of(activity.kind).compile(activity, _Writer(module, language, digits, folder))
    points = 0 if activity.mode == "pretest" else activity.points
    common = {"id": activity.id, "kind": activity.kind, "mode": activity.mode, "version": module.version}
    whole = cast("Compiled", {**common, "language": language, **fields, "points": points})
    digest = hashlib.sha256(canonical(without_key(whole)).encode()).hexdigest()
    return {**whole, "hash": digest[:16]}


def compile_code(item: CodeItem, module: Module, language: str = "en") -> dict[str, Any]:
    """Return what the hidden tests of a code item declare, as `himaya_autograde.codecells` reads it."""
    fields = format_of(CODE).compile(item, _Writer(module, language, "western"))
    points, source = fields.pop("points"), fields.pop("source")
    return {**fields, "language": language, "points": points, "source": source}


def visible(activity: Compiled) -> Compiled:
    """Return what is released to a trainee: practice teaches at once and ships whole; all else ships no key.

    What has to be right to pass says so before it is answered. No part of the hash, since it changes no answer.
    """
    if activity["mode"] == "practice":
        return activity
    public = without_key(activity)
    return {**public, "safety_critical": True} if activity.get("safety_critical") else public


def caveats(language: str) -> dict[Mark, str]:
    """Return what is said of a claim that is not settled, by its mark."""
    return {mark: str(interface(language)[f"mark-{mark}"]) for mark in get_args(Mark)}


def readable_sources(claim: Claim, module: Module, language: str = "en") -> list[str]:
    """Return each source of a claim as a reader needs it: title, year, place; then what is still open about it."""
    lines = []
    for reference in claim.source:
        code, _, place = (part.strip() for part in reference.partition(":"))
        known = module.sources.get(code)
        if known is None:
            lines.append(reference)
        elif code == "design":
            lines.append(place or known.title)
        else:
            lines.append(ALL[language].comma.join(filter(None, [f"{known.title} ({known.year})", place])))
    return lines + [caveats(language)[mark] for mark in claim.marks]
