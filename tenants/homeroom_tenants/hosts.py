"""Which space a request means: its host name or a header selects, and where both do they must agree.

Selecting opens nothing: it chooses among the memberships and grants that the caller has anyway.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

from homeroom.errors import Failure
from homeroom_tenants.refusals import BAD_HOST, BAD_PORT, BAD_SELECTION

__all__ = ["HEADER", "BadHost", "BadSelection", "host_name", "is_slug", "label_under", "select"]

HEADER: Final = "x-homeroom-tenant"

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_BRACKETED: Final = re.compile(r"\[[0-9a-f:.]+\]")
_SLUG: Final = re.compile(_LABEL)

Found = TypeVar("Found")


class BadHost(Failure):
    """The Host header is no host name."""

    code: Any = BAD_HOST


class BadSelection(Failure):
    """The host name and the header name two different spaces."""

    code: Any = BAD_SELECTION


def is_slug(text: str) -> bool:
    """Whether a text can be a space's short name: one label of a host name (RFC 1123, 2.1)."""
    return bool(_SLUG.fullmatch(text))


def host_name(value: str) -> str:
    """The name in a Host header (RFC 9110, 7.2): lower case, without port and closing dot.

    Args:
        value: The header's value; international names are sent in ASCII (RFC 5890).

    Raises:
        BadHost: It is neither a host name nor an address, or its port is none.
    """
    text = value.strip().lower()
    name, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        name, port = text, ""
    if (colon and not text.endswith("]")) and not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise BadHost(BAD_PORT)
    name = name.removesuffix(".")
    if len(name) > 253 or not (_NAME.fullmatch(name) or _BRACKETED.fullmatch(name)):
        raise BadHost(BAD_HOST)
    return name


def label_under(name: str, base_domain: str) -> str | None:
    """The short name in `<short name>.<base domain>`; None for any other host name."""
    label = name.removesuffix("." + base_domain)
    return label if label != name and is_slug(label) else None


def select(
    host: str | None,
    header: str | None,
    *,
    by_host: Callable[[str], Found | None],
    by_slug: Callable[[str], Found | None],
) -> tuple[bool, Found | None]:
    """What a request selects.

    Args:
        host: The Host header, or None.
        header: The `X-Homeroom-Tenant` header, or None.
        by_host: Finds a space by the name in the Host header.
        by_slug: Finds a space by its short name.

    Returns:
        Whether anything was selected, and the space; None with True is a selection of nothing that exists. A
        host name that belongs to no space selects nothing: it may be the portal's or an address.

    Raises:
        BadHost: The Host header is malformed.
        BadSelection: Both select, and not the same.
    """
    from_host = by_host(host_name(host)) if host else None
    if header is None:
        return from_host is not None, from_host
    name = header.strip().lower()
    from_header = by_slug(name) if is_slug(name) else None
    if from_host is not None and from_header is not from_host:
        raise BadSelection(BAD_SELECTION)
    return True, from_header
