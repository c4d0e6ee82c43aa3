"""The garden as a plugin, for tests of the compiler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from garden import commands as verbs
from garden import questions
from garden import resources as nouns

from homeroom import Command, ComputedQuery, Plugin, Preset, Rule, hookimpl
from homeroom.resources import Extension, Resource
from homeroom.subscriptions import Subscription, values_of

__all__ = ["GardenPlugin"]


class GardenPlugin(Plugin):
    """A domain that no school has, with everything that a resource can be."""

    name = "garden"
    title = "A garden, for tests"
    migrations = "garden.migrations"

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        """All of them."""
        return [nouns.gardener, nouns.bed, nouns.duty, nouns.plant, nouns.harvest]

    @hookimpl
    def extensions(self) -> Sequence[Extension]:
        """What the harvest adds to gardeners."""
        return [nouns.of_gardener]

    @hookimpl
    def commands(self) -> Sequence[Command]:
        """All of them."""
        return [made for made in vars(verbs).values() if isinstance(made, Command)]

    @hookimpl
    def queries(self) -> Sequence[ComputedQuery]:
        """All of them."""
        return [made for made in vars(questions).values() if isinstance(made, ComputedQuery)]

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription]:
        """Plants that were planted or have grown."""
        return [
            Subscription(
                "plantsPlanted", "garden.plants.planted", "Plant", values_of("plants"), "New plants.", {"bed": "Bed"}
            ),
            Subscription("plantGrown", "garden.plant.grown", "Plant", values_of("plant"), "A plant has grown."),
        ]

    @hookimpl
    def role_titles(self) -> Mapping[str, str]:
        """Two roles."""
        return {"keeper": "Keeper", "visitor": "Visitor"}

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        """Two regions, in which it is not the same day."""
        return [
            Preset("east", "East", ("garden",), time_zone="Asia/Ho_Chi_Minh", locale="vi"),
            Preset("west", "West", ("garden",), time_zone="America/Los_Angeles", locale="en"),
        ]

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        """A keeper does everything, a visitor looks at plants."""
        return [
            Rule("keeper", "*"),
            Rule("keeper", "garden.*", "run"),
            Rule("keeper", "graphql.introspect", "run"),
            Rule("visitor", "Plant"),
            Rule("visitor", "garden.plant.grow", "run", "alive"),
        ]
