"""Which media type and coding an answer has: content negotiation (RFC 9110, 12.5.1 and 12.5.3)."""

from __future__ import annotations

__all__ = ["NEW", "OLD", "charset", "negotiated", "takes_gzip"]

#: The media type of today: what was not executed has a status of 400 or more.
NEW = b"application/graphql-response+json"
#: For clients of the older kind: what was not executed has 200, unless HTTP itself was used wrongly.
OLD = b"application/json"

#: Clients send the same few headers again and again; what is remembered of them is bounded all the same.
_KEPT = 500
_known: dict[bytes, bytes | None] = {}


def negotiated(accept: bytes) -> bytes | None:
    """The media type for an ``Accept`` header, or none if it wants neither of ours.

    A missing or empty header means ``application/json``, as do ranges such as ``*/*``.

    Args:
        accept: The header's value; several headers are joined with commas.
    """
    try:
        return _known[accept]
    except KeyError:
        pass
    made = _chosen(accept)
    if len(_known) >= _KEPT:
        _known.clear()
    _known[accept] = made
    return made


def _chosen(accept: bytes) -> bytes | None:
    ranges: dict[bytes, float] = {}
    for each in accept.lower().split(b","):
        name, *parameters = (part.strip() for part in each.split(b";"))
        if name:
            ranges[name] = max(_quality(parameters), ranges.get(name, 0.0))
    if not ranges:
        return OLD
    anything = ranges.get(b"application/*", ranges.get(b"*/*", 0.0))
    # Where nothing but a range speaks for both, the older one is what its sender has always been given.
    old = ranges.get(OLD, anything)
    new = ranges.get(NEW, 0.0)
    if new > 0 and new >= old:
        return NEW
    return OLD if old > 0 else None


def _quality(parameters: list[bytes]) -> float:
    for each in parameters:
        name, _, value = each.partition(b"=")
        if name.strip() == b"q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if 0 <= quality <= 1 else 0.0
    return 1.0


def charset(content_type: bytes) -> bytes:
    """The character set that a ``Content-Type`` names; UTF-8 unless it says otherwise."""
    for each in content_type.split(b";")[1:]:
        name, _, value = each.partition(b"=")
        if name.strip().lower() == b"charset":
            return value.strip().strip(b'"').lower()
    return b"utf-8"


def takes_gzip(accept_encoding: bytes) -> bool:
    """Whether an ``Accept-Encoding`` header allows gzip."""
    codings = {}
    for each in accept_encoding.lower().split(b","):
        name, *parameters = (part.strip() for part in each.split(b";"))
        codings[name] = _quality(parameters)
    return codings.get(b"gzip", codings.get(b"*", 0.0)) > 0
