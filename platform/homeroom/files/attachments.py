"""Files that belong to a row, by declaration: a table, a relation, uploads with the row's verbs, and their forgetting.

A plugin declares a table for them, and adds them to a noun in its module ``nouns``::

    class TalentEvidence(AttachmentTable, tablename="talent_evidence"):
        \"\"\"A file that proves a talent.\"\"\"

        talent_id = belongs_to(Talent)

    NOUNS = (attachments(TalentEvidence, "talents.evidence", to=TALENT, name="evidence", most=5, kinds=SCANS),)

Everybody who may read the row may read and fetch its files; everybody who may change it may add and remove them. The
content of the set has a hash, so that a decision can be bound to the files that were seen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Protocol
from uuid import UUID

from homeroom.before_writing import ask_before_writing
from homeroom.commands import Command, Ref, command_of
from homeroom.database.tables import reference_of
from homeroom.errors import ConfigurationError, Refusal
from homeroom.files.addresses import file_address
from homeroom.files.attachment_tables import AttachmentTable
from homeroom.files.forgetting import forget_files
from homeroom.files.keeping import keep_file
from homeroom.files.kinds import SCANS
from homeroom.files.refusals import TOO_MANY_FILES
from homeroom.permissions import Rule
from homeroom.personal_data import PersonalData, about, deleted
from homeroom.personal_data import nobody as about_nobody
from homeroom.resources import EVERYTHING, computed, extend, many, resource, through
from homeroom.signatures import REQUIRED
from homeroom.uploads import Upload

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.nouns import Noun
    from homeroom.resources import Extension, Resource

__all__ = ["AttachmentTable", "Attachments", "Owner", "attachments"]

#: Refuses a change of the files of rows: gets the context, the ids of the rows and the input field that names them.
Check = Callable[[Any, Sequence[UUID], str], Awaitable[None]]


class Owner(Protocol):
    """The noun that files belong to: what :func:`homeroom.nouns.ordinary` makes, or other attachments of the noun."""

    @property
    def noun(self) -> Noun: ...
    @property
    def shown(self) -> Resource: ...
    @property
    def commands(self) -> tuple[Command, ...]: ...
    @property
    def rules(self) -> tuple[Rule, ...]: ...
    @property
    def personal_data(self) -> tuple[PersonalData, ...]: ...
    @property
    def parts(self) -> Mapping[str, tuple[Any, ...]]: ...


@dataclass(frozen=True)
class Attachments:
    """Files that belong to the rows of a noun. Made by :func:`attachments`.

    Args:
        table: The table of the files.
        owner: The noun that they belong to.
        name: What they are called: the relation, the argument of uploads.
        reference: The column that leads to the row.
        most: Files that a row has at most.
        kinds: Media types that are taken.
        limit: Bytes that a file has at most.
        check: Refuses a change.
        prefix: Plugin and noun of the files, by which their permissions are named.
    """

    table: type[AttachmentTable]
    owner: Owner
    name: str
    reference: Any
    most: int
    kinds: Collection[str]
    limit: int | None
    check: Check | None
    prefix: str

    # What a noun is made of; it holds what the owner holds, so that several kinds of attachments can be joined ------

    @property
    def noun(self) -> Noun:
        """The noun that the files belong to."""
        return self.owner.noun

    @property
    def shown(self) -> Resource:
        """The rows that the files belong to."""
        return self.owner.shown

    @property
    def resource(self) -> Resource:
        """The files as they are read: in the scopes of their rows."""
        scopes = {
            scope: EVERYTHING if predicate == EVERYTHING else through(self.reference, scope)
            for scope, predicate in self.shown.scopes.items()
        }
        return resource(
            self.table,
            file_address("file_url", self.table.file_id, "Where the file is fetched."),
            scopes=scopes,
            exclude=("file_id",),
            filters=("media_type", self._argument),
            order=("position",),
            default_order=("position",),
        )

    @property
    def extension(self) -> Extension:
        """What the row shows of its files."""
        return extend(
            self.noun.table,
            many(self.name, self.reference, order=("position",), description="The attached files, in their order."),
            computed(
                f"{self.name}_hash",
                "String",
                self._hash_sql("{row}.id"),
                "A hash of the content of all attached files. Another file, or another order, gives another hash.",
            ),
        )

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands of the noun, which take files, and those that add and remove files."""
        return (*(self.with_files(each) for each in self.owner.commands), self.add_command, self.remove_command)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the noun, and the same for its files: who may change a row may change its files."""
        return (*self.owner.rules, *self._own_rules())

    @property
    def personal_data(self) -> tuple[PersonalData, ...]:
        """Whose data the rows and their files are."""
        return (*self.owner.personal_data, *(self._as(each) for each in self._of_rows()))

    @property
    def parts(self) -> Mapping[str, tuple[Any, ...]]:
        """The part of a plugin to what this adds to it, what the noun adds included; see :mod:`homeroom.parts`."""
        made = dict(self.owner.parts)
        made["resources.RESOURCES"] = (*made.get("resources.RESOURCES", ()), self.resource)
        made["resources.EXTENSIONS"] = (*made.get("resources.EXTENSIONS", ()), self.extension)
        made["commands.COMMANDS"] = self.commands
        made["permissions.RULES"] = self.rules
        made["personal_data.PERSONAL_DATA"] = self.personal_data
        return made

    # Commands ------------------------------------------------------------------------------------------------------

    @property
    def add_command(self) -> Command:
        """The command that adds files to a row."""

        async def add(context: Context, **given: Any) -> list[UUID]:
            row: UUID = given[self.noun.argument]
            await context.permit(self.noun.resource, [row], field=self.noun.argument)
            return await self.keep(context, row, given[self.name], field=self.noun.argument)

        return self._command(
            "add",
            add,
            {
                self.noun.argument: (Annotated[UUID, Ref(self.noun.resource)], REQUIRED),
                self.name: (list[Upload], REQUIRED),
            },
            f"Attach files. At most {self.most} can be attached.",
            returns=self.table.__name__,
            many=True,
        )

    @property
    def remove_command(self) -> Command:
        """The command that removes one file."""
        argument = self.table._meta.tablename

        async def remove(context: Context, **given: Any) -> None:
            attachment: UUID = given[argument]
            await context.permit(self.table.__name__, [attachment], field=argument)
            row = await context.fetchval(f"SELECT {self._column} FROM {argument} WHERE id = $1", attachment)
            await context.permit(self.noun.resource, [row], field=argument)
            await self._lock(context, [row], field=argument)
            before = await self.hashes(context, [row])
            await self._drop(context, "id = $1", attachment)
            await self._touch(context, row, before[row])

        return self._command(
            "remove",
            remove,
            {argument: (Annotated[UUID, Ref(self.table.__name__)], REQUIRED)},
            "Remove an attached file.",
        )

    def _command(
        self, verb: str, function: Any, parameters: Mapping[str, tuple[Any, Any]], about: str, **answer: Any
    ) -> Command:
        # Named by the table: several nouns of a school may have files of one name.
        function.__name__ = function.__qualname__ = f"{verb}_{self.table._meta.tablename}"
        return command_of(f"{self.prefix}.{verb}", function, parameters, about, **answer)

    def with_files(self, made: Command) -> Command:
        """A verb of the noun that takes files, or takes them away with the row; for verbs beside the ordinary ones."""
        if made.removes:
            return self._removing(made)
        if made.returns != self.noun.resource or not self._writes(made):
            return made

        async def run(context: Context, **given: Any) -> Any:
            uploads = given.pop(self.name, None) or ()
            answer = await made.function(context, **given)
            for row in (answer if made.many else [answer]) if uploads else ():
                await self.keep(context, row, uploads, field=self.name)
            return answer

        return self._like(made, run, {**made.parameters, self.name: (list[Upload], [])})

    def _removing(self, made: Command) -> Command:
        async def run(context: Context, **given: Any) -> Any:
            ids = given[made.removes]
            rows = ids if isinstance(ids, list) else [ids]
            await context.permit(self.noun.resource, rows, field=made.removes, rows=isinstance(ids, list))
            await self.drop(context, rows)
            return await made.function(context, **given)

        return self._like(made, run, made.parameters)

    def _writes(self, made: Command) -> bool:
        """Whether a command creates or changes rows: it takes columns of the noun, or rows of them."""
        return "rows" in made.parameters or bool(self.noun.columns.keys() & made.parameters.keys())

    def _like(self, made: Command, run: Any, parameters: Mapping[str, tuple[Any, Any]]) -> Command:
        run.__name__ = run.__qualname__ = made.function.__name__
        run.noun = getattr(made.function, "noun", self.noun)
        run.way = getattr(made.function, "way", "")
        return command_of(
            made.name,
            run,
            parameters,
            made.description,
            **{each: getattr(made, each) for each in ("returns", "many", "audited_arguments", "value")},
        )

    # What commands written by hand call ------------------------------------------------------------------------------

    async def keep(self, context: Context, row: UUID, uploads: Sequence[Upload], *, field: str) -> list[UUID]:
        """Attach files to a row behind those that it has. The caller has checked that the row may be changed.

        Args:
            context: A command's.
            row: The row.
            uploads: The files.
            field: The input field that names the row, for ``check``.

        Raises:
            Refusal: TOO_MANY beyond :attr:`most`; FILE_KIND, EMPTY_FILE or TOO_LARGE of a file.
        """
        if not uploads:
            return []
        await self._lock(context, [row], field=field)
        before = (await self.hashes(context, [row]))[row]
        name = self.table._meta.tablename
        taken = [
            each["position"]
            for each in await context.fetch(f"SELECT position FROM {name} WHERE {self._column} = $1", row)
        ]
        if len(taken) + len(uploads) > self.most:
            raise Refusal(TOO_MANY_FILES, self.name, most=self.most)
        made = []
        for position, upload in enumerate(uploads, start=max(taken, default=0) + 1):
            file = await keep_file(context, upload, kinds=self.kinds, limit=self.limit, field=self.name)
            stored = await context.fetchrow(
                "SELECT name, media_type, size, digest FROM stored_file WHERE id = $1", file
            )
            assert stored is not None
            made.append({self._column: row, "file_id": file, "position": position, **dict(stored)})
        ids = await context.rows(self.table, asks=False).insert(made)
        await self._touch(context, row, before)
        return ids

    async def drop(self, context: Context, rows: Collection[UUID]) -> None:
        """Remove all files of rows. The caller has checked that the rows may be changed."""
        await self._lock(context, list(rows), field=self.name)
        await self._drop(context, f"{self._column} = ANY($1::uuid[])", list(rows))

    async def hashes(self, context: Context, rows: Collection[UUID]) -> dict[UUID, str]:
        """Row to the hash of its files, to compare what somebody has seen with what is there."""
        found = await context.fetch(
            f"SELECT i.id, {self._hash_sql('i.id')} AS hash FROM unnest($1::uuid[]) AS i (id)", list(rows)
        )
        return {each["id"]: each["hash"] for each in found}

    # Inside --------------------------------------------------------------------------------------------------

    @property
    def _column(self) -> str:
        column: str = self.reference._meta.db_column_name
        return column

    @property
    def _argument(self) -> str:
        return self._column.removesuffix("_id")

    def _hash_sql(self, row: str) -> str:
        digests = "coalesce(string_agg(a.digest, ',' ORDER BY a.position, a.id), '')"
        return (
            f"(SELECT encode(sha256(convert_to({digests}, 'UTF8')), 'hex')"
            f" FROM {self.table._meta.tablename} a WHERE a.{self._column} = {row})"
        )

    async def _lock(self, context: Context, rows: Sequence[UUID], *, field: str) -> None:
        table = self.noun.table._meta.tablename
        # Before the rows: plugins may lock what decides about them, in the order in which a decision does.
        new = [{self._column: row} for row in rows]
        await ask_before_writing(context, self.table._meta.tablename, [], new, field)
        await context.fetch(f"SELECT id FROM {table} WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", list(rows))
        if self.check is not None:
            await self.check(context, rows, field)

    async def _drop(self, context: Context, condition: str, value: Any) -> None:
        found = await context.fetch(f"SELECT id, file_id FROM {self.table._meta.tablename} WHERE {condition}", value)
        if found:
            await context.rows(self.table, asks=False).delete_many([each["id"] for each in found])
            await forget_files(context, [each["file_id"] for each in found])

    async def _touch(self, context: Context, row: UUID, before: str) -> None:
        """Raise the row's version: who has read it before has not seen these files."""
        table = self.noun.table._meta.tablename
        if any(each._meta.db_column_name == "version" for each in self.noun.table._meta.columns):
            await context.execute(f"UPDATE {table} SET version = version + 1 WHERE id = $1", row)
        after = (await self.hashes(context, [row]))[row]
        context.trail.changed(table, row, {f"{self.name}_hash": before}, {f"{self.name}_hash": after})

    def _own_rules(self) -> Iterator[Rule]:
        """The rules that hold for the rows, for their files."""
        parent, change = self.noun.resource, f"{self.noun.prefix}.change"
        plugin = self.noun.prefix.partition(".")[0]
        covering = {change, f"{self.noun.prefix}.*"}
        for each in self.owner.rules:
            if each.action == "read" and each.object == parent:
                yield dataclasses.replace(each, object=self.table.__name__)
            elif each.action == "run" and each.object in covering and each.object != f"{plugin}.*":
                yield dataclasses.replace(each, object=f"{self.prefix}.*")

    def _of_rows(self) -> list[PersonalData]:
        return [each for each in self.owner.personal_data if each.table is self.noun.table]

    def _as(self, rows: PersonalData) -> PersonalData:
        if not rows.paths:
            (made,) = about_nobody(rows.why_nobody, self.table)
            return made
        if any(each.startswith("@") for each in rows.paths):
            raise ConfigurationError(
                f"{self.table.__name__}: declare whose data it is; the paths of its rows begin with @"
            )
        return about(
            self.table,
            *(f"{self._column}.{each}" for each in rows.paths),
            erasure=deleted(),
            category=rows.category,
            also=rows.also,
        )


