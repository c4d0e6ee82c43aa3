"""The gradebook's papers. None of them claims to be an official form."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.documents import Document

_HERE: Final = Path(__file__).parent

_REPORT: Final = Document(
    name="gradebook.term_report",
    title="A student's marks of a term",
    query=(_HERE / "term_report.graphql").read_text(),
    template=_HERE / "term_report.typ",
    variables={"student": "The student.", "term": "The term."},
)

DOCUMENTS: Final = (_REPORT,)
