"""Imports of any noun: a file of rows becomes rows of a table, by commands that are there already.

An author declares an import beside the commands that it calls, and puts it among ``COMMANDS``::

    create_rooms = ROOM.create_many("Add rooms of a campus: all or none.", common=("campus",))
    change_room = ROOM.change("Change a room, or take it out of use.", fixed=("campus",))
    import_rooms = imports(create_rooms, change=change_room, key="code")

From it follow the mutation ``importRooms`` with its permission ``school.room.import``, ``homeroom data import``, the
headers of columns in four languages, references by code, one check of the whole file, names of everything that is
created, changed and ended, a run that can be undone, and a job for large files.

Parts of plugins that bring in files of another shape use the same run (:mod:`homeroom.imports.runs`), report, stop
and undoing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.lazy import on_demand

if TYPE_CHECKING:
    from homeroom.imports.declare import FileFormat, Import, ImportOptions, import_of, imports
    from homeroom.imports.files import FileLines
    from homeroom.imports.sheet import Sheet, SheetRow

__all__ = ["FileFormat", "FileLines", "Import", "ImportOptions", "Sheet", "SheetRow", "import_of", "imports"]

__getattr__ = on_demand(
    __name__,
    FileFormat="declare",
    FileLines="files",
    Import="declare",
    ImportOptions="declare",
    Sheet="sheet",
    SheetRow="sheet",
    import_of="declare",
    imports="declare",
)
