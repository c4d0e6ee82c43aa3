"""How the tables of this part stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import PersonalData, nobody
from homeroom_graphql.tables import GraphQLDocument, KnownDocument

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = tuple(nobody("queries of programs", GraphQLDocument, KnownDocument))
