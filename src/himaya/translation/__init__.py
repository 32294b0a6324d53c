"""Translating content and interface: units, PO files and their checks."""
