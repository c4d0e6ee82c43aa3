"""How a school writes and orders names, and how its years run."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB

from homeroom.columns import choice, version
from homeroom.database.tables import coded
from homeroom.names import Order, Script
from homeroom.school_settings import SettingsTable

__all__ = ["RegistrySettings", "TransferConsentRule"]


class TransferConsentRule(StrEnum):
    """Whose consent a school needs before it offers a student to another."""

    NONE = "none"
    #: The student's, or that of somebody who stands for the student.
    ANY = "any"
    GUARDIAN = "guardian"
    STUDENT = "student"


class RegistrySettings(SettingsTable, tablename="registry_settings"):
    """The registry's settings of a school; one row."""

    name_script = choice(Script, "In which script the school's names are written unless said.", default=Script.LATIN)
    name_order = choice(Order, "How lists of people are ordered.", default=Order.LATIN)
    year_plan = coded(
        JSONB(null=True, default=None, help_text="First and last day of a school year and of its terms, month-day."),
        "null",
    )
    transfer_consent = choice(
        TransferConsentRule,
        "Whose consent is needed before a student is offered to another school.",
        default=TransferConsentRule.ANY,
    )
    version = version()
