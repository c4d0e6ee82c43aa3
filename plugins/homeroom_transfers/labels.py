"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

LABELS: Final = {"TransferDirection.out": "Transfer out", "TransferDirection.in": "Transfer in"}
