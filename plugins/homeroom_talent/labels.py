"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

__all__ = ["LABELS"]

LABELS: Final = {
    "TalentItem": "Talent",
    "talentItems": "Talents",
    "TalentEvidence": "Evidence",
    "talentEvidences": "Evidence",
    "TalentEngagement": "Engagement",
    "talentEngagements": "Engagements",
    "TalentItem.happened_on": "Day of the result",
    "talent.item.create": "Nominate a talent",
    "talent.item.change": "Change a talent",
    "talent.item.remove": "Remove a talent",
    "talent.item.nominate_team": "Nominate a team",
    "talent.item.nominate_many": "Nominate talents",
    "talent.item.import": "Import talents",
    "talent.evidence.add": "Add evidence",
    "talent.evidence.remove": "Remove evidence",
    "talent.engagement.create": "Add an engagement",
    "talent.engagement.change": "Change an engagement",
    "talent.engagement.remove": "Remove an engagement",
    "talent.student.match": "Find students for an activity",
    "jobs.talent.item.find": "Find talents",
}
