"""Transfers between schools of the installation, as each of the two knows them."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, UUID, Array, Date, Integer, Text, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.files.tables import StoredFile
from homeroom_school.tables.people import Guardian, Sex, Student
from homeroom_school.tables.status import StudentStatusChange


class TransferDirection(StrEnum):
    """Whether the student leaves this school or comes to it."""

    OUT = "out"
    IN = "in"


class TransferState(StrEnum):
    """The state of a transfer."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class TransferPart(StrEnum):
    """What is sent with a student beside name, sex and birth."""

    CONTACT = "contact"
    OTHER_NAMES = "other_names"
    IDENTIFIERS = "identifiers"
    GUARDIANS = "guardians"
    STATUS_HISTORY = "status_history"
    PHOTO = "photo"
    #: What other plugins send, such as results.
    RECORDS = "records"


class StudentTransfer(SchoolTable, tablename="student_transfer"):
    """A student leaves for another school of the installation, or comes from one (轉校, 转学, chuyển trường)."""

    direction = Varchar(length=10, default=None, choices=TransferDirection, help_text="Which way it leads.")
    parcel_id = UUID(default=None, help_text="The same in both schools.")
    student_id = belongs_to(Student, null=True)
    change_id = belongs_to(StudentStatusChange, null=True)
    other_school = Varchar(length=200, default=None, help_text="The name of the other school.")
    state = Varchar(length=20, default=TransferState.OFFERED, choices=TransferState)
    reason = Text(default="", help_text="Why the student leaves.")
    effective_on = Date(default=None, help_text="The first day at the new school.")
    expires_on = Date(default=None, help_text="The last day for an answer.")
    proposed_on = Date(default=None, help_text="The day of the offer.")
    answered_on = Date(null=True, default=None, help_text="The day on which it was settled.")
    answer = Text(default="", help_text="The message with the answer.")
    student_name = Varchar(
        length=400, null=True, default=None, help_text="Who is offered; empty again where nobody comes."
    )
    birth_date = Date(null=True, default=None, help_text="The day of birth of who is offered.")
    sex = Varchar(length=20, null=True, default=None, choices=Sex, help_text="As the other school has it.")
    class_name = Varchar(length=120, null=True, default=None, help_text="The class at the other school.")
    parts = coded(
        Array(base_column=Text(), default=list, help_text="What is sent, and the kinds of records."), "{contact}"
    )
    seal = coded(Varchar(length=64, default=None, help_text="SHA-256 of all that is sent, hexadecimal."), "0" * 64)
    version = Integer(default=1)


class TransferConsent(SchoolTable, tablename="transfer_consent"):
    """A student or a guardian consents to a transfer and to what is sent."""

    transfer_id = belongs_to(StudentTransfer)
    student_id = belongs_to(Student, null=True)
    guardian_id = belongs_to(Guardian, null=True)
    given_on = Date(default=None, help_text="The day on which it was given.")
    note = Varchar(length=400, default="", help_text="How, such as the number of the signed form.")


class TransferRecord(SchoolTable, tablename="transfer_record"):
    """A record that came with a student, as the other school wrote it; nobody changes it here."""

    transfer_id = belongs_to(StudentTransfer)
    student_id = belongs_to(Student)
    kind = coded(
        Varchar(length=80, default=None, help_text="What it is, such as gradebook.results."), "gradebook.results"
    )
    title = Varchar(length=200, default=None, help_text="What it is called.")
    content = JSONB(default=None, help_text="Its content.")
    seal = coded(Varchar(length=64, default=None, help_text="SHA-256 of the content, hexadecimal."), "0" * 64)
    file_id = belongs_to(StoredFile, null=True)
