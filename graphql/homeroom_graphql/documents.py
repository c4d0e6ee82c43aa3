"""Documents that are asked for by their hash, and the list of those that are answered at all.

Three kinds of clients are served: those that send ``documentId`` (GraphQL over HTTP, appendix *Persisted Documents*),
those that send ``extensions.persistedQuery`` with the hash first and the text when it is not known (Apollo's automatic
persisted queries), and those that send texts. What clients make known by themselves lies in the database, so that every
process finds it. Each school keeps the documents that were made known last; a client sends a forgotten one again.

An installation may answer only what is on a list: files that come with a frontend, and what a school has registered. A
school may do so for itself, by taking a right from everybody.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import msgspec

from homeroom.database.connection import AWAY
from homeroom.database.ids import new_id
from homeroom.database.sql import within
from homeroom.database.walls import InSpace
from homeroom.errors import ConfigurationError
from homeroom_graphql.limits import MAX_LENGTH
from homeroom_graphql.operations import RequestError
from homeroom_graphql.permissions import ANY, UNLISTED
from homeroom_graphql.refusals import (
    BAD_DOCUMENT_ID,
    BAD_PERSISTED_QUERY,
    HASH_DIFFERS,
    NOT_REGISTERED,
    QUERY_MISSING,
    UNKNOWN_DOCUMENT,
)
from homeroom_graphql.requests import BadRequest

if TYPE_CHECKING:
    from homeroom.callers import Caller
    from homeroom.host import Host
    from homeroom.pages import Page
    from homeroom.subscriptions import Subscription
    from homeroom_graphql.requests import GraphQLRequest

__all__ = ["Documents", "document_hash", "listed_in"]

logger = logging.getLogger(__name__)

_NAME = re.compile("[A-Za-z0-9:._-]{1,200}")
_HASH = re.compile("[0-9a-f]{64}")
#: Documents that clients made known by themselves, and their characters, in the memory of one process.
_KEPT = 2_000
_KEPT_CHARACTERS = 4_000_000
#: The same in the database, for each space: the ones that were made known last.
_SHARED = 1_000
_SHARED_BYTES = 4_000_000
#: Seconds for which a process believes what it read from a school's list.
_BELIEVED = 1.0
_KNOWN = within("$1", "(SELECT document FROM graphql_known_document WHERE hash = $2)")
_SHARE = """
INSERT INTO graphql_known_document (id, hash, document, known_since) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, hash) DO UPDATE SET known_since = excluded.known_since
"""
_FORGET = f"""
DELETE FROM graphql_known_document WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER latest AS n, sum(octet_length(document)) OVER latest AS bytes
        FROM graphql_known_document WINDOW latest AS (ORDER BY known_since DESC, id DESC)) known
    WHERE n > {_SHARED} OR bytes > {_SHARED_BYTES})
