"""The sound module with a translation in a repository of its own, and files of findings as its pages save them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.load import load_module
from himaya.publish.canonical import canonical
from himaya.signoff.findings import FORMAT, read_findings
from himaya.signoff.reading import hashes_of, parts_to_read
from himaya.signoff.seal import key_of, seal_of, secret_of
from himaya.signoff.standing import translations
from himaya.signoff.taking import take
from himaya.translation.domains import module_domain
from tests.content.sound import FIXTURES
from tests.i18n.pseudo import write_pseudo

if TYPE_CHECKING:
    from himaya.content.load import LoadedModule
    from himaya.signoff.findings import Read
    from himaya.signoff.taking import Taken

ISSUE = "0123456789abcdef"
TODAY = date(2026, 11, 28)
COUNTRY = """\
# What somebody has read.
settings:
  law:
    about: The law.
    value: Law No. 8 of 2011  # of the region
    source: An unofficial copy.
    status: verify
"""


@dataclass
class Desk:
    """A repository, and a reader who judges the sound module in it."""

    base: Path

    @property
    def module(self) -> Path:
        """The folder of the module."""
        return self.base / "modules" / "sound-module"

    def loaded(self) -> LoadedModule:
        """Return the module as it stands."""
        return load_module(self.module)

    def findings(self, language: str = "en", parts: list[str] | None = None, **changed: Any) -> dict[str, Any]:
        """Return what a page saves of a reader who accepts everything, with some fields otherwise; not sealed yet."""
        loaded = self.loaded()
        wanted = [part for part in parts_to_read(loaded, language) if parts is None or part.id in parts]
        hashes = hashes_of(loaded, language)
        kind = "dossier" if language == "en" else "review"
        return {
            "format": FORMAT,
            "about": {"kind": kind, "name": "sound-module", "language": language, "issue": ISSUE},
            "reader": {"name": "Huda", "unnamed": False, "role": "supervisor", "date": "2026-11-28"},
            "entries": [
                {"id": entry.id, "hash": hashes[entry.id], "verdict": "accept", "note": "", "corrections": []}
                for part in wanted
                for entry in part.entries
            ],
            "terms": [],
        } | changed

    def saved(self, findings: dict[str, Any]) -> bytes:
        """Return findings as their page saves them."""
        key = key_of(secret_of(self.base, make=True) or b"", ISSUE)
        return canonical({**findings, "seal": seal_of(key, findings)}).encode()

    def read(self, raw: bytes) -> Read:
        """Return a file of findings as it is read here."""
        return read_findings(raw, secret_of(self.base), today=TODAY)

    def take(self, findings: dict[str, Any], **options: Any) -> Taken:
        """Take findings in."""
        return take(self.read(self.saved(findings)), self.base, by="Sara", **options)

    def corrected(
        self, findings: dict[str, Any], old: str, new: str, everywhere: tuple[str, str] | None = None
    ) -> None:
        """Put a correction into findings, of the first entry in which a text stands."""
        language = findings["about"]["language"]
        known = {} if language == "en" else translations(self.module, language)
        for part in parts_to_read(self.loaded(), language):
            for entry in part.entries:
                for unit in entry.units:
                    now = unit.text if language == "en" else known[unit.place, unit.text][0]
                    judged = next((one for one in findings["entries"] if one["id"] == entry.id), None)
                    if now != old or judged is None:
                        continue
                    judged["verdict"] = "correct"
                    phrase = None if everywhere is None else dict(zip(("from", "to"), everywhere, strict=True))
                    judged["corrections"].append(
                        {"place": unit.place, "text": unit.text, "old": now, "new": new, "everywhere": phrase}
                    )
                    return
        raise AssertionError(old)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a repository with one module, its Arabic and one local fact."""
    folder = tmp_path / "modules" / "sound-module"
    shutil.copytree(FIXTURES / "sound-module", folder)
    write_pseudo(module_domain(folder), folder / "locale")
    (tmp_path / "courses").mkdir()
    (tmp_path / "courses" / "country.yaml").write_text(COUNTRY, encoding="utf-8")
    secret_of(tmp_path, make=True)
    return Desk(tmp_path)
