"""Purposes that people are asked about, and their answers."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import UUID, Boolean, Integer, SmallInt, Text, Timestamptz, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.files.tables import StoredFile

__all__ = ["ConsentAnswer", "ConsentMeans", "ConsentPurpose", "ConsentReply", "ConsentSide"]


class ConsentReply(StrEnum):
    """What was answered."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ConsentMeans(StrEnum):
    """How the answer reached the school."""

    ONLINE = "online"
    PAPER = "paper"
    SPOKEN = "spoken"


class ConsentSide(StrEnum):
    """Who answered: the person, somebody who stands for the person, or both."""

    PERSON = "person"
    GUARDIAN = "guardian"
    BOTH = "both"


class ConsentPurpose(SchoolTable, tablename="consent_purpose"):
    """Something for which the school asks consent, such as photos on its website."""

    code = coded(Varchar(length=60, default=None, help_text="Unique; plugins ask by it."), "photos")
    title = Varchar(length=200, default=None, help_text="As people call it.")
    text = Text(default=None, help_text="What people are asked.")
    edition = Integer(default=1, help_text="Of the text; another text is another edition, and all are asked again.")
    legal_basis = Varchar(length=300, default=None, help_text="The law by title and article.")
    guardian_below_age = SmallInt(
        null=True, default=None, help_text="Below how many years a guardian answers; none: the person always does."
    )
    person_from_age = SmallInt(
        null=True,
        default=None,
        help_text="From how many years the person has to agree beside the guardian; none: the guardian is enough.",
    )
    active = Boolean(default=True, help_text="Whether people are asked.")
    version = Integer(default=1)


class ConsentAnswer(SchoolTable, tablename="consent_answer"):
    """One answer of one person to one purpose. Another answer is another row; the latest counts."""

    purpose_id = belongs_to(ConsentPurpose)
    person_kind = coded(Varchar(length=60, default=None, help_text="What kind of person it is."), "Student")
    person_id = UUID(default=None, help_text="The person's id.")
    edition = Integer(default=1, help_text="Of the text that was answered.")
    answer = Varchar(length=20, default=None, choices=ConsentReply, help_text="What was answered.")
    means = Varchar(length=20, default=ConsentMeans.ONLINE, choices=ConsentMeans, help_text="How it came.")
    side = Varchar(length=20, default=ConsentSide.BOTH, choices=ConsentSide)
    account_id = UUID(null=True, default=None)
    answered_by = Text(default=None, help_text="Who answered, or wrote the answer down.")
    answered_at = Timestamptz(default=None, help_text="When.")
    evidence_id = belongs_to(StoredFile, null=True)
