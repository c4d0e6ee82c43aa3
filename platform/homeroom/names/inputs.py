"""The name of a person as an argument of verbs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from homeroom.errors import Refusal
from homeroom.names.letters import script_of
from homeroom.names.person_name import Order, PersonName, Script, split_full_name
from homeroom.names.tables import name_columns
from homeroom.refusals import NOT_TOGETHER, FieldName
from homeroom.texts import folded, plain_text, required_text

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.nouns.arguments import RefusePart

__all__ = ["NameArgument", "NameInput", "name_of"]


@dataclass(frozen=True, slots=True)
class NameInput:
    """A name in its parts, or as a whole; by default in the school's own script.

    Args:
        given_name: The given name.
        family_name: The family name; may be empty.
        middle_name: What is between them; may be empty.
        full_name: The whole name, where its parts are not known; it is taken apart as its script has it. With a given
            name it must be the same name.
    """

    given_name: str = ""
    family_name: str = ""
    middle_name: str = ""
    script: Script | None = None
    full_name: str = ""

    @classmethod
    def completed(cls, given: Mapping[str, Any], stored: Mapping[str, Any]) -> Self:
        """A changed name: a whole one by itself, changed parts with those that stay.

        Args:
            given: What is given of it.
            stored: The columns of the person.
        """
        parts = ("given_name", "family_name", "middle_name")
        if given.get("full_name") and not given.get("given_name"):
            return cls(**given)
        return cls(**{**{each: stored[each] for each in parts}, **given})


def name_of(given: NameInput, default: Script, *, field: str = "name") -> PersonName:
    """The name of an input, checked. Raises Refusal that names the part.

    Args:
        given: The input.
        default: The script where the input names none.
        field: The input field.
    """
    if given.full_name and not given.given_name:
        full = required_text(given.full_name, 240, f"{field}.full_name")
        return split_full_name(given.script or script_of(full, default), full)
    parts = {
        "family": plain_text(given.family_name, 120, f"{field}.family_name"),
        "middle": plain_text(given.middle_name, 120, f"{field}.middle_name"),
    }
    given_part = required_text(given.given_name, 120, f"{field}.given_name")
    made = PersonName(given.script or default, given=given_part, **parts)
    if not given.full_name or folded(given.full_name) == folded(made.full):
        return made
    # The order of the parts may tell another script, as in a list of names of several scripts.
    for script in Script if given.script is None else ():
        other = PersonName(script, given=given_part, **parts)
        if folded(given.full_name) == folded(other.full):
            return other
    raise Refusal(NOT_TOGETHER, f"{field}.full_name", fields=[FieldName("full_name"), FieldName("given_name")])


@dataclass(frozen=True, slots=True)
class NameArgument:
    """The argument ``name`` of the verbs of a noun whose table is a :class:`~homeroom.names.NamedTable`.

    ``Noun(Visitor, "gate.visitor", composites={"name": NameArgument(read_settings)})``.

    Args:
        settings: Gives the script and the order of names in the school.
    """

    settings: Callable[[Context], Awaitable[tuple[Script, Order]]]

    @property
    def type(self) -> type[NameInput]:
        """The dataclass of its input."""
        return NameInput

    async def kept(self, context: Context, values: Sequence[NameInput], refuse: RefusePart) -> list[dict[str, Any]]:
        """The columns of each name; see :class:`homeroom.nouns.Composite`."""
        script, order = await self.settings(context)
        made: list[dict[str, Any]] = []
        for position, value in enumerate(values):
            try:
                made.append(name_columns(name_of(value, script, field=""), order))
            except Refusal as error:
                (problem,) = error.problems
                refuse(position, problem.code, str(problem.field).removeprefix("."), **problem.values)
                made.append({})
        return made
