"""Who decides what in the gradebook."""

from __future__ import annotations

from typing import Final

from homeroom.code_tables import titles
from homeroom.recipients import holders_of
from homeroom_approvals import flow, step
from homeroom_gradebook.commands.marks import correct_mark
from homeroom_gradebook.tables import Mark

#: A teacher proposes, the leadership consents, the board executes: two persons beside the teacher. The old mark stays
#: in the audit. Source: the rules of schools of Vietnam for electronic gradebooks, after Circular
#: 22/2021/TT-BGDĐT.
CORRECTION: Final = flow(
    Mark,
    "gradebook.correction",
    titles("Correction of a mark", "更正分數", "更正成绩", "Sửa điểm"),
    step(
        "consent",
        titles("Consent of the leadership", "校長同意", "校领导同意", "Ban giám hiệu đồng ý"),
        holders_of("principal"),
        days=3,
        escalates_to=holders_of("admin"),
    ),
    step(
        "execution",
        titles("Execution by the board", "執行更正", "执行更正", "Ban quản trị thực hiện"),
        holders_of("registrar"),
        days=3,
    ),
    proposes=correct_mark,
    asked_by={"teacher": "own_teaching"},
    relation="corrections",
    called=(
        "(SELECT concat_ws(', ', st.full_name, a.title) FROM student st, assessment a"
        " WHERE st.id = {row}.student_id AND a.id = {row}.assessment_id)"
    ),
)

NOUNS: Final = (CORRECTION,)
