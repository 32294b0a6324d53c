"""What every course's `nbgrader_config.py` sets, so that nbgrader's commands and formgrader grade as Himaya does."""

from __future__ import annotations

from typing import Any

_BEFORE = (
    *("IncludeHeaderFooter", "InstantiateTests", "LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata"),
    "ComputeChecksums",
)
_AFTER = ("ClearHiddenTests", "ClearMarkScheme", "ComputeChecksums", "CheckCellMetadata")

MAX_FILE_SIZE = 25_000
"""In KB. Answers are a few kilobytes; nothing larger than this comes back from a trainee."""


def configure(c: Any, course: str) -> None:
    """Configure nbgrader for one course.

    Args:
        c: What `get_config()` returns.
        course: The course's id.
    """
    c.CourseDirectory.course_id = course
    # Answers are data: no kernel, no cell of the notebook that a trainee sent.
    c.Autograde.exporter_class = "himaya_autograde.preprocessors.asdata.TrustedNotebook"
    c.Autograde.sanitize_preprocessors = []
    c.Autograde.autograde_preprocessors = [
        "himaya_autograde.preprocessors.asdata.GradeAsData",
        "himaya_autograde.preprocessors.asdata.SaveGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    # As nbgrader's, but for SaveEditions: a class may move on to another edition after hand-ins were graded.
    c.GenerateAssignment.preprocessors = [
        *(f"nbgrader.preprocessors.{name}" for name in _BEFORE),
        "himaya_autograde.preprocessors.asdata.SaveEditions",
        *(f"nbgrader.preprocessors.{name}" for name in _AFTER),
    ]
    # Feedback is written from the keys, the journal and the gradebook, never from the notebook.
    c.GenerateFeedback.exporter_class = "himaya_autograde.feedback.exporter.FeedbackExporter"
    c.GenerateFeedback.preprocessors = []
    c.CourseDirectory.max_file_size = MAX_FILE_SIZE
    # Whatever lies in the exchange's inbound folder was written by somebody else.
    c.ExchangeFactory.collect = "himaya_autograde.collect.CarefulCollect"
    c.ExchangeFactory.release_feedback = "himaya_autograde.release_feedback.CarefulReleaseFeedback"
    c.ExportApp.plugin_class = "himaya_autograde.export.CarefulCsv"
