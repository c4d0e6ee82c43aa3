"""Names that must be unique, and whose fault it is when one is given twice."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from homeroom.errors import ConfigurationError, PluginError

__all__ = ["Claim", "Claims", "NoClaims"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A plugin wants a name.

    Args:
        kind: What is named, for people: ``resource``, ``GraphQL type``. Names of one kind are unique.
        name: The name.
        plugin: Whose it is.
        source: What it follows from, if nobody wrote it so: the resource ``Foo`` gives a type ``FooConnection``.
        meaning: Two claims with one meaning, such as the same enum used twice, do not clash. None equals no other.
    """

    kind: str
    name: str
    plugin: str
    source: str = ""
    meaning: Hashable = None


class Claims:
    """Who has which name.

    Args:
        host_parts: The plugins that are parts of the host. What they have nobody else gets.
    """

    def __init__(self, host_parts: frozenset[str]) -> None:
        self._host_parts = host_parts
        self._taken: dict[tuple[str, str], Claim] = {}

    def take(self, claim: Claim) -> None:
        """Give a name to a plugin.

        Raises:
            PluginError: It is the host's, or the plugin has it already: this plugin is broken.
            ConfigurationError: Another plugin has it. Either may be meant, so an operator must decide.
        """
        other = self._taken.setdefault((claim.kind, claim.name), claim)
        if other is claim or (claim.meaning is not None and claim.meaning == other.meaning):
            return
        what = f"the {claim.kind} {claim.name!r}"
        sources = sorted({each.source for each in (claim, other) if each.source})
        follows = f", which follows from {' and '.join(sources)}" if sources else ""
        if claim.plugin == other.plugin:
            raise PluginError(claim.plugin, f"gives {what} twice{follows}")
        for own, foreign in ((other, claim), (claim, other)):
            if own.plugin in self._host_parts and foreign.plugin not in self._host_parts:
                raise PluginError(foreign.plugin, f"gives {what}{follows}; that is the host's own ({own.plugin})")
        raise ConfigurationError(
            f"the plugins {other.plugin} and {claim.plugin} both give {what}{follows}; one of them must rename it"
        )


class NoClaims(Claims):
    """For a part of a set of plugins among which no name is given twice: nothing is looked at again."""

    def __init__(self) -> None:
        super().__init__(frozenset())

    def take(self, claim: Claim) -> None:
        """Do nothing."""
