"""What people apply for, and who decides."""

from __future__ import annotations

from desks.notices import MESSAGE
from desks.tables import AccessField, DataAccess, Department, DeskState, FamilyMessage, StaffLeave
from homeroom.code_tables import titles
from homeroom.context import Context
from homeroom.database.tables import SchoolTable
from homeroom.notices import notify
from homeroom.nouns import Ordinary, ordinary
from homeroom.recipients import Recipients, holders_of
from homeroom_approvals import RequestState, Settled, flow, step

_STATES = {
    RequestState.PENDING: DeskState.ASKED,
    RequestState.APPROVED: DeskState.GRANTED,
    RequestState.REFUSED: DeskState.REFUSED,
    RequestState.WITHDRAWN: DeskState.REFUSED,
    RequestState.EXPIRED: DeskState.EXPIRED,
}
DEPARTMENT = ordinary(Department, "desks.department", run_by=("registrar",), read_by=("teacher",), nobody="desks")
HEADS = Recipients(
    "desks.heads",
    Department,
    titles("Heads of departments", "部門主管", "部门主管", "Trưởng phòng"),
    "SELECT id AS row, head_id AS person FROM department WHERE id = ANY($1::uuid[]) AND $2::date IS NOT NULL",
)


def _applied(table: type[SchoolTable], name: str) -> Ordinary:
    return ordinary(
        table, name, run_by=("teacher", "registrar"), read_by=("principal", "admin"), nobody="desks", verbs={
            "create": "Apply.", "change": "Change an application.", "remove": "Remove an application.",
        },
    )  # fmt: skip


FIELD = ordinary(AccessField, "desks.field", run_by=("teacher", "registrar"), nobody="desks")
#: The head of the applicant's department signs, then academic affairs decide with a written reply, within six days.
ACCESS = flow(
    DataAccess,
    "desks.access",
    titles("Access to data", "查詢權限", "查询权限", "Quyền truy vấn"),
    step("head", titles("Head", "主管", "主管", "Trưởng phòng"), HEADS.through(DataAccess.department_id), days=2,
         escalates_to=holders_of("principal"), sets=DeskState.SIGNED),
    step("office", titles("Office", "教務處", "教务处", "Phòng học vụ"), holders_of("registrar"), days=3, reply=True),
    state=DataAccess.state,
    states=_STATES,
    called="{row}.content",
    expires_days=6,
    seen=(AccessField.data_access_id,),
    of=_applied(DataAccess, "desks.access"),
)  # fmt: skip
LEAVE = flow(
    StaffLeave,
    "desks.leave",
    titles("Leave", "請假", "请假", "Nghỉ phép"),
    step("head", titles("Head", "校長", "校长", "Hiệu trưởng"), holders_of("principal")),
    step("board", titles("Board", "校董會", "董事会", "Hội đồng"), holders_of("admin"), when="{row}.days > 3"),
    state=StaffLeave.state,
    states=_STATES,
    of=_applied(StaffLeave, "desks.leave"),
    forgets_after=30,
)


async def _send(context: Context, outcome: Settled) -> None:
    """Send an approved message; only those who subscribe to notices of its kind get a mail."""
    if outcome.state is RequestState.APPROVED:
        row = await context.fetchrow("SELECT name, body FROM family_message WHERE id = $1", outcome.row)
        assert row is not None
        await notify(context, MESSAGE, roles=["guardian"], values=dict(row), key=str(outcome.row))


MESSAGES = flow(
    FamilyMessage,
    "desks.message",
    titles("Message to families", "給家長的訊息", "给家长的消息", "Tin nhắn cho phụ huynh"),
    step("approval", titles("Approval", "批准", "批准", "Duyệt"), holders_of("principal", "admin")),
    state=FamilyMessage.state,
    states=_STATES,
    settled=_send,
    of=_applied(FamilyMessage, "desks.message"),
)
NOUNS = (DEPARTMENT, FIELD, ACCESS, LEAVE, MESSAGES)
