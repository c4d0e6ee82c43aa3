"""The tables of the talent bank."""
