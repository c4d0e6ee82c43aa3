"""The process sheet: steps, responsible persons, deadlines and version of each flow."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.documents import Document

__all__ = ["DOCUMENTS"]

_PROCESSES: Final = Document(
    name="approvals.processes",
    title="Processes",
    query="""
    query Processes($language: String) {
      approvalFlows(language: $language) {
        name title version expiresDays
        steps { name title place decidedBy escalatesTo days fromAmount conditional another leftOut possible }
      }
    }
    """,
    template=Path(__file__).parent / "processes.typ",
)

DOCUMENTS: Final = (_PROCESSES,)
