"""Lessons from the files of timetabling systems."""
