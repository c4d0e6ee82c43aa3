"""A plugin that tells people things, and nothing else."""
