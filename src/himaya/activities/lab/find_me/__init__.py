"""The lab find-me: who can be found in a table."""
