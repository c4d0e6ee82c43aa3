"""Reading settings from the environment, and describing them."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from homeroom.errors import ConfigurationError

__all__ = ["PREFIX", "SettingDoc", "SettingsError", "describe", "plugin_prefix", "read_settings", "unknown_variables"]

PREFIX = "HOMEROOM_"
#: Variables that other parts of the house read: of the tests, and of the ``run`` script.
_RESERVED = re.compile(r"HOMEROOM_(TEST_\w+|PYTHON)")
Read = TypeVar("Read", bound=msgspec.Struct)


class SettingsError(ConfigurationError):
    """A variable of the environment has a value that cannot be used.

    Args:
        variable: The name of the variable, such as ``HOMEROOM_PORT``.
        reason: What is wrong with it, as a half sentence.
    """

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable
        self.reason = reason


def read_settings(kind: type[Read], prefix: str, environ: Mapping[str, str] | None = None) -> Read:
    """Read settings from an environment; an empty variable counts as unset.

    Args:
        kind: What they are: those of the installation, or those that a plugin declares.
        prefix: What the names of their variables begin with.
        environ: The variables; by default those of this process.

    Raises:
        SettingsError: A variable has a value that cannot be used, or one that is needed is unset; the error names it.
    """
    environ = os.environ if environ is None else environ
    given = {
        name: value for name in kind.__struct_fields__ if (value := environ.get(prefix + name.upper(), "").strip())
    }
    try:
        return msgspec.convert(given, kind, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$.")
        if not path and (missing := re.fullmatch(r"Object missing required field `(\w+)`", reason)):
            raise SettingsError(prefix + missing[1].upper(), "unset") from None
        name = path.rstrip("`")
        secret = any(doc.field == name and doc.secret for doc in describe(kind, prefix))
        shown = "" if secret else f" (got {environ.get(prefix + name.upper())!r})"
        raise SettingsError(prefix + (name.upper() or "*"), reason[:1].lower() + reason[1:] + shown) from None


def plugin_prefix(plugin: str) -> str:
    """What the variables of a plugin's settings begin with: ``HOMEROOM_MAILBOX_``."""
    return f"{PREFIX}{plugin.upper()}_"


def _decode(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value).expanduser().absolute()
    raise TypeError(f"no setting has the type {kind}")  # pragma: no cover - a mistake in this file


@dataclass(frozen=True, slots=True)
class SettingDoc:
    """One line of the reference.

    Args:
        variable: The name in the environment.
        field: The name in :class:`Settings`.
        kind: What values it takes, for a reader.
        default: The default as one would write it, or an empty text.
        description: What it does, in Markdown.
        secret: Whether its value is never shown.
    """

    variable: str
    field: str
    kind: str
    default: str
    description: str
    secret: bool = False


def describe(kind: type[msgspec.Struct] | None = None, prefix: str = PREFIX) -> tuple[SettingDoc, ...]:
    """Every setting, in the order of the class.

    Args:
        kind: Those that a plugin declares; by default those of the installation.
        prefix: What the names of their variables begin with.

    Raises:
        ConfigurationError: A setting has no description.
    """
    from homeroom.settings.installation import Settings

    kind = kind or Settings
    hints = get_type_hints(kind, include_extras=True)
    docs = []
    for field in msgspec.structs.fields(kind):
        values, *notes = get_args(hints[field.name]) or (hints[field.name],)
        metas = [note for note in notes if isinstance(note, Meta)]
        default = "" if field.default is msgspec.NODEFAULT or field.default is None else str(field.default)
        description = next((note.description for note in metas if note.description), None)
        if description is None:
            raise ConfigurationError(f"the setting {kind.__name__}.{field.name} has no description")
        secret = field.name in getattr(kind, "secrets", ()) or any((note.extra or {}).get("secret") for note in metas)
        docs.append(SettingDoc(prefix + field.name.upper(), field.name, _kind(values), default, description, secret))
    return tuple(docs)


def _kind(kind: Any) -> str:
    options = get_args(kind)
    if options and all(isinstance(option, str) for option in options):
        return " or ".join(f"`{option}`" for option in options)
    first = next((option for option in options if option is not type(None)), kind)
    return {int: "whole number", float: "number", Path: "path"}.get(first, "text")


def unknown_variables(
    environ: Mapping[str, str] | None = None, plugins: Mapping[str, type[msgspec.Struct]] | None = None
) -> list[tuple[str, str | None]]:
    """Variables that start like settings but are none, each with the setting it may have been meant as.

    Args:
        environ: The variables; by default those of this process.
        plugins: Plugin to the settings that it declares.
    """
    from homeroom.settings.installation import Settings

    known = {PREFIX + name.upper() for name in Settings.__struct_fields__}
    for plugin, kind in (plugins or {}).items():
        known |= {plugin_prefix(plugin) + name.upper() for name in kind.__struct_fields__}
    environ = os.environ if environ is None else environ
    return [
        (name, next(iter(difflib.get_close_matches(name, known, n=1)), None))
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known and not _RESERVED.fullmatch(name)
    ]
