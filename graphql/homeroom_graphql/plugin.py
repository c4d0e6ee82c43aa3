"""The GraphQL plugin: a part of the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from litestar import asgi

from homeroom import Plugin, hookimpl
from homeroom_graphql.endpoint import GraphQLEndpoint
from homeroom_graphql.graphiql import graphiql_routes

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host


class GraphQLPlugin(Plugin):
    """Serves ``/graphql`` for every space, with the schema of its plugins."""

    name = "graphql"
    title = "GraphQL over resources and commands"
    requires = ("policies",)
    host_part = True

    @hookimpl
    def routes(self, host: Host) -> Sequence[ControllerRouterHandler]:
        """The endpoint, and GraphiQL."""
        return [asgi("/graphql", copy_scope=False)(GraphQLEndpoint(host).__call__), *graphiql_routes()]


plugin = GraphQLPlugin()
