"""Lets the plain `nbgrader` command line and formgrader work on this course directory."""

c = get_config()  # noqa: F821 - traitlets puts it here

c.CourseDirectory.course_id = "core-protection"
# Repairs grade cells that a trainee deleted.
c.OverwriteCells.add_missing_cells = True
# Stock feedback shows the source of every cell, hidden tests included; ours shows the answers.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "himaya_autograde.preprocessors.hidesource.HideSource",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
# Answers are a few kilobytes; nothing larger than this (in KB) comes back from a trainee.
c.CourseDirectory.max_file_size = 25_000
