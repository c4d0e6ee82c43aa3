"""Migrations of custom fields."""
