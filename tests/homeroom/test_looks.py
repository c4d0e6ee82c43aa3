"""Looks that name what does not exist are refused when a host starts."""

from __future__ import annotations

import functools

import pytest

from homeroom import Plugin, hookimpl
from homeroom.boot import closed_host
from homeroom.pages import Look, look_faults
from homeroom.plugins import PluginRegistry


@functools.cache
def _registry() -> PluginRegistry:
    return PluginRegistry.discover()


class Looking(Plugin):
    """A plugin whose look names a field that is not there."""

    name = "looking"
    title = "Looking"
    requires = ("school",)

    @hookimpl
    def looks(self) -> list[Look]:
        """A misspelt column."""
        return [Look("Room", columns=("code", "capacty"))]


def test_a_look_with_a_misspelt_column_quarantines_its_plugin_alone() -> None:
    registry = PluginRegistry.discover([Looking()])
    closed_host(registry, check_texts=False)
    assert {"looking"} == {each.name for each in registry.quarantined}
    assert "look Room: Room has no field 'capacty'" in registry.quarantined[0].reason
    assert "school" in registry.plugins


@pytest.mark.parametrize(
    ("look", "fault"),
    [
        (Look("Rooom"), "there is no such noun in this plugin or in those that it requires; did you mean Room?"),
        (Look("Room", groups={"Place": ("floor", "storey")}), "Room has no field 'storey'"),
        (Look("Room", filters=("facilities", "version")), "one cannot filter by 'version'"),
        (Look("Room", order="-campus"), "one cannot order by 'campus'"),
        (Look("Room", actions=("school.room.chnage",)), "there is no command 'school.room.chnage'"),
    ],
)
def test_every_kind_of_name_in_a_look_is_checked(look: Look, fault: str) -> None:
    registry = _registry()
    variant = closed_host(registry, check_texts=False).variant(registry.with_requirements(["school"]))
    (found,) = look_faults(look, variant.resources, variant.commands)
    assert fault in found
