"""Grade a whole cohort: workers read and grade folders, one process writes the gradebook."""
