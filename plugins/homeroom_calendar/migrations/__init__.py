"""Migrations of the calendar. Its tables were made by the registry's, ``m0004_calendar`` and later ones."""
