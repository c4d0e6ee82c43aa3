"""Files that are small to send and large to read, and what another school feels while they are read.

Each is sent by one school again and again. What counts is that every one gets an answer of a known kind, small and in
time, that no process is lost, and that another school's everyday question takes no longer than it does otherwise.
"""

from __future__ import annotations

import base64
import io
import itertools
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom.sheets import write_xlsx

if TYPE_CHECKING:
    import httpx

__all__ = ["FILES", "HostileFile", "attack", "send"]

_LESSONS: Final = (
    'mutation M($f: Upload!) { importLessons(input: {file: $f, system: "x", rehearse: true}) { errors { code } } }'
)
_ROSTER: Final = (
    'mutation M($c: String!) { importRoster(input: {bundle: $c, organisations: ["S"], rehearse: true})'
    " { errors { code message } } }"
)
_CALENDAR: Final = (
    "mutation M($f: Upload!, $year: ID!) { importCalendarEntries(input: {schoolYear: $year, file: $f})"
    " { errors { code message } } }"
)
_PHOTO: Final = (
    "mutation M($f: Upload!, $staff: ID!) { setPhoto(input: {photo: $f, staff: $staff}) { errors { code } } }"
)
_SHEET: Final = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file and where it is sent.

    Args:
        document: The GraphQL mutation.
        content: Makes the file.
        upload: Whether it is sent as an upload; otherwise in Base64.
    """

    document: str
    content: Callable[[], bytes]
    upload: bool = False


def _zip(files: Mapping[str, bytes | Iterator[bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            with archive.open(name, "w") as entry:
                for piece in [content] if isinstance(content, bytes) else content:
                    entry.write(piece)
    return out.getvalue()


def _workbook(sheet: bytes | Iterator[bytes], strings: bytes | Iterator[bytes] | None = None) -> bytes:
    """A workbook as a program writes it, with other parts in it."""
    parts: dict[str, bytes | Iterator[bytes]] = {}
    with zipfile.ZipFile(io.BytesIO(write_xlsx("a", ["a"], [["a"]]))) as plain:
        parts |= {name: plain.read(name) for name in plain.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet
    if strings is not None:
        parts["xl/sharedStrings.xml"] = strings
    return _zip(parts)


def _far_cell() -> bytes:
    return _workbook(_SHEET.format('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>').encode())


def _long_string(megabytes: int) -> bytes:
    strings = itertools.chain(
        [b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1"><si><t>'],
        (b"x" * 1_000_000 for _ in range(megabytes)),
        [b"</t></si></sst>"],
    )
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 200))
    return _workbook(_SHEET.format(cells).encode(), strings)


def _many_cells() -> bytes:
    start, end = _SHEET.split("{}")
    row = b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>"
    return _workbook(itertools.chain([start.encode()], (row * 100 for _ in range(250)), [end.encode()]))


def _repeated(rows: str, times: int) -> bytes:
    """A sheet of the same rows again and again."""
    start, end = _SHEET.split("{}")
    return _workbook(
        itertools.chain([start.encode()], (rows.encode() * 1000 for _ in range(times // 1000)), [end.encode()])
    )


def _same_lessons() -> bytes:
    """60,000 lines of one and the same lesson."""
    names = ["date", "class", "title", "starts_at", "ends_at", "staff"]
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    head = "".join(cell.format(name) for name in names)
    line = "".join(cell.format(text) for text in ("2026-12-01", "6A", "Toán", "07:00", "07:45", "T1"))
    start, end = _SHEET.split("{}")
    lines = (f"<row>{line}</row>".encode() * 1000 for _ in range(60))
    return _workbook(itertools.chain([f"{start}<row>{head}</row>".encode()], lines, [end.encode()]))


_HEADS: Final = {
    "orgs.csv": "sourcedId,name,type,parentSourcedId\nS,School,school,\n",
    "users.csv": "sourcedId,username,givenName,familyName\n",
    "roles.csv": "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n",
}


def _roster(lines: int, user: str, role: str) -> bytes:
    def numbered(head: str, line: str) -> Iterator[bytes]:
        yield head.encode()
        for start in range(0, lines, 1000):
            yield "".join(line.format(number) for number in range(start, start + 1000)).encode()

    return _zip(
        {
            "orgs.csv": _HEADS["orgs.csv"].encode(),
            "users.csv": numbered(_HEADS["users.csv"], user),
            "roles.csv": numbered(_HEADS["roles.csv"], role),
        }
    )


def _calendar(events: int, *lines: str) -> bytes:
    event = "\r\n".join(
        ["BEGIN:VEVENT", "UID:{}", "SUMMARY:Day {}", "DTSTART;VALUE=DATE:19000101", *lines, "END:VEVENT\r\n"]
    )
    made = "".join(event.format(number, number) for number in range(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{made}END:VCALENDAR\r\n".encode()


def _png(width: int, height: int, frames: int = 1, text: int = 0) -> bytes:
    """A PNG of one colour; with several frames an animated one, with a text one that unpacks to so many bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    rows = packer.compress(bytes(1024)) if width > 100_000 else b""
    if width <= 100_000:
        rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(min(height, 5_000)))
    picture = rows + packer.flush()
    made = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    if text:
        made += chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(text), 9))
    if frames > 1:
        made += chunk(b"acTL", struct.pack(">II", frames, 0))
        made += chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, width, height, 0, 0, 1, 1, 0, 0))
    made += chunk(b"IDAT", picture)
    for number in range(1, frames):
        made += chunk(b"fcTL", struct.pack(">IIIIIHHBB", 2 * number - 1, width, height, 0, 0, 1, 1, 0, 0))
        made += chunk(b"fdAT", struct.pack(">I", 2 * number) + picture)
    return made + chunk(b"IEND", b"")


