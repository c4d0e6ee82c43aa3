"""The columns that the file of an import may have, as people write and read them."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from homeroom.imports.columns import header_of, referred_columns
from homeroom.imports.declare import import_of
from homeroom_graphql.vocabulary.values import Control, VocabularyColumn

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.imports.columns import ImportColumn
    from homeroom.imports.declare import Import
    from homeroom_graphql.vocabulary.speaker import Speaker
    from homeroom_graphql.vocabulary.values import VocabularyValue

__all__ = ["file_columns"]

_BY_TYPE: Final[Mapping[Any, Control]] = {
    int: Control.NUMBER,
    float: Control.DECIMAL,
    Decimal: Control.DECIMAL,
    bool: Control.FLAG,
    date: Control.DATE,
}


def file_columns(speaker: Speaker, command: Command) -> Sequence[VocabularyColumn]:
    """The columns of an import, those that a file needs first; none of other commands."""
    spec = import_of(command)
    if spec is None:
        return []
    found = [_column(speaker, spec, each) for each in spec.columns.values()]
    return sorted(found, key=lambda each: not (each.key or each.required))


def _column(speaker: Speaker, spec: Import, column: ImportColumn) -> VocabularyColumn:
    limits = dict(column.noun.kind.limits()) if column.noun is not None else {}
    code_table = limits.get("code_table")
    control = Control.REFERENCE if column.resource else Control.CODE if code_table else _BY_TYPE.get(column.type)
    values = _values(speaker, spec, column.type)
    return VocabularyColumn(
        name=column.path,
        header=header_of(speaker.variant, spec, column, speaker.labels.language),
        required=column.required,
        key=column.path in spec.key,
        control=Control.CHOICE if values else control or Control.TEXT,
        many=column.many,
        noun=column.resource or None,
        named_by=_named_by(speaker, column),
        code_table=code_table,
        values=values,
        longest=limits.get("longest"),
    )


def _values(speaker: Speaker, spec: Import, kind: Any) -> list[VocabularyValue]:
    if not (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        return []
    return speaker.values(kind.__name__, [each.value for each in kind], spec.resource)


def _named_by(speaker: Speaker, column: ImportColumn) -> list[str]:
    if not column.resource:
        return []
    target = speaker.variant.resources[column.resource]
    fields = referred_columns(speaker.variant, column)
    return [speaker.labels.field(target, each) for each in fields if each in target.fields]
