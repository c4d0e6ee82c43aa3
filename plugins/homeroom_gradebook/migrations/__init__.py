"""Migrations of the gradebook, in order."""
