"""Rosters: bundles of CSV files from other systems, brought into the registry and out of it."""
