"""Sending one message: to the address that was looked at, and with an end in time and size."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import httpx

from homeroom.certificates import certificate_fault
from homeroom.webhooks.rules import allowed, networks_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ipaddress import IPv4Network, IPv6Network

__all__ = ["Answer", "Outside", "post"]

#: Seconds that an attempt takes at most.
SECONDS: Final = 15.0
#: Bytes of an answer that are read; nobody looks at them.
_MOST_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt.

    Args:
        status: The HTTP status, if there was an answer.
        error: Why there was none, for the administrator.
        milliseconds: What it took.
    """

    status: int | None
    error: str | None
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Outside:
    """Where messages may go, and whom to believe there.

    Args:
        networks: The operator's own networks, to which they may go.
        trust: The certificates that are believed.
    """

    networks: Sequence[IPv4Network | IPv6Network]
    trust: ssl.SSLContext

    @classmethod
    def of(cls, setting: str) -> Outside:
        """As the setting of networks says; certificates are those that the machine, or ``SSL_CERT_FILE``, trusts."""
        return cls(networks_of(setting), ssl.create_default_context())


async def post(url: str, body: bytes, headers: Mapping[str, str], outside: Outside, seconds: float) -> Answer:
    """Send a message once. Redirects are not followed, and no proxy of the environment is used.

    Args:
        url: Where to.
        body: JSON.
        headers: Those that prove the message.
        outside: Where it may go.
        seconds: How long it may take.
    """
    began = time.monotonic()
    status, error = None, None
    try:
        async with asyncio.timeout(seconds):
            status = await _send(httpx.URL(url), body, headers, outside)
    except TimeoutError:
        error = f"no answer within {seconds:g} s"
    except _Refused as refused:
        error = str(refused)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ssl.SSLError, UnicodeError) as fault:
        error = _reason(fault)
    return Answer(status, error, int((time.monotonic() - began) * 1000))


class _Refused(Exception):  # noqa: N818 - an answer
    """The address is not one to which messages go."""


def _reason(fault: BaseException) -> str:
    """Why there was no answer; of a certificate, what is wrong with it: that is for its owner to mend."""
    wrong = certificate_fault(fault)
    return f"the certificate is not to be trusted: {wrong}" if wrong else f"no answer ({type(fault).__name__})"


async def _send(url: httpx.URL, body: bytes, headers: Mapping[str, str], outside: Outside) -> int:
    port = url.port or (443 if url.scheme == "https" else 80)
    # Looked up once: a server of names that would answer differently the second time is not asked again.
    found = await asyncio.get_running_loop().run_in_executor(_lookups(), _look_up, url.host, port)
    addresses = [ip_address(each.partition("%")[0]) for each in found]
    if not all(allowed(each, outside.networks, encrypted=url.scheme == "https") for each in addresses):
        raise _Refused("the address lies in a network to which no messages go")
    async with (
        httpx.AsyncClient(verify=outside.trust, trust_env=False, follow_redirects=False, timeout=SECONDS) as client,
        client.stream(
            "POST",
            url.copy_with(host=str(addresses[0])),
            content=body,
            headers={
                **headers,
                "host": url.netloc.decode(),
                "content-type": "application/json",
                "user-agent": "Homeroom-Webhooks/1",
                "accept-encoding": "identity",
            },
            extensions={"sni_hostname": url.host},
        ) as response,
    ):
        read = 0
        async for chunk in response.aiter_raw():
            read += len(chunk)
            if read > _MOST_BYTES:
                break
        return response.status_code


@cache
def _lookups() -> ThreadPoolExecutor:
    """Threads of their own: a name server that takes its time must not keep those that everything else waits for."""
    return ThreadPoolExecutor(32, thread_name_prefix="webhook-names")


def _look_up(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
