"""Migrations of the files' rows."""
