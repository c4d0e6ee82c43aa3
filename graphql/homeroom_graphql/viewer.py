"""The viewer: who asks, and the rows that this person is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom_graphql.json_text import JsonText, encode
from homeroom_graphql.mixed import person, persons
from homeroom_graphql.schema import singular

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphql import FieldNode

    from homeroom_graphql.compiler import Compiler
    from homeroom_graphql.plans import Run

__all__ = ["viewer"]


def viewer(compiler: Compiler, nodes: Sequence[FieldNode]) -> str:
    """SQL that writes the viewer as JSON: what is known of the caller, and the rows that this person is.

    Args:
        compiler: The compiler of the operation.
        nodes: The merged field nodes.
    """
    own = {
        singular(resource): resource
        for resource in map(compiler.variant.resources.get, compiler.variant.persons)
        if resource is not None
    }
    out = JsonText()
    out.text("{")
    for index, (key, parts) in enumerate(compiler.selection(nodes, "Viewer").items()):
        out.text(f'{"," if index else ""}"{key}":')
        name = parts[0].name.value
        if name == "__typename":
            out.text('"Viewer"')
        elif name in own:
            out.value(compiler.at(key, person, compiler, own[name], parts))
        elif name == "persons":
            out.value(compiler.at(key, persons, compiler, parts))
        else:
            out.value(compiler.placeholders.value(_known(compiler, name, parts), "text"))
    out.text("}")
    return out.sql()


def _known(compiler: Compiler, name: str, parts: Sequence[FieldNode]) -> Callable[[Run], str]:
    if name == "space":
        wanted = {key: each[0].name.value for key, each in compiler.selection(parts, "Space").items()}
        return lambda run: _text({key: _SPACE[field](run) for key, field in wanted.items()})
    if name == "commands":
        fields = {command.name: command.field for command in compiler.variant.commands.values()}
        return lambda run: _text(sorted(fields[each] for each in run.caller.access.commands if each in fields))
    return lambda run: _text(_VIEWER[name](run))


def _text(value: Any) -> str:
    return encode(value).decode()


_VIEWER: Mapping[str, Callable[[Run], Any]] = {
    "id": lambda run: None if run.caller.account is None else f"Account_{run.caller.account}",
    "login": lambda run: run.caller.login,
    "name": lambda run: run.caller.name,
    "roles": lambda run: sorted(run.caller.roles),
    "permissions": lambda run: sorted(run.caller.access.commands),
}
_SPACE: Mapping[str, Callable[[Run], Any]] = {
    "__typename": lambda _run: "Space",
    "slug": lambda run: run.caller.space.slug,
    "name": lambda run: run.caller.space.name,
    "kind": lambda run: run.caller.space.kind,
    "region": lambda run: run.caller.space.region,
    "timeZone": lambda run: run.caller.space.time_zone.key,
    "locale": lambda run: run.caller.space.locale,
    "plugins": lambda run: sorted(run.caller.space.plugins),
}
