"""What a region's preset tells the gradebook.

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

__all__ = ["space_created"]


async def space_created(context: Context, options: Mapping[str, Any]) -> None:
    """Say how the subjects of a new school are graded.

    Args:
        context: The new space's.
        options: As the module says. Raises ConfigurationError where they name a subject that is not there.
    """
    given = options.get("subjects", ())
    known = {each["code"]: each["id"] for each in await context.fetch("SELECT id, code FROM subject")}
    rows = []
    for each in given:
        if each["code"] not in known:
            raise ConfigurationError(f"the preset grades the subject {each['code']!r}, which the school has not")
        rows.append(
            {
                "subject_id": known[each["code"]],
                "measure": Measure(each["measure"]).value,
                "key": each.get("key"),
            }
        )
    await context.rows(SubjectGrading).insert(rows)
