"""The ordinary way: Strawberry resolvers over Piccolo rows with dataloaders, behind Strawberry's own controller.

It answers the documents of :mod:`homeroom_graphql` with the same types, as far as they are measured. It is spared
what the product does besides: it asks for no session and no permission, its space comes with the request; and it has
the parser and validation caches that are off by default. The space's signed context is set once a request.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import strawberry
from litestar import Litestar, Request
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache
from strawberry.litestar import make_graphql_controller

from homeroom.database.engine import Database
from homeroom.database.walls import ContextSigner
from homeroom.settings import Settings
from homeroom_bench.ordinary_loading import Loaders
from homeroom_bench.ordinary_saving import Mutation
from homeroom_bench.ordinary_types import Query

__all__ = ["application"]


def application() -> Litestar:
    """The application of a server's worker process; its settings come from the environment."""
    settings = Settings.load()
    assert settings.database_url is not None
    assert settings.secret_key is not None
    database = Database(
        settings.database_url, ContextSigner(settings.secret_key.encode()), pool_size=settings.database_pool
    )

    class InSpace(SchemaExtension):
        """One transaction in the space of the request; it has ended when the answer leaves."""

        async def on_operation(self) -> AsyncIterator[None]:
            async with database.transaction(self.execution_context.context["space"]):
                yield

    schema = strawberry.Schema(
        Query, Mutation, extensions=[lambda: ParserCache(512), lambda: ValidationCache(512), InSpace]
    )

    async def context_of(request: Request[Any, Any, Any]) -> dict[str, Any]:
        return {"loaders": Loaders(), "space": UUID(request.headers["x-space"])}

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        await database.open()
        try:
            yield
        finally:
            await database.close()

    controller = make_graphql_controller(schema, path="/graphql", graphql_ide=None, context_getter=context_of)
    return Litestar(route_handlers=[controller], lifespan=[lifespan], openapi_config=None)
