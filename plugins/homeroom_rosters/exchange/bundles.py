"""What the last import of a system was made of, and what a new one must not change without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeroom.imports.sync import Sync
from homeroom.reading.faults import Fault, refuse
from homeroom_rosters.refusals import FILE_OF_LAST_IMPORT, OTHER_ORGANISATION
from homeroom_rosters.roster.records import Roster

#: Files without which everything that they contain would end.
_NEEDED_AGAIN: Final = frozenset({"enrollments.csv", "relationships.csv", "GuardianRelationship.csv"})


def keep_bundle(sync: Sync, roster: Roster, organisations: Iterable[str]) -> None:
    """Keep what the next import is compared with."""
    record = {
        "format": roster.format,
        "properties": dict(roster.properties),
        "organisations": sorted(set(organisations)),
        "files": sorted(roster.headers),
    }
    sync.links.keep("bundle", roster.format, record, 0)


def refuse_other_bundle(
    sync: Sync, roster: Roster, organisations: Iterable[str], *, allow_endings: bool, allow_other_organisations: bool
) -> None:
    """Refuse a bundle of other organisations than the last one's, or one that lacks a file which the last one had.

    Raises FileRefused naming the organisations and the files.
    """
    last = _last(sync)
    problems: list[Fault] = []
    before, now = set(last.get("organisations") or _organisations(sync)), set(organisations)
    if before and before != now and not allow_other_organisations:
        problems.append(sync.fault(None, "", OTHER_ORGANISATION, before=sorted(before), now=sorted(now)))
    if not allow_endings and last.get("format") == roster.format and roster.headers:
        problems.extend(
            Fault(file, 0, "", FILE_OF_LAST_IMPORT)
            for file in last.get("files") or ()
            if file in _NEEDED_AGAIN and file not in roster.headers
        )
    refuse(problems)


def _last(sync: Sync) -> Mapping[str, Any]:
    return next((link.said() or {} for link in sync.links.of("bundle").values() if link.present), {})


def _organisations(sync: Sync) -> set[str]:
    """Those of the classes that the last import had, for imports of before they were kept."""
    links = [link for noun in ("homeroom", "section") for link in sync.links.of(noun).values() if link.present]
    records = [link.said() or {} for link in links]
    return {record.get("section", record).get("org", "") for record in records} - {""}
