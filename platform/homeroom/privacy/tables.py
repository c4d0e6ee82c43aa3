"""Copies, requests for erasure, and holds. None of them says more of a person than an id."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, UUID, Array, Boolean, Date, Integer, SmallInt, Text, Timestamptz, Varchar

from homeroom.data_categories import DataCategory
from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.files.tables import StoredFile
from homeroom.privacy.consent_tables import ConsentAnswer, ConsentPurpose

__all__ = [
    "ConsentAnswer",
    "ConsentPurpose",
    "ErasureBasis",
    "ErasureState",
    "LegalHold",
    "PersonCopy",
    "PersonErasure",
    "RetentionRule",
]

_KIND = "What kind of person it is, such as Student."
_PERSON = "The person's id."


class ErasureState(StrEnum):
    """How far a request for erasure has come."""

    ASKED = "asked"
    ERASED = "erased"
    REFUSED = "refused"


class ErasureBasis(StrEnum):
    """Why a person is to be erased.

    As listed by the Personal Information Protection Law of mainland China, art. 47, and, for what is no longer
    required, the Personal Data (Privacy) Ordinance of Hong Kong (Cap. 486), s. 26.
    """

    REQUEST = "request"
    RETENTION = "retention"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    UNLAWFUL = "unlawful"


class PersonCopy(SchoolTable, tablename="person_copy"):
    """A copy of everything that the school has about one person, to be fetched for some days."""

    person_kind = coded(Varchar(length=60, default=None, help_text=_KIND), "Student")
    person_id = UUID(default=None, help_text=_PERSON)
    account_id = UUID(null=True, default=None)
    login = Text(default=None, help_text="Who asked for it.")
    made_at = Timestamptz(default=None, help_text="When it was made.")
    kept_until = Date(default=None, help_text="The last day on which it can be fetched.")
    file_id = belongs_to(StoredFile)


class LegalHold(SchoolTable, tablename="legal_hold"):
    """A person's data must be kept for now, such as for a lawsuit. Nobody is erased meanwhile."""

    person_kind = coded(Varchar(length=60, default=None, help_text=_KIND), "Student")
    person_id = UUID(default=None, help_text=_PERSON)
    reason = Varchar(length=500, default=None, help_text="Why.")
    placed_by = Text(default=None, help_text="Who placed it.")
    placed_at = Timestamptz(default=None, help_text="When it was placed.")
    lifted_by = Text(null=True, default=None, help_text="Who lifted it.")
    lifted_at = Timestamptz(null=True, default=None, help_text="When it was lifted; none while it holds.")


class PersonErasure(SchoolTable, tablename="person_erasure"):
    """A person that is to be erased, or was: the tombstone, which says how much of what and never who it was."""

    person_kind = coded(Varchar(length=60, default=None, help_text=_KIND), "Student")
    person_id = UUID(default=None, help_text=_PERSON)
    basis = Varchar(length=40, default=ErasureBasis.REQUEST, choices=ErasureBasis, help_text="Why.")
    categories = coded(
        Array(base_column=Text(), default=list, help_text="What of the person; empty for the whole person."), "{image}"
    )
    left_on = Date(null=True, default=None, help_text="The day of leaving from which it was counted.")
    state = Varchar(length=20, default=ErasureState.ASKED, choices=ErasureState, help_text="How far it has come.")
    plan = JSONB(default="[]", help_text="By table: what happens, to how many rows, and why those stay that do.")
    asked_account = UUID(null=True, default=None)
    asked_by = Text(default=None, help_text="Who asked.")
    asked_at = Timestamptz(default=None, help_text="When it was asked for.")
    decided_by = Text(null=True, default=None, help_text="Who approved or refused.")
    decided_at = Timestamptz(null=True, default=None, help_text="When it was decided.")
    audit_erased_at = Timestamptz(null=True, default=None, help_text="When the audit lost its values, too.")


class RetentionRule(SchoolTable, tablename="retention_rule"):
    """How long the school keeps the data of one kind of persons after they have left. Without a rule it keeps them.

    A rule of one category takes precedence over the rule of the whole person.
    """

    person_kind = coded(Varchar(length=60, default=None, help_text=_KIND), "Student")
    category = Varchar(
        length=40,
        null=True,
        default=None,
        choices=DataCategory,
        help_text="Which data; none: all without a rule of their own.",
    )
    months = SmallInt(default=None, help_text="Months from the day on which somebody left.")
    legal_basis = Varchar(length=300, default=None, help_text="The law or the school's own rule that says so.")
    active = Boolean(default=True, help_text="Whether it is looked for what is due.")
    version = Integer(default=1)
