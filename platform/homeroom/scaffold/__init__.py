"""The first files of a new plugin: a distribution whose tests pass at once."""

from __future__ import annotations

from homeroom.scaffold.distribution import NewDistribution, NotAName

__all__ = ["NewDistribution", "NotAName"]
