"""Finding people for a task by declaration: who has rows that fit, is free on a day, and is barred by no rule.

::

    MATCH = matching(
        "talent.student.match",
        "Students who have a talent, are free on a day, and whom no rule of eligibility bars.",
        TalentItem.student_id,
        equal("category", "A code of the categories of talents.", needed=True),
        at_least("grade", "The least grade of an examination."),
        equal("student.current_enrolment.school_class.grade_level", "Students of this grade level.", of=GradeLevel),
        where="{row}.state = 'published'",
        shows={"name": "student.full_name", "title": "title", "grade": "grade"},
        best=("-grade",),
    )

This is a computed query like any other, ``matchTalents(category: ..., leastGrade: ..., freeOn: ...)``: each person with
the best row that fits, of those rows that the caller may read. Ways lead over relations to one row; a row from which a
way leads nowhere does not fit. Whom rules bar is declared by plugins (:mod:`homeroom.eligibility`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from homeroom.code_tables import CodeKind
from homeroom.code_tables.values import known_codes
from homeroom.columns import EnumKind, kind_of
from homeroom.commands import Ref
from homeroom.computed_queries import ComputedQuery
from homeroom.database.sql import PARAMETER_TYPES
from homeroom.database.tables import SchoolTable, reference_of
from homeroom.eligibility import barred
from homeroom.errors import ConfigurationError, Refusal
from homeroom.refusals import UNKNOWN_CODE
from homeroom.resources import Field, Resource
from homeroom.signatures import REQUIRED

if TYPE_CHECKING:
    from piccolo.columns import Column

    from homeroom.context import Context

__all__ = ["Criterion", "at_least", "equal", "matching"]

_ROW: Final = "r"
_FREE_ON: Final = "free_on"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a row must be. Made by :func:`equal` and :func:`at_least`.

    Args:
        path: A column of the row, or the way to a relation: ``student.current_enrolment.school_class.grade_level``.
        about: What it is, for people.
        operator: ``=`` or ``>=``.
        needed: Whether it must be given.
        of: The table of the rows that a way leads to.
    """

    path: str
    about: str
    operator: str
    needed: bool
    of: type[SchoolTable] | None

    @property
    def argument(self) -> str:
        """The argument of the query: ``least_grade``."""
        last = self.path.rpartition(".")[2]
        return f"least_{last}" if self.operator == ">=" else last


def equal(path: str, about: str, *, needed: bool = False, of: type[SchoolTable] | None = None) -> Criterion:
    """A row must have just this value. See :class:`Criterion` for the arguments."""
    return Criterion(path, about, "=", needed, of)


def at_least(path: str, about: str, *, needed: bool = False) -> Criterion:
    """A row must have this number or more, or this value of an enum or one that is declared after it."""
    return Criterion(path, about, ">=", needed, None)


