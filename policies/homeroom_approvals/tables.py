"""Requests, their steps with those who may decide, delegations, and the versions of a school's flows."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, UUID, Array, Boolean, Date, Integer, SmallInt, Text, Timestamptz, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded

__all__ = [
    "ApprovalDecider",
    "ApprovalDelegation",
    "ApprovalFlowVersion",
    "ApprovalRequest",
    "ApprovalStep",
    "RequestState",
    "StepState",
]

_FLOW = "The flow, such as `talent.nomination`."


class RequestState(StrEnum):
    """What a request has come to."""

    #: Somebody has to decide.
    PENDING = "pending"
    #: It was returned for correction, or its facts have changed: the person who asked submits it again or withdraws it.
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    #: Nobody decided in time.
    EXPIRED = "expired"


class StepState(StrEnum):
    """What a step of a request has come to."""

    #: An earlier step is open.
    WAITING = "waiting"
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    RETURNED = "returned"
    #: The flow does not need it for this request.
    LEFT_OUT = "left_out"
    #: The request ended before it was decided.
    CANCELLED = "cancelled"


class ApprovalRequest(SchoolTable, tablename="approval_request"):
    """A request that other people decide, such as a nomination or the correction of a mark."""

    flow = coded(Varchar(length=120, default=None, help_text=_FLOW), "talent.nomination")
    flow_version = Integer(default=0, help_text="The version of the flow that it began with; 0 is the plugin's own.")
    subject_kind = coded(Varchar(length=60, default=None, help_text="What it is about, such as TalentItem."), "Room")
    subject_id = UUID(default=None, help_text="The row that it is about.")
    title = Varchar(length=300, default="", help_text="What people call that row.")
    arguments = JSONB(null=True, default=None, help_text="What is to be done once it is approved.")
    note = Text(default="", help_text="Why it was asked for.")
    state = Varchar(length=20, default=RequestState.PENDING, choices=RequestState, help_text="What it has come to.")
    round = SmallInt(default=1, help_text="Rises by one each time it is submitted again.")
    seen = coded(
        Varchar(
            length=64,
            default=None,
            help_text="A hash of the facts that it depends on. Those who decide give it back, so that nobody decides on"
            " facts that have changed since they were read.",
        ),
        "0" * 64,
    )
    asked_by = Text(default="", help_text="The login of the person who asked.")
    asked_account = UUID(null=True, default=None)
    asked_persons = Array(base_column=UUID(), default=list)
    asked_at = Timestamptz(default=None, help_text="When it was asked for; of one that was submitted again, then.")
    due_on = Date(null=True, default=None, help_text="Until when the open step is to be decided.")
    expires_on = Date(null=True, default=None, help_text="The last day on which it can be decided; none: no such day.")
    decided_at = Timestamptz(null=True, default=None, help_text="When it came to its end.")
    outcome_note = Text(default="", help_text="What was said with the last decision.")
    version = Integer(default=1)


class ApprovalStep(SchoolTable, tablename="approval_step"):
    """A step of a request: who decides, until when, and what was decided."""

    request_id = belongs_to(ApprovalRequest)
    round = SmallInt(default=1, help_text="The round of the request that it belongs to.")
    position = SmallInt(default=0, help_text="Its place; steps at one place are decided side by side.")
    name = coded(Varchar(length=60, default=None, help_text="The step's name in its flow."), "verify")
    state = Varchar(length=20, default=StepState.WAITING, choices=StepState, help_text="What it has come to.")
    days = SmallInt(default=5, help_text="School days in which it is to be decided.")
    opened_at = Timestamptz(null=True, default=None, help_text="Since when it waits for a decision.")
    due_on = Date(null=True, default=None, help_text="The last of these days.")
    escalated_at = Timestamptz(
        null=True, default=None, help_text="When others were asked as well, because it was late."
    )
    decided_at = Timestamptz(null=True, default=None, help_text="When it was decided.")
    decided_by = Text(default="", help_text="The login of the person who decided.")
    decided_account = UUID(null=True, default=None)
    decided_persons = Array(base_column=UUID(), default=list)
    in_place_of = Text(default="", help_text="The login of the person in whose place it was decided; empty: their own.")
    note = Text(default="", help_text="What was said with the decision.")


class ApprovalDecider(SchoolTable, tablename="approval_decider"):
    """Somebody who may decide an open step: a person, or everybody with a role."""

    step_id = belongs_to(ApprovalStep)
    role = coded(Varchar(length=60, default="", help_text="Everybody with this role; empty of a person."), "principal")
    person_id = UUID(null=True, default=None, help_text="The person; none of a role.")
    escalated = Boolean(default=False, help_text="Whether they were asked because the step was late.")


class ApprovalDelegation(SchoolTable, tablename="approval_delegation"):
    """For some days somebody else decides in the place of a person who is absent."""

    login = Text(default="", help_text="Who is absent.")
    account_id = UUID(default=None)
    persons = Array(base_column=UUID(), default=list)
    roles = Array(base_column=Text(), default=list, help_text="The roles of the person who is absent, at that time.")
    deputy_id = UUID(null=True, default=None, help_text="Who decides instead; none: late requests go further at once.")
    flow = coded(Varchar(length=120, default="", help_text=f"{_FLOW} Empty: all flows."), "talent.nomination")
    starts_on = Date(default=None, help_text="The first day.")
    ends_on = Date(default=None, help_text="The last day.")
    note = Varchar(length=300, default="", help_text="Why.")
    arranged_by = Text(default="", help_text="The login of the person who arranged it for them; empty: themselves.")
    arranged_account = UUID(null=True, default=None)
    arranged_persons = Array(base_column=UUID(), default=list)


class ApprovalFlowVersion(SchoolTable, tablename="approval_flow_version"):
    """How a school has set a flow: deadlines, deciders and limits of its steps, from some moment on."""

    flow = coded(Varchar(length=120, default=None, help_text=_FLOW), "talent.nomination")
    number = Integer(default=1, help_text="Rises by one with each change.")
    steps = JSONB(default="[]", help_text="What the school has set of each step.")
    expires_days = SmallInt(null=True, default=None, help_text="School days after which a request expires.")
    note = Varchar(length=300, default="", help_text="Why it was changed.")
    made_by = Text(default="", help_text="Who changed it.")
    made_at = Timestamptz(default=None, help_text="From when on requests begin with it.")
