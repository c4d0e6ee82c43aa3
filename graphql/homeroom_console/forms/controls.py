"""The controls of a form, as the template draws them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from homeroom.languages import LANGUAGES
from homeroom_console.showing.values import name_of, name_selection
from homeroom_graphql.vocabulary.values import Control

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyInput, VocabularyVerb

__all__ = ["ControlMaker", "FormControl", "Option"]

#: Rows that a control for a reference shows before anybody searches.
_CHOICES: Final = 10
#: Codes of a code table that a control shows.
_CODES: Final = 500


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose.

    Args:
        value: What is sent.
        label: What people read.
        chosen: Whether it is chosen.
    """

    value: str
    label: str
    chosen: bool = False


@dataclass(slots=True)
class FormControl:
    """A control.

    Args:
        input: What it is for.
        name: In the form: ``rows.0.code``.
        value: What it shows at first; for several values, a list.
        options: What there is to choose.
        controls: Of a group, its controls; of a table, those of its rows one after another.
        errors: What is wrong with it.
    """

    input: VocabularyInput
    name: str
    value: Any = None
    options: Sequence[Option] = ()
    controls: list[FormControl] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Of the element."""
        return f"f-{self.name.replace('.', '-')}"

    @property
    def kind(self) -> str:
        """The name of the control, for the template."""
        return self.input.control.value

    @property
    def described(self) -> str:
        """The elements that describe it."""
        parts = [f"{self.id}-hint"] if self.input.description else []
        return " ".join([*parts, f"{self.id}-error"] if self.errors else parts)


class ControlMaker:
    """Makes the controls of a form.

    Args:
        asking: Asks what there is to choose.
        reader: Who fills in the form.
        verb: What it is the form of.
    """

    def __init__(self, asking: Asking, reader: Reader, verb: VocabularyVerb) -> None:
        self._asking = asking
        self._reader = reader
        self._verb = verb

    async def current(self, subject: str) -> Mapping[str, Any] | None:
        """The present values of the row that the form is about, by input; none if the reader may not see it.

        Args:
            subject: The id of the row.
        """
        noun = self._reader.words.nouns.get(self._verb.subject_noun or "")
        if noun is None:
            return None
        readable = {each.name for each in noun.fields}
        asked = {each.name: each.current for each in self._verb.inputs if each.current and each.current[0] in readable}
        selected = " ".join(
            f"{name}: {path[0]}" + (f" {{ {' '.join(path[1:])} }}" if path[1:] else "") for name, path in asked.items()
        )
        naming = name_selection(self._reader, noun.name)
        document = f"query ConsoleCurrent($id: ID!) {{ row: {noun.row_field}(id: $id) {{ {naming} {selected} }} }}"
        row = (await self._asking.ask(self._reader, document, {"id": subject})).first
        if row is None:
            return None
        values = {name: _inner(row[name], path[1:]) for name, path in asked.items()}
        return {**values, "": name_of(self._reader, noun, row)}

    async def controls(self, values: Mapping[str, Any], without: frozenset[str]) -> list[FormControl]:
        """The controls of the verb.

        Args:
            values: What is known of the inputs, as JSON.
            without: Inputs that the form has no control for.
        """
        return [
            await self._control(each, each.name, values.get(each.name))
            for each in self._verb.inputs
            if each.name not in without
        ]

    async def _control(self, given: VocabularyInput, name: str, value: Any) -> FormControl:
        if value is None and given.default is not None:
            value = given.default
        made = FormControl(given, name, value)
        if given.control is Control.GROUP:
            made.controls = await self._group(given, name, value)
        elif given.control is Control.CHOICE:
            made.options = [Option(each.value, each.label, _chosen(value, each.value)) for each in given.values]
        elif given.control is Control.CODE and given.code_table:
            made.options = await self._codes(given.code_table, value)
        elif given.control is Control.REFERENCE and given.noun:
            made.options = await self._rows(given.noun, value)
        elif given.control is Control.TRANSLATED:
            titles = value if isinstance(value, dict) else {}
            made.options = [Option(language, titles.get(language, "")) for language in LANGUAGES]
        return made

    async def _group(self, given: VocabularyInput, name: str, value: Any) -> list[FormControl]:
        rows = value if isinstance(value, list) else [value or {}]
        places = (
            [(f"{name}.{place}", row) for place, row in enumerate(rows or [{}])] if given.many else [(name, rows[0])]
        )
        return [
            await self._control(each, f"{place}.{each.name}", row.get(each.name) if isinstance(row, dict) else None)
            for place, row in places
            for each in given.inputs
        ]

    async def _codes(self, table: str, value: Any) -> list[Option]:
        if "codeValues" not in self._reader.words.lists:
            return []
        kept: dict[str, list[tuple[str, str]]] = self._reader.kept.setdefault("codes", {})
        if table not in kept:
            document = (
                "query ConsoleCodes($filter: CodeValueFilter, $first: Int) {"
                " codeValues(filter: $filter, first: $first) { nodes { code title } } }"
            )
            wanted = {"codeTable": {"eq": table}, "active": {"eq": True}}
            answer = await self._asking.ask(self._reader, document, {"filter": wanted, "first": _CODES})
            kept[table] = [(each["code"], each["title"]) for each in (answer.first or {"nodes": []})["nodes"]]
        return [Option(code, title, _chosen(value, code)) for code, title in kept[table]]

    async def _rows(self, noun: str, value: Any) -> list[Option]:
        words = self._reader.words.nouns.get(noun)
        if words is None or words.list_field is None:
            return []
        found = await choices(self._asking, self._reader, noun, "")
        chosen = [each for each in (value if isinstance(value, list) else [value]) if each]
        missing = [each for each in chosen if each not in {option.value for option in found}]
        named = await rows_named(self._asking, self._reader, noun, missing) if missing else []
        return [Option(each.value, each.label, each.value in chosen) for each in (*named, *found)]


async def choices(asking: Asking, reader: Reader, noun: str, words: str) -> list[Option]:
    """The first rows of a noun, or the first that have these words.

    Args:
        asking: Asks.
        reader: Who chooses.
        noun: Of what.
        words: What the name of the row has; empty for all rows.
    """
    about = reader.words.nouns[noun]
    wanted: dict[str, Any] = {}
    search = next((each.name for each in about.fields if each.search), None)
    if words and search is not None:
        wanted[search] = {"matches": words}
    elif words:
        texts = [each.name for each in about.fields if each.name in about.known_by and each.filterable]
        wanted["or"] = [{name: {"contains": words}} for name in texts]
    if about.unlisted is None and any(each.name == "active" and each.filterable for each in about.fields):
        wanted["active"] = {"eq": True}
    document = (
        f"query ConsoleChoices($filter: {noun}Filter, $first: Int) {{"
        f" {about.list_field}(filter: $filter, first: $first) {{ nodes {{ {name_selection(reader, noun)} }} }} }}"
    )
    answer = await asking.ask(reader, document, {"filter": wanted or None, "first": _CHOICES})
    return [Option(each["id"], name_of(reader, about, each)) for each in (answer.first or {"nodes": []})["nodes"]]


async def rows_named(asking: Asking, reader: Reader, noun: str, ids: Sequence[str]) -> list[Option]:
    """Rows with their names.

    Args:
        asking: Asks.
        reader: Who reads.
        noun: What they are.
        ids: Their ids.
    """
    about = reader.words.nouns[noun]
    document = (
        f"query ConsoleNamed($ids: [ID!], $first: Int) {{ {about.list_field}"
        f"(filter: {{id: {{in: $ids}}}}, first: $first) {{ nodes {{ {name_selection(reader, noun)} }} }} }}"
    )
    answer = await asking.ask(reader, document, {"ids": list(ids), "first": len(ids)})
    return [Option(each["id"], name_of(reader, about, each)) for each in (answer.first or {"nodes": []})["nodes"]]


def _inner(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _chosen(value: Any, option: str) -> bool:
    return option in value if isinstance(value, list) else value == option
