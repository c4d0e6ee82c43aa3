"""Pure rules of the registry: no clock, no database."""

from __future__ import annotations
