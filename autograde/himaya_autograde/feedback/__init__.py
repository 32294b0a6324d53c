"""Feedback: one page for each submission, from the keys, the journal and the gradebook; never from the notebook."""
