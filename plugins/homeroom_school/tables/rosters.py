"""What rosters told: which row came from which record, and what each import did."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, Text, Timestamptz, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom_school.tables.calendar import SchoolYear

__all__ = ["RosterLink", "RosterRun", "RunKind"]


class RosterLink(SchoolTable, tablename="roster_link"):
    """A record of a roster and the row that it became, so that the next import changes that row."""

    system = Varchar(length=60, default=None, help_text="Which other system the roster came from.")
    noun = coded(
        Varchar(length=20, default=None, help_text="What kind of record: student, section, enrolment, ..."), "student"
    )
    source_id = Text(default=None, help_text="The record's id there, or the ids that it joins.")
    #: The school year of records whose ids are used again in another year.
    school_year_id = belongs_to(SchoolYear, null=True)
    row_id = UUID(null=True, default=None, help_text="The row that it became; none if it only is kept.")
    position = Integer(default=0, help_text="The record's place in its file.")
    made = Boolean(default=False, help_text="Whether a roster made the row; a row that was there keeps its own.")
    present = Boolean(default=True, help_text="Whether the last import still had the record.")
    ended_on = Date(
        null=True, default=None, help_text="The last day that an import gave the row because the record was gone."
    )
    record = JSONB(default=None, help_text="The record as it was read, without passwords.")


class RunKind(StrEnum):
    """What an import was for."""

    PREVIEW = "preview"
    IMPORT = "import"


class RosterRun(SchoolTable, tablename="roster_run"):
    """One import of a roster, or its preview: what it did or would have done, and what it left out."""

    at = Timestamptz(default=None, help_text="When it ran.")
    kind = Varchar(length=20, default=None, choices=RunKind, help_text="Whether a roster came in or went out.")
    system = Varchar(length=60, default=None, help_text="Which other system it was for, or came from.")
    format = coded(Varchar(length=40, default=None, help_text="The format of the files."), "csv")
    report = JSONB(default=None, help_text="Rows created, changed, ended and left as they were; what was left out.")
