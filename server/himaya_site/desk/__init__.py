"""What staff see and do. Views only."""
