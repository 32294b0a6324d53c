"""What is kept beside the texts of modules: no field is lost in silence, and nothing of it is translated."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Base of what is read from files of signatures, findings, dangers, terms, glossaries and patterns."""

    model_config = ConfigDict(extra="forbid", frozen=True)
