"""What people are given back on their work."""
