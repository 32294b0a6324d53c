"""Trainees and staff: cards, devices, and what was done with somebody's account."""
