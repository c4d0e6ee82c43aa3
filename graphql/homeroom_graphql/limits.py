"""What an operation may ask for at most: one set of limits, and the check of a document before anything costs more.

Validation compares every two fields that share a response key, and a fragment can be spread any number of
times: a text of a few kilobytes can keep a validator busy for minutes. So the document is unfolded here
first, within a budget; what does not fit is refused. What depends on variables and permissions (cost, fields, pages) is
counted while a plan is made; see :mod:`homeroom_graphql.budget`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
)

from homeroom_graphql.refusals import (
    ALIASES,
    DEPTH,
    DIRECTIVES,
    ROOT_FIELDS,
    SAME_FIELDS,
    SCHEMA_TOO_OFTEN,
    UNFOLDED,
)

if TYPE_CHECKING:
    from graphql import SelectionNode, SelectionSetNode

    from homeroom.refusals import FailureCode
    from homeroom.settings import Settings

__all__ = ["LONG_NUMBER", "MAX_LENGTH", "Limits", "TooComplex", "check_document"]

#: Characters of a document; long values belong into variables.
MAX_LENGTH = 100_000
#: More digits than any number of ours has: Python itself refuses to read some thousands of them.
LONG_NUMBER = re.compile("[0-9]{1000}")
#: Fields and spreads of a document, fragments unfolded wherever they are spread.
_MAX_UNFOLDED = 10_000
#: Comparisons that validation makes among fields of one response key.
_MAX_COMPARISONS = 20_000
#: The lists of the schema itself, whose lengths multiply: how often a document may ask for each.
_LISTS_OF_SCHEMA = frozenset(
    {"types", "fields", "args", "inputFields", "enumValues", "possibleTypes", "interfaces", "directives"}
)
_MAX_LISTS_OF_SCHEMA = 4
_MAX_TYPES_ASKED = 20


class TooComplex(Exception):  # noqa: N818 - it becomes a GraphQL error
    """The operation asks for too much.

    Args:
        code: Of what.
        values: What its text names in braces.
    """

    def __init__(self, code: FailureCode, /, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an installation; its settings say what each means.

    Args:
        body: Bytes of a request.
        tokens: Tokens of a document.
        depth: Selection sets within one another, fragments unfolded.
        root_fields: Fields of an operation's root, and with that the transactions of a mutation.
        aliases: Fields with an alias, fragments unfolded.
        directives: Directives, fragments unfolded.
        fields: Fields and conditions of an operation as it is carried out.
        cost: Objects that an answer could have, were every list as long as its page.
        page: Rows of a page.
    """

    body: int
    tokens: int
    depth: int
    root_fields: int
    aliases: int
    directives: int
    fields: int
    cost: int
    page: int

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Those that an installation has set."""
        return cls(
            body=settings.graphql_max_body,
            tokens=settings.graphql_max_tokens,
            depth=settings.graphql_max_depth,
            root_fields=settings.graphql_max_root_fields,
            aliases=settings.graphql_max_aliases,
            directives=settings.graphql_max_directives,
            fields=settings.graphql_max_fields,
            cost=settings.graphql_max_cost,
            page=settings.graphql_max_page,
        )


def check_document(document: DocumentNode, limits: Limits, chosen: OperationDefinitionNode | None = None) -> None:
    """Refuse a document that would cost too much to validate or to answer. Raises :class:`TooComplex`.

    The work of validation is bounded over the whole document. What an operation may ask for is asked of the one that
    runs, its fragments unfolded.

    Args:
        document: Parsed, not validated.
        limits: What it may ask for.
        chosen: The operation that runs; without one, every operation is judged.
    """
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    unfolded = comparisons = 0
    for definition in document.definitions:
        if isinstance(definition, (OperationDefinitionNode, FragmentDefinitionNode)):
            # Each is walked for itself, as validation does; work adds up, what one asks for does not.
            root = isinstance(definition, OperationDefinitionNode)
            judged = root if chosen is None else definition is chosen
            unfolding = _Unfolding(fragments, limits, judged, unfolded, comparisons)
            unfolding.directed(len(definition.directives or ()))
            unfolding.walk([definition.selection_set], schema=False, level=1 if root else 2, root=root)
            unfolded, comparisons = unfolding.unfolded, unfolding.comparisons


@dataclass(slots=True)
class _Unfolding:
    fragments: dict[str, FragmentDefinitionNode]
    limits: Limits
    judged: bool
    unfolded: int = 0
    comparisons: int = 0
    aliases: int = 0
    directives: int = 0
    whole_schema: int = 0
    types_asked: int = 0
    lists: Counter[str] = field(default_factory=Counter)

    def walk(self, selections: list[SelectionSetNode], *, schema: bool, level: int, root: bool = False) -> None:
        """Unfold one object of the answer: all selection sets that are merged there."""
        if self.judged and level > self.limits.depth:
            raise TooComplex(DEPTH, most=self.limits.depth)
        members: dict[str, list[FieldNode]] = {}
        spreads = 0
        waiting = [*reversed(selections)]
        seen: Counter[str] = Counter()
        while waiting:
            for node in waiting.pop().selections:
                self._count(node)
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
        if self.judged and root and len(members) > self.limits.root_fields:
            raise TooComplex(ROOT_FIELDS, most=self.limits.root_fields)
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

    def directed(self, count: int) -> None:
        """Count directives."""
        self.directives += count
        if self.judged and self.directives > self.limits.directives:
            raise TooComplex(DIRECTIVES, most=self.limits.directives)

    def _count(self, node: SelectionNode) -> None:
        self.unfolded += 1
        if self.unfolded > _MAX_UNFOLDED:
            raise TooComplex(UNFOLDED, most=_MAX_UNFOLDED)
        if node.directives:
            self.directed(len(node.directives))
        if isinstance(node, FieldNode) and node.alias is not None:
            self.aliases += 1
            if self.judged and self.aliases > self.limits.aliases:
                raise TooComplex(ALIASES, most=self.limits.aliases)

    def _compare(self, count: int) -> None:
        self.comparisons += count * (count - 1) // 2
        if self.comparisons > _MAX_COMPARISONS:
            raise TooComplex(SAME_FIELDS)

    def _ask_schema(self, name: str, count: int) -> None:
        if name == "__schema":
            self.whole_schema += count
        elif name == "__type":
            self.types_asked += count
        elif name in _LISTS_OF_SCHEMA:
            self.lists[name] += count
        most = _MAX_LISTS_OF_SCHEMA if self.whole_schema else _MAX_TYPES_ASKED
        if not self.judged:
            return
        if self.whole_schema > 1 or self.types_asked > most or max(self.lists.values(), default=0) > most:
            raise TooComplex(SCHEMA_TOO_OFTEN)
