"""Texts of which no two rows of one thing may have the same, or one that looks the same.

A table says so once, for every statement that writes it::

    class SchoolClass(SchoolTable, tablename="school_class"):
        twins = no_twins("name", by="school_year_id", where=("kind", "homeroom"))

``homeroom migrate`` makes one exclusion constraint of it, as of dated rows (:mod:`homeroom.database.dated`). Letter
case and width make no difference (after Unicode's NFKC); the verbs of a noun compare with
:func:`homeroom.texts.folded`, which also leaves out what nobody sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from homeroom.database.tables import SchoolTable

__all__ = ["SUFFIX", "Twins", "no_twins", "twins_of"]

#: What the name of such a constraint ends with.
SUFFIX: Final = "_twins"


@dataclass(frozen=True, slots=True)
class Twins:
    """Texts that differ. Made by :func:`no_twins`.

    Args:
        text: The column of texts.
        by: Columns whose values are the same in two rows that must differ in the text.
        where: A column and its value; only rows that have it are compared. Empty: all rows.
    """

    text: str
    by: tuple[str, ...] = ()
    where: tuple[str, str] | tuple[()] = ()

    def constraint(self, table: str) -> str:
        """The name of the constraint of a table."""
        return f"{table}_{self.text}"[: 63 - len(SUFFIX)] + SUFFIX

    def _key(self, row: str = "") -> str:
        return f"lower(normalize({row}{self.text}, NFKC))"

    def only(self, row: str = "") -> str:
        """The condition in SQL of the rows that are compared."""
        return f"{row}{self.where[0]} = '{self.where[1]}'" if self.where else "true"

    def definition(self) -> str:
        """The constraint in SQL."""
        same = ", ".join(f"{each} WITH =" for each in ("tenant_id", *self.by))
        return (
            f"EXCLUDE USING gist ({same}, ({self._key()}) WITH =) WHERE ({self.only()}) DEFERRABLE INITIALLY DEFERRED"
        )

    def overlap(self) -> str:
        """The condition in SQL under which the row ``a`` is a twin of a row ``b``, in a query of both."""
        same = "".join(f" AND b.{each} = a.{each}" for each in self.by)
        alike = f"{self._key('b.')} = {self._key('a.')}"
        return f"b.id <> a.id{same} AND {alike} AND {self.only('a.')} AND {self.only('b.')}"

    def fault(self) -> str:
        """What rows do that break it, for a log."""
        return f"have the {self.text} of another row or one that looks the same"


def no_twins(text: str, *, by: str | Sequence[str] = (), where: tuple[str, str] | tuple[()] = ()) -> Twins:
    """Declare that texts differ, as the attribute ``twins`` of a table; a tuple for several.

    Args:
        text: The column of texts.
        by: The column or columns within which they differ: ``"school_year_id"``.
        where: A column and its value; only rows that have it are compared.
    """
    return Twins(text, (by,) if isinstance(by, str) else tuple(by), where)


def twins_of(table: type[SchoolTable]) -> tuple[Twins, ...]:
    """What a table declares of texts that differ."""
    declared: Any = getattr(table, "twins", ())
    return (declared,) if isinstance(declared, Twins) else tuple(declared)
