"""The family of Vietnamese grading schemes, with runners for worked examples of the circulars."""

from __future__ import annotations

from homeroom_gradebook.scheme_choice import SchemeFamily
from homeroom_vn.examples import RUNNERS
from homeroom_vn.rules import TT22, TT27, TT30, TT58

__all__ = ["GRADING_SCHEMES", "VIETNAM"]

VIETNAM = SchemeFamily("vn", (TT30(), TT27(), TT58(), TT22()), RUNNERS)
GRADING_SCHEMES = (VIETNAM,)
