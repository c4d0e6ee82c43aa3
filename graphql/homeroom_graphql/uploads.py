"""Files sent with an operation, by the GraphQL multipart request specification.

A form's first field, ``operations``, is the request with null where a file belongs; the second, ``map``, says which
file belongs where; then come the files. Each is written to a temporary file as it arrives, within bounds, and is gone
when the request is answered. A page of another site can send such a form, so with a session's cookie it needs the
header ``X-Homeroom-CSRF`` besides an Origin of ours; see :mod:`homeroom_tenants.cross_site`.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec
from multipart import MultipartError, ParserLimitReached, PushMultipartParser, parse_options_header

from homeroom.refusals import REQUEST_TOO_LARGE
from homeroom.uploads import storage_failure
from homeroom_graphql.inputs import SentFile
from homeroom_graphql.refusals import (
    BAD_MAP,
    CUT_OFF,
    FILE_MISSING,
    FILE_NOT_NAMED,
    FORM_FILE_TOO_LARGE,
    FORM_HEAD_TOO_LARGE,
    FORM_INCOMPLETE,
    FORM_ORDER,
    NO_BOUNDARY,
    NO_NULL,
    NOT_A_FORM,
    TOO_MANY_FILES,
)
from homeroom_graphql.requests import BadRequest, GraphQLRequest, decode_request

if TYPE_CHECKING:
    from litestar.types import Receive
    from multipart import MultipartSegment

    from homeroom.settings import Settings

__all__ = ["Form", "TemporaryUpload", "form_of", "is_form", "read_form"]

_PIECE: Final = 256 * 1024
_decode_map = msgspec.json.Decoder(dict[str, list[str]]).decode


def is_form(content_type: bytes) -> bool:
    """Whether a request's body is a form with files."""
    return content_type[:19].lower() == b"multipart/form-data"


def _temporary() -> Any:
    return tempfile.SpooledTemporaryFile(max_size=_PIECE)


