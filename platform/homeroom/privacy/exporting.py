"""A copy of everything that a school has about one person, for that person.

The right to it: Hong Kong, Personal Data (Privacy) Ordinance (Cap. 486), s. 18; mainland China, Personal Information
Protection Law, art. 45. Of a row about several persons the others appear by their ids alone: references are never
followed to another person. What the person did as a user is listed without arguments and reasons, which concern others.
"""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.commands import Command, command
from homeroom.context import Context
from homeroom.files.forgetting import forget_files
from homeroom.files.keeping import keep_file, storage_of
from homeroom.files.tables import StoredFile
from homeroom.jobs import Job, job
from homeroom.personal_data import PersonKind
from homeroom.privacy.finding import Found, declared_by, find_rows, subject_of
from homeroom.privacy.tables import PersonCopy
from homeroom.sheets import Value, write_csv
from homeroom.uploads import FileMade

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom.personal_data import PersonalData

__all__ = ["COMMANDS", "JOBS", "export_person", "forget_copies", "make_copy"]

#: Days for which a copy can be fetched.
DAYS: Final = 14
_ZIP: Final = "application/zip"
_LOOKED: Final = """
SELECT e.at, e.login, e.via, e.command, l.noun, l.row_id, l.old_values, l.new_values
FROM audit_line l JOIN audit_entry e ON e.id = l.entry_id WHERE l.row_id = ANY($1::uuid[]) ORDER BY e.at, l.id
"""


@job("privacy.person.export", attempts=3, time_limit=900)
async def make_copy(context: Context, *, person_kind: str, person: str) -> dict[str, Any]:
    """Make a copy of everything that there is about a person."""
    identity = UUID(person)
    subject = subject_of(context, person_kind)
    await context.permit(person_kind, [identity], field="person", unseen=True)
    found = await find_rows(context, subject, identity)
    declared = declared_by(context.host)
    tables: dict[str, tuple[PersonalData, list[Mapping[str, Any]]]] = {}
    for number, (name, ids) in enumerate(sorted(found.rows.items())):
        await context.progress(number, len(found.rows), name)
        rows = await context.fetch(f"SELECT * FROM {name} WHERE id = ANY($1::uuid[]) ORDER BY id", ids)
        hidden = {"tenant_id", *declared[name].withheld}
        tables[name] = declared[name], [{k: v for k, v in row.items() if k not in hidden} for row in rows]
    audit = [dict(row) for row in await context.fetch(_LOOKED, found.ids)]
    contents = await _contents(context, found)
    packed = await asyncio.to_thread(_pack, person_kind, person, tables, audit, contents)
    archive = FileMade(f"{person_kind}-{person}.zip", _ZIP, packed)
    file = await keep_file(context, archive, kinds={_ZIP}, field="person")
    kept_until = context.today + timedelta(days=DAYS)
    values = {
        "person_kind": person_kind,
        "person_id": identity,
        "account_id": context.caller.account,
        "login": context.caller.login,
        "made_at": context.now,
        "kept_until": kept_until,
        "file_id": file,
    }
    (copy,) = await context.rows(PersonCopy).insert([values])
    context.trail.looked(subject.name, identity, ["everything"])
    return {"copy": str(copy), "rows": sum(len(rows) for _, rows in tables.values())}


async def _contents(context: Context, found: Found) -> list[tuple[str, Any]]:
    """The files about the person, but for earlier copies: name in the archive and path."""
    rows = await context.fetch(
        "SELECT f.id, f.name, f.digest FROM stored_file f WHERE f.id = ANY($1::uuid[])"
        " AND NOT EXISTS (SELECT FROM person_copy c WHERE c.file_id = f.id)",
        found.rows.get(StoredFile._meta.tablename, []),
    )
    storage = storage_of(context.host)
    return [
        (f"files/{row['id']}-{row['name'].replace('/', '_')}", storage.path(context.space.id, row["digest"]))
        for row in rows
    ]


def _pack(
    kind: str,
    person: str,
    tables: Mapping[str, tuple[PersonalData, Sequence[Mapping[str, Any]]]],
    audit: Sequence[Mapping[str, Any]],
    contents: Sequence[tuple[str, Any]],
) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        whole: dict[str, Any] = {"person": {"kind": kind, "id": person}, "tables": {}, "audit": audit}
        for name, (declared, rows) in tables.items():
            titles = {each._meta.db_column_name: each._meta.help_text or "" for each in declared.table._meta.columns}
            about = (declared.table.__doc__ or "").partition("\n")[0]
            columns = list(rows[0]) if rows else []
            shown = {column: titles.get(column, "") for column in columns}
            whole["tables"][name] = {"about": about, "columns": shown, "rows": rows}
            archive.writestr(f"tables/{name}.csv", _csv(columns, rows))
        archive.writestr("everything.json", json.dumps(whole, ensure_ascii=False, indent=1, default=str))
        archive.writestr("audit.csv", _csv(list(audit[0]) if audit else [], audit))
        for name, path in contents:
            if path.is_file():
                archive.write(path, name)
    return made.getvalue()


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    return write_csv(columns, ([_cell(row[each]) for each in columns] for row in rows))


def _cell(value: Any) -> Value:
    return value if value is None or isinstance(value, str | int | float | Decimal | date) else str(value)


@command("privacy.person.export", returns="Job")
async def export_person(context: Context, *, person_kind: PersonKind, person: UUID) -> UUID:
    """Ask for a copy of everything that there is about a person; gives the job that makes it.

    Args:
        person_kind: What kind of person it is, such as Student.
        person: The person's id.
    """
    subject_of(context, person_kind)
    await context.permit(person_kind, [person], field="person", unseen=True)
    return await context.enqueue(make_copy, person_kind=person_kind, person=str(person))


async def _some_are_over(context: Context) -> bool:
    found = await context.fetchval("SELECT EXISTS (SELECT FROM person_copy WHERE kept_until < $1)", context.today)
    return bool(found)


@job("privacy.copy.forget", cron="20 3 * * *", when=_some_are_over)
async def forget_copies(context: Context) -> int:
    """Forget the copies whose days are over."""
    rows = await context.fetch("SELECT id, file_id FROM person_copy WHERE kept_until < $1", context.today)
    await context.rows(PersonCopy).delete_many([row["id"] for row in rows])
    await forget_files(context, [row["file_id"] for row in rows])
    return len(rows)


COMMANDS: Final[tuple[Command, ...]] = (export_person,)
JOBS: Final[tuple[Job, ...]] = (make_copy, forget_copies)
