"""What can be done with the documents of a school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.permissions import EVERYBODY
from homeroom.refusals import NOT_FOUND, TOO_LONG
from homeroom_graphql.permissions import ANY
from homeroom_graphql.tables import GraphQLDocument

if TYPE_CHECKING:
    from homeroom.commands import Command

__all__ = ["COMMANDS", "register_graphql_document", "remove_graphql_document", "restrict_graphql_documents"]

_LONGEST_TITLE = 200


@command("graphql.document.register", returns="GraphQLDocument")
async def register_graphql_document(context: Context, *, document: str, title: str | None = None) -> UUID:
    """Put a document on the school's list, so that it can be asked for by its hash.

    A document that is on the list already stays as it is. One that the school's schema does not allow is refused
    (INVALID).
    """
    # A schema is large, and the command line knows of this command without having one.
    from homeroom_graphql.documents import document_hash
    from homeroom_graphql.limits import Limits
    from homeroom_graphql.operations import RequestError
    from homeroom_graphql.schemas import operations_of

    if title is not None and len(title) > _LONGEST_TITLE:
        raise Refusal(TOO_LONG, "title", most=_LONGEST_TITLE)
    operations = await operations_of(context.variant, Limits.of(context.host.settings))
    try:
        operations.check(document)
    except RequestError as error:
        raise error.refusal("document") from None
    digest = document_hash(document)
    known: UUID | None = await context.fetchval("SELECT id FROM graphql_document WHERE hash = $1", digest)
    if known is not None:
        return known
    row = {"hash": digest, "title": title, "document": document, "registered_at": context.now}
    (made,) = await context.rows(GraphQLDocument).insert([row])
    return made


@command("graphql.document.remove")
async def remove_graphql_document(context: Context, *, document: Annotated[UUID, Ref("GraphQLDocument")]) -> None:
    """Take a document off the school's list."""
    await context.permit("GraphQLDocument", [document], field="document")
    await context.rows(GraphQLDocument).delete(document, field="document")


@command("graphql.document.restrict", audited_arguments=True, confirmed=True)
async def restrict_graphql_documents(context: Context, *, listed_only: bool) -> None:
    """Say whether this space answers registered documents alone, or any.

    It is a rule of the space's own, which takes the right `graphql.any` from everybody, so it needs the right to set
    rules as well. A district sets it for its schools by applying its policy. What a district has set, a school cannot
    undo (SET_BY_DISTRICT). Those who have the right `graphql.unlisted` may send others all the same.

    Args:
        listed_only: Whether registered documents alone are answered.
    """
    from homeroom_policies.changing import refuse_set_by_district
    from homeroom_policies.commands import RuleAction, RuleEffect, remove_rule, set_rule

    if listed_only:
        await set_rule(context, role=EVERYBODY, object=ANY, action=RuleAction.RUN, effect=RuleEffect.DENY)
        return
    try:
        await remove_rule(context, role=EVERYBODY, object=ANY, action=RuleAction.RUN)
    except Refusal as refusal:
        if refusal.code != NOT_FOUND:
            raise
        # There is no such rule, so any document is answered already.
    await refuse_set_by_district(context, EVERYBODY, "run", ANY)


COMMANDS: tuple[Command, ...] = (register_graphql_document, remove_graphql_document, restrict_graphql_documents)
