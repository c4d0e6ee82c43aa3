"""Code tables: what a school chooses from, such as the kinds of rooms.

A plugin declares a table with the codes that every school starts with, in ``code_tables.CODE_TABLES``, and a column
that holds one of them::

    CATEGORIES = CodeTable(
        "talent.category",
        titles("Category of talents", "才能類別", "才能类别", "Loại năng khiếu"),
        {"violin": titles("Violin", "小提琴", "小提琴", "Vĩ cầm")},
    )

    class TalentItem(SchoolTable, tablename="talent_item"):
        category_id = code_of(CATEGORIES, "What sort of talent it is.")

The codes reach every school that has the plugin: when it is switched on, and with ``homeroom migrate`` after the plugin
was updated. The school adds, renames and retires codes. What it has changed stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.lazy import on_demand

if TYPE_CHECKING:
    from homeroom.code_tables.columns import CodeKind, code_of
    from homeroom.code_tables.declare import CodeTable, title_in, titles
    from homeroom.code_tables.tables import CodeLayer, CodeValue
    from homeroom.code_tables.values import code_id, code_ids

__all__ = ["CodeKind", "CodeLayer", "CodeTable", "CodeValue", "code_id", "code_ids", "code_of", "title_in", "titles"]

__getattr__ = on_demand(
    __name__,
    CodeKind="columns",
    code_of="columns",
    CodeTable="declare",
    title_in="declare",
    titles="declare",
    CodeLayer="tables",
    CodeValue="tables",
    code_id="values",
    code_ids="values",
)
