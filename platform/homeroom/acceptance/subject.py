"""What is looked at when a plugin is checked: itself, its distribution, its source, and a database with its tables."""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

from homeroom.acceptance.statements import refused, statements_of
from homeroom.boot import closed_host, migrate_database
from homeroom.database.declarations import declared_tables
from homeroom.parts import plugin_package
from homeroom.settings import Settings
from homeroom.variants import Variant, assemble

if TYPE_CHECKING:
    from homeroom.acceptance.statements import Statement
    from homeroom.database.faults import Fault
    from homeroom.database.providers import DatabaseAccess
    from homeroom.database.tables import SchoolTable
    from homeroom.host import Host
    from homeroom.plugins import Plugin, PluginRegistry

__all__ = ["Subject", "subjects"]

Part = TypeVar("Part")


@dataclass(slots=True)
class Subject:
    """A plugin that is checked.

    Args:
        plugin: The plugin.
        host: A host that was never opened, with every plugin that is sound.
        variant: What the plugin consists of together with what it requires.
        migration_fault: Why its migrations do not apply, or an empty text.
        table_faults: What is wrong with its tables in a database that has all migrations.
        statement_faults: What PostgreSQL does not accept of its statements there.
    """

    plugin: Plugin
    host: Host
    variant: Variant
    migration_fault: str = ""
    table_faults: Sequence[Fault] = field(default_factory=list)
    statement_faults: Sequence[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.plugin.name

    @property
    def registry(self) -> PluginRegistry:
        """All plugins of the installation."""
        return self.host.registry

    @property
    def package(self) -> str:
        """Its import package."""
        return plugin_package(self.plugin)

    @property
    def folder(self) -> Path:
        """Where its package lies."""
        found = importlib.import_module(self.package)
        assert found.__file__ is not None
        return Path(found.__file__).parent

    @property
    def tables(self) -> list[type[SchoolTable]]:
        """The tables of schools that it declares."""
        return declared_tables(self.plugin) if self.plugin.migrations is not None else []

    @property
    def distribution(self) -> Distribution | None:
        """What was installed, if it was installed at all."""
        try:
            return distribution(self.registry.origins.get(self.name, ""))
        except (PackageNotFoundError, ValueError):
            return None

    @property
    def source(self) -> Path | None:
        """The folder that it was installed from, if that is on this machine (PEP 610)."""
        found = self.distribution
        text = found.read_text("direct_url.json") if found is not None else None
        url = urlsplit(json.loads(text)["url"]) if text else None
        if url is None or url.scheme != "file":
            return None
        folder = Path(unquote(url.path))
        return folder if folder.is_dir() else None

    def given(self, hook: str, kind: type[Part]) -> list[Part]:
        """What the plugin itself gives to a hook whose results are collected, of one kind."""
        found = self.host.hooks.collect_by_plugin(hook, only=frozenset({self.name}))
        return [each for _, items in found for each in items if isinstance(each, kind)]


def subjects(registry: PluginRegistry, names: Sequence[str] = ()) -> Iterator[Subject]:
    """Those that are checked, in start order. Makes a database for it, which is gone afterwards.

    Args:
        registry: All installed plugins.
        names: Which; all that are no part of the host unless given.

    Raises:
        ConfigurationError: There is no such plugin, or it is quarantined; with the reason.
    """
    from homeroom.database.providers import throwaway

    host = closed_host(registry)
    chosen = list(names) or [each.name for each in registry.in_order() if not each.host_part]
    for name in chosen:
        registry.refuse_missing(name)
    found = [
        Subject(registry.plugins[name], host, assemble(host.hooks, registry.with_requirements([name])))
        for name in registry.plugins
        if name in chosen
    ]
    with throwaway() as access:
        faults = asyncio.run(_examined(access, registry, found))
    refused = {each.name: each.reason for each in registry.quarantined}
    for subject in found:
        own = {table._meta.tablename for table in subject.tables} | set(subject.plugin.global_tables)
        written = _migrations_text(subject)
        subject.migration_fault = refused.get(subject.name, "")
        subject.table_faults = [
            fault for fault in faults if (table := fault.object.rpartition(".")[2]) in own or f'"{table}"' in written
        ]
        yield subject


async def _examined(access: DatabaseAccess, registry: PluginRegistry, found: Sequence[Subject]) -> list[Fault]:
    """Bring an empty database up to date, say what is wrong with it then, and have it prepare all statements."""
    import asyncpg

    from homeroom.database.catalogue import check

    settings = access.apply(Settings())
    await migrate_database(settings, registry, check=False)
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        faults = await check(connection, registry, urlsplit(settings.database_url or "").username or "")
        for subject in found:
            subject.statement_faults = await refused(connection, _all_statements(subject))
        return faults
    finally:
        await connection.close()


def _all_statements(subject: Subject) -> Iterator[Statement]:
    """The statements of a plugin, and those that parts of the host make of what it declares."""
    yield from statements_of(subject)
    for point in subject.host.hooks.collect("acceptance_points"):
        if point.statements is not None:
            yield from point.statements(subject)


def _migrations_text(subject: Subject) -> str:
    """All that its migrations say: a table that is made there and declared nowhere is its own, too."""
    if subject.plugin.migrations is None:
        return ""
    (folder,) = importlib.import_module(subject.plugin.migrations).__path__
    return "".join(file.read_text(encoding="utf-8") for file in sorted(Path(folder).glob("m*.py")))
