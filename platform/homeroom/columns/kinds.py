"""What may stand in a column: each kind checks values, and says what it allows.

:meth:`ColumnKind.kept` turns the values of all rows into what is kept, and refuses those that are wrong. A kind that
asks the database does so once for all rows.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol
from uuid import UUID

import msgspec
from piccolo.columns import Column

from homeroom.commands import Ref
from homeroom.database.ids import new_id
from homeroom.database.tables import Reference, reference_of
from homeroom.errors import Refusal
from homeroom.refusals import (
    BAD_FORMAT,
    IN_THE_FUTURE,
    IN_THE_PAST,
    NOT_FOUND,
    OUT_OF_RANGE,
    REQUIRED,
    TOO_LONG,
    TOO_PRECISE,
    Code,
)
from homeroom.texts import code_text, plain_text

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.database.engine import Transaction

__all__ = [
    "ColumnKind",
    "DayKind",
    "EmailKind",
    "EnumKind",
    "FlagKind",
    "NumberKind",
    "QuantityKind",
    "ReferenceKind",
    "Refuse",
    "StateKind",
    "TextKind",
    "TranslatedKind",
    "VersionKind",
    "kind_of",
]

#: Characters of a language tag (BCP 47) at most.
_LANGUAGE: Final = 35


class Refuse(Protocol):
    """Takes what is wrong with a value."""

    def __call__(self, position: int, code: Code, /, **values: Any) -> None:
        """Refuse one value.

        Args:
            position: Of the value in the sequence that :meth:`ColumnKind.kept` got.
            code: What is wrong.
            values: What the text of the code names in braces.
        """


class ColumnKind:
    """What may stand in a column. Subclasses are frozen dataclasses."""

    __slots__ = ()

    #: For forms and imports: which control, which reader. Lower snake case.
    name: str = ""
    #: Whether an empty value is kept as a value of its own and not as NULL, as ``''`` is of texts.
    empty: Any = None

    def argument(self, column: Column) -> Any:
        """The type of a command's parameter for one value, without None."""
        raise NotImplementedError

    def check(self, column: str) -> str:
        """The condition in SQL that holds for every value of a column; empty if its type says all."""
        return ""

    def limits(self) -> Mapping[str, Any]:
        """What it allows, as JSON values by name, for forms and imports."""
        return {}

    def sentence(self) -> str:
        """What it allows, in a short sentence for the description of an input; empty if the type says all."""
        return ""

    def read(self, value: Any) -> Any:
        """One value as it is kept; None for an empty one. Raises Refusal."""
        return value

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        """A value that is right, for tests; None where the school has none.

        Args:
            transaction: Within the school.
            column: The column.
            number: Another one gives another value, where the kind has so many.
        """
        return None

    def wrong(self) -> Any:
        """A value that is refused, for tests; None if there is none that has the right type."""
        return None

    async def kept(self, context: Context, column: Column, values: Sequence[Any], refuse: Refuse) -> list[Any]:
        """Values as they are kept, in order. None is not among them.

        Args:
            context: The command's.
            column: The column.
            values: What was given, of the type of :meth:`argument`.
            refuse: Takes each value that is wrong; what is in its place in the answer does not matter.
        """
        made = []
        for position, value in enumerate(values):
            try:
                made.append(self.read(value))
            except Refusal as error:
                (problem,) = error.problems
                refuse(position, problem.code, **problem.values)
                made.append(None)
        return made


@dataclass(frozen=True, slots=True)
class TextKind(ColumnKind):
    """One line of text, composed and with single spaces; empty texts are ``''`` where they are allowed.

    Args:
        longest: Characters at most.
        optional: Whether it may be empty.
        code: Whether it is a short code or number: full-width letters and digits become the plain ones.
        several_lines: Whether line breaks stay.
    """

    longest: int
    optional: bool = False
    code: bool = False
    several_lines: bool = False
    name: str = field(default="text", init=False)
    empty: Any = field(default="", init=False)

    def argument(self, column: Column) -> Any:
        return str

    def limits(self) -> Mapping[str, Any]:
        return {"longest": self.longest, "several_lines": self.several_lines}

    def sentence(self) -> str:
        return f"At most {self.longest:,} characters."

    def read(self, value: Any) -> Any:
        if self.several_lines:
            lines = [plain_text(line, self.longest, "") for line in value.strip().splitlines()]
            text = plain_length("\n".join(lines), self.longest)
        elif self.code:
            text = code_text(value, self.longest, "")
        else:
            text = plain_text(value, self.longest, "")
        if not text and not self.optional:
            raise Refusal(REQUIRED)
        return text

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        return f"{number}"[-self.longest :]

    def wrong(self) -> Any:
        return "x" * (self.longest + 1)


