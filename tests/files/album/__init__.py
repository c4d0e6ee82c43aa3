"""A small plugin whose rows refer to files."""
