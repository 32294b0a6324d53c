"""Interview: a conversation with one person; what is told depends on trust and on what was said before."""
