"""What a document may ask for at most, checked before anything that costs more than reading it.

Validation compares every two fields that share a response key, and a fragment can be spread any number of
times: a text of a few kilobytes can keep a validator busy for minutes. So the document is unfolded here
first, within a budget; what does not fit is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
)

if TYPE_CHECKING:
    from graphql import SelectionSetNode

__all__ = ["LONG_NUMBER", "MAX_LENGTH", "MAX_TOKENS", "TooComplex", "check_document"]

#: Characters of a document; long values belong into variables.
MAX_LENGTH = 100_000
MAX_TOKENS = 2_500
#: More digits than any number of ours has: Python itself refuses to read some thousands of them.
LONG_NUMBER = re.compile("[0-9]{1000}")
#: Fields and spreads of a document, fragments unfolded wherever they are spread.
_MAX_UNFOLDED = 10_000
#: Comparisons that validation makes among fields of one response key.
_MAX_COMPARISONS = 20_000
_MAX_LEVELS = 60
#: The lists of the schema itself, whose lengths multiply: how often a document may ask for each.
_LISTS_OF_SCHEMA = frozenset(
    {"types", "fields", "args", "inputFields", "enumValues", "possibleTypes", "interfaces", "directives"}
)
_MAX_LISTS_OF_SCHEMA = 4
_MAX_TYPES_ASKED = 20


class TooComplex(Exception):  # noqa: N818 - it becomes a GraphQL error
    """The operation asks for too much."""


def check_document(document: DocumentNode) -> None:
    """Refuse a document that would cost too much to validate. Raises :class:`TooComplex`.

    Args:
        document: Parsed, not validated.
    """
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    unfolding = _Unfolding(fragments)
    for definition in document.definitions:
        if isinstance(definition, (OperationDefinitionNode, FragmentDefinitionNode)):
            unfolding.walk([definition.selection_set], schema=False, level=0)


@dataclass(slots=True)
class _Unfolding:
    fragments: dict[str, FragmentDefinitionNode]
    unfolded: int = 0
    comparisons: int = 0
    whole_schema: int = 0
    types_asked: int = 0
    lists: Counter[str] = field(default_factory=Counter)

    def walk(self, selections: list[SelectionSetNode], *, schema: bool, level: int) -> None:
        """Unfold one object of the answer: all selection sets that are merged there."""
        if level > _MAX_LEVELS:
            raise TooComplex(f"the query is deeper than {_MAX_LEVELS} levels")
        members: dict[str, list[FieldNode]] = {}
        spreads = 0
        waiting = [*reversed(selections)]
        seen: Counter[str] = Counter()
        while waiting:
            for node in waiting.pop().selections:
                self.unfolded += 1
                if self.unfolded > _MAX_UNFOLDED:
                    raise TooComplex(f"the query unfolds to more than {_MAX_UNFOLDED} fields")
                if isinstance(node, FieldNode):
                    members.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
                elif isinstance(node, InlineFragmentNode):
                    waiting.append(node.selection_set)
                elif isinstance(node, FragmentSpreadNode):
                    spreads += 1
                    name = node.name.value
                    seen[name] += 1
                    # A fragment within itself is for validation to refuse; spread twice it is compared once.
                    if seen[name] == 1 and name in self.fragments:
                        waiting.append(self.fragments[name].selection_set)
        self._compare(spreads)
        for nodes in members.values():
            self._compare(len(nodes))
            name = nodes[0].name.value
            about_schema = schema or name in ("__schema", "__type")
            if about_schema:
                self._ask_schema(name, len(nodes))
            inner = [node.selection_set for node in nodes if node.selection_set]
            if inner:
                self.walk(inner, schema=about_schema, level=level + 1)

    def _compare(self, count: int) -> None:
        self.comparisons += count * (count - 1) // 2
        if self.comparisons > _MAX_COMPARISONS:
            raise TooComplex("the query selects the same fields too often")

    def _ask_schema(self, name: str, count: int) -> None:
        if name == "__schema":
            self.whole_schema += count
        elif name == "__type":
            self.types_asked += count
        elif name in _LISTS_OF_SCHEMA:
            self.lists[name] += count
        most = _MAX_LISTS_OF_SCHEMA if self.whole_schema else _MAX_TYPES_ASKED
        if self.whole_schema > 1 or self.types_asked > most or max(self.lists.values(), default=0) > most:
            raise TooComplex("the query asks for the schema too often")
