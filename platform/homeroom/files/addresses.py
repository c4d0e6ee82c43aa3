"""The address of a file as a field of the row that refers to it, and who may fetch it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeroom.database.sql import DENIED, PARAMETER_TYPES, within
from homeroom.database.tables import reference_of
from homeroom.database.walls import InSpace
from homeroom.errors import ConfigurationError
from homeroom.files.tables import StoredFile
from homeroom.resources import Field

if TYPE_CHECKING:
    from homeroom.callers import Caller
    from homeroom.host import Host
    from homeroom.resources import Resource
    from homeroom.variants import Variant

__all__ = ["PATH", "FoundFile", "file_address", "find_file"]

#: Where files are fetched.
PATH: Final = "/files"

FoundFile = tuple[str, str, str]


def file_address(name: str, reference: Any, description: str = "") -> Field:
    """A field that shows where a file is fetched; null where there is none.

    Everybody who may read the field in a row may fetch the file that the row refers to. The column itself need not be
    shown.

    Args:
        name: Snake case; it ends in ``_url``, by which frontends know it.
        reference: A ``belongs_to(StoredFile)`` column of the resource's table.
        description: For the schema.
    """
    if not name.endswith("_url"):
        raise ConfigurationError(f"file_address({name!r}): the name of a file's address ends in _url")
    if reference_of(reference) != StoredFile._meta.tablename:
        raise ConfigurationError(f"file_address({name!r}): {reference!r} is no reference to a file")
    column = reference._meta.db_column_name
    sql = f"'{PATH}/' || {{row}}.{column}"
    return Field(name, "String", sql, description or "Where to fetch the file.", file=column)


async def find_file(host: Host, caller: Caller, file: Any) -> FoundFile | None:
    """A file that some row shows to a caller: name, media type and digest; none if there is no such row.

    Args:
        host: The host.
        caller: Who asks.
        file: The id of the file's row.
    """
    variant = host.variant_of(caller.space)
    # The text is kept: another one each time would be a statement that PostgreSQL has never seen.
    key = ("files", caller.access.key)
    found: tuple[str, tuple[str, ...]] | None = variant.parts.get(key)
    if found is None:
        found = variant.parts[key] = _statement(variant, caller)
    sql, names = found
    now = host.clock()
    known = {
        "account": caller.account,
        "roles": sorted(caller.roles),
        "persons": list(caller.persons),
        "today": now.astimezone(caller.space.time_zone).date(),
        "now": now,
    }
    row = await host.database.read(sql, InSpace(caller.space.id), file, *(known[name] for name in names))
    return None if row is None else (row[0], row[1], row[2])


def _statement(variant: Variant, caller: Caller) -> tuple[str, tuple[str, ...]]:
    """The statement that finds a file for callers of one access, and the names of its parameters from the third on."""
    names: list[str] = []

    def parameter(name: str) -> str:
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 3}::{PARAMETER_TYPES[name]}"

    conditions = [
        f"EXISTS (SELECT FROM {resource.table} r WHERE r.{field.file} = f.id AND {shown})"
        for resource in variant.resources.values()
        for field in resource.fields.values()
        if field.file and (shown := _shown(variant, caller, resource, field, parameter)) != DENIED
    ]
    found = (
        "(SELECT ARRAY[f.name, f.media_type, f.digest]::text[] FROM stored_file f"
        f" WHERE f.id = $2 AND ({' OR '.join(conditions) or DENIED}))"
    )
    return within("$1", found), tuple(names)


def _shown(variant: Variant, caller: Caller, resource: Resource, field: Field, parameter: Any) -> str:
    """The condition that a row is visible and that its field may be read."""
    access = caller.access
    visible = variant.predicates.visible(resource, access.resources.get(resource.name), "r", parameter)
    own = access.field(resource.name, field.name)
    if visible == DENIED or own == access.resources.get(resource.name):
        return visible
    readable = variant.predicates.visible(resource, own, "r", parameter)
    return DENIED if readable == DENIED else f"{visible} AND {readable}"