def attachments(
    table: type[AttachmentTable],
    prefix: str,
    *,
    to: Owner,
    name: str,
    most: int = 5,
    kinds: Collection[str] = SCANS,
    limit: int | None = None,
    check: Check | None = None,
) -> Attachments:
    """Declare files that belong to the rows of a noun.

    Args:
        table: Their table, with one ``belongs_to`` column that leads to the row.
        prefix: Plugin and noun of the files: ``talents.evidence``; the commands are ``talents.evidence.add`` and
            ``remove``.
        to: The noun, or other attachments of it; list only the outermost in ``NOUNS``.
        name: What they are called: the relation of the row, and the argument of commands that takes uploads.
        most: Files that a row has at most.
        kinds: Media types that are taken, by content; see :mod:`homeroom.files.kinds`.
        limit: Bytes that a file has at most; by default what the installation allows.
        check: Refuses a change, such as of rows that were decided on.

    Raises:
        ConfigurationError: The table does not lead to the rows of the noun by exactly one column.
    """
    target = to.noun.table._meta.tablename
    references = [each for each in table._meta.columns if reference_of(each) == target]
    if len(references) != 1:
        raise ConfigurationError(f"{table.__name__} leads to {target} by {len(references)} columns instead of one")
    return Attachments(table, to, name, references[0], most, frozenset(kinds), limit, check, prefix)
