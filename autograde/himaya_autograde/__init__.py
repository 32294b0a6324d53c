"""Grading: what a locked grade cell calls, and what handing in needs. Importing this loads no nbgrader."""

from himaya_autograde.scoring import score

__all__ = ["score"]
