"""Items with their evidence, who nominates and verifies them, and engagements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from homeroom.code_tables import titles
from homeroom.eligibility import busy
from homeroom.files.attachments import attachments
from homeroom.notices import NoticeAbout
from homeroom.nouns import ordinary
from homeroom.permissions import Rule
from homeroom.personal_data import DataCategory, about, deleted
from homeroom.privacy.gates import ConsentGate
from homeroom.recipients import holders_of
from homeroom.resources import all_of, statistics
from homeroom_approvals import RequestState, asked_by_reader, flow, step
from homeroom_school.families import seen_by_family
from homeroom_school.recipients import FAMILY
from homeroom_talent.consent_purposes import BANK
from homeroom_talent.notices import PUBLISHED
from homeroom_talent.permissions import COORDINATOR
from homeroom_talent.tables import TalentEngagement, TalentEvidence, TalentItem, TalentState

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["ENGAGEMENT", "EVIDENCE", "ITEM", "NOMINATION", "NOUNS", "SHOWN"]

_OFFICE: Final = ("principal", COORDINATOR)
_PUBLISHED: Final = "{row}.state = 'published'"
_NOMINATED_BY_ME: Final = asked_by_reader("talent.nomination")
#: The homeroom class of the student of each item on its day.
_CLASSES: Final = """
SELECT DISTINCT ON (i.id) i.id, c.id AS school_class_id FROM talent_item i
LEFT JOIN class_enrolment e ON e.student_id = i.student_id AND e.starts_on <= i.happened_on
    AND (e.ends_on IS NULL OR e.ends_on >= i.happened_on)
LEFT JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
WHERE i.id = ANY($1::uuid[]) ORDER BY i.id, c.id
"""


async def _place(context: Context, items: Sequence[UUID]) -> None:
    """Keep the homeroom class that a student was in on the day of an item."""
    found = await context.fetch(_CLASSES, list(items))
    await context.rows(TalentItem).update_many([dict(row) for row in found])


ITEM: Final = ordinary(
    TalentItem,
    "talent.item",
    run_by=_OFFICE,
    verbs={
        "create": "Nominate a talent or an achievement of a student.",
        "change": "Change an item that is not verified; its request returns to the person who asked.",
        "remove": "Remove an item with its files.",
    },
    personal_data=about(TalentItem, "student_id", erasure=deleted(), category=DataCategory.ACADEMIC_RECORD),
    hidden=("school_class_id",),
    then=_place,
    **seen_by_family(
        TalentItem.student_id,
        where=_PUBLISHED,
        teachers=("own_class",),
        scopes={
            "published": _PUBLISHED,
            "own_nominations": _NOMINATED_BY_ME,
            "own_open_nominations": all_of("{row}.state = 'nominated'", _NOMINATED_BY_ME),
        },
        rules=(
            Rule("teacher", "TalentItem", scope="published"),
            Rule("teacher", "TalentItem", scope="own_nominations"),
            Rule("teacher", "talent.item.change", "run", "own_open_nominations"),
        ),
    ),
    statistics=statistics(group_by={"school_year": "school_class.school_year"}),
)
EVIDENCE: Final = attachments(TalentEvidence, "talent.evidence", to=ITEM, name="evidence", most=5)

SHOWN: Final = ConsentGate(
    BANK,
    TalentItem.state,
    TalentItem.student_id,
    closed=TalentState.VERIFIED,
    opened=TalentState.PUBLISHED,
    on_opening=NoticeAbout(PUBLISHED, FAMILY.through(TalentItem.student_id), {"title": "title", "day": "happened_on"}),
)
#: A nomination, decided by another person than the one who nominates. Publication needs the family's consent.
NOMINATION: Final = flow(
    TalentItem,
    "talent.nomination",
    titles("Nomination", "提名", "提名", "Đề cử"),
    step(
        "verify",
        titles("Verification", "核實", "核实", "Xác minh"),
        holders_of(COORDINATOR),
        escalates_to=holders_of("principal"),
    ),
    state=TalentItem.state,
    states={
        RequestState.PENDING: TalentState.NOMINATED,
        RequestState.APPROVED: TalentState.VERIFIED,
        RequestState.REFUSED: TalentState.REFUSED,
        RequestState.WITHDRAWN: TalentState.WITHDRAWN,
    },
    seen=(TalentEvidence.talent_item_id,),
    settled=SHOWN.settled,
    forgets_after=365,
    of=EVIDENCE,
)

ENGAGEMENT: Final = ordinary(
    TalentEngagement,
    "talent.engagement",
    run_by=_OFFICE,
    personal_data=about(TalentEngagement, "student_id", erasure=deleted(), category=DataCategory.CONDUCT),
    **seen_by_family(TalentEngagement.student_id, teachers=("own_class", "own_teaching")),
)

NOUNS: Final = (NOMINATION, SHOWN, ENGAGEMENT, busy(TalentEngagement.student_id))
