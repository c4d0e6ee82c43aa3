"""What is signed, what matches, and when something is tried again: pure functions.

Source: Standard Webhooks 1.0.0, https://github.com/standard-webhooks/standard-webhooks (signatures, retries).
"""

from __future__ import annotations

import base64
import hmac
import re
import socket
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ipaddress import IPv4Network
    from uuid import UUID

__all__ = [
    "ATTEMPTS", "DELAYS", "GIVE_UP", "OVERLAP", "address_in", "allowed", "like_pattern", "matches", "networks_of",
    "secret_of", "signature", "signed_headers",
]  # fmt: skip

#: Seconds between one attempt and the next: some three days in all.
DELAYS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
ATTEMPTS: Final = len(DELAYS) + 1
#: An endpoint to which nothing could be delivered for so long is switched off.
GIVE_UP: Final = timedelta(days=3)
#: For how long the secret before the present one still signs, too.
OVERLAP: Final = timedelta(hours=24)
_PATTERN: Final = re.compile(r"\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?")
#: Addresses that carry an IPv4 address within them (RFC 6052, RFC 3056, RFC 4291).
_NAT64: Final = IPv6Network("64:ff9b::/96")


def secret_of(key: bytes, space: UUID, endpoint: UUID, version: int) -> str:
    """The secret of an endpoint as its owner is shown it: ``whsec_`` and 32 bytes in Base64.

    It is made from the installation's key each time and is stored nowhere.

    Args:
        key: The secret key of the installation.
        space: The school.
        endpoint: The endpoint's id.
        version: Rises with each rotation.
    """
    made = hmac.digest(key, f"homeroom webhook\n{space}\n{endpoint}\n{version}".encode(), "sha256")
    return "whsec_" + base64.b64encode(made).decode()


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """The signature of one message with one secret.

    Args:
        secret: As :func:`secret_of` gives it.
        message: The message's id.
        timestamp: Seconds since 1970.
        body: What is sent.
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, f"{message}.{timestamp}.".encode() + body, "sha256")).decode()


def signed_headers(secrets: Sequence[str], message: str, timestamp: int, body: bytes) -> Mapping[str, str]:
    """The headers that prove a message, for each of the secrets that are in force."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(each, message, timestamp, body) for each in secrets),
    }


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern such as ``gradebook.*`` means the command of a name. False for what is no pattern."""
    if not _PATTERN.fullmatch(pattern):
        return False
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def like_pattern(pattern: str) -> str:
    """The same as a pattern of SQL's LIKE."""
    return pattern.replace("_", r"\_").replace("*", "%")


def networks_of(setting: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of a setting: those of the operator's own to which webhooks may go."""
    return tuple(ip_network(each) for each in filter(None, setting.replace(" ", "").split(",")))


def address_in(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is written as, in any spelling that systems take for one; none for a name.

    The names of the machine itself (RFC 6761, 6.3) count as its address.

    Args:
        host: Of a URL, without brackets.
    """
    plain = host.rstrip(".").lower()
    if plain == "localhost" or plain.endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(plain.partition("%")[0])
    except ValueError:
        pass
    try:
        # 127.1, 0x7f000001 and 2130706433 are one address to a client that connects.
        return IPv4Address(socket.inet_aton(plain))
    except OSError:
        return None


def allowed(
    address: IPv4Address | IPv6Address, networks: Sequence[IPv4Network | IPv6Network], *, encrypted: bool
) -> bool:
    """Whether a webhook may go to an address.

    Args:
        address: Where a name was found to lie.
        networks: The operator's own.
        encrypted: Whether it is sent by https.
    """
    if any(address.version == each.version and address in each for each in networks):
        return True
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if within is None and address in _NAT64:
            within = IPv4Address(int(address) & 0xFFFF_FFFF)
        if within is not None:
            return allowed(within, networks, encrypted=encrypted)
        if address.teredo is not None or address.is_site_local:
            return False
    return encrypted and address.is_global and not address.is_multicast
