"""Campuses, buildings, rooms and their facilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Invalid, Problem, Refusal
from homeroom_school.codes import FACILITY, ROOM_KIND, code_id, code_ids
from homeroom_school.commands.checks import (
    code_text,
    given,
    in_range,
    plain_text,
    refuse_duplicate,
    required_code,
    required_text,
)
from homeroom_school.tables import Building, Campus, Room, RoomFacility

__all__ = [
    "FacilityRow",
    "RoomRow",
    "change_building",
    "change_campus",
    "change_room",
    "create_building",
    "create_campus",
    "create_rooms",
    "equip_room",
]


_CAMPUS_TAKEN: Final = "there is a campus of this code"
_BUILDING_TAKEN: Final = "the campus has a building of this code"
_ROOM_TAKEN: Final = "there is a room of this code"
#: Characters of each text of a place; code and name are needed.
_LENGTHS: Final = {"code": 20, "name": 120, "address": 400, "floor": 20}
_READERS: Final = {"code": required_code, "name": required_text}


def _texts(*, row: int | None = None, **given_texts: str | None) -> dict[str, Any]:
    """The texts of a place as columns, those that are given. Raises Invalid naming the field, or the row's."""
    return {
        column: _READERS.get(column, plain_text)(
            text, _LENGTHS[column], column if row is None else f"rows.{column}", row
        )
        for column, text in given_texts.items()
        if text is not None
    }


async def _add(context: Context, table: type[Campus | Building], columns: dict[str, Any], taken: str) -> UUID:
    with refuse_duplicate(taken, "code"):
        (made,) = await context.rows(table).insert([{**columns, "active": True}])
    return made


async def _change(
    context: Context,
    table: type[Campus | Building | Room],
    place: UUID,
    columns: dict[str, Any],
    taken: str,
    expected_version: int | None,
) -> UUID:
    # The argument that names a place is called as its table is.
    field = table._meta.tablename
    with refuse_duplicate(taken, "code"):
        await context.rows(table).update(place, columns, expected_version=expected_version, field=field)
    return place


@command("school.campus.create", returns="Campus")
async def create_campus(context: Context, *, code: str, name: str, address: str = "") -> UUID:
    """Add a campus; its code is unique."""
    return await _add(context, Campus, _texts(code=code, name=name, address=address), _CAMPUS_TAKEN)


@command("school.campus.change", returns="Campus")
async def change_campus(
    context: Context,
    *,
    campus: Annotated[UUID, Ref("Campus")],
    code: str | None = None,
    name: str | None = None,
    address: str | None = None,
    active: bool | None = None,
    expected_version: int | None = None,
) -> UUID:
    """Change a campus, or take it out of use."""
    await context.permit("Campus", [campus], field="campus")
    columns = {**given({"active": active}), **_texts(code=code, name=name, address=address)}
    return await _change(context, Campus, campus, columns, _CAMPUS_TAKEN, expected_version)


@command("school.building.create", returns="Building")
async def create_building(context: Context, *, campus: Annotated[UUID, Ref("Campus")], code: str, name: str) -> UUID:
    """Add a building of a campus; its code is unique there."""
    await context.permit("Campus", [campus], field="campus")
    return await _add(context, Building, {"campus_id": campus, **_texts(code=code, name=name)}, _BUILDING_TAKEN)


