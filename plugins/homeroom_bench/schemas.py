"""What schemas cost: a start with today's resources and with several times as many, and a further variant.

Each size is measured in a process of its own. The baseline of a size is what graphql-core takes, in the same process,
to build the same schema from its text: everything at once, as a server would that knew only that schema.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from homeroom import hookimpl
from homeroom.plugins import Plugin, PluginRegistry

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.custom import CustomField
    from homeroom.host import Host
    from homeroom.resources import Resource
    from homeroom.variants import Variant

__all__ = ["SchemaCost", "copies_of", "measure_schemas", "measure_size", "text_of_schemas"]

_REGION: Final = "vn"
#: The plugins that have resources, beside the parts of the host.
_SOURCES: Final = frozenset({"school", "gradebook"})
#: What is on beside them in further sets.
_FURTHER: Final[tuple[frozenset[str], ...]] = (frozenset(), frozenset({"hk"}), frozenset({"cn"}))
#: What a school asks first.
_QUERY: Final = (
    "query($f: StudentFilter) { students(filter: $f, first: 20) {"
    " nodes { id fullName currentClass: enrolments { nodes { id } } } totalCount } viewer { login } }"
)


class SchemaCost(msgspec.Struct, frozen=True):
    """What was measured of one size. Seconds are those of the wall clock, sizes KiB that are held afterwards.

    Args:
        times: How many times today's resources there are.
        resources: How many.
        types: Of the schema.
        import_s: To import the plugins and this library.
        start_s: To make the host and the first schema, and to prepare the first query.
        start_kib: What that holds.
        baseline_s: What graphql-core takes for the same schema from its text.
        baseline_kib: What that holds.
        variant_s: A further set of plugins: from nothing to a prepared query.
        variant_kib: What that holds.
        own_field_s: A school's own field: the same.
        own_field_kib: What that holds.
    """

    times: int
    resources: int
    types: int
    import_s: float
    start_s: float
    start_kib: float
    baseline_s: float
    baseline_kib: float
    variant_s: float
    variant_kib: float
    own_field_s: float
    own_field_kib: float


class Copies(Plugin):
    """All resources and commands of other plugins once more, under other names and over tables that are not there.

    Args:
        number: Which copy it is.
        variant: What is copied.
        requires: The plugins that it is copied from.
    """

    title = "Resources made up to measure schemas"

    def __init__(self, number: int, variant: Variant, requires: frozenset[str]) -> None:
        self.name = f"copy{number}"  # type: ignore[misc]
        self.requires = tuple(sorted(requires))  # type: ignore[misc]
        names = {each.name: f"{each.name}Copy{number}" for each in variant.resources.values()}
        tables = {each.table: f"{each.table}_copy{number}" for each in variant.resources.values()}
        self._resources = [_copied(each, names, tables, number) for each in variant.resources.values()]
        self._commands = [
            replace(
                each,
                name=f"{self.name}.{each.name}",
                function=_function(f"{each.function.__name__}_copy{number}"),
                returns=None if each.returns is None else names[each.returns],
            )
            for each in variant.commands.values()
            if each.value is None
        ]
        self.system_only = dict.fromkeys((each.name for each in self._commands), "measured")  # type: ignore[misc]

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        return self._resources

    @hookimpl
    def commands(self) -> Sequence[Command]:
        return self._commands


def _function(name: str) -> Callable[..., Any]:
    """A function of a name, which is never called."""

    async def function(*_: Any, **__: Any) -> None: ...

    function.__name__ = name
    return function


def _copied(resource: Resource, names: dict[str, str], tables: dict[str, str], number: int) -> Resource:
    from homeroom.resources import EVERYTHING

    return replace(
        resource,
        name=names[resource.name],
        plural=f"{resource.plural}Copy{number}",
        singular=f"{resource.singular}Copy{number}" if resource.singular else "",
        table=tables[resource.table],
        relations={
            name: replace(each, target=tables.get(each.target, each.target), carries={})
            for name, each in resource.relations.items()
        },
        scopes={"school": EVERYTHING},
    )


def copies_of(times: int) -> list[Plugin]:
    """Plugins that bring today's resources so many times that there are ``times`` as many."""
    if times == 1:
        return []
    from homeroom.boot import closed_host

    registry = PluginRegistry.discover()
    host = closed_host(registry)
    variant = host.variant(registry.with_requirements(_SOURCES))
    return [Copies(number, variant, _SOURCES) for number in range(1, times)]


def _plugins_of(host: Host) -> frozenset[str]:
    (preset,) = [each for each in host.hooks.collect("presets") if each.region == _REGION]
    return frozenset(preset.plugins)


def _timed(make: Callable[[], Any]) -> tuple[Any, float]:
    # As servers do when their first schemas are built: Python's collector walks over none of what is there by then.
    gc.collect()
    gc.freeze()
    began = time.perf_counter()
    made = make()
    return made, time.perf_counter() - began


