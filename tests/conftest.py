"""Fixtures of every test that needs a host; see `homeroom.testing`."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["homeroom.testing.plugin"]

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("homeroom", deadline=None)
settings.load_profile("homeroom")
