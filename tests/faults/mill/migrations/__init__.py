"""The tables of the mill."""
