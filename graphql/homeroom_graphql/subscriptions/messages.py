"""The messages of graphql-transport-ws, and the codes with which its sockets are closed."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import msgspec

from homeroom_graphql.requests import GraphQLRequest

__all__ = ["PROTOCOL", "Close", "Complete", "ConnectionInit", "Message", "Ping", "Pong", "Subscribe", "read_message"]

#: The subprotocol's name.
PROTOCOL = "graphql-transport-ws"


class Close(IntEnum):
    """Why a socket is closed: codes of the protocol, and two that IANA lists for RFC 6455."""

    SERVICE_RESTART = 1012
    TRY_AGAIN = 1013
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    UNACCEPTABLE_SUBPROTOCOL = 4406
    INITIALISATION_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITIALISATIONS = 4429
    INTERNAL_ERROR = 4500


class ConnectionInit(msgspec.Struct, tag="connection_init"):
    """The client begins."""

    payload: dict[str, Any] | None = None


class Ping(msgspec.Struct, tag="ping"):
    """Are you there?"""

    payload: dict[str, Any] | None = None


class Pong(msgspec.Struct, tag="pong"):
    """Yes."""

    payload: dict[str, Any] | None = None


class Subscribe(msgspec.Struct, tag="subscribe"):
    """The client asks for an operation.

    Args:
        id: The client's own name for it.
        payload: What is asked.
    """

    id: str
    payload: GraphQLRequest


class Complete(msgspec.Struct, tag="complete"):
    """The client wants no more.

    Args:
        id: Of which operation.
    """

    id: str


Message = ConnectionInit | Ping | Pong | Subscribe | Complete
_decode = msgspec.json.Decoder(Message).decode


def read_message(text: str) -> Message:
    """A message of the client. Raises ValueError, which says what is wrong with it."""
    try:
        message: Message = _decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"invalid message: {error}") from None
    if isinstance(message, Subscribe) and not message.id:
        raise ValueError("invalid message: an id is not empty")
    return message
