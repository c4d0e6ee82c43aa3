"""What the GraphQL part keeps in a school."""

from __future__ import annotations

from piccolo.columns import Text, Timestamptz, Varchar

from homeroom.database.tables import SchoolTable, coded

__all__ = ["GraphQLDocument", "KnownDocument"]


class GraphQLDocument(SchoolTable, tablename="graphql_document"):
    """A GraphQL document that programs of the school may send by its hash."""

    hash = coded(
        Varchar(length=64, default=None, help_text="The SHA-256 of the document in UTF-8, as lower case hex."), "0" * 64
    )
    title = Varchar(length=200, null=True, default=None, help_text="What it is for.")
    document = Text(default=None, help_text="The document itself.")
    registered_at = Timestamptz(default=None, help_text="When it was registered.")


class KnownDocument(SchoolTable, tablename="graphql_known_document"):
    """A GraphQL document that a client has made known by sending it with its hash, for every process to find."""

    hash = coded(
        Varchar(length=64, default=None, help_text="The SHA-256 of the document in UTF-8, as lower case hex."), "0" * 64
    )
    document = Text(default=None, help_text="The document itself.")
    known_since = Timestamptz(default=None, help_text="When it was made known last.")
