"""nbgrader preprocessors, one to a file."""
