"""What a school chooses from."""

from __future__ import annotations

from homeroom.code_tables import CodeTable, titles

CATEGORIES = CodeTable(
    "talents.category",
    titles("Category of talents", "才能類別", "才能类别", "Loại năng khiếu"),
    {
        "violin": titles("Violin", "小提琴", "小提琴", "Vĩ cầm"),
        "swimming": titles("Swimming", "游泳", "游泳", "Bơi lội"),
    },
)
CODE_TABLES = (
    CATEGORIES,
    CodeTable(
        "talents.category", codes={"pipa": titles("Pipa", "琵琶", "琵琶", "Tì bà")}, region="hk", unused=("violin",)
    ),
)
