"""Looking after an installation: what it does, whether it is well, and how it stops."""
