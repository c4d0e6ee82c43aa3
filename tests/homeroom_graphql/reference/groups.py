"""What aggregates mean: rows in groups, said again in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TYPE_CHECKING, Any

from reference.meaning import DEFAULT_ORDER, RELATIONS, WAYS, Row, camel, value_of
from reference.permission import never, readable, shown

if TYPE_CHECKING:
    from reference.interpreter import Interpreter

__all__ = ["Aggregate", "Group", "Key", "Measures", "aggregate"]

_MEASURES = ("sum", "average", "min", "max")


@dataclass(frozen=True)
class Aggregate:
    """The groups that are shown, and how many there are."""

    groups: list[Group]
    total: int


@dataclass(frozen=True)
class Group:
    """Rows that have a key in common. The keys are values, and rows of other resources."""

    resource: str
    rows: list[Row]
    keys: dict[str, Any]


@dataclass(frozen=True)
class Key:
    """The key of a group."""

    group: Group


@dataclass(frozen=True)
class Measures:
    """One measure of the fields of a group."""

    group: Group
    measure: str


@dataclass(frozen=True)
class _Grouping:
    path: tuple[str, ...]
    part: str
    bucket: str


def _grouping(resource: str, given: dict[str, Any]) -> _Grouping:
    name = given["field"].lower()
    *path, part = WAYS.get((resource, name), name).split(".")
    return _Grouping(tuple(path), part, given.get("by") or "DAY")


def target_of(resource: str, grouping: _Grouping) -> str | None:
    """The resource that a key refers to, if it is a reference."""
    for each in grouping.path:
        resource = RELATIONS[resource][camel(each)].target
    relation = RELATIONS[resource].get(camel(grouping.part))
    return None if relation is None else relation.target


class _Maker:
    def __init__(self, reference: Interpreter, resource: str, arguments: dict[str, Any]) -> None:
        self.reference = reference
        self.resource = resource
        self.arguments = arguments
        self.groupings = {each["field"]: _grouping(resource, each) for each in arguments.get("groupBy") or ()}

    def denied(self) -> set[str]:
        """Whatever of the arguments the caller may not read."""
        access = self.reference.access
        found: set[str] = set()
        for each in self.groupings.values():
            resource = self.resource
            for step in (*each.path, each.part):
                if not readable(access, resource, step):
                    found.add(f"{resource}.{camel(step)}")
                relation = RELATIONS[resource].get(camel(step))
                if relation is not None:
                    resource = relation.target
                    if never(resource, access.resources.get(resource)):
                        found.add(resource)
        having = self.arguments.get("having") or {}
        fields = {
            name for measure in _MEASURES for name, each in (having.get(measure) or {}).items() if each is not None
        }
        for each in self.arguments.get("orderBy") or ():
            if each.get("of") is not None:
                fields.add(camel(each["of"].lower()))
        return found | {
            f"{self.resource}.{name}" for name in fields if not readable(access, self.resource, _snake(name))
        }

    def groups(self, rows: Sequence[Row]) -> list[Group]:
        """All groups that the conditions let through, in order."""
        found: dict[tuple[Any, ...], Group] = {}
        if not self.groupings:
            found[()] = Group(self.resource, [], {})
        for row in rows:
            keys = {name: self._key(row, each) for name, each in self.groupings.items()}
            identity = tuple(each["id"] if isinstance(each, dict) else each for each in keys.values())
            found.setdefault(identity, Group(self.resource, [], keys)).rows.append(row)
        return self._sorted([each for each in found.values() if self._passes(each)])

    def _key(self, row: Row, grouping: _Grouping) -> Any:
        reference = self.reference
        resource = self.resource
        current: Row | None = row
        for step in (*grouping.path, grouping.part):
            if current is None or not shown(reference.access, resource, step, current, reference.world):
                return None
            relation = RELATIONS[resource].get(camel(step))
            if relation is None:
                return _bucket(value_of(resource, step, current), grouping.bucket, reference)
            current, resource = reference.first(current, relation), relation.target
        return current

    def _passes(self, group: Group) -> bool:
        for name, wanted in (self.arguments.get("having") or {}).items():
            if wanted is None:
                continue
            if name == "count":
                if not self.reference.operators(len(group.rows), "Int", wanted):
                    return False
                continue
            for field, conditions in wanted.items():
                own = measured(self.reference, group, name, _snake(field))
                if conditions is not None and not self.reference.operators(own, "Decimal", conditions):
                    return False
        return True

    def _sorted(self, groups: list[Group]) -> list[Group]:
        terms: list[tuple[Callable[[Group], Any], bool]] = []
        left = dict(self.groupings)
        for each in self.arguments.get("orderBy") or ():
            name, descending = each.get("key"), each.get("direction") == "DESC"
            if name is not None:
                if left.pop(name, None) is not None:
                    terms += self._by_key(name, descending)
            elif each["measure"] == "COUNT":
                terms.append((lambda group: len(group.rows), descending))
            else:
                terms.append((self._measure(each["measure"].lower(), each["of"].lower()), descending))
        for name in left:
            terms += self._by_key(name, False)
        for value, descending in reversed(terms):
            groups.sort(key=lambda group: self.reference.key(value(group)), reverse=descending)
        return groups

    def _measure(self, measure: str, field: str) -> Callable[[Group], Any]:
        return lambda group: measured(self.reference, group, measure, field)

    def _by_key(self, name: str, descending: bool) -> list[tuple[Callable[[Group], Any], bool]]:
        target = target_of(self.resource, self.groupings[name])
        if target is None:
            return [(lambda group: group.keys[name], descending)]
        reference = self.reference
        terms = reference.terms(target, None, DEFAULT_ORDER.get(target, ()))
        made: list[tuple[Callable[[Group], Any], bool]] = [
            (
                lambda group, term=term: (  # type: ignore[misc]
                    None if group.keys[name] is None else reference.sort_value(target, group.keys[name], term)
                ),
                term.descending != descending,
            )
            for term in terms
        ]
        return [*made, (lambda group: None if group.keys[name] is None else group.keys[name]["id"], descending)]


def aggregate(
    reference: Interpreter, resource: str, rows: Sequence[Row], arguments: dict[str, Any], phantom: bool
) -> Aggregate | set[str]:
    """The statistics of rows that the caller sees, or what of the arguments is denied."""
    maker = _Maker(reference, resource, arguments)
    denied = maker.denied()
    if denied:
        return denied
    if phantom:
        return Aggregate([Group(resource, [], dict.fromkeys(maker.groupings))], 1)
    groups = maker.groups(rows)
    offset, first = arguments.get("offset") or 0, arguments.get("first")
    return Aggregate(groups[offset : offset + (500 if first is None else first)], len(groups))


def measured(reference: Interpreter, group: Group, measure: str, name: str) -> Any:
    """A measure of a field (snake case); none where no row has a value that the caller may read."""
    values = [
        value
        for row in group.rows
        if shown(reference.access, group.resource, name, row, reference.world)
        and (value := value_of(group.resource, name, row)) is not None
    ]
    if not values:
        return None
    if measure in ("min", "max"):
        return (min if measure == "min" else max)(values)
    with localcontext(prec=100):
        total = sum(values)
        if measure == "sum":
            return Decimal(total)
        mean = (Decimal(total) / len(values)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
        return Decimal(format(mean, "f").rstrip("0").rstrip("."))


def _bucket(value: Any, bucket: str, reference: Interpreter) -> Any:
    if not isinstance(value, date):
        return value
    day = value.astimezone(reference.caller.space.time_zone).date() if isinstance(value, datetime) else value
    if bucket == "YEAR":
        return day.replace(month=1, day=1)
    if bucket == "MONTH":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if bucket == "WEEK" else day


def _snake(name: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name)
