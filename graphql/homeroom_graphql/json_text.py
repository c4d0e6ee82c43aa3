"""JSON written by PostgreSQL as text: constants joined with values, which costs less than building objects."""

from __future__ import annotations

import msgspec

__all__ = ["JsonText", "encode", "json_value", "member", "quoted"]

#: Writes JSON of a value that Python made.
encode = msgspec.json.Encoder(uuid_format="canonical").encode

#: GraphQL type to SQL that makes JSON text of a value ``{}``; null is written by coalesce.
_FORMS = {
    "ID": "'\"' || ({}) || '\"'",
    "String": "to_json({})::text",
    "Int": "({})::text",
    "BigInt": "'\"' || ({}) || '\"'",
    "Decimal": "'\"' || ({}) || '\"'",
    "Boolean": "({})::text",
    "Date": "'\"' || ({}) || '\"'",
    "DateTime": "to_json({})::text",
    "JSON": "({})::text",
    "[String!]": "to_json({})::text",
    "PersonKind": "to_json({})::text",
    "enum": "'\"' || upper({}) || '\"'",
}


def json_value(kind: str, sql: str) -> str:
    """SQL that writes a value of a GraphQL type as JSON text.

    Args:
        kind: The GraphQL type, or ``enum``.
        sql: The value.
    """
    return f"coalesce({_FORMS[kind].format(sql)}, 'null')"


def member(key: str, value: bytes) -> bytes:
    """One member of a JSON object. A response key is a GraphQL name: it needs no escape."""
    return b'"%b":%b' % (key.encode(), value)


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


class JsonText:
    """A text under construction: literal pieces and SQL expressions, which must never be NULL."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[tuple[bool, str]] = []

    def text(self, piece: str) -> None:
        """Append constant text."""
        if self._parts and not self._parts[-1][0]:
            self._parts[-1] = (False, self._parts[-1][1] + piece)
        else:
            self._parts.append((False, piece))

    def value(self, sql: str) -> None:
        """Append the value of a SQL expression of type text."""
        self._parts.append((True, sql))

    def sql(self) -> str:
        """The whole as one SQL expression."""
        return " || ".join(part if is_sql else quoted(part) for is_sql, part in self._parts) or "''"
