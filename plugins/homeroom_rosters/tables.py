"""Which row came from which record of a roster."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, Text, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom_school.tables.calendar import SchoolYear

__all__ = ["RosterLink"]


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