@command("school.building.change", returns="Building")
async def change_building(
    context: Context,
    *,
    building: Annotated[UUID, Ref("Building")],
    code: str | None = None,
    name: str | None = None,
    active: bool | None = None,
    expected_version: int | None = None,
) -> UUID:
    """Change a building, or take it out of use."""
    await context.permit("Building", [building], field="building")
    columns = {**given({"active": active}), **_texts(code=code, name=name)}
    return await _change(context, Building, building, columns, _BUILDING_TAKEN, expected_version)


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A new room; `kind` is a code of school.room_kind.

    Args:
        name: As people write it.
        code: Short and unique.
        kind: What kind of room.
        floor: On which floor.
        capacity: How many people have a place in it.
        exam_capacity: How many have one in an examination.
    """

    code: str
    name: str
    building: Annotated[UUID, Ref("Building")] | None = None
    floor: str = ""
    kind: str | None = None
    capacity: int | None = None
    exam_capacity: int | None = None


@command("school.room.create", returns="Room", many=True)
async def create_rooms(context: Context, *, campus: Annotated[UUID, Ref("Campus")], rows: list[RoomRow]) -> list[UUID]:
    """Add rooms of a campus; codes of rooms are unique in the school. All are added or none."""
    await context.permit("Campus", [campus], field="campus")
    numbers = [number for number, row in enumerate(rows) if row.building is not None]
    buildings = [rows[number].building for number in numbers]
    await _within(context, campus, [each for each in buildings if each is not None], numbers)
    kinds = await _kinds(context, rows)
    taken = {
        each["code"]
        for each in await context.fetch(
            "SELECT code FROM room WHERE code = ANY($1::text[])",
            [code_text(row.code, 20, "rows.code", number) for number, row in enumerate(rows)],
        )
    }
    problems, made = [], []
    for number, row in enumerate(rows):
        texts = _texts(row=number, code=row.code, name=row.name, floor=row.floor)
        if texts["code"] in taken:
            problems.append(Problem("DUPLICATE", _ROOM_TAKEN, "rows.code", number))
        taken.add(texts["code"])
        in_range(row.capacity, 1, 9999, "rows.capacity", number)
        in_range(row.exam_capacity, 1, 9999, "rows.examCapacity", number)
        made.append(
            {
                "campus_id": campus,
                "building_id": row.building,
                **texts,
                "kind_id": kinds.get(row.kind) if row.kind else None,
                "capacity": row.capacity,
                "exam_capacity": row.exam_capacity,
                "active": True,
            }
        )
    if problems:
        raise Refusal.of(problems)
    return await context.rows(Room).insert(made)


async def _kinds(context: Context, rows: list[RoomRow]) -> dict[str, UUID]:
    given_kinds = [(number, row.kind) for number, row in enumerate(rows) if row.kind]
    try:
        ids = await code_ids(context, ROOM_KIND, [kind for _, kind in given_kinds], field="rows.kind", rows=True)
    except Refusal as refusal:
        # Rows without a kind were left out of the question: the answer counts them again.
        raise Refusal.of([p.at(p.field, given_kinds[p.row or 0][0]) for p in refusal.problems]) from None
    return {kind: found for (_, kind), found in zip(given_kinds, ids, strict=True)}


async def _within(context: Context, campus: UUID, buildings: list[UUID], numbers: list[int]) -> None:
    """Refuse buildings that are not there, or on another campus: to a room both are one mistake."""
    known = {
        each["id"]
        for each in await context.fetch(
            "SELECT id FROM building WHERE campus_id = $1 AND id = ANY($2::uuid[])", campus, buildings
        )
    }
    problems = [
        Problem("NOT_FOUND", "the campus has no such building", "rows.building", number)
        for number, each in zip(numbers, buildings, strict=True)
        if each not in known
    ]
    if problems:
        raise Refusal.of(problems)


@command("school.room.change", returns="Room")
async def change_room(
    context: Context,
    *,
    room: Annotated[UUID, Ref("Room")],
    code: str | None = None,
    name: str | None = None,
    floor: str | None = None,
    kind: str | None = None,
    capacity: int | None = None,
    exam_capacity: int | None = None,
    active: bool | None = None,
    expected_version: int | None = None,
) -> UUID:
    """Change a room, or take it out of use.

    Args:
        kind: What kind of room.
    """
    await context.permit("Room", [room], field="room")
    in_range(capacity, 1, 9999, "capacity")
    in_range(exam_capacity, 1, 9999, "examCapacity")
    columns = {
        **given({"active": active, "capacity": capacity, "exam_capacity": exam_capacity}),
        **_texts(code=code, name=name, floor=floor),
    }
    if kind is not None:
        columns["kind_id"] = await code_id(context, ROOM_KIND, kind, field="kind")
    return await _change(context, Room, room, columns, _ROOM_TAKEN, expected_version)


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """Something that stands in a room: a code of school.room_facility, and how many.

    Args:
        facility: The code of what is there.
        quantity: How many of it.
    """

    facility: str
    quantity: int = 1


@command("school.room.equip", returns="RoomFacility", many=True)
async def equip_room(context: Context, *, room: Annotated[UUID, Ref("Room")], rows: list[FacilityRow]) -> list[UUID]:
    """Say all that stands in a room; what is not among the rows stands there no longer."""
    await context.permit("Room", [room], field="room")
    await context.fetch("SELECT id FROM room WHERE id = $1 FOR UPDATE", room)
    standing = {
        each["facility_id"]: each["id"]
        for each in await context.fetch("SELECT id, facility_id FROM room_facility WHERE room_id = $1", room)
    }
    facilities = await code_ids(context, FACILITY, [row.facility for row in rows], field="rows.facility", rows=True)
    wanted: dict[UUID, int] = {}
    for number, (facility, row) in enumerate(zip(facilities, rows, strict=True)):
        in_range(row.quantity, 1, 9999, "rows.quantity", number)
        if facility in wanted:
            raise Invalid("this facility stands twice", code="DUPLICATE", field="rows.facility", row=number)
        wanted[facility] = row.quantity
    table = context.rows(RoomFacility)
    for facility, row_id in standing.items():
        if facility not in wanted:
            await table.delete(row_id)
    await table.update_many(
        [{"id": standing[each], "quantity": quantity} for each, quantity in wanted.items() if each in standing]
    )
    new = [each for each in wanted if each not in standing]
    made = await table.insert([{"room_id": room, "facility_id": each, "quantity": wanted[each]} for each in new])
    standing |= dict(zip(new, made, strict=True))
    return [standing[each] for each in wanted]
