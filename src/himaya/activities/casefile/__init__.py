"""The kind casefile: papers that a worker fills in one after the other, kept together."""
