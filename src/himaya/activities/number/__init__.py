"""The kind number."""
