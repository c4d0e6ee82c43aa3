"""What sort of thing rows say about people, so that some of it can be kept longer than the rest.

A closed vocabulary: a school decides by category how long it keeps what (:mod:`homeroom.privacy`), so every plugin has
to mean the same by one. What fits none belongs to the nearest.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["CHOSEN", "DataCategory"]


class DataCategory(StrEnum):
    """What rows, or columns, say about a person."""

    #: Who it is: names, numbers, papers, birth.
    IDENTITY = "identity"
    #: How to reach the person.
    CONTACT = "contact"
    #: Who stands for whom.
    FAMILY = "family"
    #: Classes, groups, seats, transfers, where somebody went afterwards.
    ENROLMENT = "enrolment"
    #: Posts, lessons that were held.
    EMPLOYMENT = "employment"
    #: Marks, results, comments on learning, certificates.
    ACADEMIC_RECORD = "academic_record"
    #: Presence, absence, leave.
    ATTENDANCE = "attendance"
    #: Rewards, sanctions, service.
    CONDUCT = "conduct"
    #: Illness, accidents, special needs.
    HEALTH = "health"
    #: Fees, pay, scholarships.
    FINANCE = "finance"
    #: Photographs and recordings.
    IMAGE = "image"
    #: Messages and notices.
    CORRESPONDENCE = "correspondence"
    #: What belongs to the use of the software: settings, invitations, work asked for.
    ACCOUNT = "account"
    #: What the person agreed to or asked about their own data.
    CONSENT = "consent"
    #: That and when somebody belonged to the school. It tells when they left, so it is removed only with the whole
    #: person.
    REGISTER = "register"


#: What can be erased before the whole person is.
CHOSEN: Final = frozenset(DataCategory) - {DataCategory.REGISTER}
