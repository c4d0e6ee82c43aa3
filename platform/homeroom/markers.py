"""The markers of hooks: of their specifications, and of what implements them."""

from __future__ import annotations

import pluggy

__all__ = ["API_VERSION", "hookimpl", "hookspec"]

#: The version of the contract of the hooks. A plugin states the range that it was written for.
API_VERSION = "1.0"

hookspec = pluggy.HookspecMarker("homeroom")
hookimpl = pluggy.HookimplMarker("homeroom")
