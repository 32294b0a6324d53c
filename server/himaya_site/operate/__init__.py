"""What is done to all that is kept: forget, erase, end, compact."""
