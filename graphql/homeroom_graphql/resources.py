"""What can be read of the GraphQL part's own rows."""

from __future__ import annotations

from homeroom.resources import EVERYTHING, resource
from homeroom_graphql.tables import GraphQLDocument

__all__ = ["RESOURCES"]

RESOURCES = (
    resource(
        GraphQLDocument,
        scopes={"school": EVERYTHING},
        singular="graphqlDocument",
        plural="graphqlDocuments",
        filters=("hash", "title", "registered_at"),
        order=("title", "registered_at"),
        default_order=("-registered_at",),
    ),
)
