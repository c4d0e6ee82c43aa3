"""Whether a record and a row are one person: by number, name and birth date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from homeroom.imports.sync import Sync, SyncedRows, WantedRow
from homeroom.names import name_in, search_text
from homeroom.reading.faults import refuse
from homeroom.refusals import FieldName
from homeroom_rosters.refusals import NUMBER_OF_ANOTHER, NUMBER_OF_OTHER_PERSON, NUMBER_SHARED, OTHER_PERSON

Columns = Mapping[str, Any]
_NAME: Final = "given_name, middle_name, family_name, name_script"


def _words(columns: Columns) -> set[str]:
    """The words of a name, without accents, case and order."""
    return set(search_text(name_in(columns)).split())


def _who(columns: Columns) -> str:
    born = columns.get("birth_date")
    return f"“{name_in(columns).full}”" + (f" ({born})" if born is not None else "")


def _other_person(one: Columns, other: Columns) -> bool:
    """Whether no word of the names is the same, nor the birth date."""
    born, other_born = one.get("birth_date"), other.get("birth_date")
    if born is not None and born == other_born:
        return False
    if born is not None and other_born is not None:
        # With two birth dates, one shared word such as a family name does not make one person.
        return _words(one) != _words(other) and len(_words(one) & _words(other)) < 2
    return not _words(one) & _words(other)


def _agree(row: Columns, columns: Columns) -> bool:
    """Whether the name (in any of its scripts) or the birth date is the same."""
    if row["birth_date"] is not None and row["birth_date"] == columns["birth_date"]:
        return True
    words = _words(columns)
    names = [_words(row), *({*(text or "").split()} for text in row["others"])]
    return any(name and (name <= words or words <= name) for name in names)


async def refuse_other_people(sync: Sync, noun: SyncedRows, wanted: list[WantedRow]) -> None:
    """Refuse ids that belong to somebody else than before: nothing of the name and the birth date is the same."""
    doubtful: dict[UUID, WantedRow] = {}
    for each in wanted:
        link = sync.links.of(noun.name).get(each.key)
        if link is None or link.row is None or each.before is None or each.before is each.columns:
            continue
        if _other_person(each.before, each.columns):
            doubtful[link.row] = each
    if not doubtful:
        return
    born = "NULL::date AS birth_date" if noun.name == "guardian" else "birth_date"
    query = f"SELECT id, {_NAME}, {born} FROM {noun.table._meta.tablename} WHERE id = ANY($1::uuid[])"
    problems = [
        sync.fault(each.origin, "source_id", OTHER_PERSON, id=each.source_id, before=_who(row), now=_who(each.columns))
        for row in await sync.context.fetch(query, list(doubtful))
        if _other_person(row, (each := doubtful[row["id"]]).columns)
    ]
    refuse(problems)


async def match_by_number(sync: Sync, noun: SyncedRows, wanted: list[WantedRow]) -> list[WantedRow]:
    """Match people who are not linked by their number, if the name or the birth date agrees."""
    counts = Counter(each.columns["code"] for each in wanted)
    named = FieldName(noun.name)
    problems = [
        sync.fault(
            each.origin, "source_id", NUMBER_SHARED, number=number, count=counts[number], noun=named, name=each.name
        )
        for each in wanted
        if counts[number := each.columns["code"]] > 1
    ]
    refuse(problems)
    known = sync.links.of(noun.name)
    linked = {link.row for link in known.values()}
    codes = [each.columns["code"] for each in wanted if each.key not in known]
    if not codes:
        return wanted
    there = {
        row["code"]: row
        for row in await sync.context.fetch(
            f"SELECT p.id, p.code, {_NAME}, p.birth_date,"
            f" ARRAY(SELECT n.search_text FROM person_name n WHERE n.{noun.name}_id = p.id) AS others"
            f" FROM {noun.table._meta.tablename} p WHERE p.code = ANY($1::text[])",
            codes,
        )
    }
    matched = []
    for each in wanted:
        number = each.columns["code"]
        row = there.get(number) if each.key not in known else None
        if row is not None and row["id"] in linked:
            who = {"number": number, "person": _who(row), "noun": named}
            problems.append(sync.fault(each.origin, "source_id", NUMBER_OF_ANOTHER, **who))
        elif row is not None and not _agree(row, each.columns):
            who = {"number": number, "before": _who(row), "now": _who(each.columns)}
            problems.append(sync.fault(each.origin, "source_id", NUMBER_OF_OTHER_PERSON, **who))
        matched.append(each if row is None else replace(each, match=row["id"], before=None))
    refuse(problems)
    return matched


async def warn_of_doubles(sync: Sync, noun: SyncedRows, wanted: list[WantedRow]) -> None:
    """Name new people who have the name and the birth date of somebody who is there."""
    known = sync.links.of(noun.name)
    new = [
        each
        for each in wanted
        if each.match is None and each.key not in known and each.columns.get("birth_date") is not None
    ]
    if not new:
        return
    there: dict[tuple[Any, frozenset[str]], str] = {}
    for row in await sync.context.fetch(
        f"SELECT code, {_NAME}, birth_date FROM {noun.table._meta.tablename} WHERE birth_date = ANY($1::date[])",
        list({each.columns["birth_date"] for each in new}),
    ):
        there[row["birth_date"], frozenset(_words(row))] = row["code"] or row["family_name"]
    for each in new:
        place = each.columns["birth_date"], frozenset(_words(each.columns))
        if place in there:
            sync.report["doubles"][noun.name] += 1
            sync.report.name("double", noun.name, each.name, None, f"of {there[place]}")
        there.setdefault(place, each.columns["code"])
