"""The registry's papers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.documents import Document

_HERE: Final = Path(__file__).parent

_CLASS_LIST: Final = Document(
    name="school.class_list",
    title="Class list",
    query="""
    query ClassList($schoolClass: ID!) {
      schoolClass(id: $schoolClass) {
        name
        schoolYear { name }
        currentHomeroomAppointment { staff { fullName } }
        currentEnrolments(first: 200) {
          nodes { classNumber student { code fullName sex otherNames(first: 3) { nodes { fullName } } } }
        }
      }
    }
    """,
    template=_HERE / "class_list.typ",
    variables={"schoolClass": "The class."},
)

DOCUMENTS: Final = (_CLASS_LIST,)
