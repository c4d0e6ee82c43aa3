"""The tables of the registry outside every space, each with its reason."""

from __future__ import annotations

from typing import Final

GLOBAL_TABLES: Final[dict[str, str]] = {
    "school_parcel": "on its way from one school to another, and gone once both know the answer",
    "school_parcel_file": "a part of the parcel",
}
