"""The kind match."""