@dataclass(frozen=True, slots=True)
class EmailKind(TextKind):
    """An e-mail address to which mail can be sent; it may be empty where that is allowed."""

    def read(self, value: Any) -> Any:
        from homeroom.notices.mail import checked_address  # a package with tables, which need columns

        # Not super(): a dataclass with slots is another class than the one that its methods were written in.
        text = TextKind.read(self, value)
        return checked_address(text, "") if text else text

    def sentence(self) -> str:
        return "An e-mail address."

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        return f"somebody{number}@people.example"

    def wrong(self) -> Any:
        return "nobody"


def plain_length(text: str, longest: int) -> str:
    """The same text. Raises Refusal if it is too long."""
    if len(text) > longest:
        raise Refusal(TOO_LONG, most=longest)
    return text


@dataclass(frozen=True, slots=True)
class NumberKind(ColumnKind):
    """A whole number within a range, both ends allowed."""

    lowest: int
    highest: int
    name: str = field(default="number", init=False)

    def argument(self, column: Column) -> Any:
        return int

    def check(self, column: str) -> str:
        return f"{column} BETWEEN {self.lowest} AND {self.highest}"

    def limits(self) -> Mapping[str, Any]:
        return {"lowest": self.lowest, "highest": self.highest}

    def sentence(self) -> str:
        return f"From {self.lowest} to {self.highest}."

    def read(self, value: Any) -> Any:
        if not self.lowest <= value <= self.highest:
            raise Refusal(OUT_OF_RANGE, least=self.lowest, most=self.highest)
        return value

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        return self.lowest + number % (self.highest - self.lowest + 1)

    def wrong(self) -> Any:
        return self.highest + 1


@dataclass(frozen=True, slots=True)
class QuantityKind(ColumnKind):
    """A decimal number within a range, both ends allowed.

    Args:
        lowest: The lowest that is allowed.
        highest: The highest that is allowed.
        places: Digits after the point at most; a number with more is refused and never rounded.
        money: Whether it is an amount in the school's currency.
    """

    lowest: Decimal
    highest: Decimal
    places: int
    money: bool = False
    name: str = field(default="quantity", init=False)

    def argument(self, column: Column) -> Any:
        return Decimal

    def check(self, column: str) -> str:
        return f"{column} BETWEEN {self.lowest} AND {self.highest}"

    def limits(self) -> Mapping[str, Any]:
        return {"lowest": str(self.lowest), "highest": str(self.highest), "places": self.places, "money": self.money}

    def sentence(self) -> str:
        return f"From {self.lowest} to {self.highest}, with at most {self.places} digits after the point."

    def read(self, value: Any) -> Any:
        if not self.lowest <= value <= self.highest:
            raise Refusal(OUT_OF_RANGE, least=self.lowest, most=self.highest)
        if value != round(value, self.places):
            raise Refusal(TOO_PRECISE, places=self.places)
        return value

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        return min(self.highest, self.lowest + 1)

    def wrong(self) -> Any:
        return self.highest + 1


@dataclass(frozen=True, slots=True)
class DayKind(ColumnKind):
    """A date; :mod:`homeroom.dates` bounds all dates.

    Args:
        future: Whether it may lie after today, where the school is.
        past: Whether it may lie before today.
        today: Whether a new row gets today where no day is given.
        like: The column whose day a new row gets where no day is given; empty for none.
    """

    future: bool = True
    past: bool = True
    today: bool = False
    like: str = ""
    name: str = field(default="day", init=False)

    def argument(self, column: Column) -> Any:
        return date

    def limits(self) -> Mapping[str, Any]:
        return {"future": self.future, "past": self.past}

    def sentence(self) -> str:
        limit = "" if self.future and self.past else f"Not {'after' if self.past else 'before'} today."
        return " ".join(filter(None, (limit, "Today where it is not given." * self.today)))

    async def kept(self, context: Context, column: Column, values: Sequence[Any], refuse: Refuse) -> list[Any]:
        today = context.today
        for position, value in enumerate(values):
            if value > today and not self.future:
                refuse(position, IN_THE_FUTURE)
            elif value < today and not self.past:
                refuse(position, IN_THE_PAST)
        return list(values)

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        return await transaction.fetchval("SELECT current_date")


