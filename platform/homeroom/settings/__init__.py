"""The settings of one installation, read once from the environment.

Every setting is a variable ``HOMEROOM_<NAME>`` and a field of :class:`Settings`, which has a module for each concern (a
struct of msgspec has one base, so each of them adds to the one before). A plugin declares its own
(:attr:`homeroom.plugins.Plugin.settings`). Nothing else in the house reads the environment. The reference page of the
documentation is made from :func:`describe`.
"""

from __future__ import annotations

from homeroom.settings.installation import SECRET_LENGTH, Settings
from homeroom.settings.places import default_data_dir
from homeroom.settings.reading import (
    PREFIX,
    SettingDoc,
    SettingsError,
    describe,
    plugin_prefix,
    read_settings,
    unknown_variables,
)

__all__ = [
    "PREFIX",
    "SECRET_LENGTH",
    "SettingDoc",
    "Settings",
    "SettingsError",
    "default_data_dir",
    "describe",
    "plugin_prefix",
    "read_settings",
    "unknown_variables",
]
