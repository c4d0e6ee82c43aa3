"""Hong Kong: the preset of a primary school (小學), P1 to P6. Terms are those of the Education Bureau's schools."""

from __future__ import annotations

__all__: list[str] = []
