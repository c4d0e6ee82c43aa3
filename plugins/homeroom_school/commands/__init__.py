"""What can be done in the registry: one function a verb of the office."""
