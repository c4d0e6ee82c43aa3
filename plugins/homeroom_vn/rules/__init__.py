"""The circulars on assessment, one file each; which of them governs depends on grade and school year."""

from __future__ import annotations

from homeroom_vn.rules.tt22_2016 import TT30
from homeroom_vn.rules.tt22_2021 import TT22
from homeroom_vn.rules.tt27_2020 import TT27
from homeroom_vn.rules.tt58_2011 import TT58

__all__ = ["TT22", "TT27", "TT30", "TT58"]
