"""Who may read transfers and their records, and who offers and accepts."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule, allow

_ALL: Final = ("StudentTransfer", "TransferConsent", "TransferRecord")


RULES: Final[tuple[Rule, ...]] = (
    *allow(("admin", "principal", "registrar"), *_ALL),
    *allow(("principal", "registrar"), "StudentTransfer.*", "TransferRecord.*"),
    *allow(("principal", "registrar"), "transfers.*", action="run"),
    # What a new student brings from the school before is read by the homeroom teacher.
    *allow("teacher", "TransferRecord", "TransferRecord.*", scope="own_class"),
    *allow("student", *_ALL, "TransferRecord.*", scope="self"),
    *allow("guardian", *_ALL, "TransferRecord.*", scope="children"),
)