"""
_REGISTERED = within("$1", "(SELECT document FROM graphql_document WHERE hash = $2)")


def document_hash(document: str) -> str:
    """The SHA-256 of a document in UTF-8, as lower case hex."""
    return hashlib.sha256(document.encode()).hexdigest()


def listed_in(path: Path) -> dict[str, str]:
    """The documents of a file or of a folder's files, by hash.

    A ``.json`` file maps hashes to documents, as the Relay compiler and others write it; the hashes are calculated
    again, because those tools use others. A ``.graphql`` file is one document.

    Raises:
        ConfigurationError: A file cannot be read, or is neither.
    """
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    documents: dict[str, str] = {}
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
            texts = msgspec.json.decode(text, type=dict[str, str]) if file.suffix == ".json" else {"": text}
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise ConfigurationError(f"{file} is no list of GraphQL documents: {error}") from error
        for key, document in texts.items():
            documents[document_hash(document)] = document
            if key:
                documents[key] = document
    return documents


class Documents:
    """Finds the document of a request.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        path = host.settings.graphql_documents_path
        # What the host's own pages listen to may always be asked.
        self._listed = _of_pages(host) | (listed_in(path) if path is not None else {})
        self._only_listed = host.settings.graphql_documents == "listed"
        self._made_known: OrderedDict[tuple[UUID, str], str] = OrderedDict()
        self._characters = 0
        self._registered: OrderedDict[tuple[UUID, str], tuple[str | None, float]] = OrderedDict()

    def only_listed(self, caller: Caller) -> bool:
        """Whether nothing but what is on the list is answered, to those who have no right to more."""
        return self._only_listed or ANY not in caller.access.commands

    async def find(self, caller: Caller, request: GraphQLRequest) -> str:
        """The document that a request means.

        Raises:
            BadRequest: It names none, or two that differ.
            RequestError: It is not known (``PERSISTED_QUERY_NOT_FOUND``), or may not be asked here
                (``PERSISTED_QUERY_NOT_ALLOWED``).
        """
        asked, only_listed = _asked(request), self.only_listed(caller)
        if asked is None:
            if request.query is None:
                raise BadRequest(QUERY_MISSING)
            if only_listed:
                await self._refuse_unlisted(caller, document_hash(request.query))
            return request.query
        if request.query is not None:
            if document_hash(request.query) != asked:
                raise BadRequest(HASH_DIFFERS)
            if only_listed:
                await self._refuse_unlisted(caller, asked)
            return request.query
        found = await self._on_list(caller, asked)
        if found is None and not only_listed:
            found = await self._known(caller.space.id, asked)
        if found is None:
            raise RequestError.of(UNKNOWN_DOCUMENT)
        return found

    async def make_known(self, caller: Caller, request: GraphQLRequest) -> None:
        """Keep the document that came with its hash, for every process; it was carried out, so it is valid.

        A failure to keep it is logged and costs nothing: the client sends it again.
        """
        if request.query is None or self.only_listed(caller) or (asked := _asked(request)) is None:
            return
        space = caller.space.id
        self._remember(space, asked, request.query)
        if not _HASH.fullmatch(asked):
            return
        now = self._host.clock()
        try:
            async with self._host.database.transaction(space) as transaction:
                await transaction.execute(_SHARE, new_id(), asked, request.query, now)
                await transaction.execute(_FORGET)
        except (asyncpg.PostgresError, *AWAY) as error:
            logger.warning("a document was not made known: %s", error)

    async def _known(self, space: UUID, asked: str) -> str | None:
        found = self._made_known.get((space, asked))
        if found is None and _HASH.fullmatch(asked):
            database = self._host.database
            found = await database.read(_KNOWN, InSpace(space), asked)
            if found is not None:
                self._remember(space, asked, found)
        return found

    async def _refuse_unlisted(self, caller: Caller, asked: str) -> None:
        if UNLISTED not in caller.access.commands and await self._on_list(caller, asked) is None:
            raise RequestError.of(NOT_REGISTERED)

    async def _on_list(self, caller: Caller, asked: str) -> str | None:
        listed = self._listed.get(asked)
        if listed is not None or not _HASH.fullmatch(asked):
            return listed
        key = (caller.space.id, asked)
        now = time.monotonic()
        known = self._registered.get(key)
        if known is not None and now < known[1]:
            return known[0]
        database = self._host.database
        document: str | None = await database.read(_REGISTERED, InSpace(caller.space.id), asked)
        self._registered[key] = (document, now + _BELIEVED)
        self._registered.move_to_end(key)
        if len(self._registered) > _KEPT:
            self._registered.popitem(last=False)
        return document

    def _remember(self, space: UUID, asked: str, document: str) -> None:
        key = (space, asked)
        if key in self._made_known or len(document) > MAX_LENGTH:
            return
        self._made_known[key] = document
        self._characters += len(document)
        while len(self._made_known) > _KEPT or self._characters > _KEPT_CHARACTERS:
            _, oldest = self._made_known.popitem(last=False)
            self._characters -= len(oldest)


def _of_pages(host: Host) -> dict[str, str]:
    """The subscriptions of pages, and of each subscription the document that only tells of an event, by hash."""
    pages: list[Page] = host.hooks.collect("pages")
    subscriptions: list[Subscription] = host.hooks.collect("subscriptions")
    texts = [page.operation(name) or "" for page in pages for name in page.operations]
    texts = [text for text in texts if text.lstrip().startswith("subscription")]
    return {document_hash(text): text for text in (*texts, *(each.plain_document for each in subscriptions))}


def _asked(request: GraphQLRequest) -> str | None:
    """The hash that a request names. Raises BadRequest."""
    if request.document_id is not None:
        if not _NAME.fullmatch(request.document_id):
            raise BadRequest(BAD_DOCUMENT_ID)
        return request.document_id.removeprefix("sha256:")
    persisted: Any = (request.extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    given = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(given, str) or not _HASH.fullmatch(given) or persisted.get("version") != 1:
        raise BadRequest(BAD_PERSISTED_QUERY)
    return given
