"""What can be read of the registry, and which rows each scope lets through.

Scopes: ``school`` (all), ``own_class`` (the caller is homeroom teacher of the class today), ``own_teaching``
(the caller teaches the class today), ``self`` (the caller is the person), ``children`` (the caller is
guardian of the person today).
"""

from __future__ import annotations

from typing import Final

from homeroom.parts import values_in
from homeroom.resources import Resource

RESOURCES: Final = values_in(__name__, Resource)
