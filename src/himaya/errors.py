"""Every error of ours. Its message is a whole sentence for a person: what is wrong and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class HimayaError(Exception):
    """The root: whoever shows errors to a person shows these as sentences and anything else as a defect."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault, where it is and what to do about it, in one sentence."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return `file:line: text`, as editors understand it."""
        return f"{self.file}:{self.line}: {self.text}"


class ContentError(HimayaError):
    """The text files cannot be used as they are. Holds every problem found so far."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order of their files and lines."""
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


class CourseError(HimayaError):
    """A step of a course could not be taken."""


class JournalError(HimayaError):
    """The journal could not be read or written. `code` names a sentence of the interface catalogue."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


class KeysError(HimayaError):
    """The keys of a module cannot be read."""


class MarksError(HimayaError):
    """The gradebook does not know a submission."""


class SubmissionError(HimayaError):
    """A submission cannot be graded."""


class SandboxError(HimayaError):
    """There is no sandbox here; the sentence says how to get one."""


class WorkerError(HimayaError):
    """A process of our own gave no answer, or says why not: a sentence, or the key of one in the interface."""

    def in_words(self, say: Mapping[str, str]) -> str:
        """Return it in the language of the interface `say`, where that has it."""
        return str(say.get(str(self), self))


class ClassError(HimayaError):
    """A class's store or service cannot do what was asked."""
