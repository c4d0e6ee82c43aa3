"""From rules and roles to an `Access`: the Casbin model worked out once, not per question."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from types import MappingProxyType

from .access import Access, Reach, ResourceAccess
from .catalogue import Catalogue, ResourceEntry
from .rules import DENY, RUN, WHOLE_SPACE, Rule

__all__ = ["compile_access"]


class _Sets:
    """Scopes gathered for one object before they are settled."""

    __slots__ = ("allow", "deny")

    def __init__(self) -> None:
        self.allow: set[str] = set()
        self.deny: set[str] = set()

    def add(self, rule: Rule) -> None:
        (self.deny if rule.effect == DENY else self.allow).add(rule.scope)


def _settle(allow: Collection[str], deny: Collection[str], declared: frozenset[str]) -> Reach | None:
    """Brings scope sets into their one normal form; None if no row is left."""
    if WHOLE_SPACE in deny:
        return None
    denied = declared.intersection(deny)
    allowed = declared.intersection(allow) - denied
    if not allowed:
        return None
    if WHOLE_SPACE in allowed:
        return Reach(frozenset({WHOLE_SPACE}), denied, declared - denied)
    return Reach(allowed, denied, allowed)


def _as_wide(field: Reach, rows: Reach) -> bool:
    """Whether the field can be read on every row that can be seen."""
    wide = WHOLE_SPACE in field.allow_scopes or field.allow_scopes >= rows.allow_scopes
    return wide and field.deny_scopes <= rows.deny_scopes


def _resource(entry: ResourceEntry, rows: _Sets, fields: dict[str, _Sets]) -> ResourceAccess | None:
    seen = _settle(rows.allow, rows.deny, entry.scopes)
    if seen is None:
        return None
    readable: dict[str, Reach] = {}
    for name in sorted(entry.fields):
        own = fields.get(name)
        if own is None:
            if name not in entry.restricted:
                readable[name] = seen
            continue
        allow = own.allow if name in entry.restricted else own.allow | rows.allow
        reach = _settle(allow, own.deny | rows.deny, entry.scopes)
        if reach is not None:
            readable[name] = seen if _as_wide(reach, seen) else reach
    return ResourceAccess(seen, MappingProxyType(readable))


def _content(resources: dict[str, ResourceAccess], commands: dict[str, Reach]) -> str:
    def plain(reach: Reach) -> list[list[str]]:
        return [sorted(reach.allow_scopes), sorted(reach.deny_scopes)]

    content = {
        "resources": {
            name: {
                "rows": plain(entry.rows),
                "fields": {
                    part: 0 if reach is entry.rows else plain(reach) for part, reach in entry.fields.items()
                },
            }
            for name, entry in resources.items()
        },
        "commands": {name: plain(reach) for name, reach in commands.items()},
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def compile_access(rules: Iterable[Rule], roles: Collection[str], catalogue: Catalogue) -> Access:
    """Works out everything that a set of roles may do.

    Args:
        rules: the rules that hold in the space. Rules that reach nothing of the catalogue are without effect:
            a plugin that is off takes its objects away, not the rules about them.
        roles: every role in force, inherited ones included.
        catalogue: what exists in the space.
    """
    rows: defaultdict[str, _Sets] = defaultdict(_Sets)
    fields: defaultdict[str, defaultdict[str, _Sets]] = defaultdict(lambda: defaultdict(_Sets))
    runs: defaultdict[str, _Sets] = defaultdict(_Sets)
    for rule in rules:
        if rule.role not in roles:
            continue
        for name in catalogue.objects(rule.action, rule.object):
            owner, dot, part = name.partition(".")
            if rule.action == RUN:
                runs[name].add(rule)
            elif dot:
                fields[owner][part].add(rule)
            else:
                rows[name].add(rule)
    resources = {}
    for name in sorted(rows):
        resource = _resource(catalogue.resources[name], rows[name], fields[name])
        if resource is not None:
            resources[name] = resource
    commands = {}
    for name in sorted(runs):
        reach = _settle(runs[name].allow, runs[name].deny, catalogue.commands[name].scopes)
        if reach is not None:
            commands[name] = reach
    return Access(MappingProxyType(resources), MappingProxyType(commands), _content(resources, commands))
