"""Which parts of a module a reader of one language judges, and their hashes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from himaya.content.country import read_country
from himaya.content.prose import COUNTRY
from himaya.languages.facts import SOURCE
from himaya.signoff.dangers import read_reading
from himaya.signoff.parts import FACTS, Entry, Part, parts_of
from himaya.signoff.standing import fact_hash, translations
from himaya.translation.units import Unit

if TYPE_CHECKING:
    from himaya.content.country import Country
    from himaya.content.load import LoadedModule


def fact_part(loaded: LoadedModule, country: Country) -> Part | None:
    """Return the local facts that a module shows, each signed for itself, or None where it shows none."""
    wanted = dict.fromkeys(found[1] for cell in loaded.cells for found in COUNTRY.finditer(cell.source))
    entries = []
    for name in wanted:
        setting = country.settings.get(name)
        if setting is None:
            continue
        texts = [(key, text) for key in ("about", "value", "source") if (text := getattr(setting, key))]
        units = tuple(
            Unit(f"country.{name}.{key}", text, "a local fact", "courses/country.yaml") for key, text in texts
        )
        shown = {key: f"\ue000{at}\ue001" for at, (key, _) in enumerate(texts)}
        checked: dict[str, object] = {"unchecked": True}
        if setting.status == "checked":
            checked = {"last_checked": str(setting.last_checked), "checked_by": setting.checked_by}
        elif setting.day is not None:
            checked = {"last_read": str(setting.last_read), "read_only": True}
        entries.append(
            Entry(f"fact.{name}", "fact", name, units, fact_hash(setting), shown={**shown, **checked}, activity=None)
        )
    return Part(FACTS, "Local facts", tuple(entries)) if entries else None


def parts_to_read(loaded: LoadedModule, language: str = SOURCE) -> list[Part]:
    """Return the parts that a reader of one language judges: a specialist also reads dangers and local facts."""
    if language != SOURCE:
        parts = parts_of(loaded)
        return [replace(part, entries=tuple(e for e in part.entries if e.units)) for part in parts]
    facts = fact_part(loaded, read_country(loaded.path.parent.parent))
    parts = parts_of(loaded, read_reading(loaded.path))
    return [*parts[:-1], *([facts] if facts else []), parts[-1]]


def hashes_of(loaded: LoadedModule, language: str = SOURCE) -> dict[str, str | None]:
    """Return the hash of every entry that a reader of one language judges, by id; None where a text is missing."""
    known = {} if language == SOURCE else translations(loaded.path, language)
    entries = [entry for part in parts_to_read(loaded, language) for entry in part.entries]
    return {entry.id: entry.hash if language == SOURCE else entry.translated_hash(known) for entry in entries}
