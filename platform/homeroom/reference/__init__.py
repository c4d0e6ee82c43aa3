"""The reference pages of the documentation, made from the code that they speak of.

``homeroom reference write`` writes them; a test fails where a page says something else than the code. They speak of
the plugins that come with Homeroom, whatever else is installed.
"""

from __future__ import annotations

from homeroom.reference.pages import COMMAND, PAGES, bundled, refuse_stale_installation, render, write

__all__ = ["COMMAND", "PAGES", "bundled", "refuse_stale_installation", "render", "write"]
