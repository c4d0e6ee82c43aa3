"""The tables of talents."""
