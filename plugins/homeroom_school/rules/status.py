"""Student status (学籍, 學籍, học tịch): the states, the types of change, and which change leads from where to where.

After the rules of mainland China: Order 41 of the Ministry of Education (普通高等学校学生管理规定) for suspension,
retention and withdrawal. The codes of the types are those that systems of colleges there exchange; schools of other
regions use fewer of the types, under names of their own. A student without a status is enrolled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """What a student is to the school."""

    #: 在读
    ENROLLED = "enrolled"
    #: 休学: comes back by a date.
    SUSPENDED = "suspended"
    #: 保留学籍: army service, an exchange.
    RETAINED = "retained"
    #: 保留入学资格: was admitted and comes later.
    ADMISSION_HELD = "admission_held"
    #: 取消入学资格
    ADMISSION_CANCELLED = "admission_cancelled"
    #: 转出
    TRANSFERRED_OUT = "transferred_out"
    #: 退学
    WITHDRAWN = "withdrawn"
    #: 开除学籍
    EXPELLED = "expelled"
    #: 毕业
    GRADUATED = "graduated"
    #: 结业: finished without all that graduation asks for.
    COMPLETED = "completed"
    #: 肄业
    LEFT_UNFINISHED = "left_unfinished"
    DECEASED = "deceased"


#: Who is no student any more. What leads on is an annulment, a completion made good, the way back from another school,
#: and a readmission of somebody who left or finished here. Nothing leads on from an expulsion or a death.
LEFT: Final = frozenset(
    {
        Status.ADMISSION_CANCELLED,
        Status.TRANSFERRED_OUT,
        Status.WITHDRAWN,
        Status.EXPELLED,
        Status.GRADUATED,
        Status.COMPLETED,
        Status.LEFT_UNFINISHED,
        Status.DECEASED,
    }
)


class ChangeState(StrEnum):
    """How far a change of status is."""

    PENDING = "pending"
    EFFECTIVE = "effective"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    #: Taken back after it had taken effect, such as on appeal.
    ANNULLED = "annulled"


@dataclass(frozen=True, slots=True)
class ChangeType:
    """A type of change.

    Args:
        sources: The statuses that it leads from.
        target: The status that it leads to; none where the status stays and something else changes.
        approval: Whether it waits for a decision.
        mainland_code: The code that colleges of mainland China exchange, or nothing.
    """

    sources: frozenset[Status]
    target: Status | None
    approval: bool = True
    mainland_code: str = ""


_E, _S, _R = Status.ENROLLED, Status.SUSPENDED, Status.RETAINED


def _type(*sources: Status, to: Status | None = None, approval: bool = True, code: str = "") -> ChangeType:
    return ChangeType(frozenset(sources), to, approval, code)


#: Code of the type (of the code table school.status_change) to what it does.
CHANGE_TYPES: Final[Mapping[str, ChangeType]] = {
    "suspend": _type(_E, to=_S, code="11"),
    "resume": _type(_S, _R, to=_E, code="12"),
    "retain": _type(_E, to=_R, code="19"),
    "hold_admission": _type(_E, to=Status.ADMISSION_HELD, code="14"),
    "take_up_admission": _type(Status.ADMISSION_HELD, to=_E, code="15"),
    "cancel_admission": _type(Status.ADMISSION_HELD, to=Status.ADMISSION_CANCELLED, code="16"),
    "transfer_out": _type(_E, to=Status.TRANSFERRED_OUT, code="21"),
    # Who comes from another school is new here, or left here for another school and comes back.
    "transfer_in": _type(_E, Status.TRANSFERRED_OUT, to=_E, code="22"),
    # Who left comes back, or who finished one stage here begins the next.
    "readmit": _type(
        Status.WITHDRAWN,
        Status.LEFT_UNFINISHED,
        Status.ADMISSION_CANCELLED,
        Status.GRADUATED,
        Status.COMPLETED,
        to=_E,
    ),
    "withdraw": _type(_E, _S, _R, to=Status.WITHDRAWN, code="31"),
    "expel": _type(_E, to=Status.EXPELLED, code="42"),
    "graduate": _type(_E, to=Status.GRADUATED, approval=False),
    "complete": _type(_E, to=Status.COMPLETED, approval=False, code="62"),
    "graduate_after_completion": _type(Status.COMPLETED, to=Status.GRADUATED),
    "leave_unfinished": _type(_E, _S, to=Status.LEFT_UNFINISHED, code="63"),
    "death": _type(_E, _S, _R, Status.ADMISSION_HELD, to=Status.DECEASED, approval=False, code="51"),
    "repeat_grade": _type(_E, code="02"),
    "move_down": _type(_E, code="03"),
    "skip_grade": _type(_E, code="04"),
    "extend": _type(_E, code="06"),
    "change_programme": _type(_E, code="23"),
}


def status_after(change: str, status: Status) -> Status | None:
    """The status that a change leads to from a status; none where it does not lead from there.

    Args:
        change: A key of :data:`CHANGE_TYPES`.
        status: What the student is until then.
    """
    kind = CHANGE_TYPES[change]
    if status not in kind.sources:
        return None
    return kind.target or status
