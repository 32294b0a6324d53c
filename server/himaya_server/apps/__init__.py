"""The mentor's practice apps: a gallery and a Voilà server that exposes its own apps and nothing else."""
