"""The plugin ``gradebook``: its name and what it requires. Hooks lie in ``on``, other parts beside."""

from __future__ import annotations

from typing import ClassVar

from homeroom.plugins import Plugin


class GradebookPlugin(Plugin):
    """Assessments, entry rounds, marks, results."""

    name = "gradebook"
    title = "Gradebook: assessments, entry rounds, marks, results"
    requires = ("school", "graphql", "approvals")
    system_only: ClassVar = {"gradebook.mark.correct": "it runs with the last decision about a correction"}
    events = frozenset({"school.roster.imported", "school.enrolment.changed"})


plugin = GradebookPlugin()
