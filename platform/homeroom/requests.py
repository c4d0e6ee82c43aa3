"""The request that is being answered, as logs, metrics and traces know it.

Each part that learns something about it writes that into the record: the directory the school and the credential,
GraphQL the operation. None of it names a person: a school's short name, the id of a session or API token, a route's
template, the name and kind of an operation, the client's address.
"""

from __future__ import annotations

from contextvars import ContextVar

__all__ = ["RequestRecord", "current_request", "note_caller", "note_operation"]


class RequestRecord:
    """One request.

    Args:
        id: Of this request, also across services; see :mod:`homeroom.operation.observed`.
        method: The HTTP method, or ``WEBSOCKET``.
    """

    # Defaults of the class, not of each request: most are never changed, and every request would pay for them.
    #: The short name of the space, once it is known who asks.
    school = ""
    #: The id of the session or API token, once it is known who asks: what one stolen credential did can be separated
    #: from what its owner did.
    credential = ""
    #: ``query``, ``mutation`` or ``subscription`` of a GraphQL operation; ``http`` of anything else.
    kind = "http"
    #: The name of the GraphQL operation, if it has one.
    operation = ""
    #: The template of the path, such as ``/files/{id}``; empty if there is no such route.
    route = ""
    #: The status of the answer; 0 if there was none.
    status = 0
    #: The network address of the client; empty if it is not known.
    client = ""
    #: When it ended: seconds since the epoch.
    ended = 0.0
    seconds = 0.0

    def __init__(self, id: str, method: str) -> None:
        self.id = id
        self.method = method


#: The request that this task answers; none in commands of the command line and in jobs.
current_request: ContextVar[RequestRecord | None] = ContextVar("homeroom_request", default=None)


def note_caller(school: str, credential: str) -> None:
    """Where the current request turned out to be for, and by what its caller was known.

    Args:
        school: The short name of the space.
        credential: The id of the session or API token; never its secret.
    """
    record = current_request.get()
    if record is not None:
        record.school = school
        record.credential = credential


def note_operation(kind: str, name: str) -> None:
    """The GraphQL operation that the current request turned out to be.

    Args:
        kind: ``query``, ``mutation`` or ``subscription``.
        name: The operation's own, or an empty text.
    """
    record = current_request.get()
    if record is not None:
        record.kind = kind
        record.operation = name
