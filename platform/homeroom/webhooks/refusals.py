"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import BAD_FORMAT, FORBIDDEN, INVALID, TOO_LONG, TOO_MANY, Code

BAD_ADDRESS: Final = BAD_FORMAT.with_text("This is not an address that messages can be sent to.")
ADDRESS_LENGTH: Final = TOO_LONG.with_text("An address has at most {most} characters, all of them ASCII.")
ADDRESS_PARTS: Final = BAD_ADDRESS.with_text("An address must have a host, and no user name, password or fragment.")
HTTPS_NEEDED: Final = BAD_ADDRESS.with_text("The address must begin with https.")
ADDRESS_CLOSED: Final = INVALID.with_text("Messages cannot be sent to the network of this address.")
EVENT_COUNT: Final = TOO_MANY.with_text("Name 1 to {most} events.")
NO_SUCH_EVENT: Final = INVALID.with_text("There is no command and no job with this name.")
ACCOUNT_NEEDED: Final = INVALID.with_text("A document needs an account whose rights decide what it shows.")
UNKNOWN_VARIABLE: Final = INVALID.with_text("The variable ${variable} does not have the name of a list of the schema.")
TOO_MANY_ENDPOINTS: Final = TOO_MANY.with_text("There can be at most {most} endpoints.")
WEBHOOK_WAITS: Final = Code("WEBHOOK_WAITS", "This delivery is already waiting to be sent.")
OWNER_LOST_RIGHT: Final = FORBIDDEN.with_text("The account that registered this no longer has permission to do so.")

# Why nothing is sent to an endpoint any more: half a sentence of the notice to administrators.

ADDRESS_GONE: Final = Code("ADDRESS_GONE", "the address answered that it is gone (410)")
UNDELIVERED: Final = Code("UNDELIVERED", "nothing could be delivered for {days} days; at last, {error}")
