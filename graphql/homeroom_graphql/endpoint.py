"""GraphQL over HTTP: an ASGI handler of our own, because the framework's costs more than the query.

Follows the GraphQL-over-HTTP specification: ``application/graphql-response+json`` with 4xx for what is not
executed, ``application/json`` with 200 for clients that ask for nothing newer. Queries come by GET or POST, mutations
by POST alone.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
from typing import TYPE_CHECKING, Any

import msgspec

from homeroom.database.connection import AWAY
from homeroom.errors import Failure, Unavailable
from homeroom.languages import ENGLISH
from homeroom.messages import Message, accepted_language, language_for
from homeroom.refusals import UNAVAILABLE
from homeroom_graphql.documents import Documents
from homeroom_graphql.executor import AboutSchema, Executor
from homeroom_graphql.media_types import NEW, OLD, negotiated, takes_gzip
from homeroom_graphql.operations import RequestError
from homeroom_graphql.refusals import METHOD_NOT_ALLOWED, NOT_ACCEPTABLE
from homeroom_graphql.requests import BadRequest, Body, read_get, read_post, stated_purpose
from homeroom_graphql.subscriptions.feeds import Feeds
from homeroom_graphql.subscriptions.socket import serve_socket
from homeroom_graphql.uploads import Form, form_of, is_form, read_form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar.types import Receive, Send

    from homeroom.callers import Caller
    from homeroom.host import Host

__all__ = ["GraphQLEndpoint"]

logger = logging.getLogger(__name__)

_CONTENT_TYPE = {NEW: NEW + b"; charset=utf-8", OLD: OLD + b"; charset=utf-8"}


class GraphQLEndpoint:
    """The endpoint.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.executor = Executor(host)
        self.documents = Documents(host)
        self.feeds = Feeds(host, host.settings.graphql_max_subscriptions)
        self._most = self.executor.limits.body

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one WebSocket."""
        if scope["type"] == "websocket":
            await serve_socket(self._host, self.executor, self.documents, self.feeds, scope, receive, send)
            return
        accept = content_type = length = purpose = spoken = b""
        caller: Caller | None = None
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = accept + b"," + value if accept else value
            elif name == b"content-type":
                content_type = value
            elif name == b"content-length":
                length = value
            elif name == b"x-homeroom-purpose":
                purpose = value
            elif name == b"accept-language":
                spoken = spoken + b"," + value if spoken else value
        media_type = negotiated(accept)
        body_of = Body(receive)
        headers: list[tuple[bytes, bytes]] = []
        form: Form | None = None
        try:
            if media_type is None:
                media_type = NEW
                raise BadRequest(NOT_ACCEPTABLE)
            method = scope["method"]
            if method not in ("POST", "GET"):
                raise BadRequest.with_headers(METHOD_NOT_ALLOWED, _ALLOW_BOTH)
            caller = await self._host.directory.authenticate(scope)
            if method == "POST" and is_form(content_type):
                form = form_of(self._host.settings, self._most)
                request = await read_form(content_type, length, body_of, form)
            elif method == "POST":
                request = await read_post(content_type, length, body_of, self._most)
            else:
                request = read_get(scope)
            query = request.query
            if query is None or self.documents.only_listed(caller) or request.extensions or request.document_id:
                query = await self.documents.find(caller, request)
            body = await self.executor.execute(
                caller,
                query,
                request.variables or {},
                request.operation_name,
                writes=method == "POST",
                purpose=stated_purpose(purpose, request.extensions),
                accept=spoken,
            )
            if request.query is not None and (request.extensions or request.document_id):
                await self.documents.make_known(caller, request)
            status = 200
        except RequestError as error:
            body = await self._translated(caller, spoken, error.errors)
            status = error.status if media_type is NEW else 200
        except Failure as failure:
            status = failure.status
            body = await self._translated(caller, spoken, [_error(failure)])
            if isinstance(failure, BadRequest):
                headers.extend(failure.headers)
        except AWAY as error:
            logger.warning("the database is unavailable: %s", error)
            status, body = UNAVAILABLE.status, await self._translated(None, spoken, [_error(Unavailable())])
        except Exception:
            logger.exception("request failed")
            status, body = 500, await self._translated(caller, spoken, [_error(Failure())])
        finally:
            if form is not None:
                form.close()
        if type(body) is AboutSchema and _takes_gzip(scope):
            # A megabyte becomes a tenth. Other answers are never compressed: they hold people's data beside texts of
            # the query, and their length would tell of them (BREACH).
            body = await asyncio.to_thread(gzip.compress, body, 6)
            headers.append((b"content-encoding", b"gzip"))
        if status != 200 and scope["method"] == "POST":
            await body_of.drain()
        headers += [
            (b"content-type", _CONTENT_TYPE[media_type or NEW]),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _translated(self, caller: Caller | None, accept: bytes, errors: Sequence[Mapping[str, Any]]) -> bytes:
        """Errors in the reader's language, as a response."""
        if caller is None:
            language = accepted_language(accept) or ENGLISH
        else:
            language = await language_for(self._host, caller, accept)
        return msgspec.json.encode({"errors": self._host.messages.errors(errors, language)})


_ALLOW_BOTH = (b"allow", b"GET, POST")


def _takes_gzip(scope: Any) -> bool:
    return takes_gzip(b",".join(value for name, value in scope["headers"] if name == b"accept-encoding"))


def _error(failure: Failure) -> dict[str, Any]:
    return {"message": Message(failure.code, failure.values), "extensions": {"code": str(failure.code)}}
