"""What each import did, whom it named, and what it changed."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, UUID, Boolean, Date, Text, Timestamptz, Varchar
from piccolo.columns import Integer as IntegerColumn

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.files.tables import StoredFile

__all__ = ["ImportChange", "ImportLink", "ImportName", "ImportRun", "RunKind", "RunState"]


class RunKind(StrEnum):
    """What a run was for."""

    #: Everything was done, reported and rolled back.
    PREVIEW = "preview"
    IMPORT = "import"
    #: It took back what an import had done.
    UNDO = "undo"


class RunState(StrEnum):
    """How far a run has come."""

    #: A job will run it, or runs it now.
    WAITING = "waiting"
    DONE = "done"
    #: The file was refused, and nothing was written; the run lists the problems.
    REFUSED = "refused"


class ImportRun(SchoolTable, tablename="import_run"):
    """One import of a file, its rehearsal or its undoing: what it did or would have done, and what it left out."""

    at = Timestamptz(default=None, help_text="When it ran, or was asked for.")
    kind = Varchar(length=20, default=None, choices=RunKind, help_text="What the run was for.")
    state = Varchar(length=20, default=RunState.DONE, choices=RunState, help_text="How far it has come.")
    command = coded(
        Varchar(length=120, default=None, help_text="The import, such as `school.room.import`."), "school.room.import"
    )
    system = Varchar(length=60, default="", help_text="Which other system the file came from; empty if none was named.")
    format = coded(Varchar(length=40, default=None, help_text="The format of the file."), "csv")
    file_name = Varchar(length=255, default="", help_text="The name of the file.")
    login = Text(default="", help_text="Who imported it.")
    report = JSONB(default="{}", help_text="Rows created, changed, ended and left as they were; what was left out.")
    problems = JSONB(default="[]", help_text="Why the file was refused: each problem with its line and column.")
    options = JSONB(default="{}", help_text="What the caller chose, for the job that runs it.")
    undoable_until = Timestamptz(
        null=True, default=None, help_text="Until when what an import did is kept, so that it can be undone."
    )
    undoes_id = UUID(null=True, default=None, help_text="The run that this one undid.")
    job_id = UUID(null=True, default=None, help_text="The job that runs it.")
    file_id = belongs_to(StoredFile, null=True)


class ImportName(SchoolTable, tablename="import_name"):
    """Somebody or something that a run created, changed, moved, ended or found doubtful, by name."""

    run_id = belongs_to(ImportRun)
    position = IntegerColumn(default=0, help_text="Its place in the run's report.")
    done = Varchar(length=20, default=None, help_text="What was done.")
    noun = Varchar(length=60, default=None, help_text="What kind of row it is.")
    name = Text(default=None, help_text="What people call it.")
    row_id = UUID(null=True, default=None, help_text="The row; none where a rehearsal took it back.")
    detail = Text(default="", help_text="What of it changed.")


class ImportChange(SchoolTable, tablename="import_change"):
    """What an import did to one row, kept for a time so that the import can be undone."""

    run_id = belongs_to(ImportRun)
    table_name = Varchar(length=63, default=None, help_text="The row's table.")
    row_id = UUID(default=None, help_text="The row.")
    person_id = UUID(null=True, default=None, help_text="Whose it is, where its own columns do not say so.")
    old_values = JSONB(null=True, default=None, help_text="What changed, before; none of a new row.")
    new_values = JSONB(null=True, default=None, help_text="What changed, after; none of a removed row.")


class ImportLink(SchoolTable, tablename="import_link"):
    """A record of another system and the row that it became, so that the next import changes that row."""

    command = coded(
        Varchar(length=120, default=None, help_text="The import, such as `rosters.roster.import`."),
        "rosters.roster.import",
    )
    system = Varchar(length=60, default=None, help_text="Which other system the record came from.")
    noun = coded(
        Varchar(length=60, default=None, help_text="What kind of record: student, section, enrolment, ..."), "student"
    )
    source_id = Text(default=None, help_text="The record's id there, or the ids that it joins.")
    within_id = UUID(
        null=True, default=None, help_text="The school year or the like, where ids are used again in another one."
    )
    row_id = UUID(null=True, default=None, help_text="The row that it became; none if the record only is kept.")
    position = IntegerColumn(default=0, help_text="The record's place in its file.")
    made = Boolean(default=False, help_text="Whether an import created the row; a row that was there keeps its own.")
    present = Boolean(default=True, help_text="Whether the last import still had the record.")
    ended_on = Date(
        null=True, default=None, help_text="The last day that an import gave the row because the record was gone."
    )
    record = JSONB(default=None, help_text="What the record said, for the next file to be compared with.")
