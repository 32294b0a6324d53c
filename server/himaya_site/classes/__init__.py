"""Classes, and what is known of the database itself."""
