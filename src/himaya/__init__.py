"""Himaya: protection capacity development as notebooks, assignments, apps and pages."""

__version__ = "0.2.0"
