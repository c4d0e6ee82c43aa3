"""Answers to browsers: pages with their headers, parts of pages, and the way to another page."""

from __future__ import annotations

import gzip
import secrets
import struct
from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from homeroom_graphql.media_types import takes_gzip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar import Request

__all__ = ["SAFE", "going_to", "page_answer"]

#: Only files of ours run and style, nothing frames a page, nothing is kept on a shared computer.
SAFE: Final[Mapping[str, str]] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
}
#: Below this many bytes a page is sent as it is.
_SMALL: Final = 1_000


def page_answer(
    request: Request[Any, Any, Any],
    html: str,
    *,
    status: int = 200,
    language: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """A page, or a part of one.

    Args:
        request: What it answers.
        html: The text.
        status: The HTTP status.
        language: Of the text.
        headers: Further headers.
    """
    content = html.encode()
    sent = {**SAFE, "vary": "Accept-Encoding, Accept-Language, HX-Request", **(headers or {})}
    if language is not None:
        sent["content-language"] = language
    if len(content) > _SMALL and takes_gzip(request.headers.get("accept-encoding", "").encode()):
        content = _compressed(content)
        sent["content-encoding"] = "gzip"
    return Response(content, status_code=status, media_type="text/html; charset=utf-8", headers=sent)


def going_to(address: str, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """The way to another page after a form, for a browser that sent it by a script."""
    return Response(b"", status_code=204, headers={**SAFE, "hx-redirect": address, **(headers or {})})


def _compressed(content: bytes) -> bytes:
    """Content by gzip, with a name of random length in its head.

    A page holds people's data beside texts of its address, and the length of what is compressed together would tell of
    them (BREACH). Random lengths hide that for all who cannot ask a great many times.
    """
    packed = gzip.compress(content, 5, mtime=0)
    # RFC 1952, 2.3: FLG has bit 3 for a file's name, which ends with a zero byte; the head has ten bytes.
    noise = secrets.token_hex(32)[: secrets.randbelow(64)].encode()
    return packed[:3] + struct.pack("B", packed[3] | 8) + packed[4:10] + noise + b"\0" + packed[10:]
