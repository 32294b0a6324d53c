"""The kind code: a graded code cell."""
