"""Migrations of the webhooks."""
