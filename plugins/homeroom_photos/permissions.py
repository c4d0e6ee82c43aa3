"""Who sees pictures by default, and who sets them."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

#: Of colleagues a teacher sees no picture unless the school says so.
_SCOPES: Final = {
    "admin": ("school",),
    "principal": ("school",),
    "registrar": ("school",),
    "teacher": ("own_class", "own_teaching", "own_record"),
    "student": ("self",),
    "guardian": ("children",),
}

RULES: Final = (
    *(
        Rule(role, each, scope=scope)
        for role, scopes in _SCOPES.items()
        for scope in scopes
        for each in ("PersonPhoto", "PersonPhoto.*")
    ),
    *(Rule(role, "photos.*", "run") for role in ("principal", "registrar")),
)
