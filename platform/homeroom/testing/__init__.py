"""For the tests of plugins: a database, a host, schools of several regions, and people who sign in.

Switch the fixtures on in a ``conftest.py``::

    pytest_plugins = ["homeroom.testing.plugin"]

They speak through the public surface alone: real accounts, real logins, HTTP into the ASGI application.
"""

from __future__ import annotations

from homeroom.testing.client import Client, GraphQLFailed
from homeroom.testing.people import People

__all__ = ["Client", "GraphQLFailed", "People"]
