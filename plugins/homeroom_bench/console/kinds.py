"""The main kinds of pages, each with the person who opens it, and what is aimed at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "COLD_BYTES", "COLD_REQUESTS", "CPU_MS", "INTERACTIVE_MS", "KINDS", "MARK_KEYS", "WARM_BYTES", "WARM_REQUESTS",
    "PageKind",
]  # fmt: skip

#: What a page loads into an empty browser: bytes on the wire, and requests.
COLD_BYTES: Final = 60_000
COLD_REQUESTS: Final = 5
#: The same when the browser has the files.
WARM_BYTES: Final = 12_000
WARM_REQUESTS: Final = 1
#: Milliseconds of the server's CPU for a page.
CPU_MS: Final = 10.0
#: Milliseconds until a cold page can be used, at 400 kbit/s and 400 ms with a CPU four times slower.
INTERACTIVE_MS: Final = 2000.0
#: Keys for a mark of three characters: the characters, and one key to the next student.
MARK_KEYS: Final = 4


@dataclass(frozen=True, slots=True)
class PageKind:
    """A kind of page.

    Args:
        path: Where one is, with the names of rows in braces.
        role: Who opens it.
        cpu_ms: What the server may take for it.
        district: Whether it belongs to the district.
    """

    path: str
    role: str
    cpu_ms: float = CPU_MS
    district: bool = False


KINDS: Final = {
    "home of the office": PageKind("/", "registrar"),
    "home of a teacher": PageKind("/", "teacher"),
    "home of a principal": PageKind("/", "principal"),
    "home of a family": PageKind("/", "guardian"),
    "list": PageKind("/nouns/students", "registrar"),
    "detail": PageKind("/nouns/students/{student}", "registrar"),
    "form": PageKind("/do/school.student.change?subject={student}", "registrar"),
    "import": PageKind("/do/school.student.import", "registrar"),
    "book of 680 marks": PageKind("/pages/gradebooks/{book}", "teacher", cpu_ms=20.0),
    "inbox of approvals": PageKind("/pages/approvals", "principal"),
    "calendar": PageKind("/pages/calendar", "teacher"),
    "seating plan": PageKind("/pages/seating/{plan}", "teacher"),
    "district": PageKind("/district", "district_admin", district=True),
}
