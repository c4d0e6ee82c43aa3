"""The plugin ``gradebook``: its name and what it requires. Hooks lie in ``on``, other parts beside."""

from __future__ import annotations

from homeroom.plugins import Plugin


class GradebookPlugin(Plugin):
    """Assessments, entry rounds, marks, results."""

    name = "gradebook"
    title = "Gradebook: assessments, entry rounds, marks, results"
    requires = ("school", "graphql")
    events = frozenset({"school.roster.imported", "school.enrolment.changed"})


plugin = GradebookPlugin()
