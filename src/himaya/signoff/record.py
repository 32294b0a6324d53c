"""What signing keeps in files: no field is lost in silence, and nothing of it is translated."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Base of what is read from files of signatures, findings, terms and dangers."""

    model_config = ConfigDict(extra="forbid", frozen=True)