def _held(make: Callable[[], Any]) -> tuple[Any, float]:
    """What something holds when it is made, in KiB."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    made = make()
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return made, held / 1024


def measure_size(times: int) -> SchemaCost:
    """Measure one size in this process; nothing of a schema may have been made in it before.

    Args:
        times: How many times today's resources there are.
    """
    copies = copies_of(times)  # before anything is timed: in an installation they lie in files

    def importing() -> None:
        import graphql  # noqa: F401

        from homeroom_graphql import operations  # noqa: F401

    _, import_s = _timed(importing)
    from graphql import build_schema, print_schema

    from homeroom.boot import closed_host
    from homeroom_graphql.limits import Limits
    from homeroom_graphql.operations import Operations

    def started(without: str = "") -> tuple[Any, Any]:
        registry = PluginRegistry.discover(copies)
        host = closed_host(registry)
        wanted = _plugins_of(host) | {each.name for each in copies}
        operations = Operations(host.variant(registry.with_requirements(wanted)), Limits.of(host.settings))
        operations.get(_QUERY, None)
        return host, operations

    (host, operations), start_s = _timed(started)
    limits = Limits.of(host.settings)
    # Once more for the memory: to trace it makes everything slow.
    (host, operations), start_kib = _held(started)
    printed = print_schema(operations.schema.whole())
    _, baseline_s = _timed(lambda: build_schema(printed))
    _, baseline_kib = _held(lambda: build_schema(printed))

    def further(number: int) -> Any:
        # Another set of plugins each time, with the same resources: those of the regions show none of their own.
        wanted = _SOURCES | {each.name for each in copies} | _FURTHER[number]
        made = Operations(host.variant(host.registry.with_requirements(wanted)), limits)
        made.get(_QUERY, None)
        return made

    def own(number: int) -> Any:
        from homeroom.variants import with_custom_fields

        field = _own_field(number)
        made = Operations(with_custom_fields(operations.variant, [field]), limits)
        made.get(_QUERY.replace("fullName", f"fullName {_graphql_name(field)}"), None)
        return made

    further(0)  # whatever is made once
    _, variant_s = _timed(lambda: further(1))
    _, variant_kib = _held(lambda: further(2))
    own(0)
    _, own_field_s = _timed(lambda: own(1))
    _, own_field_kib = _held(lambda: own(2))
    return SchemaCost(
        times=times,
        resources=len(operations.variant.resources),
        types=len(operations.schema.type_map),
        import_s=import_s,
        start_s=start_s,
        start_kib=start_kib,
        baseline_s=baseline_s,
        baseline_kib=baseline_kib,
        variant_s=variant_s,
        variant_kib=variant_kib,
        own_field_s=own_field_s,
        own_field_kib=own_field_kib,
    )


def _own_field(number: int) -> CustomField:
    from homeroom.custom import CustomField, FieldKind

    return CustomField(UUID(int=number), "Student", f"measured_{number}", FieldKind.TEXT, "Measured")


def _graphql_name(field: CustomField) -> str:
    from homeroom.resources import camel_case

    return camel_case(field.as_field().name)


def measure_schemas(sizes: Sequence[int]) -> Iterator[SchemaCost]:
    """Measure each size in a process of its own.

    Args:
        sizes: How many times today's resources.
    """
    for times in sizes:
        code = (
            "import msgspec, sys; from homeroom_bench.schemas import measure_size;"
            f" sys.stdout.buffer.write(msgspec.json.encode(measure_size({times})))"
        )
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
        yield msgspec.json.decode(done.stdout, type=SchemaCost)


def text_of_schemas(costs: Sequence[SchemaCost]) -> str:
    """The figures, and their ratios to the baseline."""
    lines = []
    for each in costs:
        lines += [
            f"{each.times} x today's resources: {each.resources} resources, {each.types} types",
            f"  import                    {each.import_s:8.3f} s",
            f"  start, first query        {each.start_s:8.3f} s  {each.start_kib:9.0f} KiB",
            f"  graphql-core from text    {each.baseline_s:8.3f} s  {each.baseline_kib:9.0f} KiB",
        ]
        for what, seconds, kib in (
            ("a further set of plugins", each.variant_s, each.variant_kib),
            ("a school's own field    ", each.own_field_s, each.own_field_kib),
        ):
            lines.append(
                f"  {what}  {seconds:8.3f} s  {kib:9.0f} KiB"
                f"   to the baseline {seconds / each.baseline_s:.3f} and {kib / each.baseline_kib:.3f}"
            )
        lines.append("")
    for each in costs:
        for what, is_met in (
            (f"start {each.import_s + each.start_s:.2f} s, goal at most 3", each.import_s + each.start_s <= 3),
            (f"variant {each.variant_s * 1000:.0f} ms, goal at most 50", each.variant_s <= 0.05),
            (f"variant {each.variant_kib / 1024:.1f} MiB, goal at most 2", each.variant_kib <= 2048),
            (f"own field {each.own_field_s * 1000:.0f} ms, goal at most 50", each.own_field_s <= 0.05),
            (f"own field {each.own_field_kib / 1024:.1f} MiB, goal at most 2", each.own_field_kib <= 2048),
        ):
            lines.append(f"{'met   ' if is_met else 'MISSED'} {each.times} x: {what}")
    return "\n".join(lines)
