"""Many schools at once: a table of them is read and checked as a whole, then each is created or left as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

from homeroom.reading.faults import Fault, Faults, FileRefused
from homeroom.reading.layouts import Column, Kind, Layout, read_table
from homeroom_tenants.refusals import (
    BAD_SLUG,
    DISTRICT_UNKNOWN,
    PRESET_UNKNOWN,
)

from .hosts import is_slug
from .space_maker import RESERVED_SLUGS

if TYPE_CHECKING:
    from homeroom.callers import Space

    from .directory import TenantDirectory

__all__ = ["SCHOOLS", "NewSpace", "provision", "read_spaces"]

#: The columns of the table.
SCHOOLS: Final = Layout(
    "schools",
    (
        Column("slug", required=True, longest=63),
        Column("name", longest=200),
        Column("region", required=True, longest=40),
        Column("kind", words=("school", "district")),
        Column("district", longest=63),
        Column("plugins", Kind.LIST),
        Column("host", longest=253),
    ),
    key=("slug",),
    closed=True,
)


@dataclass(frozen=True, slots=True)
class NewSpace:
    """A line of the table.

    Args:
        line: Its line in the file.
        slug: The short name.
        name: For people.
        region: The preset.
        kind: School or district.
        district: Short name of its district, or none.
        plugins: What is on, or none for what the preset says.
        host: A host name of its own, or none.
    """

    line: int
    slug: str
    name: str
    region: str
    kind: Literal["school", "district"]
    district: str | None
    plugins: tuple[str, ...] | None
    host: str | None


def read_spaces(file: str, data: bytes, regions: frozenset[str], known: frozenset[str]) -> list[NewSpace]:
    """Read a table of schools and districts, CSV or XLSX.

    Args:
        file: Its name, for messages.
        data: Its bytes.
        regions: The presets that there are.
        known: Short names of the districts that there are already.

    Returns:
        The lines, districts first.

    Raises:
        FileRefused: With every fault, by line and column.
    """
    faults = Faults()
    table = read_table(SCHOOLS, data, faults)
    found = [
        NewSpace(
            row.line,
            str(row.cells["slug"] or ""),
            str(row.cells["name"] or row.cells["slug"] or ""),
            str(row.cells["region"] or ""),
            cast("Literal['school', 'district']", row.cells["kind"] or "school"),
            cast("str | None", row.cells["district"]),
            cast("tuple[str, ...] | None", row.cells["plugins"]) or None,
            cast("str | None", row.cells["host"]),
        )
        for row in table.rows
    ]
    districts = known | {each.slug for each in found if each.kind == "district"}
    for each in found:
        if each.slug and (not is_slug(each.slug) or each.slug in RESERVED_SLUGS):
            faults.append(Fault(file, each.line, "slug", BAD_SLUG, value=each.slug))
        if each.region and each.region not in regions:
            faults.append(Fault(file, each.line, "region", PRESET_UNKNOWN, value=each.region, options=sorted(regions)))
        if each.district is not None and each.district not in districts:
            faults.append(Fault(file, each.line, "district", DISTRICT_UNKNOWN, value=each.district))
    if faults.total:
        raise FileRefused(faults.ordered())
    return sorted(found, key=lambda each: (each.kind != "district", each.line))


async def provision(
    directory: TenantDirectory, wanted: list[NewSpace]
) -> AsyncIterator[tuple[NewSpace, Literal["created", "unchanged"]]]:
    """Create each space that is not there yet. A second run continues where the first one ended.

    Args:
        directory: The directory.
        wanted: As :func:`read_spaces` gives them.

    Raises:
        Refusal: One cannot be created; those before it stay.
    """
    spaces: dict[str, Space] = {space.slug: space for space in await directory.spaces()}
    for each in wanted:
        if each.slug in spaces:
            yield each, "unchanged"
            continue
        space = await directory.create_space(
            slug=each.slug, name=each.name, region=each.region, kind=each.kind, plugins=each.plugins
        )
        spaces[each.slug] = space
        if each.district is not None:
            await directory.join_district(space.id, spaces[each.district].id)
        if each.host is not None:
            await directory.add_host(space.id, each.host)
        yield each, "created"
