"""Journals of answers, and hand-ins. It knows no activities."""
