"""The GraphQL plugin: a part of the host."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from litestar import asgi

from homeroom import Plugin, hookimpl
from homeroom_graphql.endpoint import GraphQLEndpoint
from homeroom_graphql.graphiql import graphiql_routes
from homeroom_graphql.schemas import warm_up

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host


class GraphQLPlugin(Plugin):
    """Serves ``/graphql`` for every space, with the schema of its plugins."""

    name = "graphql"
    title = "GraphQL over resources and commands"
    requires = ("policies",)
    host_part = True

    def __init__(self) -> None:
        self._warming: set[asyncio.Task[None]] = set()

    @hookimpl
    async def startup(self, host: Host) -> None:
        """Begin to build the schemas of the spaces, beside the first requests."""
        task = asyncio.create_task(warm_up(host))
        self._warming.add(task)
        task.add_done_callback(self._warming.discard)

    @hookimpl
    async def shutdown(self) -> None:
        """Stop building."""
        for task in self._warming:
            task.cancel()

    @hookimpl
    def routes(self, host: Host) -> Sequence[ControllerRouterHandler]:
        """The endpoint, and GraphiQL."""
        return [asgi("/graphql", copy_scope=False)(GraphQLEndpoint(host).__call__), *graphiql_routes()]


plugin = GraphQLPlugin()
