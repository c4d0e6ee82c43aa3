"""The operations that are measured, as a client of the product would write them."""

from __future__ import annotations

from typing import Final

__all__ = ["CLASS_GRADEBOOK", "HEAVY", "MARKS_BY_CLASS", "OPERATIONS", "SAVE_MARKS", "STUDENT_PAGE", "STUDENT_REPORT"]

#: The screen on which a subject teacher enters marks: whatever saving needs is in it.
CLASS_GRADEBOOK: Final = """
query ClassGradebook($book: ID!, $term: ID!) {
  gradebook(id: $book) {
    id
    schoolClass { name }
    subject { title }
    assessments(first: 20, filter: {term: {id: {eq: $term}}}) {
      nodes { id kind ordinal title coefficient }
    }
    subjectResults(first: 100, filter: {term: {id: {eq: $term}}}) {
      nodes {
        score
        student { id code fullName }
        marks(first: 20) { nodes { id number version assessment { id } } }
      }
    }
  }
}
"""

STUDENT_REPORT: Final = """
query StudentReport($student: ID!, $term: ID!) {
  student(id: $student) {
    id
    code
    fullName
    birthDate
    currentEnrolment { classNumber schoolClass { name } }
    subjectResults(first: 50, filter: {term: {id: {eq: $term}}}) {
      nodes {
        score
        gradebook { subject { code title } }
        marks(first: 20) { nodes { number assessment { kind ordinal } } }
      }
    }
  }
}
"""

STUDENT_PAGE: Final = """
query StudentPage($first: Int!, $after: String) {
  students(first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      code
      fullName
      sex
      birthDate
      currentEnrolment { classNumber schoolClass { id name } }
      guardianships(first: 5) { nodes { relation guardian { fullName phone email } } }
    }
  }
}
"""

SAVE_MARKS: Final = """
mutation SaveMarks($input: EnterMarksInput!) {
  enterMarks(input: $input) {
    marks { id number version subjectResult { id score } }
    errors { code message field row }
  }
}
"""

MARKS_BY_CLASS: Final = """
query MarksByClass {
  marksAggregate(groupBy: [{field: SCHOOL_CLASS}]) {
    totalCount
    groups { key { schoolClass { id name } } count average { number } }
  }
}
"""

#: Short name to what it is, in the order of reports.
OPERATIONS: Final = {
    "gradebook": "class gradebook: every student, six marks and the average, as the subject's teacher",
    "report": "a student's whole report of a term, as that student",
    "page": "a page of 50 students with class, guardians and total, as the registrar",
    "statistics": "number and average by class of all marks of the large school, as its registrar",
    "save": "saving one mark for each student of a class, with averages and audit, as the subject's teacher",
}

#: Operations of seconds to the connections that they are measured with; they are not measured in a crowd.
HEAVY: Final = {"statistics": 1}
