"""What can be computed about the schema: whether it allows a document, and what it has for lists and forms."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from homeroom.computed_queries import query
from homeroom.context import Context
from homeroom.custom_fields.titles import own_fields
from homeroom_graphql.vocabulary.values import Vocabulary

if TYPE_CHECKING:
    from homeroom.computed_queries import ComputedQuery

__all__ = ["QUERIES", "DocumentCheck", "DocumentProblem", "check_graphql_document", "vocabulary"]


@dataclass(frozen=True)
class DocumentProblem:
    """One reason why a document cannot be asked.

    Args:
        code: Stable, for programs.
        message: What is wrong.
        line: The line in the document, from 1, if it is known.
    """

    code: str
    message: str
    line: int | None


@dataclass(frozen=True)
class DocumentCheck:
    """Whether this school's schema allows a document.

    Args:
        hash: The SHA-256 of the document, by which it can be asked once it is known.
        registered: Whether it is on the school's list.
        problems: Why it cannot be asked; empty if it can.
    """

    hash: str
    registered: bool
    problems: list[DocumentProblem]


@query("graphql.document.check")
async def check_graphql_document(context: Context, *, document: str) -> DocumentCheck:
    """Whether this school's schema allows a document, in each of its operations; nothing of it is run.

    For the build of a frontend: it asks this of a school before it brings out a new version.

    Args:
        document: The document.
    """
    from homeroom_graphql.documents import document_hash
    from homeroom_graphql.limits import Limits
    from homeroom_graphql.operations import RequestError
    from homeroom_graphql.permissions import INTROSPECT
    from homeroom_graphql.schemas import operations_of

    operations = await operations_of(context.variant, Limits.of(context.host.settings))
    problems = []
    try:
        operations.check(document)
    except RequestError as found:
        error = found if INTROSPECT in context.caller.access.commands else found.without_suggestions()
        for each in context.host.messages.errors(error.errors, await context.language()):
            line = next((place["line"] for place in each.get("locations", ())), None)
            problems.append(DocumentProblem(each["extensions"]["code"], str(each["message"]), line))
    digest = document_hash(document)
    registered = await context.fetchval("SELECT EXISTS (SELECT FROM graphql_document WHERE hash = $1)", digest)
    return DocumentCheck(digest, registered, problems)


@query("graphql.vocabulary.read")
async def vocabulary(context: Context) -> Vocabulary:
    """The nouns and verbs of this school as far as you may use them, with labels in your language.

    For clients that make lists, details and forms of them: what each noun shows, what each verb takes and where it is
    offered. Ask for it once and keep it while `viewer` has the same roles.
    """
    from homeroom_graphql.vocabulary.build import vocabulary_for

    language = await context.language()
    own = await own_fields(context.transaction, language) if context.space.fields else []
    # Making it for the first time takes a tenth of a second, for which others should not wait.
    return await asyncio.to_thread(vocabulary_for, context.host, context.caller, language, own)


QUERIES: tuple[ComputedQuery, ...] = (check_graphql_document, vocabulary)