def matching(
    name: str,
    description: str,
    person: Any,
    *criteria: Criterion,
    shows: Mapping[str, str],
    where: str = "TRUE",
    best: Sequence[str] = (),
    order: Sequence[str] = (),
    function: str = "",
    answer: str = "",
) -> ComputedQuery:
    """Declare a query that finds people for a task; see :mod:`homeroom.matching`.

    Args:
        name: Of the query and its permission: ``talent.student.match``.
        description: What it finds, for people.
        person: The ``belongs_to`` column of the rows that leads to the person.
        criteria: What a row must be, if it is asked.
        shows: Field of the answer to the column, or the way to a field, that it shows.
        where: Which rows count at all, in SQL over ``{row}``.
        best: Columns that decide which row of a person is shown, ``-`` before a name for descending.
        order: Fields of the answer by which it is sorted.
        function: The query in Python, if not ``match`` and the noun of the name and ``s``.
        answer: The type of the answer, if not the table's with ``Match``.

    Raises:
        ConfigurationError: The column leads to nobody, or a criterion or a field names no column.
    """
    made = _Matching(person, criteria, dict(shows), where, tuple(best), tuple(order))
    kind = _answer(answer or f"{made.table.__name__}Match", description, made)

    async def match(context: Context, **given: Any) -> list[Any]:
        return [kind(**each) for each in await made.find(context, given)]

    match.__name__ = match.__qualname__ = function or f"match_{name.split('.')[1]}s"
    texts = {each.argument: each.about for each in criteria} | {_FREE_ON: "The day of the task."}
    parameters: dict[str, tuple[Any, Any]] = {}
    for each in sorted(criteria, key=lambda each: not each.needed):
        typed = made.type(each.path, of=each.of)
        parameters[each.argument] = (typed, REQUIRED) if each.needed else (typed | None, None)
    parameters[_FREE_ON] = (date | None, None)
    lines = "".join(f"\n    {each}: {texts[each]}" for each in parameters)
    return ComputedQuery(name, match, parameters, list[kind], f"{description}\n\nArgs:{lines}")  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class _Matching:
    """A declaration, and how it becomes a statement."""

    person: Any
    criteria: tuple[Criterion, ...]
    shows: Mapping[str, str]
    where: str
    best: tuple[str, ...]
    order: tuple[str, ...]

    @property
    def table(self) -> type[SchoolTable]:
        table: type[SchoolTable] = self.person._meta.table
        return table

    @property
    def people(self) -> str:
        """The table of the people."""
        found = reference_of(self.person)
        if found is None:
            raise ConfigurationError(f"{self.person!r} leads to nobody")
        return found

    @property
    def whom(self) -> str:
        """What the answer calls the person: ``student``."""
        return str(self.person._meta.db_column_name).removesuffix("_id")

    @property
    def argument(self) -> str:
        """What the answer calls the row: ``talent_item``."""
        return self.table._meta.tablename

    def column(self, name: str) -> Column:
        """A column of the rows by its argument: ``category`` for ``category_id``."""
        for each in self.table._meta.columns:
            if each._meta.db_column_name in (name, f"{name}_id"):
                return each
        raise ConfigurationError(f"{self.table.__name__} has no column {name}")

    def type(self, path: str, *, of: type[SchoolTable] | None = None) -> Any:
        """The type of what a path leads to; a way over relations leads to a text, or to a row of a table."""
        if "." in path:
            return str if of is None else Annotated[UUID, Ref(of.__name__)]
        kind = kind_of(self.column(path))
        if kind is None:
            raise ConfigurationError(f"{self.table.__name__}.{path} does not say what it holds")
        return kind.argument(self.column(path))

    async def find(self, context: Context, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The people, each with the best row, as fields of the answer."""
        asked = tuple(each for each in self.criteria if given.get(each.argument) is not None)
        values = [await self._value(context, each, given[each.argument]) for each in asked]
        resource = context.variant.by_table[self.table._meta.tablename]
        within, more = context.within_scopes(resource.name, _ROW, len(asked) + 2, sight=True)
        sql = self._statement(context, resource, asked, within)
        rows = await context.fetch(sql, context.today, *values, *more)
        free_on = given.get(_FREE_ON)
        out = await barred(context, self.people, [row[self.whom] for row in rows], free_on)
        found = [dict(row) for row in rows if row[self.whom] not in out]
        return sorted(found, key=lambda row: tuple((row[each] is None, row[each]) for each in self.order))

    async def _value(self, context: Context, criterion: Criterion, value: Any) -> Any:
        kind = None if "." in criterion.path else kind_of(self.column(criterion.path))
        if isinstance(kind, CodeKind):
            found = await known_codes(context, kind.code_table, [value])
            if value not in found:
                raise Refusal(UNKNOWN_CODE, criterion.argument, code=value)
            return found[value]["id"]
        if isinstance(kind, EnumKind):
            every = [each.value for each in kind.values]
            return every[every.index(value.value) :] if criterion.operator == ">=" else [value.value]
        try:
            return value if kind is None else kind.read(value)
        except Refusal as refused:
            raise Refusal.of([each.at(criterion.argument, None) for each in refused.problems]) from None

    def _statement(self, context: Context, resource: Resource, asked: Sequence[Criterion], within: str) -> str:
        """The statement for what is asked. The text is kept: PostgreSQL plans a text that it knows once."""
        key = ("matching", id(self), tuple(each.argument for each in asked), within)
        found: str | None = context.variant.parts.get(key)
        if found is None:
            ways = _Ways(context, resource)
            conditions = [self.where.replace("{row}", _ROW), within]
            for number, each in enumerate(asked, 2):
                is_enum = "." not in each.path and isinstance(kind_of(self.column(each.path)), EnumKind)
                compared = f"= ANY(${number}::text[])" if is_enum else f"{each.operator} ${number}"
                conditions.append(f"{ways.value(each.path)} {compared}")
            shown = ", ".join(f"{ways.value(path)} AS {name}" for name, path in self.shows.items())
            person = f"{_ROW}.{self.person._meta.db_column_name}"
            best = ", ".join(
                f"{_ROW}.{each.lstrip('-')} {'DESC NULLS LAST' if each.startswith('-') else ''}" for each in self.best
            )
            found = context.variant.parts[key] = (
                f"SELECT DISTINCT ON ({person}) {person} AS {self.whom}, {_ROW}.id AS {self.argument}, {shown}"
                f" FROM {resource.table} {_ROW}{ways.joins}"
                f" WHERE {' AND '.join(f'({each})' for each in conditions)} AND $1::date IS NOT NULL"
                f" ORDER BY {', '.join(filter(None, (person, best, f'{_ROW}.id')))}"
            )
        return found


class _Ways:
    """Joins the relations of several ways, each once."""

    def __init__(self, context: Context, resource: Resource) -> None:
        self._variant = context.variant
        self._root = resource
        self._aliases: dict[str, tuple[str, Resource]] = {"": (_ROW, resource)}
        self.joins = ""

    def value(self, path: str) -> str:
        """SQL of what a path leads to."""
        *steps, last = path.split(".")
        row, owner = self._lead(steps)
        part = owner.fields.get(last) or owner.relations.get(last)
        if part is None:
            raise ConfigurationError(f"{owner.name} has no field or relation {last} to match by")
        return part.sql.replace("{row}", row) if isinstance(part, Field) else f"{row}.{part.here}"

    def _lead(self, steps: Sequence[str]) -> tuple[str, Resource]:
        path = ".".join(steps)
        if path not in self._aliases:
            row, owner = self._lead(steps[:-1])
            relation = owner.relations.get(steps[-1])
            if relation is None or relation.many:
                raise ConfigurationError(f"{owner.name} has no relation {steps[-1]} to one row")
            target = self._variant.by_table[relation.target]
            alias = f"w{len(self._aliases)}"
            where = self._variant.predicates.predicate(target, relation.where or "TRUE", alias, _parameter)
            self.joins += (
                f" JOIN {target.table} {alias} ON {alias}.{relation.there} = {row}.{relation.here} AND {where}"
            )
            self._aliases[path] = (alias, target)
        return self._aliases[path]


def _parameter(name: str) -> str:
    if name != "today":
        raise ConfigurationError(f"a way to match by depends on :{name}")
    return f"$1::{PARAMETER_TYPES[name]}"


def _answer(name: str, description: str, made: _Matching) -> type:
    """The dataclass of the answer: the person, the row, and what is shown."""
    person = "".join(part.capitalize() for part in made.people.split("_"))
    fields: list[tuple[str, Any]] = [
        (made.whom, Annotated[UUID, Ref(person)]),
        (made.argument, Annotated[UUID, Ref(made.table.__name__)]),
    ]
    lines = [f"    {made.whom}: Who it is.", f"    {made.argument}: The best row that fits."]
    for field, path in made.shows.items():
        optional = "." not in path and made.column(path)._meta.null
        typed = made.type(path)
        fields.append((field, typed | None if optional else typed))
        about = (
            made.column(path)._meta.help_text if "." not in path else f"The {field.replace('_', ' ')} of the person."
        )
        lines.append(f"    {field}: {about or 'As in the row.'}")
    answer = dataclasses.make_dataclass(name, fields, frozen=True)
    answer.__doc__ = f"{description}\n\nArgs:\n" + "\n".join(lines)
    return answer
