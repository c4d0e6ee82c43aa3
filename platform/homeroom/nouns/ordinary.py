"""An ordinary noun: what is read, the verbs, who may use them and whose data they are, from one declaration.

A plugin lists its ordinary nouns as ``NOUNS`` in the module ``nouns`` of its package::

    NOUNS = (
        ordinary(Shelf, "library.shelf", run_by=("principal", "registrar"), read_by=("teacher",), nobody="furniture"),
    )

Each gives the same :class:`~homeroom.resources.Resource`, commands, rules and declaration of personal data that an
author could write, and is beside those in ``resources``, ``commands``, ``permissions`` and ``personal_data``.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeroom.errors import ConfigurationError
from homeroom.names.search import search_patterns
from homeroom.nouns.finding import words_of_rows
from homeroom.nouns.noun import Noun, way_of
from homeroom.nouns.rows import Check, Written
from homeroom.nouns.steps import Step
from homeroom.nouns.words import with_article
from homeroom.permissions import Rule
from homeroom.personal_data import PersonalData
from homeroom.personal_data import nobody as about_nobody
from homeroom.resources import Field, Leaf, Relation, Resource, camel_case, resource, searchable
from homeroom.resources.lists import default_lists

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable

__all__ = ["Ordinary", "ordinary", "ordinary_verbs"]


_SEARCH = "By words, without accents, in either kind of Chinese characters."
_ABOUT: Mapping[str, str] = {
    "create": "Add {noun}.",
    "change": "Change {noun}: what is not given stays, null clears.",
    "retire": "Take {noun} out of use: it stays, and is no longer chosen.",
    "remove": "Remove {noun} that was entered by mistake; IN_USE names what refers to it.",
}


@dataclass(frozen=True)
class Ordinary:
    """What one declaration made. Made by :func:`ordinary`.

    Args:
        noun: The noun.
        shown: What can be read.
        commands: Its verbs.
        rules: Who may read and who may use the verbs.
        personal_data: Whose data the rows are.
    """

    noun: Noun
    shown: Resource
    commands: tuple[Command, ...]
    rules: tuple[Rule, ...]
    personal_data: tuple[PersonalData, ...]

    @property
    def parts(self) -> Mapping[str, tuple[Any, ...]]:
        """The part of a plugin to what this adds to it; see :mod:`homeroom.parts`."""
        return {
            "resources.RESOURCES": (self.shown,),
            "commands.COMMANDS": self.commands,
            "permissions.RULES": self.rules,
            "personal_data.PERSONAL_DATA": self.personal_data,
        }


def ordinary(
    table: type[SchoolTable],
    prefix: str,
    *parts: Field | Leaf | Relation,
    run_by: Sequence[str],
    read_by: Sequence[str] = (),
    nobody: str = "",
    personal_data: PersonalData | None = None,
    check: Check | None = None,
    plural: str = "",
    verbs: Mapping[str, str] | None = None,
    rules: Sequence[Rule] = (),
    import_by: str | Sequence[str] = (),
    steps: Sequence[Step] = (),
    then: Mapping[str, Written] | Written | None = None,
    hidden: Sequence[str] = (),
    **shown: Any,
) -> Ordinary:
    """Declare an ordinary noun.

    Args:
        table: The table, whose columns say what may stand in them.
        prefix: Plugin and noun: ``library.shelf``; permissions are named by it.
        parts: Further fields and relations to read.
        run_by: The roles that may use every verb, and read, by default.
        read_by: The roles that may read, by default.
        nobody: Why the rows are about nobody, as :func:`homeroom.personal_data.nobody` takes it.
        personal_data: Whose data the rows are, where they are about people.
        check: Refuses rows for what columns cannot say; see :class:`Noun`.
        plural: What several are called, if it is not the regular plural.
        verbs: Verb to what it does, for people; by default all that the table allows. ``create_many`` takes rows.
        rules: Further rules, such as those of people who read in a scope of their own.
        import_by: The argument or arguments that tell one row from another in a file; with them rows can be imported,
            which creates and changes them. See :func:`homeroom.imports.imports`.
        steps: What leads rows from state to state, where the table has a column ``state(...)``.
        then: What follows once a verb has written rows, in its transaction: a function that gets the context and the
            ids of the rows. A mapping of verbs to functions says what follows from these verbs alone.
        hidden: Columns that people do not write, such as those that ``then`` fills.
        shown: Further arguments of :func:`homeroom.resources.resource`, such as ``scopes``.

    Raises:
        ConfigurationError: It says neither or both of ``nobody`` and ``personal_data``, or ``then`` names another verb.
    """
    if bool(nobody) is (personal_data is not None):
        raise ConfigurationError(f"{table.__name__} says either nobody=... or personal_data=...")
    hidden = [*hidden, *(step.day for step in steps if step.day)]
    noun = Noun(table, prefix, check=check, plural=plural, hidden=hidden, written=then if callable(then) else None)
    shown = {"plural": camel_case(noun.plural), **shown}
    for words in words_of_rows(table):
        parts = (*parts, searchable("search", f"{{row}}.{words}", search_patterns, _SEARCH))
        shown["exclude"] = (*shown.get("exclude", ()), words)
        shown["filters"] = ("search", *shown.get("filters", default_lists(table, shown["exclude"]).filters))
    commands = (*ordinary_verbs(noun, verbs), *(noun.step(each) for each in steps))
    if then is not None and not callable(then):
        verbs_of_it = [_verb(each) for each in commands]
        if unknown := then.keys() - set(verbs_of_it):
            raise ConfigurationError(
                f"{prefix}: then={sorted(unknown)} are no verbs of it; its verbs are {', '.join(verbs_of_it)}"
            )
        commands = tuple(_followed(each, then) for each in commands)
    return Ordinary(
        noun,
        resource(table, *parts, **shown),
        (*commands, *_import(commands, import_by)),
        (
            *(Rule(role, noun.resource) for role in dict.fromkeys([*run_by, *read_by])),
            *(Rule(role, f"{prefix}.*", "run") for role in run_by),
            *rules,
        ),
        tuple(about_nobody(nobody, table)) if personal_data is None else (personal_data,),
    )


def ordinary_verbs(noun: Noun, about: Mapping[str, str] | None = None) -> tuple[Command, ...]:
    """The commands ``create``, ``change``, ``retire`` (where a column is ``in_use()``) and ``remove`` of a noun.

    Args:
        noun: The noun.
        about: Verb to what it does, for people; by default all of these.
    """
    if about is None:
        words = with_article(noun.argument.replace("_", " "))
        retires = any(column.in_use for column in noun.columns.values())
        about = {verb: text.format(noun=words) for verb, text in _ABOUT.items() if retires or verb != "retire"}
    made: dict[str, Callable[[str], Command]] = {
        "create": noun.create, "create_many": noun.create_many, "change": noun.change, "retire": noun.retire,
        "remove": noun.remove,
    }  # fmt: skip
    return tuple(made[verb](text) for verb, text in about.items())


def _verb(command: Command) -> str:
    return command.name.rpartition(".")[2]


def _followed(command: Command, then: Mapping[str, Written]) -> Command:
    """A verb after which something follows."""
    follow = then.get(_verb(command))
    if follow is None:
        return command

    async def run(context: Context, **given: Any) -> Any:
        made = await command.function(context, **given)
        await follow(context, made if command.many else [made])
        return made

    functools.update_wrapper(run, command.function)
    return dataclasses.replace(command, function=run)


def _import(commands: Sequence[Command], key: str | Sequence[str]) -> tuple[Command, ...]:
    from homeroom.imports import imports

    made = {way_of(each): each for each in commands}
    return (imports(made["create"], change=made.get("change"), key=key),) if key else ()
