"""Tests of a class: its store, its service, its commands."""
