"""Hooks that the gradebook offers to regional plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hookspecs import hookspec
from homeroom.parts import part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom_gradebook.scheme_choice import SchemeFamily


@hookspec
@part("grading_schemes.GRADING_SCHEMES")
def grading_schemes() -> Sequence[SchemeFamily]:  # type: ignore[empty-body]
    """The grading schemes that a plugin brings. Sync, collect, per space.

    For each grade and school year at most one scheme of a space may apply. Where several or none do, the commands that
    need one refuse.
    """
