"""Migrations of the audit's seals."""
