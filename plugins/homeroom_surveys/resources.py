"""Surveys of classes and subjects, for the office."""

from __future__ import annotations

from homeroom.resources import Resource, many, resource
from homeroom_surveys.tables import ClassSurvey, SurveyedClass, SurveyedSubject

RESOURCES: tuple[Resource, ...] = (
    resource(
        ClassSurvey,
        many("surveyed_classes", SurveyedClass.survey_id, order=("position",)),
        many("surveyed_subjects", SurveyedSubject.survey_id, order=("position",)),
        filters=("reference_date", "state", "school_year"),
        order=("reference_date",),
        default_order=("-reference_date",),
        enums={"state": "ClassSurveyState"},
    ),
    resource(
        SurveyedClass,
        many("subjects", SurveyedSubject.surveyed_class_id, order=("position",)),
        plural="surveyedClasses",
        filters=("survey", "school_class", "kind", "name", "grade", "vacancies", "position"),
        order=("position", "name", "students"),
        default_order=("position",),
        enums={"kind": "ClassKind"},
    ),
    resource(
        SurveyedSubject,
        filters=("survey", "surveyed_class", "subject", "teacher_count", "lessons", "position"),
        order=("position", "lessons", "teacher_count"),
        default_order=("position",),
    ),
)
