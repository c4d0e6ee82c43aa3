"""Clubs that another system keeps: a plugin with no more than tables, and an import that maps records to columns."""
