"""Codes of schools in Hong Kong."""

from __future__ import annotations

from typing import Final

from homeroom.code_tables import CodeTable

__all__ = ["CODE_TABLES"]

CODE_TABLES: Final = (
    # Changes of status that schools of the region do not know.
    CodeTable(
        "school.status_change",
        region="hk",
        unused=(
            "retain",
            "hold_admission",
            "take_up_admission",
            "cancel_admission",
            "expel",
            "complete",
            "graduate_after_completion",
            "move_down",
            "extend",
            "change_programme",
        ),
    ),
)
