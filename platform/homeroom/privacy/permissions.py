"""What roles may do with personal data by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import EVERYBODY, Rule

__all__ = ["OFFICER", "ROLE_TITLES", "RULES"]

#: The role of the person who answers for what a space has about people.
OFFICER: Final = "data_protection"
_READ: Final = ("PersonCopy", "LegalHold", "PersonErasure", "ConsentAnswer", "RetentionRule")

ROLE_TITLES: Final = {OFFICER: "Data protection officer"}

#: The officer and the administrator are two persons: one asks, and the other approves.
RULES: Final = (
    Rule(EVERYBODY, "ConsentPurpose"),
    Rule(EVERYBODY, "ConsentAnswer", scope="own"),
    Rule(EVERYBODY, "privacy.consent.answer", "run"),
    Rule(EVERYBODY, "privacy.consent.open", "run"),
    Rule("district_admin", "privacy.read.*", "run"),
    *(
        rule
        for role in (OFFICER, "admin")
        for rule in (*(Rule(role, each) for each in _READ), Rule(role, "privacy.*", "run"))
    ),
)
