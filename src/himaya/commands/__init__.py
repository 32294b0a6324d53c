"""The himaya command; the only room that may import all others."""
