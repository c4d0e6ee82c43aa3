"""A plugin that has jobs of every kind, and nothing to do with schools."""
