"""The plugin ``photos``: its name, and what it requires."""

from __future__ import annotations

from homeroom.plugins import Plugin


class PhotosPlugin(Plugin):
    """Pictures of students and staff."""

    name = "photos"
    title = "Pictures of students and staff"
    requires = ("school", "files")


plugin = PhotosPlugin()
