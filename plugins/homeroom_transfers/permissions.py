"""Who may read transfers and their records, and who offers and accepts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from homeroom.permissions import Rule

_ALL: Final = ("StudentTransfer", "TransferConsent", "TransferRecord")


def _rules() -> Iterator[Rule]:
    for role in ("admin", "principal", "registrar"):
        for each in _ALL:
            yield Rule(role, each)
    for role in ("principal", "registrar"):
        for each in ("StudentTransfer", "TransferRecord"):
            yield Rule(role, f"{each}.*")
        yield Rule(role, "transfers.*", "run")
    # What a new student brings from the school before is read by the homeroom teacher.
    for each in ("TransferRecord", "TransferRecord.*"):
        yield Rule("teacher", each, scope="own_class")
    for role, scope in (("student", "self"), ("guardian", "children")):
        for each in (*_ALL, "TransferRecord.*"):
            yield Rule(role, each, scope=scope)


RULES: Final[tuple[Rule, ...]] = tuple(_rules())
