"""The papers of the talent bank."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.documents import Document

__all__ = ["DOCUMENTS"]

_PROFILE: Final = Document(
    name="talent.profile",
    title="Talents and achievements",
    query="""
    query TalentProfile($student: ID!) {
      student(id: $student) {
        code fullName otherNames { nodes { fullName } }
        currentEnrolment { schoolClass { name } }
        talentItems(first: 200, filter: {state: {eq: PUBLISHED}}, orderBy: [{field: HAPPENED_ON, direction: DESC}]) {
          nodes {
            section title titles happenedOn level award rank grade organiser hours
            category { title titles } teacher { fullName }
          }
        }
      }
    }
    """,
    template=Path(__file__).parent / "profile.typ",
    variables={"student": "The student."},
)

DOCUMENTS: Final = (_PROFILE,)
