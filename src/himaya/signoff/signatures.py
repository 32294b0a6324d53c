"""Who signed which part of a module, and what somebody objects to: `signatures.yaml` beside what is signed.

Only a file of findings, taken in by somebody who knows the reader, adds to it. Nothing here makes one.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints
from ruamel.yaml import YAML

from himaya.activities.format import LanguageCode, Text
from himaya.content.load import read_yaml, validate
from himaya.content.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILE = "signatures.yaml"
UNNAMED = "wishes to stay unnamed"
_HEAD = """\
# Written by `himaya findings`: who read which part, over the hash of what was read. Another text voids its line.
# A line that no reader's findings stand behind is a forgery; git says who wrote it.
"""
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Signature(Record):
    """Somebody has read a part whole and found nothing that is still open."""

    part: Text
    language: LanguageCode
    hash: Digest
    name: Text = Field(description=f"Or '{UNNAMED}'.")
    role: Text
    date: Day
    taken_in_by: Text = Field(description="Who took the findings in and knows the reader.")
    findings: Digest = Field(description="Of the file of findings, which is kept by whoever took it in.")


class Objection(Record):
    """Somebody rejects an entry as it stands: its part is a draft until it changes, or the same person accepts it."""

    entry: Text
    part: Text
    language: LanguageCode
    hash: Digest
    note: str = ""
    name: Text
    role: Text
    date: Day


class Signatures(Record):
    """signatures.yaml: of one module, of one course, of the interface, or of all local facts."""

    signatures: list[Signature] = Field(default_factory=list)
    objections: list[Objection] = Field(default_factory=list)

    def signed(self, part: str, language: str, wanted: str | None) -> Signature | None:
        """Return who signed exactly this text of a part, if anybody did."""
        same = (one for one in self.signatures if (one.part, one.language, one.hash) == (part, language, wanted))
        return next(same, None)

    def rejected(self, language: str, hashes: Iterable[tuple[str, str | None]]) -> bool:
        """Return whether somebody rejects one of these entries as it stands; each is an id with its hash."""
        known = {(one.entry, one.hash) for one in self.objections if one.language == language}
        return any(each in known for each in hashes)


def read_signatures(folder: Path) -> Signatures:
    """Return the signatures that lie in a folder; none where there is no such file.

    Raises:
        ContentError: If the file does not fit its format.
    """
    path = folder / FILE
    return validate(read_yaml(path, f"{folder.name}/{FILE}"), Signatures) if path.exists() else Signatures()


def write_signatures(folder: Path, signatures: Signatures) -> None:
    """Write the signatures of a folder; the newest last."""
    yaml = YAML()
    yaml.width = 200
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(signatures.model_dump(exclude_defaults=True), text)
    (folder / FILE).write_text(_HEAD + text.getvalue(), encoding="utf-8")
