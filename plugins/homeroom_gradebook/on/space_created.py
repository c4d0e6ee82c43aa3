"""A space was created: the preset of its region says how the subjects of a new school are graded.

Under the plugin name ``gradebook`` (all optional)::

    {"subjects": [{"code": "toan", "measure": "scored", "key": "math"}, ...]}

Subjects are those of the registry, by code; ``key`` is what the region's grading schemes call the subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeroom.context import Context
from homeroom.errors import ConfigurationError
from homeroom_gradebook.tables import Measure, SubjectGrading


async def space_created(context: Context, options: Mapping[str, Any]) -> None:
    """Note how the subjects of a new school are graded. Raises ConfigurationError for a subject that is not there."""
    known = {each["code"]: each["id"] for each in await context.fetch("SELECT id, code FROM subject")}
    rows = []
    for each in options.get("subjects", ()):
        if each["code"] not in known:
            raise ConfigurationError(f"the preset grades the subject {each['code']!r}, which the school does not have")
        measure = Measure(each["measure"]).value
        rows.append({"subject_id": known[each["code"]], "measure": measure, "key": each.get("key")})
    await context.rows(SubjectGrading).insert(rows)
