"""Lets the plain `nbgrader` command line and formgrader work on this course directory."""

c = get_config()  # noqa: F821 - traitlets puts it here

c.CourseDirectory.course_id = "core-protection"
# Repairs grade cells that a trainee deleted.
c.OverwriteCells.add_missing_cells = True
# Feedback is written from the keys, the journal and the gradebook, never from the notebook.
c.GenerateFeedback.exporter_class = "himaya_autograde.feedback.exporter.FeedbackExporter"
c.GenerateFeedback.preprocessors = []
# Answers are a few kilobytes; nothing larger than this (in KB) comes back from a trainee.
c.CourseDirectory.max_file_size = 25_000
# Whatever lies in the exchange's inbound folder was written by somebody else.
c.ExchangeFactory.collect = "himaya_autograde.collect.CarefulCollect"
c.ExchangeFactory.release_feedback = "himaya_autograde.release_feedback.CarefulReleaseFeedback"
