"""How requests stand to people: they belong to the row that they are about."""

from __future__ import annotations

from typing import Final

from homeroom.data_categories import DataCategory
from homeroom.personal_data import PersonalData, about, deleted, nobody
from homeroom_approvals.tables import (
    ApprovalDecider,
    ApprovalDelegation,
    ApprovalFlowVersion,
    ApprovalRequest,
    ApprovalStep,
)

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    about(ApprovalRequest, "@row:subject_id", erasure=deleted()),
    about(ApprovalStep, "@row:request_id", erasure=deleted()),
    about(ApprovalDecider, "@row:step_id", "@row:person_id", erasure=deleted()),
    about(ApprovalDelegation, "@account:account_id", erasure=deleted(), category=DataCategory.ACCOUNT),
    *nobody("deadlines and roles of flows", ApprovalFlowVersion),
)
