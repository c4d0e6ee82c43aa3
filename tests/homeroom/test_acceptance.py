"""What every plugin is asked: ours hold it, and one that is wrong in every way is informed of all of it."""

from __future__ import annotations

import json
import re
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
from bookshelf.installation import Installation
from bookshelf.places import FreshDatabase
from click.testing import CliRunner

from homeroom.acceptance import points_for, subjects
from homeroom.cli import main
from homeroom.plugins import PluginRegistry
from homeroom.scaffold import NewDistribution
from homeroom_console.acceptance import POINTS as PAGES

#: Of this host, as a new plugin asks for it.
VERSION = ".".join(version("homeroom").split(".")[:2])
#: Not asserted of ours: how long something takes says more about the machine's other work; `homeroom bench` measures.
TIME = "Its import and its hooks keep within their time"

#: Parts of the host with pages; they are asked nothing else.
_SHOWN = ("approvals", "console", "policies", "privacy", "tenants")


@pytest.mark.slow
def test_our_own_plugins_hold_every_point() -> None:
    registry = PluginRegistry.discover()
    bundled = [each.name for each in registry.in_order() if not each.host_part]
    found = list(subjects(registry, [*bundled, *_SHOWN]))
    assert {"school", "gradebook", "vn", "hk", "cn"} <= {subject.name for subject in found}
    added = {point.title for point in found[0].host.hooks.collect("acceptance_points")}
    papers, rules = "Its papers ask what the schema has, and can be set", "Its rules name what there is"
    assert {papers, rules, *(point.title for point in PAGES)} == added
    wrong = {
        f"{subject.name}: {point.title}": faults
        for subject in found
        for point in (points_for(subject) if subject.name in bundled else PAGES)
        if point.title != TIME and (faults := list(point.faults(subject)))
    }
    assert {} == wrong


def test_a_plugin_that_is_not_there_is_no_traceback() -> None:
    result = CliRunner().invoke(main, ["plugin", "check", "nothing"])
    assert (1, "homeroom: plugin nothing: it is not installed\n") == (result.exit_code, result.output)


def change(file: Path, *changes: tuple[str, str]) -> None:
    """Replace texts, each of which must be there."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{file.name}: {old}"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


#: What its noun gave, by hand and wrong; and a label, a job, an import, recipients and two papers that the author never
#: tried.
BY_HAND = {
    "commands.py": '''
from typing import Annotated
from uuid import UUID

from homeroom import Context, Ref, command
from homeroom.cli.group import _collect
from homeroom_gradebook.tables import Mark
from homeroom.imports.declare import imports
from homeroom_library.tables import LibraryBook, Shelf


@command("book.add", returns="LibraryBook")
async def add_library_book(context: Context, *, title: str) -> UUID:
    """Write down a new book."""
    return (await context.rows(LibraryBook).insert([{"title": title}]))[0]


@command("library.book.rename", returns="LibraryBook")
async def rename_library_book(context: Context, *, library_book: UUID, title: str) -> UUID:
    """Rename it"""
    return library_book


@command("library.volume.add", returns="LibraryBook")
async def add_library_volume(
    context: Context, *, title: str, first: Annotated[UUID, Ref("LibraryBook")] | None = None
) -> UUID:
    """Write down a further volume of a book."""
    return (await context.rows(LibraryBook).insert([{"title": title}]))[0]


IMPORT = imports(add_library_volume, by={"first": Shelf.place})
COMMANDS = (add_library_book, rename_library_book, add_library_volume, IMPORT)
''',
    "resources.py": """
from homeroom.resources import EVERYTHING, computed, leaf, resource
from homeroom_library.tables import LibraryBook

RESOURCES = (
    resource(
        LibraryBook,
        computed("length", "Int", "length({row}.titel)", "Of the title."),
        computed("shout", "Date", "upper({row}.title)", "The title, loud."),
        computed("pages", "Int", "{row}.title", "How many there are."),
        leaf("half", "String", ("title",), lambda rows: rows[0], "Half of it."),
        scopes={"shelf": "{row}.shelf_id IS NOT NULL", "school": EVERYTHING},
    ),
)
""",
    "permissions.py": """
from homeroom import Rule

RULES = (Rule("teacher", "LibraryBook"), Rule("teacher", "library.loan.*", "run"))
""",
    "personal_data.py": """
from homeroom.personal_data import nobody
from homeroom_library.tables import LibraryBook

PERSONAL_DATA = nobody("books", LibraryBook)
""",
    "labels.py": 'LABELS = {"Book": "Volume"}\n',
    "jobs.py": '''
from homeroom import Context, job


@job("library.count")
async def count(context: Context) -> None:
    """Count the books."""
    await context.fetchval("SELECT count(*) FROM library_book WHERE titel <> $1", "")


JOBS = (count,)
''',
    "recipients.py": """
from homeroom.recipients import Recipients
from homeroom_library.tables import LibraryBook

TITLES = {"en": "Readers", "vi": "Bạn đọc", "zh-Hant": "讀者", "zh-Hans": "读者"}
RECIPIENTS = (
    Recipients("library.readers", LibraryBook, TITLES, "SELECT id AS row, reader AS person FROM library_book"),
    Recipients("library.lenders", LibraryBook, TITLES, "SELECT id AS row FROM library_book WHERE id = ANY($1)"),
)
""",
    "documents.py": """
from pathlib import Path

from homeroom.documents import Document

