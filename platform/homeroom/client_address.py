"""The network address of a client, also where reverse proxies stand between it and the server.

A proxy names the client in a header, but so can anybody. The header counts only if the connection comes from a proxy
that the installation trusts. The list in the header is read from the right: each trusted proxy has added the address
that it saw at the end, and everything left of the first address that is not a trusted proxy may be made up.
"""

from __future__ import annotations

import functools
import ipaddress
import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from homeroom.settings import Settings

__all__ = ["UNIX", "TrustedProxies", "client_address", "network_of", "trusted_proxies", "warn_of_unnamed_proxy"]

logger = logging.getLogger(__name__)

#: In the list of trusted proxies: peers that connect over a Unix socket and so have no address.
UNIX: Final = "unix"

_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Proxies in a row; a longer list is cut on the left, where only made-up entries can stand.
_LONGEST_CHAIN: Final = 32
_REMEMBERED: Final = 4096
_MOST_WARNINGS: Final = 10
_HEADERS: Final = frozenset({b"x-forwarded-for", b"forwarded"})
#: An element of Forwarded is `name=value` pairs with semicolons between them; a value may be quoted (RFC 7239, 4).
_FOR: Final = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^;"\s]*))\s*(?=;|$)', re.IGNORECASE)


def _address(text: str) -> _IPAddress | None:
    """An address without its port, brackets and zone; an IPv4 address that is mapped into IPv6 is IPv4."""
    text = text.strip()
    if text.startswith("["):
        text, closed, port = text[1:].partition("]")
        if not closed or (port and not port.startswith(":")):
            return None
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


class TrustedProxies:
    """Which peers may name the client, and how to read what they say.

    Args:
        listed: Networks or addresses with commas between them, and `unix` for peers over a Unix socket.
        header: The one header that the proxies set, in lower case. Others are ignored: a proxy passes on what it does
            not set itself.

    Raises:
        ConfigurationError: An entry is no network.
    """

    def __init__(self, listed: str, header: str = "x-forwarded-for") -> None:
        entries = [each.strip() for each in listed.split(",") if each.strip()]
        self._unix = UNIX in entries
        try:
            self._networks = [ipaddress.ip_network(each) for each in entries if each != UNIX]
        except ValueError as error:
            raise ConfigurationError(str(error)) from None
        self._header = header.encode()
        self._forwarded = header == "forwarded"
        self._remembered = functools.lru_cache(_REMEMBERED)(self._client)

    def client(self, scope: Mapping[str, Any]) -> str:
        """The client's address, such as `192.0.2.7` or `2001:db8::1`; empty if it is not known.

        Args:
            scope: The ASGI connection scope.
        """
        client = scope.get("client")
        peer: str = client[0] if client else ""
        if not (self._networks or self._unix):
            return self._remembered(peer, ())
        name = self._header
        return self._remembered(peer, tuple(value for sent, value in scope["headers"] if sent == name))

    def unnamed(self, scope: Mapping[str, Any]) -> str | None:
        """The address of a proxy that names the client but is not trusted to; None if there seems to be none.

        Only peers in networks of one's own count: anybody else may write the header without being a proxy.
        """
        client = scope.get("client")
        peer = _address(client[0]) if client else None
        if peer is None or self._trusts(peer) or not peer.is_private:
            return None
        return str(peer) if any(name in _HEADERS for name, _ in scope["headers"]) else None

    def _trusts(self, address: _IPAddress) -> bool:
        return any(address in network for network in self._networks if network.version == address.version)

    def _client(self, peer: str, values: tuple[bytes, ...]) -> str:
        nearest = _address(peer)
        if not (self._unix if nearest is None else self._trusts(nearest)):
            return str(nearest) if nearest is not None else ""
        for each in reversed(_elements(values)[-_LONGEST_CHAIN:]):
            named = _address(self._for(each) if self._forwarded else each)
            if named is None:
                # Nothing further left can be believed: the nearest proxy that named itself is all that is known.
                break
            nearest = named
            if not self._trusts(named):
                break
        return str(nearest) if nearest is not None else ""

    @staticmethod
    def _for(element: str) -> str:
        found = _FOR.search(element)
        return (found[1] or found[2] or "") if found else ""


def _elements(values: tuple[bytes, ...]) -> list[str]:
    # A quoted text of Forwarded could hold a comma; an address never does, so that a split inside one is no address.
    return [each for value in values for each in value.decode("latin-1").split(",")]


@functools.lru_cache(maxsize=8)
def trusted_proxies(listed: str, header: str) -> TrustedProxies:
    """The proxies of a setting; made once. Raises ConfigurationError."""
    return TrustedProxies(listed, header)


def client_address(scope: Mapping[str, Any], settings: Settings) -> str:
    """The address of the client that sent a request, as logs, lists of sessions and limits know it.

    Args:
        scope: The ASGI connection scope.
        settings: Which proxies are trusted.

    Returns:
        An IPv4 or IPv6 address; empty if there is none, as with a Unix socket of an unknown peer.
    """
    return trusted_proxies(settings.trusted_proxies, settings.proxy_header).client(scope)


_warned: set[str] = set()


def warn_of_unnamed_proxy(scope: Mapping[str, Any], settings: Settings) -> None:
    """Log once that a proxy is not among the trusted ones, so that all clients behind it count as one.

    Args:
        scope: The ASGI connection scope.
        settings: Which proxies are trusted.
    """
    peer = trusted_proxies(settings.trusted_proxies, settings.proxy_header).unnamed(scope)
    if peer is not None and peer not in _warned and len(_warned) < _MOST_WARNINGS:
        _warned.add(peer)
        logger.warning(
            "all clients behind the proxy at %s count as one, also for the limits on logins: if it is yours, name it in"
            " HOMEROOM_TRUSTED_PROXIES",
            peer,
        )


def network_of(address: str) -> str:
    """What limits count as one client: an IPv4 address, or the /64 network that one IPv6 customer has.

    Args:
        address: As :func:`client_address` gives it.
    """
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found) if found is not None else ""
