"""The rights of this part of the host that are no resource and no command."""

from __future__ import annotations

from typing import Final

__all__ = ["ANY", "INTROSPECT", "UNLISTED"]

#: To ask for the schema itself.
INTROSPECT: Final = "graphql.introspect"
#: To send documents that are not on the list, where only those are answered.
UNLISTED: Final = "graphql.unlisted"
#: To send any document; a space that answers registered ones alone has taken it from everybody.
ANY: Final = "graphql.any"
