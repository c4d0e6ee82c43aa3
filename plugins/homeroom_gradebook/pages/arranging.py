"""The answers to the pages' queries as rows and columns of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Answer = Mapping[str, Any]
#: Of a column of which the reader may know nothing: it cannot be written in.
_UNKNOWN: Answer = {"open": False, "allowed": False, "correctable": False, "choices": (), "least": None, "most": None}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of a book: an assessment, or what the marks of a period came to.

    Args:
        term: The number of its term; 0 of the year.
        title: Of the assessment; empty of a result.
        id: The assessment; empty of a result.
        coefficient: Its weight.
        locked: Why nobody can write in it: ``closed``, ``reader``; empty where one can.
        correctable: Whether marks that are there can be changed.
        choices: Code, sign and label of each judgement that may be written; none where marks are numbers.
        limits: The lowest and the highest number.
    """

    term: int
    title: str = ""
    id: str = ""
    coefficient: int = 1
    locked: str = ""
    correctable: bool = True
    choices: Sequence[tuple[str, str, str]] = ()
    limits: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell.

    Args:
        text: What is written in it, with a point in numbers.
        version: Of the mark; none where there is none.
        locked: Why it cannot be written: ``taken``, ``other``; empty for no reason of its own.
        result: Of the result of a period: the number of its term, or ``year``.
    """

    text: str
    version: int | None = None
    locked: str = ""
    result: str = ""


@dataclass(slots=True)
class Row:
    """A student's row.

    Args:
        id: The student.
        name: The student's name.
        here: Whether the student is in the class now.
        number: In the class; none where the class has not numbered its students.
        order: By what rows are ordered.
        locked: Why no cell of it can be written: ``exempt``; empty where one can.
        cells: In the order of the columns.
        lines: By number of term, 0 for the year.
    """

    id: str
    name: str
    here: bool
    number: int | None
    order: tuple[Any, ...]
    locked: str = ""
    cells: list[Cell] = field(default_factory=list)
    lines: dict[int, Answer] = field(default_factory=dict)


def book(data: Answer) -> dict[str, Any]:
    """The table of a book: its columns term by term, each followed by the result, and its students.

    Args:
        data: The answer to ``book.graphql``.
    """
    given = data["gradebook"]
    columns = _columns(given, {each["assessment"]: each for each in data["markColumns"] or ()})
    signs = {code: sign for each in columns for code, sign, _ in each.choices}
    rows = sorted(_rows(given), key=lambda each: each.order)
    missing = 0
    for row in rows:
        found = [each for line in row.lines.values() for each in _nodes(line["marks"])]
        marks = {each["assessment"]["id"]: each for each in found if each["assessment"]}
        for column in columns:
            line = row.lines.get(column.term, {})
            if not column.id:
                row.cells.append(Cell(_said(line, "score", signs), result=str(column.term or "year")))
                continue
            mark = marks.get(column.id)
            cell = Cell(
                _said(mark or {}, "number", signs), mark["version"] if mark else None, _lock(line, mark, column)
            )
            row.cells.append(cell)
            missing += not (cell.text or cell.locked or row.locked or column.locked or not row.here)
    return {"book": given, "columns": columns, "rows": rows, "missing": missing, "terms": _terms(columns)}


def _nodes(found: Answer | None) -> Sequence[Answer]:
    """The rows of a list, which is null where the reader may not see it."""
    return found["nodes"] if found else ()


def _text(row: Answer | None, name: str) -> str:
    """A text of a row; empty where the reader may not see it."""
    return (row or {}).get(name) or ""


def _columns(given: Answer, states: Mapping[str, Answer]) -> list[Column]:
    columns: list[Column] = []
    for each in _nodes(given["assessments"]):
        state = states.get(each["id"], _UNKNOWN)
        if columns and columns[-1].term != each["termNumber"]:
            columns.append(Column(columns[-1].term))
        columns.append(
            Column(
                term=each["termNumber"],
                title=each["title"],
                id=each["id"],
                coefficient=each["coefficient"],
                locked="" if state["open"] and state["allowed"] else "closed" if state["allowed"] else "reader",
                correctable=state["correctable"],
                choices=[(one["code"], one["sign"], one["label"]) for one in state["choices"]],
                limits=(_short(state["least"]), _short(state["most"])),
            )
        )
    return [*columns, *([Column(columns[-1].term), Column(0)] if columns else [])]


def _terms(columns: Sequence[Column]) -> list[tuple[int, int]]:
    """The number of each term, 0 for the year, with its count of columns."""
    numbers = list(dict.fromkeys(each.term for each in columns))
    return [(number, sum(1 for each in columns if each.term == number)) for number in numbers]


def _rows(given: Answer) -> list[Row]:
    rows: dict[str, Row] = {}
    for line in _nodes(given["subjectResults"]):
        student = line["student"]
        if student is None:
            continue
        row = rows.get(student["id"])
        if row is None:
            enrolment = student["currentEnrolment"] or {}
            here = (enrolment.get("schoolClass") or {}).get("id") == (given["schoolClass"] or {}).get("id", "")
            number = enrolment.get("classNumber") if here else None
            order = (not here, number is None, number or 0, student["sortKey"] or "", student["id"])
            row = rows[student["id"]] = Row(student["id"], student["fullName"] or "", here, number, order)
        row.lines[line["term"]["number"] if line["term"] else 0] = line
        if line["exempt"]:
            row.locked = "exempt"
    return list(rows.values())


def _lock(line: Answer, mark: Answer | None, column: Column) -> str:
    if line.get("takenFrom"):
        return "taken"
    return "other" if mark is not None and not column.locked and not column.correctable else ""


def _said(row: Answer, name: str, signs: Mapping[str, str]) -> str:
    """The number and the sign of the judgement of a mark or a result."""
    code = row.get("code")
    number = _short(row.get(name))
    return " ".join(each for each in (number, signs.get(code, code) if code else "") if each)


def _short(number: str | None) -> str:
    """A number without zeros at its end."""
    if number is None:
        return ""
    text = str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def books(data: Answer) -> dict[str, Any]:
    """The books by class, each with what is missing in it.

    Args:
        data: The answer to ``books.graphql``.
    """
    open_: dict[str, list[Answer]] = {}
    for each in data["entryProgress"] or ():
        open_.setdefault(each["gradebook"], []).append(each)
    found: dict[str, list[dict[str, Any]]] = {}
    nodes = sorted(
        _nodes(data["gradebooks"]),
        key=lambda each: (each["grade"] or 0, _text(each["schoolClass"], "name"), _text(each["subject"], "title")),
    )
    for each in nodes:
        rounds = open_.get(each["id"], [])
        cells, missing = (sum(one[name] for one in rounds) for name in ("cells", "missing"))
        closes = min((one["closesAt"] for one in rounds if one["closesAt"]), default=None)
        found.setdefault(_text(each["schoolClass"], "name"), []).append(
            {
                "id": each["id"],
                "subject": _text(each["subject"], "title"),
                "cells": cells,
                "missing": missing,
                "closes": closes,
            }
        )
    return {"classes": found}


def progress(data: Answer) -> dict[str, Any]:
    """The rounds that are open, each with its books, those that lack most first.

    Args:
        data: The answer to ``progress.graphql``.
    """
    rounds: dict[str, dict[str, Any]] = {}
    for each in data["entryProgress"] or ():
        about = {"title": each["title"], "closes": each["closesAt"], "cells": 0, "missing": 0, "books": []}
        found = rounds.setdefault(each["entryRound"], about)
        found["cells"] += each["cells"]
        found["missing"] += each["missing"]
        found["books"].append(each)
    return {"rounds": list(rounds.values())}
