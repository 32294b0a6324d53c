"""Servers: home page, practice apps, the platform on one machine."""
