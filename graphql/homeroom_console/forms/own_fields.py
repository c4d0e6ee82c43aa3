"""The school's own fields as a section of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from homeroom_console.placing import OWN_VALUES as SET
from homeroom_graphql.vocabulary.values import Control, VerbPlace, VocabularyInput

if TYPE_CHECKING:
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun, VocabularyVerb

__all__ = ["OWN", "SET", "names_in", "own_inputs", "own_values", "section_noun", "value_rows"]

#: Before the names of their controls.
OWN: Final = "own."
_CONTROLS: Final = {
    "Int": Control.NUMBER,
    "Decimal": Control.DECIMAL,
    "Date": Control.DATE,
    "Boolean": Control.FLAG,
}


def section_noun(reader: Reader, verb: VocabularyVerb, subject: str) -> VocabularyNoun | None:
    """The noun whose own fields the form of a verb has a section for; none if it has none.

    Args:
        reader: Who fills in the form.
        verb: What it is the form of.
        subject: The id of the row that it is about; empty if it is about none.
    """
    if SET not in reader.words.verbs or not subject:
        return None
    changes = verb.place is VerbPlace.ROW and any(each.control is Control.VERSION for each in verb.inputs)
    if verb.name != SET and not (changes and verb.noun == verb.subject_noun):
        return None
    noun = reader.words.nouns.get(subject.partition("_")[0])
    return noun if noun is not None and own_inputs(noun) else None


def own_inputs(noun: VocabularyNoun) -> list[VocabularyInput]:
    """The own fields of a noun as inputs. What is read on demand alone is not among them."""
    return [_input(each) for each in noun.fields if each.own and not (each.sensitive or each.logged)]


def _input(field: VocabularyField) -> VocabularyInput:
    kind = field.type.strip("[]!")
    control = Control.CHOICE if field.values else _CONTROLS.get(kind, Control.TEXT)
    text = control is Control.TEXT
    return VocabularyInput(
        name=field.name,
        label=field.label,
        description=field.description if field.description.rstrip(".") != field.label else "",
        type="JSON",
        control=control,
        required=False,
        many=field.type.startswith("["),
        clears=True,
        default=None,
        noun=None,
        code_table=None,
        values=field.values,
        longest=int(float(field.highest)) if text and field.highest else None,
        lowest=None if text else field.lowest,
        highest=None if text else field.highest,
        places=None,
        money=False,
        future=True,
        past=True,
        limits=None,
        current=[field.name],
        inputs=[],
    )


async def own_values(asking: Asking, reader: Reader, noun: VocabularyNoun, row: str) -> Mapping[str, Any]:
    """The values that a row has in the school's own fields.

    Args:
        asking: Asks.
        reader: Who reads.
        noun: What the row is.
        row: Its id.
    """
    names = " ".join(each.name for each in own_inputs(noun))
    document = f"query ConsoleOwn($id: ID!) {{ row: {noun.row_field}(id: $id) {{ {names} }} }}"
    found: Mapping[str, Any] = (await asking.ask(reader, document, {"id": row})).first or {}
    return found


def value_rows(
    noun: VocabularyNoun, row: str, given: Mapping[str, Any], seen: Mapping[str, Any]
) -> tuple[list[str], list[dict[str, Any]]]:
    """The values that a form changes: the names of their fields, and the rows for the verb that writes them.

    Args:
        noun: What the row is.
        row: Its id.
        given: What the form sent, by field.
        seen: What it showed.
    """
    inputs = {each.name: each for each in own_inputs(noun)}
    changed = [name for name, value in given.items() if name in inputs and not _same(value, seen.get(name))]
    rows = [
        {
            "row": row,
            "field": name,
            "value": _stored(inputs[name], given[name]),
            "expected": _stored(inputs[name], seen.get(name)),
        }
        for name in changed
    ]
    return changed, rows


def _same(one: Any, other: Any) -> bool:
    return (one in (None, "", [])) == (other in (None, "", [])) and (one in (None, "", []) or str(one) == str(other))


def _stored(given: VocabularyInput, value: Any) -> Any:
    """A value as it is kept: codes of an enum are in capitals in the schema alone."""
    if value in (None, "", []):
        return None
    if given.control is Control.CHOICE and isinstance(value, str):
        return value.lower()
    return value


def names_in(changed: Sequence[str], errors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The errors of the verb that writes values, at the names of the section's controls."""
    return [
        {**each, "field": f"{OWN}{changed[each['row']]}", "row": None}
        if each.get("row") is not None and each["row"] < len(changed)
        else {**each, "field": None}
        for each in errors
    ]
