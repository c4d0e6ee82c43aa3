"""Migrations of pictures. Their table was made by the registry's, ``m0010_photos``."""
