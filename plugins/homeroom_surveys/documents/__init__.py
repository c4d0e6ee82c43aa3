"""Papers of the surveys."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.documents import Document

_HERE: Final = Path(__file__).parent

_CLASS_SURVEY: Final = Document(
    name="school.class_survey",
    title="Survey of classes and subjects",
    query=(_HERE / "class_survey.graphql").read_text(),
    template=_HERE / "class_survey.typ",
    variables={"survey": "The survey."},
)

DOCUMENTS: Final = (_CLASS_SURVEY,)
