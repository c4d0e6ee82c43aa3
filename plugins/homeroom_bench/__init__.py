"""Measuring the product against a bare handler and against the ordinary way: ``homeroom bench``."""
