"""Migrations of transfers. Their tables were made by the registry's, ``m0011_transfers`` and later ones."""
