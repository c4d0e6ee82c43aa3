"""Values as people read them on a page: texts, states, links to rows and to files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from homeroom.spelling import snake_case
from homeroom_console.declared import declared_in
from homeroom_console.showing.naming import STATES, Naming, naming_of
from homeroom_console.showing.plain import label_of, plain_text, title_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["badge", "cell_of", "name_of", "name_selection", "row_address", "shown", "value_label"]

#: What is shown in place of a value that is not there.
_NOTHING: Final = Markup('<span class="none" aria-hidden="true">–</span>')
#: How a state is coloured. Its label says the same, so nobody needs the colour.
_TONES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("ACTIVE", "APPROVED", "ACCEPTED", "ANSWERED", "CONFIRMED", "COMPLETED", "CURRENT", "DELIVERED", "DONE",
         "EXECUTED", "FINISHED", "GIVEN", "GRANTED", "HELD", "OPEN", "PUBLISHED", "SENT", "SUCCEEDED", "VERIFIED"),
        "good",
    ),
    **dict.fromkeys(
        ("BLOCKED", "CANCELLED", "DECLINED", "DISABLED", "EXPELLED", "FAILED", "GAVE_UP", "REFUSED", "REJECTED",
         "SUSPENDED", "ANNULLED", "DROPPED_OUT"),
        "bad",
    ),
    **dict.fromkeys(
        ("APPLIED", "CHANGED", "DRAFT", "ENROLLED", "OFFERED", "PENDING", "PLANNED", "PROPOSED", "QUEUED", "RETURNED",
         "RUNNING", "SUBMITTED", "WAITING"),
        "waits",
    ),
}  # fmt: skip


def shown(reader: Reader, field: VocabularyField, value: Any, within: str = "") -> Markup:
    """A value of a field.

    Args:
        reader: Who reads.
        field: The field.
        value: As GraphQL answers it.
        within: The noun of the row, if it is one.
    """
    return cell_of(reader, field, within)(value)


def cell_of(reader: Reader, field: VocabularyField, within: str = "") -> Callable[[Any], Markup]:
    """Makes the values of one field into what people read; made once for all rows of a list.

    Args:
        reader: Who reads.
        field: The field.
        within: The noun of the rows: links to other rows do not repeat it.
    """
    if field.noun is not None:
        linked, absent = _linking(reader, field.noun, within), _absent(reader, field, within)
        return (lambda row: linked(row) if row else absent) if absent else linked
    if field.values and field.name in STATES:
        badges = {each.value: badge(each.value, each.label) for each in field.values}
        return lambda value: _NOTHING if value is None else badges.get(value) or badge(value, str(value))
    if field.file:
        opened = escape(reader.text("Open"))
        return lambda value: _NOTHING if not value else Markup(f'<a href="{escape(value)}">{opened}</a>')  # noqa: S704 - escaped
    if field.type.rstrip("!") == "String" and not field.values:
        return lambda value: escape(title_of(reader, field, value)) if value else _NOTHING

    def cell(value: Any) -> Markup:
        if value is None or value in ("", []):
            return _NOTHING
        return escape(plain_text(reader, field, value))

    return cell


def badge(value: str, label: str) -> Markup:
    """A state as a badge."""
    return Markup(f'<span class="badge {_TONES.get(value, "")}">{escape(label)}</span>')  # noqa: S704 - escaped


def _absent(reader: Reader, field: VocabularyField, within: str) -> Markup | None:
    """What the look of a noun shows where a relation leads nowhere; none if the reader may just not see the row."""
    plugin, look = declared_in(reader.host, reader.variant).looks.get(within, ("", None))
    name = snake_case(field.name)
    if look is None or name not in look.absent:
        return None
    access = reader.caller.access
    for seen in (access.field(within, name), access.resources.get(field.noun or "")):
        if seen is None or "school" not in seen.allow or seen.deny:
            return None
    return escape(reader.text(look.absent[name], plugin))


def _linking(reader: Reader, noun: str, within: str) -> Callable[[Any], Markup]:
    """Links to rows, by what people call them. A row without a name leads to the row that names it."""
    words = reader.words.nouns.get(noun)
    if words is None:
        return lambda value: _NOTHING
    naming = naming_of(reader, words, frozenset({within}) if within else frozenset())
    state, address = naming.state, _address(words)
    if state is not None and within:
        return lambda row: (
            _NOTHING
            if not row or row.get(state.name) is None
            else badge(row[state.name], label_of(state, row[state.name]))
        )
    only: tuple[VocabularyField, Naming] | None = naming.only if within else None
    if only is not None:
        part, inner = only
        target = _address(inner.noun)
        return lambda row: (
            _NOTHING
            if not row or not row.get(part.name)
            else _link(f"{target}/{row[part.name]['id']}", inner.text(reader, row[part.name]))
        )
    return lambda row: (
        _NOTHING if not row or "id" not in row else _link(f"{address}/{row['id']}", naming.text(reader, row))
    )


def _link(address: str, text: str) -> Markup:
    return Markup(f'<a href="{escape(address)}">{escape(text)}</a>')  # noqa: S704 - escaped


def _address(noun: VocabularyNoun) -> str:
    return f"/nouns/{noun.list_field or noun.row_field}"


def row_address(noun: VocabularyNoun, row: str) -> str:
    """The address of the detail of a row."""
    return f"{_address(noun)}/{row}"


def name_of(reader: Reader, noun: VocabularyNoun, row: Mapping[str, Any]) -> str:
    """What people call a row, from what :func:`name_selection` asked."""
    return naming_of(reader, noun).text(reader, row)


def name_selection(reader: Reader, noun: str, within: str = "") -> str:
    """What to select of a row in order to show a link to it.

    Args:
        reader: Who reads.
        noun: What the row is.
        within: The noun of the row that shows the link.
    """
    words = reader.words.nouns.get(noun)
    return "id" if words is None else naming_of(reader, words, frozenset({within}) if within else frozenset()).selection


def value_label(reader: Reader, noun: str, name: str, value: str) -> str:
    """What people call a value of an enum.

    Args:
        reader: Who reads.
        noun: The noun that has it.
        name: The field.
        value: As GraphQL answers it.
    """
    words = reader.words.nouns.get(noun)
    field = next((each for each in words.fields if each.name == name), None) if words is not None else None
    return next((each.label for each in field.values if each.value == value), value) if field is not None else value
