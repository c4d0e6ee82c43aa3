"""Vietnamese schools: the grading schemes of the Ministry's circulars.

The words are those of the circulars; codes are English so that programs of every region can compare them.
"""

from __future__ import annotations

from homeroom_vn.grading_schemes import VIETNAM

__all__ = ["VIETNAM"]
