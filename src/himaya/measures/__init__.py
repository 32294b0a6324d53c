"""Numbers for small classes: estimates with their intervals, and when there are too few people to tell. Pure."""
