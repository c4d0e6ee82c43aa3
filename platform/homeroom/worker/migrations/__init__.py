"""Migrations of jobs and their queue."""
