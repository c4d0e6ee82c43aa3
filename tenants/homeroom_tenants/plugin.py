"""The host part that knows spaces, accounts and memberships."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin

from .global_tables import GLOBAL_TABLES

if TYPE_CHECKING:
    import click
    from litestar.types import ControllerRouterHandler, Middleware

    from homeroom.directory import Directory
    from homeroom.health import HealthCheck
    from homeroom.host import Host

    from .directory import TenantDirectory

__all__ = ["TenantsPlugin", "plugin"]

_SERVICE = "tenants.directory"


def _directory_of(host: Host) -> TenantDirectory:
    from .directory import TenantDirectory

    found = host.services.get(_SERVICE)
    if not isinstance(found, TenantDirectory):
        found = host.services[_SERVICE] = TenantDirectory(host)
    return found


class TenantsPlugin(Plugin):
    """Districts and schools, accounts, memberships, sessions and tokens."""

    name = "tenants"
    title = "Districts and schools, accounts and sessions"
    global_tables = GLOBAL_TABLES
    host_part = True
    system_only = MappingProxyType(
        dict.fromkeys(
            ("tenants.mail.reset", "tenants.mail.address", "tenants.mail.address_undo", "tenants.mail.invitation"),
            "the installation sends this mail: the jobs know what the person who asks must not learn",
        )
    )

    @hookimpl
    def health_checks(self, host: Host) -> Sequence[HealthCheck]:
        from homeroom.health import HealthCheck

        async def listening() -> bool:
            return _directory_of(host).hearing

        return [HealthCheck("directory", listening)]

    @hookimpl
    def directory(self, host: Host) -> Directory:
        return _directory_of(host)

    @hookimpl
    async def startup(self, host: Host) -> None:
        await _directory_of(host).start()

    @hookimpl
    async def shutdown(self, host: Host) -> None:
        await _directory_of(host).stop()

    @hookimpl
    def routes(self, host: Host) -> Sequence[ControllerRouterHandler]:
        from .routes import routes

        return routes(host, _directory_of(host))

    @hookimpl
    def middleware(self, host: Host) -> Sequence[Middleware]:
        from .cors import cross_origin

        return [cross_origin(_directory_of(host))]

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        from .backup_cli import backup, restore
        from .sign_ins_cli import account, tenant

        return (tenant, account, backup, restore)


plugin = TenantsPlugin()
