"""The GraphQL plugin: a part of the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from homeroom import Plugin, hookimpl
from homeroom.queries import QUERIES

if TYPE_CHECKING:
    import click
    from litestar.types import ControllerRouterHandler

    from homeroom import Context, Event
    from homeroom.claims import Claim
    from homeroom.health import HealthCheck
    from homeroom.host import Host
    from homeroom.variants import Variant
    from homeroom_graphql.endpoint import GraphQLEndpoint
    from homeroom_graphql.schemas import Warming

_ENDPOINT = "graphql.endpoint"
_WARMING = "graphql.warming"


class GraphQLPlugin(Plugin):
    """Serves ``/graphql`` for every space, with the schema of its plugins."""

    name = "graphql"
    title = "GraphQL over resources and commands"
    requires = ("policies",)
    host_part = True
    not_parts: ClassVar = frozenset({"documents", "subscriptions"})  # of GraphQL, and no papers of a school
    unshown_tables: ClassVar = {"graphql_known_document": "a store of what clients send, which they ask by its hash"}

    @hookimpl
    async def startup(self, host: Host) -> None:
        """Begin to build the schemas of the spaces; a host without routes needs none."""
        from homeroom_graphql.answering import Answering

        host.services[QUERIES] = Answering(host)
        if _ENDPOINT in host.services:
            from homeroom_graphql.schemas import Warming

            host.services[_WARMING] = Warming(host)

    @hookimpl
    async def event(self, context: Context, event: Event) -> None:
        """Tell those who have subscribed, once it is committed."""
        from homeroom_graphql.subscriptions.telling import tell

        tell(context, event)

    @hookimpl
    async def shutdown(self, host: Host) -> None:
        """Stop building and listening; send what waits."""
        from homeroom_graphql.subscriptions.others import say_goodbye
        from homeroom_graphql.subscriptions.telling import notices_of

        await notices_of(host).flush()
        await say_goodbye(host)
        endpoint: GraphQLEndpoint | None = host.services.get(_ENDPOINT)
        if endpoint is not None:
            await endpoint.feeds.close()
        warming: Warming | None = host.services.pop(_WARMING, None)
        if warming is not None:
            warming.stop()

    @hookimpl
    def health_checks(self, host: Host) -> Sequence[HealthCheck]:
        """Whether the schemas are built; the first request of a school would otherwise wait for its own."""
        from homeroom.health import HealthCheck

        async def built() -> bool:
            warming: Warming | None = host.services.get(_WARMING)
            return warming is not None and warming.enough

        return [HealthCheck("schemas", built)] if _ENDPOINT in host.services else []

    @hookimpl
    def derived_names(self, variant: Variant) -> Sequence[Claim]:
        """Types, fields and enum values of the schema."""
        from homeroom_graphql.schema import declare

        return list(declare(variant).claims(variant.given_by, self.name))

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        """``homeroom schema``, ``homeroom graphql`` and ``homeroom run``."""
        from homeroom_graphql.cli import command
        from homeroom_graphql.documents_cli import graphql
        from homeroom_graphql.run_cli import run

        return [command, graphql, run]

    @hookimpl
    def routes(self, host: Host) -> Sequence[ControllerRouterHandler]:
        """The endpoint, and GraphiQL."""
        from litestar import asgi

        from homeroom.origins import FOR_LISTED_ORIGINS
        from homeroom_graphql.endpoint import GraphQLEndpoint
        from homeroom_graphql.graphiql import graphiql_routes

        endpoint = host.services[_ENDPOINT] = GraphQLEndpoint(host)
        return [asgi("/graphql", copy_scope=False, opt=FOR_LISTED_ORIGINS)(endpoint.__call__), *graphiql_routes()]


plugin = GraphQLPlugin()
