"""The controls of a form, as the template draws them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from homeroom.languages import ENGLISH, LANGUAGES, decimal_sign
from homeroom_console.forms.choosing import ANYBODY, Option, codes, logins, names_of_rows
from homeroom_console.forms.hints import hint_of
from homeroom_console.shell import LANGUAGE_NAMES
from homeroom_graphql.vocabulary.values import Control, VocabularyValue

if TYPE_CHECKING:
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyInput, VocabularyVerb

__all__ = ["ANYBODY", "ANY_ROW", "ControlMaker", "FormControl", "Option", "all_controls", "leaves_of", "suggested"]

#: Empty rows at the end of a table.
_EMPTY_ROWS: Final = 3
#: In the names of controls, the place of the number of a row that a script adds.
ANY_ROW: Final = "__row__"
_ID: Final = re.compile(r"[A-Z]\w*_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class FormControl:
    """A control.

    Args:
        input: What it is for.
        name: In the form: ``rows.0.code``.
        value: What it shows at first; for several values, a list.
        options: What there is to choose; of a reference, what is chosen; of a text, what is offered while one types.
        controls: Of a group, its controls.
        rows: Of a table, the controls of each row.
        blank: Of a table, the controls of a row that a script adds.
        hint: What helps to fill it in.
        errors: What is wrong with it.
        theirs: What somebody else wrote meanwhile, as JSON; none if nobody did.
        theirs_shown: The same for people.
    """

    input: VocabularyInput
    name: str
    value: Any = None
    options: Sequence[Option] = ()
    controls: list[FormControl] = field(default_factory=list)
    rows: list[list[FormControl]] = field(default_factory=list)
    blank: list[FormControl] = field(default_factory=list)
    hint: str = ""
    errors: list[str] = field(default_factory=list)
    theirs: Any = None
    theirs_shown: str | None = None

    @property
    def id(self) -> str:
        """Of the element."""
        return f"f-{self.name.replace('.', '-')}"

    @property
    def kind(self) -> str:
        """The name of the control, for the template."""
        return "table" if self.input.control is Control.GROUP and self.input.many else self.input.control.value

    @property
    def described(self) -> str:
        """The elements that describe it."""
        return f"{self.id}-hint {self.id}-error" if self.hint else f"{self.id}-error"

    @property
    def chosen(self) -> list[Option]:
        """What is chosen of the options."""
        return [each for each in self.options if each.chosen]

    @property
    def typed(self) -> str:
        """Of a reference, a text that names no row; empty if there is none."""
        values = self.value if isinstance(self.value, list) else [self.value]
        return " ".join(each for each in values if isinstance(each, str) and not _ID.fullmatch(each))


class ControlMaker:
    """Makes the controls of a form.

    Args:
        asking: Asks what there is to choose.
        reader: Who fills in the form.
    """

    def __init__(self, asking: Asking, reader: Reader) -> None:
        self._asking = asking
        self._reader = reader
        self._references: list[FormControl] = []

    async def controls(
        self, verb: VocabularyVerb, values: Mapping[str, Any], without: frozenset[str] = frozenset()
    ) -> list[FormControl]:
        """The controls of a verb.

        Args:
            verb: What it is the form of.
            values: What is known of the inputs, as JSON.
            without: Inputs that the form has no control for.
        """
        return await self.of_inputs(suggested(self._reader, verb, without), values)

    async def of_inputs(
        self, inputs: Sequence[VocabularyInput], values: Mapping[str, Any], prefix: str = ""
    ) -> list[FormControl]:
        """The controls of inputs.

        Args:
            inputs: The inputs.
            values: What is known of them, as JSON.
            prefix: Of their names in the form.
        """
        made = [await self._control(each, f"{prefix}{each.name}", values.get(each.name)) for each in inputs]
        await self._name_rows()
        return made

    async def _control(self, given: VocabularyInput, name: str, value: Any) -> FormControl:
        if value is None and given.default is not None:
            value = given.default
        made = FormControl(given, name, value, hint=hint_of(self._reader, given))
        if given.control is Control.GROUP and given.many:
            await self._fill_table(made, value)
        elif given.control is Control.GROUP:
            known = value if isinstance(value, dict) else {}
            made.controls = [
                await self._control(each, f"{name}.{each.name}", known.get(each.name)) for each in given.inputs
            ]
        elif given.control is Control.CHOICE:
            made.options = [Option(each.value, each.label, _chosen(value, each.value)) for each in given.values]
        elif given.control is Control.CODE and given.code_table:
            found = await codes(self._asking, self._reader, given.code_table)
            made.options = [Option(code, title, _chosen(value, code)) for code, title in found]
        elif given.control is Control.TEXT and given.name == "login":
            made.options = await logins(self._asking, self._reader)
        elif given.control is Control.REFERENCE:
            self._references.append(made)
        elif given.control is Control.TRANSLATED:
            titles = value if isinstance(value, dict) else {}
            made.options = [Option(language, titles.get(language, "")) for language in LANGUAGES]
        elif given.control is Control.MOMENT:
            made.value = self._local(value)
        elif given.control is Control.DECIMAL and value is not None:
            made.value = str(value).replace(".", decimal_sign(self._reader.language))
        return made

    async def _fill_table(self, made: FormControl, value: Any) -> None:
        leaves = list(leaves_of(made.input.inputs))
        rows = list(value) if isinstance(value, list) else []
        rows += [{}] * (_EMPTY_ROWS if len(rows) < _EMPTY_ROWS else 1)
        for place, row in enumerate(rows):
            made.rows.append(
                [await self._control(leaf, f"{made.name}.{place}.{path}", _inner(row, path)) for path, leaf in leaves]
            )
        made.blank = [await self._control(leaf, f"{made.name}.{ANY_ROW}.{path}", None) for path, leaf in leaves]

    async def _name_rows(self) -> None:
        """Name the rows that references lead to: one query for each noun."""
        wanted: dict[str, list[str]] = {}
        for each in self._references:
            for value in each.value if isinstance(each.value, list) else [each.value]:
                if isinstance(value, str) and _ID.fullmatch(value):
                    wanted.setdefault(value.partition("_")[0], []).append(value)
        named: dict[str, str] = {}
        for noun, ids in wanted.items():
            named |= await names_of_rows(self._asking, self._reader, noun, list(dict.fromkeys(ids)))
        for each in self._references:
            values = each.value if isinstance(each.value, list) else [each.value]
            each.options = [
                Option(value, named.get(value, value), chosen=True)
                for value in values
                if isinstance(value, str) and _ID.fullmatch(value)
            ]
        self._references = []

    def _local(self, value: Any) -> Any:
        """A moment as its control shows it: on the school's clock, without its offset."""
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            return value
        return moment.astimezone(self._reader.space.time_zone).replace(tzinfo=None).isoformat(timespec="minutes")


