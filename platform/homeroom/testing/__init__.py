"""For the tests of plugins: a database, a host, schools of several regions, and people who sign in.

pytest finds the fixtures by itself where Homeroom is installed; see :mod:`homeroom.testing.plugin`. They speak through
the public surface alone: real accounts, real logins, HTTP into the ASGI application.
"""

from __future__ import annotations

from homeroom.testing.client import Client, GraphQLFailed
from homeroom.testing.clock import Clock
from homeroom.testing.nouns import NounTrial, noun_contract
from homeroom.testing.people import People
from homeroom.testing.permissions import Attempt, Trial, WholeTrial, permission_table
from homeroom.testing.stage import Person, Side, Stage

__all__ = [
    "Attempt",
    "Client",
    "Clock",
    "GraphQLFailed",
    "NounTrial",
    "People",
    "Person",
    "Side",
    "Stage",
    "Trial",
    "WholeTrial",
    "noun_contract",
    "permission_table",
]
