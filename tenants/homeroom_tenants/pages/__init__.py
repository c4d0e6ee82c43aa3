"""Pages for people who are not signed in, as files, and how the console shows who may use a school."""

from __future__ import annotations

from homeroom_tenants.pages.looks import LOOKS

__all__ = ["LOOKS"]
