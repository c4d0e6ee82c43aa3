"""Resources over views of what lies outside the spaces; the views show the rows of the present space."""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, Field, Relation, Resource

__all__ = ["over_view", "view_field"]

_SQL_TYPES: Final = {"ID": "uuid", "String": "text", "DateTime": "timestamptz", "[String!]": "text[]"}


def view_field(name: str, type: str, description: str, values: tuple[str, ...] = (), enum: str = "") -> Field:
    """A field that is a column of a view; see :class:`homeroom.resources.Field`."""
    about = description if enum else ""
    return Field(name, type, f"{{row}}.{name}", description, values, enum, enum_description=about)


def over_view(
    name: str,
    view: str,
    description: str,
    *fields: Field,
    relations: tuple[Relation, ...] = (),
    filters: tuple[str, ...],
    order: tuple[str, ...],
) -> Resource:
    """A resource over a view whose function shows the rows of the present space."""
    columns = {each.name: _SQL_TYPES[each.type] for each in fields}
    keys = {each.here: "uuid" for each in relations if not each.many}
    return Resource(
        name=name,
        plural=f"{name[0].lower()}{name[1:]}s",
        table=view,
        description=description,
        fields={each.name: each for each in fields},
        leaves={},
        relations={each.name: each for each in relations},
        scopes={"school": EVERYTHING},
        filters=filters,
        order=order,
        default_order=order,
        restricted=frozenset(),
        columns={"id": "uuid", **columns, **keys},
    )
