"""The kind text."""
