"""Who sees pictures by default, and who sets them."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import allow

_PHOTO: Final = ("PersonPhoto", "PersonPhoto.*")

RULES: Final = (
    *allow(("admin", "principal", "registrar"), *_PHOTO),
    # Of colleagues a teacher sees no picture unless the school says so.
    *allow("teacher", *_PHOTO, scope=("own_class", "own_teaching", "own_record")),
    *allow("student", *_PHOTO, scope="self"),
    *allow("guardian", *_PHOTO, scope="children"),
    *allow(("principal", "registrar"), "photos.*", action="run"),
)
