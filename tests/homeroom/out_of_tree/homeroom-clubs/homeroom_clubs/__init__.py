"""Clubs of a school."""