class TemporaryUpload(msgspec.Struct, SentFile, dict=True):
    """A file in a temporary file; see :class:`homeroom.uploads.Upload`."""

    name: str
    content_type: str
    size: int = 0
    sha256: str = ""

    def __post_init__(self) -> None:
        # No field: the audit and the digest of a repeated call are made of the fields.
        self._file = _temporary()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its content in pieces, in order."""
        await asyncio.to_thread(self._file.seek, 0)
        while piece := await asyncio.to_thread(self._file.read, _PIECE):
            yield piece

    async def write(self, piece: bytes) -> None:
        """Append, beside the event loop once it is large enough to lie on a disk."""
        self.size += len(piece)
        try:
            if self.size > _PIECE:
                await asyncio.to_thread(self._file.write, piece)
            else:
                self._file.write(piece)
        except OSError as error:
            raise storage_failure(error, tempfile.gettempdir()) from error

    def close(self) -> None:
        """Remove it."""
        self._file.close()


@dataclass(slots=True)
class Form:
    """A form as it is read.

    Args:
        most: Bytes that the request itself may have, and each file.
        files: Files that there may be.
    """

    most: int
    most_of_file: int
    most_files: int
    request: GraphQLRequest | None = None
    places: Mapping[str, list[str]] | None = None
    files: dict[str, TemporaryUpload] = field(default_factory=dict)
    _text: bytearray = field(default_factory=bytearray)
    _digest: Any = None

    def close(self) -> None:
        """Remove the files."""
        for each in self.files.values():
            each.close()

    async def take(self, segment: MultipartSegment, piece: bytes | None) -> None:
        """Take a piece of a segment, or none at its end. Raises BadRequest."""
        if self.request is None or self.places is None:
            self._take_text(segment, piece)
            return
        file = self.files.get(str(segment.name))
        if file is None or file.sha256:
            file = self._begin(segment)
        if piece is not None:
            if file.size + len(piece) > self.most_of_file:
                raise BadRequest(FORM_FILE_TOO_LARGE, most=self.most_of_file)
            self._digest.update(piece)
            await file.write(piece)
        else:
            file.sha256 = self._digest.hexdigest()

    def finish(self) -> GraphQLRequest:
        """The request with its files in place. Raises BadRequest."""
        if self.request is None or self.places is None:
            raise BadRequest(FORM_INCOMPLETE)
        for name, paths in self.places.items():
            if name not in self.files:
                raise BadRequest(FILE_MISSING, name=name)
            for path in paths:
                _put(self.request, path, self.files[name])
        return self.request

    def _take_text(self, segment: MultipartSegment, piece: bytes | None) -> None:
        expected = "operations" if self.request is None else "map"
        if segment.name != expected:
            raise BadRequest(FORM_ORDER)
        if piece is not None:
            self._text += piece
            if len(self._text) > self.most:
                raise BadRequest(REQUEST_TOO_LARGE, most=self.most)
            return
        text, self._text = bytes(self._text), bytearray()
        if self.request is None:
            self.request = decode_request(text)
            return
        try:
            places = _decode_map(text)
        except (msgspec.MsgspecError, RecursionError):
            raise BadRequest(BAD_MAP) from None
        if len(places) > self.most_files:
            raise BadRequest(TOO_MANY_FILES, most=self.most_files)
        self.places = places

    def _begin(self, segment: MultipartSegment) -> TemporaryUpload:
        name = str(segment.name)
        if self.places is None or name not in self.places or name in self.files:
            raise BadRequest(FILE_NOT_NAMED)
        self._digest = hashlib.sha256()
        kind = segment.content_type or "application/octet-stream"
        made = self.files[name] = TemporaryUpload(segment.filename or "", kind)
        return made


async def read_form(content_type: bytes, length: bytes, receive: Receive, form: Form) -> GraphQLRequest:
    """Read a form's request and files.

    Args:
        content_type: The header.
        length: The ``Content-Length`` header; empty if there is none.
        receive: Gives the body.
        form: Receives what is read; the caller closes it.

    Raises:
        BadRequest: It is none, or too large.
    """
    _, options = parse_options_header(content_type.decode("latin-1"))
    boundary = options.get("boundary", "")
    most = 2 * form.most + form.most_files * (form.most_of_file + 4096)
    if length.isdigit() and int(length[:20]) > most:
        raise BadRequest(REQUEST_TOO_LARGE, most=most)
    if not 1 <= len(boundary) <= 70:  # RFC 2046, 5.1.1
        raise BadRequest(NO_BOUNDARY)
    try:
        with PushMultipartParser(
            boundary, max_header_size=4096, max_segment_count=form.most_files + 2, strict=True
        ) as parser:
            segment: Any = None
            while not parser.closed:
                message: Any = await receive()
                if message["type"] == "http.disconnect":
                    raise BadRequest(CUT_OFF)
                for event in parser.parse(message.get("body", b"")):
                    if isinstance(event, (bytes, bytearray, memoryview)):
                        await form.take(segment, bytes(event))
                    elif event is None:
                        await form.take(segment, None)
                    else:
                        segment = event
                if not message.get("more_body"):
                    parser.parse(b"")
                    break
    except ParserLimitReached:
        raise BadRequest(FORM_HEAD_TOO_LARGE) from None
    except MultipartError:
        raise BadRequest(NOT_A_FORM) from None
    return form.finish()


def form_of(settings: Settings, most: int) -> Form:
    """An empty form within an installation's limits.

    Args:
        settings: The installation's.
        most: Bytes of a request.
    """
    return Form(most, settings.max_upload, settings.graphql_max_files)


def _put(request: GraphQLRequest, path: str, file: TemporaryUpload) -> None:
    """Put a file where a path such as ``variables.input.photo`` leads: to a null. Raises BadRequest."""
    start, *steps = path.split(".")
    place: Any = request.variables
    if start == "variables" and steps:
        for step in steps[:-1]:
            place = _at(place, step)
        last = steps[-1]
        if isinstance(place, dict) and last in place and place[last] is None:
            place[last] = file
            return
        if isinstance(place, list) and last.isdecimal() and _at(place, last, missing=file) is None:
            place[int(last)] = file
            return
    raise BadRequest(NO_NULL, path=path[:100])


def _at(place: Any, step: str, missing: Any = None) -> Any:
    if isinstance(place, dict):
        return place.get(step, missing)
    if isinstance(place, list) and step.isdecimal() and len(step) < 7 and int(step) < len(place):
        return place[int(step)]
    return missing
