"""From rules and roles to an `Access`: the Casbin model worked out once, not per question."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from types import MappingProxyType

from homeroom.permissions import Access, Rule, Scopes

from .catalogue import Catalogue, ResourceEntry
from .roles import with_inherited
from .rules import DENY, RUN, WHOLE_SPACE

__all__ = ["compile_access"]

_NOWHERE = Scopes(frozenset())


class _Sets:
    """Scopes gathered for one object before they are settled."""

    __slots__ = ("allow", "deny")

    def __init__(self) -> None:
        self.allow: set[str] = set()
        self.deny: set[str] = set()

    def add(self, rule: Rule) -> None:
        (self.deny if rule.effect == DENY else self.allow).add(rule.scope)


def _settle(allow: Collection[str], deny: Collection[str], declared: frozenset[str]) -> Scopes:
    """Brings scope sets into their one normal form, in which nothing open is an empty `allow`."""
    if WHOLE_SPACE in deny:
        return _NOWHERE
    denied = declared.intersection(deny)
    allowed = declared.intersection(allow) - denied
    if not allowed:
        return _NOWHERE
    return Scopes(frozenset({WHOLE_SPACE}) if WHOLE_SPACE in allowed else allowed, denied)


def _as_wide(field: Scopes, rows: Scopes) -> bool:
    """Whether the field can be read on every row that can be seen."""
    return (WHOLE_SPACE in field.allow or field.allow >= rows.allow) and field.deny <= rows.deny


def _fields(entry: ResourceEntry, rows: _Sets, seen: Scopes, own: dict[str, _Sets]) -> dict[str, Scopes]:
    """The fields that differ from their rows."""
    narrowed = {}
    for name in sorted(entry.restricted | own.keys()):
        sets = own.get(name, _Sets())
        allow = sets.allow if name in entry.restricted else sets.allow | rows.allow
        scopes = _settle(allow, sets.deny | rows.deny, entry.scopes)
        if not scopes.allow or not _as_wide(scopes, seen):
            narrowed[name] = scopes
    return narrowed


def _key(resources: dict[str, Scopes], fields: dict[str, dict[str, Scopes]], commands: dict[str, Scopes]) -> str:
    def plain(objects: dict[str, Scopes]) -> dict[str, list[list[str]]]:
        return {name: [sorted(scopes.allow), sorted(scopes.deny)] for name, scopes in objects.items()}

    content = [plain(resources), {name: plain(own) for name, own in fields.items()}, plain(commands)]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def compile_access(rules: Collection[Rule], roles: Collection[str], catalogue: Catalogue) -> Access:
    """Works out everything that a set of roles may do.

    Args:
        rules: The rules that hold in the space. Rules that reach nothing of the catalogue are without effect:
            a plugin that is off takes its objects away, not the rules about them.
        roles: The roles in force.
        catalogue: What exists in the space.
    """
    held = with_inherited(roles, rules)
    rows: defaultdict[str, _Sets] = defaultdict(_Sets)
    parts: defaultdict[str, defaultdict[str, _Sets]] = defaultdict(lambda: defaultdict(_Sets))
    runs: defaultdict[str, _Sets] = defaultdict(_Sets)
    for rule in rules:
        if rule.role not in held:
            continue
        for name in catalogue.objects(rule.action, rule.object):
            owner, dot, part = name.partition(".")
            if rule.action == RUN:
                runs[name].add(rule)
            elif dot:
                parts[owner][part].add(rule)
            else:
                rows[name].add(rule)
    resources: dict[str, Scopes] = {}
    fields: dict[str, dict[str, Scopes]] = {}
    for name in sorted(rows):
        entry = catalogue.resources[name]
        seen = _settle(rows[name].allow, rows[name].deny, entry.scopes)
        if seen.allow:
            resources[name] = seen
            narrowed = _fields(entry, rows[name], seen, parts[name])
            if narrowed:
                fields[name] = narrowed
    commands: dict[str, Scopes] = {}
    for name in sorted(runs):
        scopes = _settle(runs[name].allow, runs[name].deny, catalogue.commands[name].scopes)
        if scopes.allow:
            commands[name] = scopes
    return Access(
        key=_key(resources, fields, commands),
        resources=MappingProxyType(resources),
        commands=MappingProxyType(commands),
        fields=MappingProxyType({name: MappingProxyType(own) for name, own in fields.items()}),
    )
