"""What the audit does round the clock for all spaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.audit.sealing import Sealer
from homeroom.background import Background

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["background"]


def background(host: Host) -> Sequence[Background]:
    """The sealer.

    Args:
        host: The host of a worker process.
    """
    return [Background("audit sealer", host.settings.audit_seal_seconds, Sealer(host).run)]
