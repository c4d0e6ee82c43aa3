"""All settings of one installation, and what must hold between them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from homeroom.client_address import trusted_proxies
from homeroom.errors import ConfigurationError
from homeroom.settings.logging import LogSettings
from homeroom.settings.reading import PREFIX, SettingsError, read_settings

__all__ = ["SECRET_LENGTH", "Settings"]

#: The shortest secret that is worth the name, in characters (256 bits as base64 are 43).
SECRET_LENGTH = 32


class Settings(LogSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One installation's settings: immutable, complete and checked. Make one with :meth:`load`."""

    #: Fields whose values are never shown.
    secrets: ClassVar[frozenset[str]] = frozenset(
        {"audit_key", "broker_url", "database_url", "mail_url", "metrics_token", "owner_database_url"}
        | {"previous_secret_key", "secret_key"}
    )

    def __post_init__(self) -> None:
        for name in ("database_url", "owner_database_url"):
            url = getattr(self, name)
            if url is not None and not re.match(r"postgres(ql)?://", url):
                raise SettingsError(PREFIX + name.upper(), "expected a URL that starts with postgresql://")
        if self.broker_url is not None and not re.match(r"amqps?://", self.broker_url):
            raise SettingsError(f"{PREFIX}BROKER_URL", "expected a URL that starts with amqp:// or amqps://")
        if self.mail_url is not None and not re.match(r"smtps?://", self.mail_url):
            raise SettingsError(f"{PREFIX}MAIL_URL", "expected a URL that starts with smtp:// or smtps://")
        if self.mail_url is not None and not re.fullmatch(r"[\x21-\x3f\x41-\x7e]+@[a-z0-9.-]+", self.mail_from or ""):
            raise SettingsError(f"{PREFIX}MAIL_FROM", "expected an address such as office@schools.example")
        for name in ("secret_key", "previous_secret_key", "audit_key", "metrics_token"):
            secret = getattr(self, name)
            if secret is not None and len(secret) < SECRET_LENGTH:
                raise SettingsError(PREFIX + name.upper(), f"expected at least {SECRET_LENGTH} characters")
        if self.audit_key is not None and self.audit_key == self.secret_key:
            raise SettingsError(f"{PREFIX}AUDIT_KEY", "must not be the secret key, which the database knows")
        if self.trace_endpoint is not None and not re.match(r"https?://", self.trace_endpoint):
            raise SettingsError(f"{PREFIX}TRACE_ENDPOINT", "expected a URL that starts with http:// or https://")
        try:
            for each in filter(None, self.webhook_networks.replace(" ", "").split(",")):
                ipaddress.ip_network(each)
        except ValueError as error:
            raise SettingsError(f"{PREFIX}WEBHOOK_NETWORKS", str(error)) from None
        try:
            trusted_proxies(self.trusted_proxies, self.proxy_header)
        except ConfigurationError as error:
            raise SettingsError(f"{PREFIX}TRUSTED_PROXIES", str(error)) from None
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", self.base_domain):
            raise SettingsError(f"{PREFIX}BASE_DOMAIN", "expected a domain in lower case, without a port")

    def __repr__(self) -> str:
        """Every field; secrets are only said to be set, so that settings may be logged."""
        shown = (
            f"{name}={'***' if name in self.secrets and value is not None else repr(value)}"
            for name, value in msgspec.structs.asdict(self).items()
        )
        return f"Settings({', '.join(shown)})"

    def __rich_repr__(self) -> Any:
        for name, value in msgspec.structs.asdict(self).items():
            yield name, "***" if name in self.secrets and value is not None else value

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from an environment; an empty variable counts as unset.

        Args:
            environ: The variables; by default those of this process.

        Raises:
            SettingsError: A variable has a value that cannot be used; the error names it.
        """
        return read_settings(cls, PREFIX, environ)

    def environment(self) -> dict[str, str]:
        """The variables from which :meth:`load` makes equal settings, for processes that this one starts."""
        return {
            PREFIX + name.upper(): str(value)
            for name, value in msgspec.structs.asdict(self).items()
            if value is not None
        }
