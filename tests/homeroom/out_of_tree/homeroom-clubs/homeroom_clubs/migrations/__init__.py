"""The tables of clubs."""
