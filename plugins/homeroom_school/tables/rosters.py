"""What rosters told: which row came from which record, and what each import did."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, Text, Timestamptz, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom_school.tables.calendar import SchoolYear

__all__ = ["RosterChange", "RosterLink", "RosterName", "RosterRun", "RunKind"]


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
    #: It took back what an import had done.
    UNDO = "undo"


class RosterRun(SchoolTable, tablename="roster_run"):
    """One import of a roster, or its preview: what it did or would have done, and what it left out."""

    at = Timestamptz(default=None, help_text="When it ran.")
    kind = Varchar(length=20, default=None, choices=RunKind, help_text="Whether a roster came in or went out.")
    system = Varchar(length=60, default=None, help_text="Which other system it was for, or came from.")
    format = coded(Varchar(length=40, default=None, help_text="The format of the files."), "csv")
    report = JSONB(default=None, help_text="Rows created, changed, ended and left as they were; what was left out.")
    undoable_until = Timestamptz(
        null=True, default=None, help_text="Until when what an import did is kept, so that it can be undone."
    )
    undoes_id = UUID(null=True, default=None, help_text="The run that this one undid.")


class RosterName(SchoolTable, tablename="roster_name"):
    """Somebody or something that a run made, changed, moved, ended or found doubtful, by name."""

    run_id = belongs_to(RosterRun)
    position = Integer(default=0, help_text="Its place in the run's report.")
    done = Varchar(length=20, default=None, help_text="What was done.")
    noun = Varchar(length=60, default=None, help_text="What kind of row it is.")
    name = Text(default=None, help_text="What people call it.")
    row_id = UUID(null=True, default=None, help_text="The row; none where a rehearsal took it back.")
    detail = Text(default="", help_text="What of it changed.")


class RosterChange(SchoolTable, tablename="roster_change"):
    """What an import did to one row, kept for a time so that the import can be undone."""

    run_id = belongs_to(RosterRun)
    table_name = Varchar(length=63, default=None, help_text="The row's table.")
    row_id = UUID(default=None, help_text="The row.")
    person_id = UUID(null=True, default=None, help_text="Whose it is, where its own columns do not say so.")
    old_values = JSONB(null=True, default=None, help_text="What changed, before; none of a new row.")
    new_values = JSONB(null=True, default=None, help_text="What changed, after; none of a removed row.")
