"""The gradebook's papers. None of them claims to be an official form."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.documents import Document

__all__ = ["DOCUMENTS"]

_HERE: Final = Path(__file__).parent

_REPORT: Final = Document(
    name="gradebook.term_report",
    title="A student's marks of a term",
    query="""
    query TermReport($student: ID!, $term: ID!) {
      student(id: $student) {
        code
        fullName
        currentEnrolment { schoolClass { name } }
        subjectResults(first: 60, filter: {term: {id: {eq: $term}}}) {
          nodes {
            score
            code
            exempt
            schemeVersion
            gradebook { subject { title } }
            marks(first: 40) { nodes { number code assessment { kind ordinal position } } }
          }
        }
        results(first: 5, filter: {term: {id: {eq: $term}}}) { nodes { average levelLabel titleLabel schemeVersion } }
      }
      term(id: $term) { name schoolYear { name } }
    }
    """,
    template=_HERE / "term_report.typ",
    variables={"student": "The student.", "term": "The term."},
)

DOCUMENTS: Final = (_REPORT,)
