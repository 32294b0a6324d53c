"""The kind scenario: a branching story."""
