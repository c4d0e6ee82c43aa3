"""Entry rounds: when marks may be entered."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import UUID, Array, Integer, Timestamptz, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom_school.tables import SchoolClass, Term

__all__ = ["EntryRound", "RoundStatus"]


class RoundStatus(StrEnum):
    """Where a round stands."""

    OPEN = "open"
    CLOSED = "closed"


class EntryRound(SchoolTable, tablename="entry_round"):
    """A time in which marks of a term may be entered (đợt nhập điểm)."""

    title = Varchar(length=120, default=None, help_text="As people call it.")
    term_id = belongs_to(Term)
    kind = coded(
        Varchar(length=40, null=True, default=None, help_text="Only assessments of this kind; none: every kind."),
        "final",
    )
    school_class_id = belongs_to(SchoolClass, null=True)
    opens_at = Timestamptz(default=None, help_text="From when marks may be entered.")
    closes_at = Timestamptz(null=True, default=None, help_text="When it ends by itself; none: when somebody closes it.")
    status = Varchar(length=10, default=RoundStatus.OPEN, choices=RoundStatus, help_text="Whether it is open.")
    reason = Varchar(length=500, null=True, default=None, help_text="Why it was opened again.")
    #: The account and the persons of who opened it for corrections; empty for a first round.
    opened_by = Array(base_column=UUID(), default=list)
    version = Integer(default=1)
