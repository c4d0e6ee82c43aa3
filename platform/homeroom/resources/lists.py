"""By what one may filter and order the rows of a table, as its columns say."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from homeroom.database.tables import reference_of

if TYPE_CHECKING:
    from homeroom.database.tables import SchoolTable

__all__ = ["Lists", "default_lists"]


class Lists(NamedTuple):
    """How a list of rows can be asked for.

    Args:
        filters: Fields and relations that one may filter by.
        order: Fields that one may order by.
        default_order: The order unless a query gives another.
    """

    filters: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    default_order: tuple[str, ...] = ()


def default_lists(table: type[SchoolTable], without: Collection[str] = ()) -> Lists:
    """Lists by each column that says what it may hold; none where no column does.

    Dated rows come with the latest first, other rows in the order of the first unique key, or else of the first column.

    Args:
        table: The table.
        without: Columns that are left out, such as those that nobody sees.
    """
    # They need commands, and commands need resources.
    from homeroom.columns import DayKind, FlagKind, TranslatedKind, VersionKind, kind_of, unique_groups

    declared = {each._meta.name: kind for each in table._meta.columns if (kind := kind_of(each)) is not None}
    references = {each._meta.name for each in table._meta.columns if reference_of(each) is not None}
    if not declared.keys() - references:
        return Lists()
    plain = {
        name: kind
        for name, kind in declared.items()
        if name not in without and not isinstance(kind, VersionKind | TranslatedKind)
    }
    order = tuple(n for n, kind in plain.items() if n not in references and not isinstance(kind, FlagKind))
    latest = tuple(f"-{name}" for name, kind in plain.items() if isinstance(kind, DayKind) and kind.today)
    unique = [tuple(each for each in group if each in order) for group in unique_groups(table)]
    return Lists(
        tuple(name.removesuffix("_id") if name in references else name for name in plain),
        order,
        latest or next(filter(None, unique), order[:1]),
    )
