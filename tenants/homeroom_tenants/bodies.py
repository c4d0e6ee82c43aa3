"""The JSON bodies of requests about accounts, and what their answers say to caches."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec
from litestar import Request

from homeroom.refusals import JSON_NEEDED, MALFORMED, NOT_JSON

from .request_head import BadHead

__all__ = ["NO_STORE", "body_of"]

Sent = TypeVar("Sent")

#: Answers about the own account belong into no cache.
NO_STORE: Final = {"Cache-Control": "no-store"}


async def body_of(request: Request[Any, Any, Any], kind: type[Sent]) -> Sent:
    """The JSON body of a request.

    Raises:
        BadHead: It is no JSON, or not of this form.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise BadHead(JSON_NEEDED)
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.ValidationError as error:
        raise BadHead(MALFORMED, detail=str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadHead(NOT_JSON) from None
