"""Rosters and the registry's rows: importing a bundle into a school, and exporting it."""
