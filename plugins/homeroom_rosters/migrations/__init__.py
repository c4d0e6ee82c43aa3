"""Migrations of rosters. Their table was made by the registry's, ``m0001_registry`` and later ones."""
