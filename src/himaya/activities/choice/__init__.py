"""The kind choice."""