FILES: Final[Mapping[str, HostileFile]] = {
    "a workbook of one far cell": HostileFile(_LESSONS, _far_cell, upload=True),
    "a workbook with a string of 100 MB": HostileFile(_LESSONS, lambda: _long_string(100), upload=True),
    "a workbook with a string of 500 MB": HostileFile(_LESSONS, lambda: _long_string(500), upload=True),
    "a workbook of 2.5 million cells": HostileFile(_LESSONS, _many_cells, upload=True),
    "a workbook of 60,000 same lessons": HostileFile(_LESSONS, _same_lessons, upload=True),
    "a workbook of 6 million empty cells": HostileFile(
        _LESSONS, lambda: _repeated("<row>" + "<c/>" * 100 + "</row>", 60_000), upload=True
    ),
    "a workbook of 12 million rows": HostileFile(_LESSONS, lambda: _repeated("<row/>", 12_000_000), upload=True),
    "lessons without an end": HostileFile(_LESSONS, lambda: b"date,class\n" + b"x,y\n" * 180_000, upload=True),
    "a bundle with 10 million faults": HostileFile(_ROSTER, lambda: _roster(2_000_000, "u,u,,\n", ",X,x,,,,,\n")),
    "a bundle of 120 MB of zeros": HostileFile(_ROSTER, lambda: _zip({"orgs.csv": bytes(120_000_000)})),
    "a bundle of 500 MB of zeros": HostileFile(_ROSTER, lambda: _zip({"orgs.csv": (bytes(10**6) for _ in range(500))})),
    "a school of 45,000 students": HostileFile(
        _ROSTER, lambda: _roster(45_000, "u{0},u{0},A,B\n", "u{0},S,student,,,,,\n")
    ),
    "a calendar of 1 MB": HostileFile(_CALENDAR, lambda: _calendar(4_900, "COMMENT:" + "x" * 80), upload=True),
    "events that repeat since 1900": HostileFile(
        _CALENDAR, lambda: _calendar(900, "RRULE:FREQ=DAILY;COUNT=90000"), upload=True
    ),
    "an event that never comes": HostileFile(
        _CALENDAR, lambda: _calendar(1, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"), upload=True
    ),
    "a calendar of 10,000 levels": HostileFile(_CALENDAR, lambda: b"BEGIN:VCALENDAR\r\n" * 10_000, upload=True),
    "a picture of 3,600 million pixels": HostileFile(_PHOTO, lambda: _png(60_000, 60_000), upload=True),
    "a picture of 25 million pixels": HostileFile(_PHOTO, lambda: _png(5_000, 5_000), upload=True),
    "a picture of 400 frames": HostileFile(_PHOTO, lambda: _png(4_000, 4_000, frames=400), upload=True),
    "a picture with 200 MB of text": HostileFile(_PHOTO, lambda: _png(64, 64, text=200_000_000), upload=True),
}


async def send(client: httpx.AsyncClient, file: HostileFile, content: bytes, known: Mapping[str, str]) -> Any:
    """Send a file; gives the answer.

    Args:
        client: Of the school that sends it, for its GraphQL endpoint.
        file: The file to write.
        content: What `file.content` made.
        known: Ids that documents speak of: ``year`` and ``staff``.
    """
    variables: dict[str, Any] = {name: each for name, each in known.items() if f"${name}:" in file.document}
    if not file.upload:
        variables["c"] = base64.b64encode(content).decode()
        return await client.post("", json={"query": file.document, "variables": variables})
    operations = {"query": file.document, "variables": {**variables, "f": None}}
    form: Any = {
        "operations": (None, msgspec.json.encode(operations)),
        "map": (None, b'{"f": ["variables.f"]}'),
        "f": ("f.png", content, "image/png"),
    }
    return await client.post("", files=form)


async def attack(
    client: httpx.AsyncClient,
    known: Mapping[str, str],
    times: dict[str, list[tuple[float, int]]],
    names: Iterator[str],
    made: Mapping[str, bytes],
) -> None:
    """Send files one after another; keeps for each the milliseconds and the bytes of its answer."""
    for name in names:
        began = time.perf_counter()
        answer = await send(client, FILES[name], made[name], known)
        times.setdefault(name, []).append(((time.perf_counter() - began) * 1000, len(answer.content)))
        if answer.status_code != 200 or (
            '"code"' not in answer.text and '"errors":[]' not in answer.text.replace(" ", "")
        ):
            raise AssertionError(f"{name}: expected an answer, got {answer.status_code} {answer.text[:200]}")
        if '"INTERNAL"' in answer.text:
            raise AssertionError(f"{name}: {answer.text[:200]}")
