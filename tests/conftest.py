"""Fixtures of every test that needs a host; see `homeroom.testing`."""

from __future__ import annotations

pytest_plugins = ["homeroom.testing.plugin"]
