"""How a school writes and orders names, and how its years run."""

from __future__ import annotations

from piccolo.columns import JSONB, Boolean, Integer, Varchar

from homeroom.database.tables import SchoolTable, coded
from homeroom_school.names import Order, Script
from homeroom_school.tables.transfers import TransferConsentRule

__all__ = ["RegistrySettings"]


class RegistrySettings(SchoolTable, tablename="registry_settings"):
    """The registry's settings of a school; one row."""

    singleton = Boolean(default=True)
    name_script = Varchar(
        length=20,
        default=Script.LATIN,
        choices=Script,
        help_text="In which script the school's names are written unless said.",
    )
    name_order = Varchar(length=20, default=Order.LATIN, choices=Order, help_text="How lists of people are ordered.")
    year_plan = coded(
        JSONB(null=True, default=None, help_text="First and last day of a school year and of its terms, month-day."),
        "null",
    )
    transfer_consent = Varchar(
        length=20,
        default=TransferConsentRule.ANY,
        choices=TransferConsentRule,
        help_text="Whose consent is needed before a student is offered to another school.",
    )
    version = Integer(default=1)
