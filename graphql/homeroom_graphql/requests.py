"""A GraphQL request as HTTP carries it: in the query string of a GET, or as the JSON body of a POST."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from homeroom.errors import Failure
from homeroom.refusals import BAD_REQUEST, JSON_NEEDED, MALFORMED, NOT_JSON, REQUEST_TOO_LARGE
from homeroom_graphql.media_types import charset
from homeroom_graphql.refusals import BAD_QUERY_STRING, CUT_OFF, PARAMETER_NOT_JSON, PARAMETER_TWICE

if TYPE_CHECKING:
    from litestar.types import HTTPScope, Receive

    from homeroom.refusals import FailureCode

__all__ = [
    "BadRequest",
    "Body",
    "GraphQLRequest",
    "decode_request",
    "read_body",
    "read_get",
    "read_post",
    "stated_purpose",
]

#: Bytes of a refused request that are read and thrown away, and the seconds that this may take.
_DRAINED = 64 * 1024 * 1024
_DRAIN_SECONDS = 10
#: Characters of a purpose that are kept.
LONGEST_PURPOSE = 500
#: Parameters of a GET: the five of a request, and room for what a proxy may add.
_MAX_PARAMETERS = 20


class GraphQLRequest(msgspec.Struct):
    """One request.

    Args:
        query: The document, unless it is known by its hash.
        variables: JSON values.
        operation_name: Which operation of the document.
        extensions: What is beyond the specification, such as ``persistedQuery``.
        document_id: The registered document that is meant, ``sha256:<hex>``.
    """

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(default=None, name="operationName")
    extensions: dict[str, Any] | None = None
    document_id: str | None = msgspec.field(default=None, name="documentId")


class BadRequest(Failure):
    """HTTP was used wrongly: the answer has this status in whichever media type."""

    code = BAD_REQUEST
    #: Headers of the answer that say more.
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @classmethod
    def with_headers(cls, code: FailureCode, *headers: tuple[bytes, bytes]) -> BadRequest:
        """One whose answer has headers of its own."""
        made = cls(code)
        made.headers = headers
        return made


_decode = msgspec.json.Decoder(GraphQLRequest).decode


def decode_request(body: bytes) -> GraphQLRequest:
    """A request from JSON. Raises BadRequest."""
    try:
        return _decode(body)
    except msgspec.ValidationError as error:
        raise BadRequest(MALFORMED, detail=str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest(NOT_JSON) from None


def read_get(scope: HTTPScope) -> GraphQLRequest:
    """The request in a query string. Raises BadRequest."""
    try:
        pairs = parse_qsl(
            scope["query_string"].decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(scope["query_string"]),
            errors="strict",
            max_num_fields=_MAX_PARAMETERS,
        )
    except ValueError:  # of which a UnicodeDecodeError is one
        raise BadRequest(BAD_QUERY_STRING) from None
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name not in ("query", "variables", "operationName", "extensions", "documentId"):
            continue
        if name in given:
            raise BadRequest(PARAMETER_TWICE, name=name)
        given[name] = value
    for name in ("variables", "extensions"):
        if name in given:
            try:
                given[name] = msgspec.json.decode(given[name]) if given[name] else None
            except (msgspec.DecodeError, RecursionError):
                raise BadRequest(PARAMETER_NOT_JSON, name=name) from None
    try:
        return msgspec.convert(given, GraphQLRequest)
    except msgspec.ValidationError as error:
        raise BadRequest(MALFORMED, detail=str(error)) from None


async def read_post(content_type: bytes, length: bytes, receive: Receive, most: int) -> GraphQLRequest:
    """The request in a JSON body. Raises BadRequest.

    Args:
        content_type: The header.
        length: The ``Content-Length`` header; empty if there is none.
        receive: Gives the body.
        most: Bytes that are read at most.
    """
    if content_type != b"application/json":
        media_type = content_type.partition(b";")[0].strip().lower()
        if media_type != b"application/json" or charset(content_type) not in (b"utf-8", b"utf8"):
            raise BadRequest(JSON_NEEDED)
    return decode_request(await read_body(length, receive, most))


async def read_body(length: bytes, receive: Receive, most: int) -> bytes:
    """A whole body of a bounded size. Raises BadRequest."""
    if length.isdigit() and int(length[:20]) > most:
        raise BadRequest(REQUEST_TOO_LARGE, most=most)
    message: Any = await receive()
    body: bytes = message.get("body", b"")
    if len(body) > most:
        raise BadRequest(REQUEST_TOO_LARGE, most=most)
    if message.get("more_body"):
        parts = [body]
        size = len(body)
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise BadRequest(CUT_OFF)
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > most:
                raise BadRequest(REQUEST_TOO_LARGE, most=most)
        body = b"".join(parts)
    return body


class Body:
    """A request's body as it arrives, of which the rest can be discarded.

    Args:
        receive: Gives its pieces.
    """

    __slots__ = ("_ended", "_receive")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def __call__(self) -> Any:
        """The next piece."""
        message = await self._receive()
        self._ended = message["type"] == "http.disconnect" or not message.get("more_body")
        return message

    async def drain(self) -> None:
        """Read what is left, within bounds, so that the client can read the answer.

        A server closes the connection when the answer comes before the end of the body, and the client, which is still
        sending, then never sees why.
        """
        left = _DRAINED
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                while not self._ended and left > 0:
                    left -= len((await self()).get("body", b""))


def stated_purpose(header: bytes, extensions: dict[str, Any] | None) -> str | None:
    """Why somebody looks at what is sensitive: the header, or the extension ``purpose``; none if neither says anything.

    Args:
        header: ``X-Homeroom-Purpose``, in UTF-8; empty if it is not there.
        extensions: Of the request.
    """
    said: Any = header.decode(errors="replace") if header else (extensions or {}).get("purpose")
    if not isinstance(said, str):
        return None
    return " ".join("".join(each if each.isprintable() else " " for each in said).split())[:LONGEST_PURPOSE] or None
