"""What can be done in the gradebook: one function a verb of the office."""

from __future__ import annotations

from homeroom.commands import Command
from homeroom_gradebook.commands.books import add_assessment, open_gradebooks, remove_assessment
from homeroom_gradebook.commands.conclusion import conclude_results
from homeroom_gradebook.commands.following import carry_marks, take_over_results
from homeroom_gradebook.commands.grading import choose_grading, grade_subject
from homeroom_gradebook.commands.homeroom import enter_traits, record_year
from homeroom_gradebook.commands.marks import enter_marks, exempt_students
from homeroom_gradebook.commands.rounds import close_entry_round, open_entry_round, reopen_entry_round
from homeroom_gradebook.commands.summer import judge_training, reassess_subjects

__all__ = ["COMMANDS"]

COMMANDS: tuple[Command, ...] = (
    grade_subject,
    choose_grading,
    open_gradebooks,
    add_assessment,
    remove_assessment,
    open_entry_round,
    close_entry_round,
    reopen_entry_round,
    enter_marks,
    exempt_students,
    carry_marks,
    take_over_results,
    enter_traits,
    record_year,
    conclude_results,
    reassess_subjects,
    judge_training,
)
