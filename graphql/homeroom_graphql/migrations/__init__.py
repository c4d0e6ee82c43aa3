"""Migrations of the GraphQL part."""
