"""The plugin ``vn``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin
from homeroom_vn.schemes import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom_gradebook import SchemeFamily

__all__ = ["plugin"]


class VietnamPlugin(Plugin):
    """Vietnamese schools: grading schemes of the circulars, and the preset of a new school."""

    name = "vn"
    title = "Vietnam"
    requires = ("school", "gradebook")

    @hookimpl
    def grading_schemes(self) -> Sequence[SchemeFamily]:
        """The circulars on assessment."""
        return [VIETNAM]


plugin = VietnamPlugin()