TEMPLATE = Path(__file__).parent / "books.typ"
DOCUMENTS = (
    Document("library.asked", "Books", "{ libraryBooks { nodes { titel } } }", TEMPLATE),
    Document("library.listed", "Books", "{ libraryBooks { nodes { title } } }", TEMPLATE),
)
""",
}


def spoil(folder: Path) -> None:
    """Make everything wrong that can be wrong while the plugin still runs."""
    package = folder / "homeroom_library"
    change(
        folder / "pyproject.toml",
        ('description = "Library for schools on Homeroom"\n', ""),
        (f'dependencies = ["homeroom>={VERSION},<1"]', "dependencies = []"),
    )
    change(
        package / "plugin.py",
        ('    """The books of a school."""\n', ""),
        (
            '    requires = ("school",)',
            '    requires = ("school",)\n    api = ">=1.0"\n    deprecated = {"LibraryBook.titel": "Use title."}',
        ),
        ("from homeroom import Plugin\n", "import time\nfrom homeroom import Plugin\n"),
        ("plugin = LibraryPlugin()", "plugin = LibraryPlugin()\ntime.sleep(1.1)"),
    )
    (package / "nouns.py").unlink()
    change(package / "tables.py", ("As people call it.", ""))
    change(package / "tables.py", ("from homeroom", "from piccolo.columns import Text\n\nfrom homeroom"))
    with (package / "tables.py").open("a", encoding="utf-8") as file:
        file.write(
            '\n\nclass Shelf(SchoolTable, tablename="library_shelf"):\n    """Where books stand."""\n'
            "\n    place = Text(default=None)\n"
        )
    change(
        package / "migrations" / "m0001_tables.py",
        (
            "        indexes=[",
            "        # not what it seems\n        indexes=[",
        ),
        ("    )\n", '    )\n    await schema.execute("ALTER TABLE library_book NO FORCE ROW LEVEL SECURITY")\n'),
    )
    for name, source in BY_HAND.items():
        (package / name).write_text(source, encoding="utf-8")
    (package / "books.typ").write_text('#import "paper.typ": answer, paper\n#show: paper.with(title: titel)\n')
    shutil.rmtree(folder / "tests")


@pytest.mark.slow
def test_one_that_is_wrong_in_every_way_is_informed_of_all_of_it(tmp_path: Path, fresh_database: FreshDatabase) -> None:
    installation = Installation(tmp_path / "venv", fresh_database())
    made = NewDistribution("library", "book")
    made.write(tmp_path)
    source = tmp_path / made.folder
    installation.pip("install", "--no-build-isolation", "--no-deps", "--no-index", source)
    sound = installation.homeroom("plugin check library")
    assert re.match(r"library: (\d+) of \1 points hold\n", sound)
    assert "FAIL" not in sound
    assert "note  People read it in each language" in sound, "which is no fault"

    spoil(source)
    installation.pip("install", "--no-build-isolation", "--no-deps", "--no-index", "--force-reinstall", source)
    reported = installation.attempt("-m", "homeroom.cli", "plugin", "check", "library", "--json")
    assert 1 == reported.returncode, reported.stderr
    found = {each["point"]: " | ".join(each["faults"]) for each in json.loads(reported.stdout)["library"]}
    assert all(each["advice"] for each in json.loads(reported.stdout)["library"])
    expected = {
        "The distribution says what it is": [
            "states no Summary",
            "does not say which versions of homeroom",
            "no docstring",
        ],
        "It fits the hooks of this host (1.0)": ["takes version 2 of the hooks unseen"],
        "Its names are its own": ["the command book.add does not begin with library."],
        "It imports no plugin that it does not require": [
            "homeroom_library/commands.py:6 imports _collect of homeroom",
            "imports homeroom_gradebook, of the plugin gradebook, which it does not require",
        ],
        "Its migrations apply, and its tables have the walls of their school": [
            "row level security is not forced",
            "library_shelf: is declared in homeroom_library.tables, but no migration makes it",
        ],
        "PostgreSQL accepts every statement": [
            "LibraryBook.length: column r.titel does not exist",
            "LibraryBook.shout is declared as Date, and its SQL gives text",
            "the field half is computed as IndexError",
            "the scope shelf of LibraryBook: column r.shelf_id does not exist",
            ': column "titel" does not exist',
            "the statistics of LibraryBook over pages: function sum(character varying) does not exist",
            "the import library.volume.import, column first: column r.place does not exist",
            'the recipients library.readers: column "reader" does not exist',
            "the recipients library.lenders gives no column person",
        ],
        "Its papers ask what the schema has, and can be set": [
            "the paper library.asked: Cannot query field 'titel'",
            "the paper library.listed: its template cannot be set: error: unknown variable: titel (line 2)",
        ],
        "Every table can be read, or says why not": ["the table library_shelf has no resource"],
        "Every table declares whose data it has": [
            "the hook personal_data does not say whose data the table library_shelf has"
        ],
        "Its rules name what there is": ["there is no command 'library.loan.*'"],
        "Every resource, command and job has a role that may": ["no rule lets any role run the command book.add"],
        "Everything that people meet is described": [
            "LibraryBook.title has no description",
            "library.book.rename",
            "`deprecated` names LibraryBook.titel, which is no field and no command",
        ],
        "It labels what it declares": ["labels.LABELS names Book, which the plugin does not declare"],
        "People read it in each language": ["vi lacks 'Books', 'Library', ", "zh-Hans lacks"],
        "It has tests": ["there is no test_*.py"],
        TIME: ["its import took"],
    }
    for point, faults in expected.items():
        for fault in faults:
            assert fault in found[point], point
    assert found.keys() - expected.keys() == {title for title, faults in found.items() if not faults}