@dataclass(frozen=True, slots=True)
class EnumKind(ColumnKind):
    """One value of an enum."""

    values: type[enum.Enum]
    name: str = field(default="choice", init=False)

    def argument(self, column: Column) -> Any:
        return self.values

    def check(self, column: str) -> str:
        return f"{column} IN ({', '.join(_literal(str(each.value)) for each in self.values)})"

    def limits(self) -> Mapping[str, Any]:
        return {"values": [each.value for each in self.values]}

    def read(self, value: Any) -> Any:
        return value.value

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        return next(iter(self.values))


@dataclass(frozen=True, slots=True)
class StateKind(EnumKind):
    """The state of a row, which only the steps of its noun change; see :mod:`homeroom.nouns.steps`."""


@dataclass(frozen=True, slots=True)
class FlagKind(ColumnKind):
    """Yes or no.

    Args:
        in_use: Whether it says that a row is in use: a new row is, and ``retire`` clears it.
    """

    in_use: bool = False
    name: str = field(default="flag", init=False)

    def argument(self, column: Column) -> Any:
        return bool

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        return True


@dataclass(frozen=True, slots=True)
class VersionKind(ColumnKind):
    """A number that rises with every change. No verb writes it."""

    name: str = field(default="version", init=False)


@dataclass(frozen=True, slots=True)
class TranslatedKind(ColumnKind):
    """A text in several languages: language tag (BCP 47) to text.

    Args:
        text: What each text may be.
    """

    text: TextKind
    name: str = field(default="translated", init=False)
    empty: Any = field(default="{}", init=False)

    def argument(self, column: Column) -> Any:
        return dict[str, Any]

    def limits(self) -> Mapping[str, Any]:
        return self.text.limits()

    def sentence(self) -> str:
        return f"By language tag, such as zh-Hant. {self.text.sentence()}"

    def read(self, value: Any) -> Any:
        made = {}
        for tag, text in value.items():
            if not (isinstance(tag, str) and 2 <= len(tag) <= _LANGUAGE and tag.replace("-", "").isalnum()):
                raise Refusal(BAD_FORMAT)
            if not isinstance(text, str):
                raise Refusal(BAD_FORMAT)
            made[tag] = self.text.read(text)
        if not made and not self.text.optional:
            raise Refusal(REQUIRED)
        return msgspec.json.encode(made).decode()

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        return {"en": await self.text.sample(transaction, column, number)}

    def wrong(self) -> Any:
        return {"en": self.text.wrong()}


@dataclass(frozen=True, slots=True)
class ReferenceKind(ColumnKind):
    """The id of a row of the same school.

    Args:
        sight: Whether a row that the caller may read is enough. Otherwise it is also within the scopes in which the
            caller may run the command; see :meth:`homeroom.context.Context.permit`.
    """

    sight: bool = False
    name: str = field(default="reference", init=False)

    def argument(self, column: Column) -> Any:
        return Annotated[UUID, Ref(resource_named(column))]

    async def kept(self, context: Context, column: Column, values: Sequence[Any], refuse: Refuse) -> list[Any]:
        if values:
            resource = context.variant.by_table[str(reference_of(column))].name
            # Many rows lead to a few.
            several = list(dict.fromkeys(values))
            missing = {several[each] for each in await context.beyond(resource, several, sight=self.sight)}
            for position, value in enumerate(values) if missing else ():
                if value in missing:
                    refuse(position, NOT_FOUND)
        return list(values)

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        return await transaction.fetchval(f"SELECT id FROM {reference_of(column)} ORDER BY id DESC LIMIT 1")

    def wrong(self) -> Any:
        return new_id()


def resource_named(column: Column) -> str:
    """The GraphQL type of the rows that a reference leads to: the name of the table's class."""
    target = column.target  # type: ignore[attr-defined]
    return "".join(part.capitalize() for part in target.split("_")) if isinstance(target, str) else target.__name__


_REFERENCE: Final = ReferenceKind()


def kind_of(column: Column) -> ColumnKind | None:
    """What a column declares about its values; none for a plain column, which no verb of a noun writes."""
    said: ColumnKind | None = getattr(column, "_homeroom_kind", None)
    return _REFERENCE if said is None and isinstance(column, Reference) else said


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
