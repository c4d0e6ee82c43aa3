"""The contract of a grading scheme: a named, versioned, dated value made of pure functions.

A scheme holds the rules of one regulation for one group of grades. It does no I/O, knows no clock and no
school: it is given marks and answers results. The gradebook asks it what must be assessed, stores what it
answers together with the scheme's stamp, and never computes anything itself. All words that people read are
data of the scheme.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from homeroom_gradebook.scales import CodeScale, Label, Scale, Value

Period = Literal["term", "year"]
"""What a result speaks of: one term, or the school year as a whole."""


@dataclass(frozen=True, slots=True)
class SubjectPlan:
    """What a scheme must know of a subject as one class is taught it.

    Args:
        code: the school's code of the subject; results and errors name it.
        measure: ``scored`` where numbers are given, ``commented`` where only a judgement is.
        periods_per_year: lessons planned for the whole year.
        key: what the subject is in the eyes of the regulation (``math``), where a rule names it.
        terms: the terms in which it is taught, counted from 1.
        specialised: the class was formed for this subject.
    """

    code: str
    measure: Literal["scored", "commented"]
    periods_per_year: int
    key: str | None = None
    terms: tuple[int, ...] = (1, 2)
    specialised: bool = False


@dataclass(frozen=True, slots=True)
class RequiredAssessment:
    """A kind of assessment that a term of a subject needs.

    Args:
        kind: ``regular``, ``midterm``, ``final`` or another kind of the scheme, with its words.
        count: how many of them the term needs.
        coefficient: the weight of each in the average; zero where it enters none.
        scale: what may be written.
    """

    kind: Label
    count: int
    coefficient: int
    scale: Scale


class SubjectResult(NamedTuple):
    """What a term or a year of one subject came to. A tuple, because each entry of marks makes a hundred.

    Args:
        score: the average, or the mark of the closing test; none for a judgement only.
        code: the judgement; none for a number only.
    """

    score: Decimal | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectStanding:
    """A subject beside its result; no result while required marks are missing."""

    subject: SubjectPlan
    result: SubjectResult | None


@dataclass(frozen=True, slots=True)
class Trait:
    """Something judged by the homeroom teacher and not by a subject: conduct, a quality, a competence."""

    code: str
    label: str
    scale: CodeScale


@dataclass(frozen=True, slots=True)
class TraitYear:
    """The year's level of a trait as the terms suggest it.

    Args:
        code: level code of the trait's scale.
        decided: whether the regulation settles it; if not, a person decides and this is only the default.
    """

    code: str
    decided: bool


@dataclass(frozen=True, slots=True)
class OverallResult:
    """The level over all subjects.

    Args:
        level: the level that counts.
        unadjusted: the level before the regulation's mercy for a single subject; equal to ``level`` without
            it.
        average: the mean over subjects; only where the regulation has one.
    """

    level: Label
    unadjusted: Label
    average: Decimal | None = None


class PromotionCode(StrEnum):
    """What becomes of a student at the end of a year, in words that hold for every region."""

    PROMOTED = "promoted"
    COMPLETED = "completed"
    RETEST = "retest"
    SUMMER_TRAINING = "summer_training"
    REVIEW = "review"
    RETAINED = "retained"


@dataclass(frozen=True, slots=True)
class Promotion:
    """A proposal, never a decision: the school decides.

    Args:
        code: what becomes of the student.
        label: the regulation's words for it.
        reason: stable code of the condition that decided (``absences``, ``learning``, ``conduct``, ...), or
            ``met``.
    """

    code: PromotionCode
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class PeriodRecord:
    """Everything known of one student in one period.

    Args:
        period: a term or the year.
        grade: grade level, 1 to 12.
        subjects: every subject that counts, exempted ones left out.
        traits: level code by trait code.
        absences: sessions missed, excused or not; none while nobody has counted them.
        commended: a person has recognised the student where the regulation asks for that.
    """

    period: Period
    grade: int
    subjects: tuple[SubjectStanding, ...]
    traits: Mapping[str, str] = field(default_factory=dict)
    absences: int | None = None
    commended: bool = False


@dataclass(frozen=True, slots=True)
class SchemeSetting:
    """A point that the regulation leaves open, decided by the school.

    Args:
        name: name of the setting.
        default: what holds where the school has said nothing.
        choices: every value, the default among them.
        meaning: what is decided, in a sentence or two.
    """

    name: str
    default: str
    choices: tuple[str, ...]
    meaning: str


@runtime_checkable
class GradingScheme(Protocol):
    """The rules of one regulation. Schemes are immutable values, so any number of commands may share one.

    Partial marks never give a result: while something required is missing, the answer is ``None``.
    """

    def __hash__(self) -> int:
        """Schemes are values: they may be kept in sets and as keys."""

    @property
    def name(self) -> str:
        """Stable name, with the region in front: ``vn.secondary``."""

    @property
    def version(self) -> str:
        """The regulation and its year, as people cite it: ``TT22/2021``."""

    @property
    def settings(self) -> tuple[SchemeSetting, ...]:
        """The open points that a school may decide."""

    @property
    def stamp(self) -> str:
        """Version and every setting that differs from its default; stored beside each result."""

    @property
    def terms(self) -> int:
        """Terms in a school year."""

    def configured(self, choices: Mapping[str, str]) -> Self:
        """This scheme with the school's choices; refuses a name or value that it does not have."""

    def applies(self, grade: int, school_year_start: int) -> bool:
        """Whether it governs this grade in the school year that starts in this calendar year."""

    def traits(self, grade: int) -> tuple[Trait, ...]:
        """What the homeroom teacher judges in this grade."""

    def assessments(self, subject: SubjectPlan, grade: int, term: int) -> tuple[RequiredAssessment, ...]:
        """What a term needs, in the order of the gradebook's columns; nothing where it is not taught."""

    def subject_term_result(
        self, subject: SubjectPlan, grade: int, term: int, marks: Mapping[str, Sequence[Value]]
    ) -> SubjectResult | None:
        """The result of a term, from the marks that exist by kind of assessment."""

    def subject_year_result(
        self, subject: SubjectPlan, terms: Mapping[int, SubjectResult | None]
    ) -> SubjectResult | None:
        """The result of a year, from the stored (rounded) results of its terms."""

    def overall(self, record: PeriodRecord) -> OverallResult | None:
        """The level over all subjects; nothing while one has no result or in a period without levels.

        Refuses, with a code of the region, where the rules need something that no entry can supply.
        """

    def trait_year(self, trait: str, terms: Mapping[int, str]) -> TraitYear | None:
        """The year's level of a trait, from the levels of its terms; nothing while one is missing."""

    def title(self, record: PeriodRecord, overall: OverallResult) -> Label | None:
        """The title earned in a period, if any."""

    def promotion(
        self, record: PeriodRecord, overall: OverallResult, *, after_summer: bool = False
    ) -> Promotion | None:
        """The proposal at the end of a year; nothing while conduct or absences are unknown.

        Args:
            record: the year.
            overall: its level.
            after_summer: re-assessment and training are over, so nothing further can be proposed.
        """

    def eligible(self, record: PeriodRecord) -> tuple[str, ...]:
        """Codes of the subjects that may be assessed again after the year, in the order of the record."""

    def reassess(self, record: PeriodRecord, results: Mapping[str, SubjectResult]) -> PeriodRecord | None:
        """The year with some subjects' results replaced; nothing where one of them may not be."""
