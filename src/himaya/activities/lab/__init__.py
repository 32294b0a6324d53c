"""The kind lab: a piece of work over a pure, seeded model."""
