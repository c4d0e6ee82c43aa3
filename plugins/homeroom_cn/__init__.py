"""Mainland China: the preset of a college (学院), with years of study and the courses that every student takes."""

from __future__ import annotations

__all__: list[str] = []
