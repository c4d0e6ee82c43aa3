"""Migrations of the surveys. Their tables were made by the registry's, ``m0012_surveys``."""
