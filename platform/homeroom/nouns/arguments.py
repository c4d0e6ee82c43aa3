"""From the columns of a table to the arguments of its verbs, and to what forms and imports ask of them."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from homeroom.columns import ColumnKind, DayKind, FlagKind, StateKind, VersionKind, kind_of
from homeroom.commands import UNSET, Unset
from homeroom.database.tables import reference_of
from homeroom.signatures import REQUIRED

if TYPE_CHECKING:
    from piccolo.columns import Column

    from homeroom.commands import Command
    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable
    from homeroom.refusals import Code

__all__ = ["Composite", "NounColumn", "described", "noun_columns", "row_dataclass", "row_type"]


class RefusePart(Protocol):
    """Takes what is wrong with a part of a value."""

    def __call__(self, position: int, code: Code, part: str, /, **values: Any) -> None:
        """Refuse one value.

        Args:
            position: Of the value in the sequence that :meth:`Composite.kept` got.
            code: What is wrong.
            part: The part of the value that is wrong, as its input calls it.
            values: What the text of the code names in braces.
        """


class Composite(Protocol):
    """An argument that is kept in several columns, such as the name of a person."""

    @property
    def type(self) -> Any:
        """The dataclass of its input."""

    async def kept(self, context: Context, values: Sequence[Any], refuse: RefusePart) -> Sequence[Mapping[str, Any]]:
        """Values as they are kept, each as column to value, in order.

        Args:
            context: The command's.
            values: What was given.
            refuse: Takes each value that is wrong; what is in its place in the answer does not matter.
        """


@dataclass(frozen=True, slots=True)
class NounColumn:
    """A column as the verbs of a noun, forms and imports know it.

    Args:
        name: The argument's name: ``campus`` for the column ``campus_id``.
        column: The column's name in the database.
        declared: The declared column.
        kind: What may stand in it.
        label: What people call it, in English, for catalogues to translate: ``Exam capacity``.
        help: What it is, in one sentence.
    """

    name: str
    column: str
    declared: Column
    kind: ColumnKind
    label: str
    help: str

    @property
    def in_use(self) -> bool:
        """Whether it says that a row is in use."""
        return isinstance(self.kind, FlagKind) and self.kind.in_use

    @property
    def nullable(self) -> bool:
        """Whether None is kept as NULL."""
        return bool(self.declared._meta.null)

    @property
    def clearable(self) -> bool:
        """Whether None is allowed: it clears the column, to NULL or to an empty text."""
        return self.nullable or self.default == self.kind.empty

    @property
    def default(self) -> Any:
        """What a new row has where nothing was given; ``inspect.Parameter.empty`` if it must be given."""
        value = self.declared._meta.params.get("default")
        return REQUIRED if value is None and not self.nullable else value

    @property
    def type(self) -> Any:
        """The type of an argument, without None."""
        return self.kind.argument(self.declared)

    def creating(self) -> tuple[Any, Any]:
        """Type and default of the argument of a verb that creates."""
        if isinstance(self.kind, DayKind) and (self.kind.today or self.kind.like):
            return self.type | None, None
        if self.default is REQUIRED:
            return self.type, REQUIRED
        # An empty JSON value is written by the verb; an argument's own default would be its text.
        default = None if self.kind.empty not in (None, "") and self.default == self.kind.empty else self.default
        return (self.type | None if default is None else self.type), default

    def changing(self) -> tuple[Any, Any]:
        """Type and default of the argument of a verb that changes."""
        return (self.type | None | Unset if self.clearable else self.type | Unset), UNSET

    def sentence(self, *, new: bool = True) -> str:
        """What it is and what it allows, for the description of an input.

        Args:
            new: Whether it is an input of new rows, which have the day of today where none is given.
        """
        kind = self.kind if new or not isinstance(self.kind, DayKind) else dataclasses.replace(self.kind, today=False)
        return " ".join(filter(None, (self.help, kind.sentence())))


def noun_columns(table: type[SchoolTable], hidden: Collection[str] = ()) -> dict[str, NounColumn]:
    """The columns of a table that people write, by the name of the argument.

    Args:
        table: The table.
        hidden: Names of columns that people do not write.
    """
    found = {}
    for column in table._meta.columns:
        kind, attribute = kind_of(column), column._meta.name
        if kind is None or isinstance(kind, VersionKind | StateKind) or attribute in hidden:
            continue
        name = attribute.removesuffix("_id") if reference_of(column) is not None else attribute
        label = name.replace("_", " ").capitalize()
        described = column._meta.help_text or ""
        if not described and column._meta.choices is not None:
            described = " ".join((inspect.getdoc(column._meta.choices) or "").split("\n\n")[0].split())
        found[name] = NounColumn(name, column._meta.db_column_name, column, kind, label, described)
    return found


def row_dataclass(name: str, about: str, columns: Mapping[str, NounColumn], parameters: Mapping[str, Any]) -> type:
    """The dataclass of a verb's rows; those that are required come first.

    Args:
        name: Of the class; GraphQL adds ``Input``.
        about: What a row is.
        columns: The noun's columns.
        parameters: Argument to type and default.
    """
    ordered = sorted(parameters.items(), key=lambda item: item[1][1] is not REQUIRED)
    made = dataclasses.make_dataclass(
        name,
        [(each, kind) if default is REQUIRED else (each, kind, default) for each, (kind, default) in ordered],
        frozen=True,
        slots=True,
    )
    made.__doc__ = described(about, columns, parameters)
    return made


def described(
    about: str, columns: Mapping[str, NounColumn], names: Collection[str], unset: Collection[str] = ()
) -> str:
    """A docstring with a section about the arguments, from what the columns say.

    Args:
        about: What it does.
        columns: The columns by their arguments.
        names: The arguments.
        unset: Those that stay as they are where they are not given.
    """
    texts = {each: columns[each].sentence(new=each not in unset) for each in names if each in columns}
    lines = [f"    {name}: {text}" for name, text in texts.items() if text]
    return "\n".join([about, *(["", "Args:", *lines] if lines else [])])


def row_type(command: Command) -> Any:
    """The dataclass of the rows of a command that takes a list of them: ``RoomRow = row_type(create_rooms)``."""
    listed = (typing.get_args(kind) for kind, _ in command.parameters.values() if typing.get_origin(kind) is list)
    return next(each for (each,) in listed if dataclasses.is_dataclass(each))
