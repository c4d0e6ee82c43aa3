"""The plugin, its resources and its commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar
from uuid import UUID

from bookshelf.tables import Book, Loan, Shelf
from homeroom import Command, Context, Event, Plugin, Ref, Refusal, Rule, command, hookimpl
from homeroom.refusals import INVALID
from homeroom.resources import EVERYTHING, Resource, all_of, any_of, many, resource, through

SHELF = resource(
    Shelf,
    many("books", Book.shelf_id),
    scopes={"school": EVERYTHING, "own": "{row}.owner_id = ANY(:persons)", "ground_floor": "{row}.room < 100"},
)
BOOK = resource(
    Book,
    scopes={
        "school": EVERYTHING,
        "own": through(Book.shelf_id, "own"),
        "lent": "{row}.lent",
        "reading": "{row}.id IN (SELECT l.book_id FROM loan l WHERE l.reader_id = ANY(:persons) AND l.day = :today)",
        "fresh": "{row}.read_at > :now",
        "mine": any_of(through(Book.shelf_id, "own"), "{row}.sleeve_id = ANY(:persons)"),
        "own_and_lent": all_of(through(Book.shelf_id, "own"), "{row}.lent"),
        "own_and_nothing": all_of(through(Book.shelf_id, "own"), any_of()),
        "lent_and_all": all_of("{row}.lent", EVERYTHING),
        "unknown": "NULL::boolean",
    },
)
LOAN = resource(Loan, scopes={"school": EVERYTHING})


@command("bookshelf.shelf.add", returns="Shelf")
async def add_shelf(context: Context, *, name: str, room: int) -> UUID:
    """Put up a shelf."""
    return (await context.rows(Shelf).insert([{"name": name, "room": room}]))[0]


@command("bookshelf.books.add", returns="Book", many=True, audited_arguments=True)
async def add_books(context: Context, *, shelf: Annotated[UUID, Ref("Shelf")], titles: list[str]) -> list[UUID]:
    """Put books on a shelf."""
    await context.permit("Shelf", [shelf], field="shelf")
    made = await context.rows(Book).insert([{"shelf_id": shelf, "title": title} for title in titles])
    for row, title in enumerate(titles):
        if not title:
            raise Refusal(INVALID.with_text("a book has a title"), "titles", row)
    await context.emit(Event("bookshelf.books.added", {"books": made}))
    return made


@command("bookshelf.books.lend", returns="Book", many=True)
async def lend_books(context: Context, *, books: list[Annotated[UUID, Ref("Book")]]) -> list[UUID]:
    """Lend books."""
    await context.permit("Book", books, field="books", rows=True)
    return await context.rows(Book).update_many([{"id": book, "lent": True} for book in books])


@command("bookshelf.books.discard", audited_arguments=True)
async def discard_books(context: Context, *, books: list[Annotated[UUID, Ref("Book")]], reason: str) -> None:
    """Throw books away; each keeps the reason as its note until it is carried out."""
    await context.permit("Book", books, field="books", rows=True)
    await context.rows(Book).update_many([{"id": book, "note": reason} for book in books])


@command("bookshelf.move.in")
async def move_in(context: Context, *, name: str) -> int:
    """Put up a shelf with one book: a command made of commands."""
    shelf = await add_shelf(context, name=name, room=1)
    try:
        async with context.transaction.savepoint():
            await add_books(context, shelf=shelf, titles=["left out", ""])
    except Refusal:
        return len(await add_books(context, shelf=shelf, titles=["taken along"]))
    return 0


class BookshelfPlugin(Plugin):
    """Books."""

    name = "bookshelf"
    title = "Books on shelves"
    migrations = "bookshelf.migrations"
    global_tables: ClassVar[Mapping[str, str]] = {"opening_hours": "one town, one library"}

    def __init__(self) -> None:
        self.received: list[Event] = []
        self.refuse_events = False

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        return [SHELF, BOOK, LOAN]

    @hookimpl
    def commands(self) -> Sequence[Command]:
        return [add_shelf, add_books, lend_books, discard_books, move_in]

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        return [Rule("librarian", "*"), Rule("librarian", "bookshelf.*", "run")]

    @hookimpl
    async def event(self, context: Context, event: Event) -> None:
        self.received.append(event)
        if self.refuse_events:
            raise Refusal(INVALID.with_text("somebody else does not want this"))


plugin = BookshelfPlugin()
