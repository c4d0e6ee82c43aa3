"""Homeroom's surveys: the classes and subjects of a school as they are on one day."""
