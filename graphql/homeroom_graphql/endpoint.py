"""GraphQL over HTTP: an ASGI handler of our own, because the framework's costs more than the query.

Follows the GraphQL-over-HTTP specification: ``application/graphql-response+json`` with 4xx for what is not
executed, ``application/json`` with 200 for clients that ask for nothing newer.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec

from homeroom.app import MAX_BODY
from homeroom.errors import Failure
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError

if TYPE_CHECKING:
    from litestar.types import HTTPScope, Receive, Send

    from homeroom.host import Host

__all__ = ["GraphQLEndpoint"]

logger = logging.getLogger(__name__)

NEW = b"application/graphql-response+json"
OLD = b"application/json"


class _Request(msgspec.Struct):
    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(default=None, name="operationName")
    extensions: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(_Request).decode


class GraphQLEndpoint:
    """The endpoint.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.executor = Executor(host)

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        media_type = _media_type(scope)
        headers: list[tuple[bytes, bytes]] = []
        try:
            if scope["method"] != "POST":
                headers.append((b"allow", b"POST"))
                raise RequestError.of("use POST", "METHOD_NOT_ALLOWED", status=405)
            caller = await self._host.directory.authenticate(scope)
            request = await _body(scope, receive)
            body = await self.executor.execute(caller, request.query, request.variables or {}, request.operation_name)
            status = 200
        except RequestError as error:
            body = msgspec.json.encode({"errors": error.errors})
            status = error.status if media_type is NEW or error.status in (405, 413, 415) else 200
        except Failure as failure:
            status = failure.status
            body = _errors(str(failure), failure.code)
        except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError):
            logger.exception("the database is away")
            status, body = 503, _errors("try again later", "UNAVAILABLE")
        except Exception:
            logger.exception("request failed")
            status, body = 500, _errors("internal error", "INTERNAL")
        headers += [
            (b"content-type", media_type + b"; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _errors(message: str, code: str) -> bytes:
    return msgspec.json.encode({"errors": [{"message": message, "extensions": {"code": code}}]})


def _media_type(scope: HTTPScope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"accept" and NEW in value:
            return NEW
    return OLD


async def _body(scope: HTTPScope, receive: Receive) -> _Request:
    for name, value in scope["headers"]:
        if name == b"content-type" and not value.lower().startswith(b"application/json"):
            raise RequestError.of("send application/json", "UNSUPPORTED_MEDIA_TYPE", status=415)
        if name == b"content-length" and value.isdigit() and int(value) > MAX_BODY:
            raise RequestError.of(f"a request has at most {MAX_BODY} bytes", "TOO_LARGE", status=413)
    message: Any = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts = [body]
        size = len(body)
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > MAX_BODY:
                raise RequestError.of(f"a request has at most {MAX_BODY} bytes", "TOO_LARGE", status=413)
        body = b"".join(parts)
    try:
        return _decode(body)
    except msgspec.ValidationError as error:
        raise RequestError.of(str(error), "BAD_REQUEST") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RequestError.of("the body is no JSON in UTF-8", "BAD_REQUEST") from None
