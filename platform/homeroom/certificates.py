"""What is wrong with the certificate of a server that was spoken to."""

from __future__ import annotations

import ssl

__all__ = ["certificate_fault"]


def certificate_fault(error: BaseException) -> str | None:
    """What a failed handshake says about the other side's certificate, for the person who can fix it.

    Args:
        error: What was raised, by whichever library; what caused it is looked at, too.

    Returns:
        A few words of OpenSSL's, such as ``certificate has expired``; none if it was something else.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return str(cause.verify_message)
        cause = cause.__cause__ or cause.__context__
    return None
