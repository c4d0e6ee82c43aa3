"""Papers of the surveys."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.documents import Document

__all__ = ["DOCUMENTS"]

_HERE: Final = Path(__file__).parent

_CLASS_SURVEY: Final = Document(
    name="school.class_survey",
    title="Survey of classes and subjects",
    query="""
    query ClassSurvey($survey: ID!) {
      classSurvey(id: $survey) {
        schoolYear { name }
        referenceDate state confirmedOn lessonsFrom lessonsTo classes boys girls others students unplaced
        surveyedClasses(first: 500) {
          nodes { grade name homeroomTeachers boys girls others students away places vacancies }
        }
        surveyedSubjects(first: 500, orderBy: [{field: POSITION}]) {
          totalCount
          nodes { className subjectTitle teachers teacherCount lessons periodsPerYear }
        }
        moreSubjects: surveyedSubjects(first: 500, filter: {position: {gt: 500}}, orderBy: [{field: POSITION}]) {
          nodes { className subjectTitle teachers teacherCount lessons periodsPerYear }
        }
      }
    }
    """,
    template=_HERE / "class_survey.typ",
    variables={"survey": "The survey."},
)

DOCUMENTS: Final = (_CLASS_SURVEY,)
