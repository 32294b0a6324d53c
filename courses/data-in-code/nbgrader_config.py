"""Lets the plain `nbgrader` command line and formgrader work on this course directory."""

from himaya_autograde.configuration import configure

configure(get_config(), "data-in-code")  # noqa: F821 - traitlets puts it here
