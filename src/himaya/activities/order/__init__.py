"""The kind order."""