def leaves_of(inputs: Sequence[VocabularyInput], prefix: str = "") -> Iterator[tuple[str, VocabularyInput]]:
    """The columns of a table: path to input. Groups are taken apart, translated texts by their languages."""
    for each in inputs:
        path = f"{prefix}{each.name}"
        if each.control is Control.GROUP:
            yield from leaves_of(each.inputs, f"{path}.")
        elif each.control is Control.TRANSLATED:
            for language in LANGUAGES:
                label = f"{each.label} ({LANGUAGE_NAMES[language]})"
                yield f"{path}.{language}", dataclasses.replace(each, control=Control.TEXT, label=label, required=False)
        else:
            yield path, each


def all_controls(controls: Sequence[FormControl]) -> Iterator[FormControl]:
    """Controls and those within groups and tables."""
    for each in controls:
        yield each
        yield from all_controls(each.controls)
        for row in each.rows:
            yield from all_controls(row)


def suggested(reader: Reader, verb: VocabularyVerb, without: frozenset[str] = frozenset()) -> list[VocabularyInput]:
    """The inputs of a verb; of texts that name a role or a language, with what there is to choose."""
    return [_suggested(reader, verb, each) for each in verb.inputs if each.name not in without]


def _suggested(reader: Reader, verb: VocabularyVerb, given: VocabularyInput) -> VocabularyInput:
    if given.control is Control.GROUP:
        inputs = [_suggested(reader, verb, each) for each in given.inputs]
        if reader.language != ENGLISH and any(each.name == "familyName" for each in inputs):
            inputs.sort(key=lambda each: _NAME_ORDER.get(each.name, 0))
        return dataclasses.replace(given, inputs=inputs)
    if given.control is not Control.TEXT:
        return given
    values: list[VocabularyValue] = []
    if given.name in ("role", "roles") and verb.name.partition(".")[0] in _OF_THE_HOST:
        values = [VocabularyValue(each.name, each.label) for each in reader.vocabulary.roles]
    elif given.name == "language":
        values = [VocabularyValue(tag, name) for tag, name in LANGUAGE_NAMES.items()]
    elif given.name in ("noun", "resource") and verb.name.partition(".")[0] in _OF_THE_HOST:
        values = [VocabularyValue(each.name, each.many) for each in reader.vocabulary.nouns]
    return dataclasses.replace(given, control=Control.CHOICE, values=values) if values else given


#: Vietnamese and Chinese names begin with the family's, and people write them as a whole.
_NAME_ORDER: Final = {"fullName": -4, "familyName": -3, "middleName": -2, "givenName": -1}
#: Parts of the host whose inputs `role` and `noun` mean those of the vocabulary.
_OF_THE_HOST: Final = frozenset({"tenants", "policies", "approvals", "custom_fields", "privacy"})


def _inner(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _chosen(value: Any, option: str) -> bool:
    return option in value if isinstance(value, list) else value == option
