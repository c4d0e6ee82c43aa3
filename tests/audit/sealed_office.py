"""A school whose audit is sealed into a folder of the test's own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from homeroom.audit.heads import HeadFiles
from homeroom.audit.sealing import Sealed, Sealer
from homeroom.audit.verifying import Report, verify_space
from homeroom.callers import Space
from homeroom.host import Host
from homeroom_school.commands.structure import change_subject, create_subject

__all__ = ["KEY", "Office"]

KEY = b"a key of the audit's that no database knows"


@dataclass
class Office:
    """What happens in one school, sealed and verified."""

    host: Host
    space: Space
    folder: Path
    made: int = 0

    @property
    def files(self) -> HeadFiles:
        """The heads, read again."""
        files = HeadFiles(self.folder, KEY)
        files.read()
        return files

    async def work(self, times: int = 1) -> list[UUID]:
        """Create subjects and rename each: two entries with a line each time."""
        caller, ids = self.host.system_caller(self.space), []
        for _ in range(times):
            self.made += 1
            subject = await self.host.execute(caller, create_subject, code=f"S{self.made}", title="Weaving")
            await self.host.execute(
                caller, change_subject, subject=subject, title=f"Weaving {self.made}", audit_reason="a better word"
            )
            ids.append(subject)
        return ids

    async def seal(self) -> Sealed:
        """One round of the sealer."""
        return await Sealer(self.host, self.files).run([self.space])

    async def settle(self) -> None:
        """Wait until no older transaction runs: one of another process on a shared server would keep a seal open."""
        oldest = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > (SELECT max(txid) FROM audit_entry)"
        while not (await self.fetch(oldest))[0][0]:
            await asyncio.sleep(0.05)

    async def verify(self) -> Report:
        """What is found."""
        return await verify_space(self.host, self.space, self.files)

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Rows as the application sees them."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return await transaction.fetch(sql, *args)
