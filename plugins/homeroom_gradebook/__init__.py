"""The gradebook: assessments, entry rounds, marks, and what they come to.

Its words are those of every school: assessment, mark, entry round, average, conduct, title, promotion. The
rules that turn marks into results are grading schemes, which regional plugins bring; the gradebook itself
knows no region.
"""

from __future__ import annotations

from homeroom_gradebook.examples import Example, ExampleFault, ExampleRunner
from homeroom_gradebook.scales import BadMark, CodeScale, Label, NumberScale, Scale, Value
from homeroom_gradebook.scheme_choice import (
    AmbiguousScheme,
    ClashingSchemes,
    NoScheme,
    NotEligible,
    SchemeFamily,
    UnjudgeableRecord,
    UnknownSetting,
    checked_choices,
    resolve_scheme,
    settings_stamp,
)
from homeroom_gradebook.schemes import (
    GradingScheme,
    OverallResult,
    Period,
    PeriodRecord,
    Promotion,
    PromotionCode,
    Reassessment,
    RequiredAssessment,
    SchemeSetting,
    SubjectPlan,
    SubjectResult,
    SubjectStanding,
    Trait,
    TraitYear,
)

__all__ = [
    "AmbiguousScheme",
    "BadMark",
    "ClashingSchemes",
    "CodeScale",
    "Example",
    "ExampleFault",
    "ExampleRunner",
    "GradingScheme",
    "Label",
    "NoScheme",
    "NotEligible",
    "NumberScale",
    "OverallResult",
    "Period",
    "PeriodRecord",
    "Promotion",
    "PromotionCode",
    "Reassessment",
    "RequiredAssessment",
    "Scale",
    "SchemeFamily",
    "SchemeSetting",
    "SubjectPlan",
    "SubjectResult",
    "SubjectStanding",
    "Trait",
    "TraitYear",
    "UnjudgeableRecord",
    "UnknownSetting",
    "Value",
    "checked_choices",
    "resolve_scheme",
    "settings_stamp",
]
