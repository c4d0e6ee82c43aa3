"""``python -m homeroom.cli``."""

from __future__ import annotations

from homeroom.cli import main

main(prog_name="homeroom")
