"""What one GraphQL request may ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from homeroom.settings.kinds import Count, Limit
from homeroom.settings.work import WorkSettings

__all__ = ["GraphQLSettings"]


class GraphQLSettings(WorkSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one GraphQL request may ask for."""

    graphql_max_body: Annotated[Limit, Meta(description="Bytes of a GraphQL request, files apart.")] = 1_000_000
    graphql_max_tokens: Annotated[Limit, Meta(description="Tokens of a GraphQL document.")] = 2_500
    graphql_max_depth: Annotated[
        Annotated[int, Meta(ge=1, le=60)],
        Meta(description="Selection sets within one another in an operation; a list takes two or three of them."),
    ] = 30
    graphql_max_root_fields: Annotated[
        Limit, Meta(description="Root fields of an operation; each one of a mutation is a transaction.")
    ] = 20
    graphql_max_aliases: Annotated[
        Limit, Meta(description="Fields with an alias in a document, fragments unfolded.")
    ] = 100
    graphql_max_directives: Annotated[Limit, Meta(description="Directives in a document, fragments unfolded.")] = 100
    graphql_max_fields: Annotated[
        Limit, Meta(description="Fields and conditions of an operation as it is carried out.")
    ] = 2_000
    graphql_max_cost: Annotated[
        Limit,
        Meta(
            description=(
                "Objects that the answer to an operation could have, were every list as long as the page that is "
                "asked for."
            )
        ),
    ] = 1_000_000
    graphql_new_documents: Annotated[
        Limit,
        Meta(
            description=(
                "GraphQL documents a second that one account may send to one process without anybody having sent them "
                "before; twenty seconds' worth can be saved up. Long ones count more, refused ones ten times."
            )
        ),
    ] = 10
    custom_schemas: Annotated[
        Count,
        Meta(
            description=(
                "Schemas of schools with fields of their own that one process keeps, at most some MiB each; one that "
                "is not kept is made again in some hundredths of a second when its school asks again."
            )
        ),
    ] = 32
    graphql_max_page: Annotated[Limit, Meta(description="Rows of a page that a client may ask for.")] = 500
    graphql_max_files: Annotated[Count, Meta(description="Files that one GraphQL request may bring.")] = 10
    graphql_max_subscriptions: Annotated[
        Limit,
        Meta(
            description=(
                "Sockets that one account may have in one process, and operations that it may have under way over "
                "them, subscriptions above all."
            )
        ),
    ] = 50
    graphql_init_seconds: Annotated[
        float,
        Meta(gt=0, le=600, description="Seconds in which a WebSocket must begin with `connection_init`."),
    ] = 10.0
    graphql_documents: Annotated[
        Literal["any", "listed"],
        Meta(
            description=(
                "Which GraphQL documents are answered: any, or only those on a list, which are the files of "
                "`HOMEROOM_GRAPHQL_DOCUMENTS_PATH` and what a school has registered. Accounts with the right "
                "`graphql.unlisted` may send others."
            )
        ),
    ] = "any"
    graphql_documents_path: Annotated[
        Path | None,
        Meta(
            description=(
                "A file or a folder of GraphQL documents that clients may ask for by their hash: `.graphql` files, "
                "and `.json` files that map hashes to documents, as the Relay compiler writes them."
            )
        ),
    ] = None
