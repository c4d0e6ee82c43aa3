"""What is ordinary: talents with their evidence, and the settings of a school."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from homeroom import Context, Refusal, Rule
from homeroom.files.attachments import attachments
from homeroom.nouns import ordinary
from homeroom.personal_data import DataCategory, about, deleted
from homeroom.privacy.consent import consented_to
from homeroom.refusals import INVALID
from homeroom.resources import EVERYTHING, through
from homeroom.school_settings import school_settings
from homeroom_school.tables import Student
from talents.tables import Talent, TalentProof, TalentSettings

SETTINGS = school_settings(TalentSettings, "talents.settings", change_by=("registrar",))
NOT_ALLOWED = INVALID.with_text("This was decided on.")
TALENT = ordinary(
    Talent,
    "talents.talent",
    run_by=("registrar", "teacher"),
    personal_data=about(Talent, "student_id", erasure=deleted(), category=DataCategory.ACADEMIC_RECORD),
    rules=(Rule("guardian", "Talent", scope="children"), Rule("principal", "Talent", scope="agreed")),
    scopes={
        "school": EVERYTHING,
        "children": through(Talent.student_id, "children"),
        "agreed": consented_to("talents_bank", Talent.student_id, born=Student.birth_date),
    },
)


async def refuse_decided(context: Context, talents: Sequence[UUID], field: str) -> None:
    """Refuse a change of what was decided on."""
    if await context.fetchval(
        "SELECT EXISTS (SELECT FROM talent WHERE id = ANY($1::uuid[]) AND title = 'Decided')", list(talents)
    ):
        raise Refusal(NOT_ALLOWED, field)


EVIDENCE = attachments(
    TalentProof, "talents.evidence", to=TALENT, name="evidence", most=3, limit=1_000, check=refuse_decided
)
NOUNS = (EVIDENCE, SETTINGS)
