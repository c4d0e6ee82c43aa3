"""The registry's papers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.documents import Document

__all__ = ["DOCUMENTS"]

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

DOCUMENTS: Final = (_CLASS_LIST, _CLASS_SURVEY)
