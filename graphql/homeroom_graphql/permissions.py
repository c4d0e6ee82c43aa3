"""What roles may do with the schema and with registered documents by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import EVERYBODY, Rule

__all__ = ["ANY", "INTROSPECT", "RIGHTS", "RULES", "UNLISTED", "VOCABULARY"]

#: To ask for the schema itself.
INTROSPECT: Final = "graphql.introspect"
#: To send documents that are not on the list, where only those are answered.
UNLISTED: Final = "graphql.unlisted"
#: To send any document; a space that answers registered ones alone has taken it from everybody.
ANY: Final = "graphql.any"
#: To ask for what the schema has for lists and forms, with labels, as far as one may use it.
VOCABULARY: Final = "graphql.vocabulary.read"

RIGHTS: Final = {
    INTROSPECT: "Asks for the schema itself, as GraphiQL and other tools do.",
    ANY: "Sends any document; taken from everybody where only registered ones are answered.",
    UNLISTED: "Sends documents that are not registered, where only registered ones are answered.",
}
#: Administrators see the schema and decide which documents are answered.
RULES: Final = (
    Rule(EVERYBODY, ANY, "run"),
    Rule(EVERYBODY, VOCABULARY, "run"),
    *(
        rule
        for role in ("admin", "district_admin")
        for rule in (Rule(role, "graphql.*", "run"), Rule(role, "GraphQLDocument"))
    ),
)
