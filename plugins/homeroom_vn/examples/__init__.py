"""Worked examples of the circulars: how each kind of example is put to the rules.

An example's words are those that schools write (Tốt, Khá, Tb, Toán); unknown words and unknown parts are
refused, so that an example never passes because something in it was overlooked.
"""

from __future__ import annotations

from homeroom_vn.examples.primary import PRIMARY_RUNNERS
from homeroom_vn.examples.roadmap import ROADMAP_RUNNERS
from homeroom_vn.examples.subject_averages import AVERAGE_RUNNERS
from homeroom_vn.examples.tt22 import TT22_RUNNERS
from homeroom_vn.examples.tt58 import TT58_RUNNERS

__all__ = ["RUNNERS"]

RUNNERS = {**AVERAGE_RUNNERS, **TT22_RUNNERS, **TT58_RUNNERS, **PRIMARY_RUNNERS, **ROADMAP_RUNNERS}
