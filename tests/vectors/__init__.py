"""What Python says of some activities and values, for pytest and node:test; `python -m tests.vectors.record` writes."""
