"""Who stands for whom."""

from __future__ import annotations

from homeroom.nouns import Noun
from homeroom_school.tables import Guardianship

GUARDIANSHIP = Noun(Guardianship, "school.guardianship")

start_guardianship = GUARDIANSHIP.create(
    "Let a guardian stand for a student from a day on.", verb="start", without=("ends_on",)
)
change_guardianship = GUARDIANSHIP.change(
    "Correct what the guardian is to the student, and from when to when.", fixed=("student", "guardian")
)
end_guardianship = GUARDIANSHIP.end("End a guardianship with a last day.")
remove_guardianships = GUARDIANSHIP.remove(
    "Remove guardianships that were entered by mistake; one that was true ends with `endGuardianship`.", many=True
)
