"""Nouns: the ordinary verbs of a table, made from what its columns say.

A noun makes ordinary commands. They stand in a plugin's ``COMMANDS`` beside those that are written by hand, and nothing
else in the host knows the difference::

    ROOM = Noun(Room, "school.room", check=on_its_campus)

    create_rooms = ROOM.create_many("Add rooms of a campus: all or none.", common=("campus",))
    change_room = ROOM.change("Change a room, or take it out of use.", fixed=("campus", "building"))
    remove_room = ROOM.remove("Remove a room that was entered by mistake.")

The noun's name and the verb give the permission (``school.room.change``), the function (``change_room``) and the
mutation (``changeRoom``). A verb collects everything that is wrong with all rows and answers with it at once.

What columns cannot say is the work of ``check``, which gets a :class:`Draft` of all rows. A verb with rules of its own
is written by hand as a ``@command`` and calls :meth:`Noun.checked` for what the columns say.
"""

from __future__ import annotations

from homeroom.nouns.arguments import Composite, NounColumn, noun_columns, row_type
from homeroom.nouns.draft import Draft, DraftRow
from homeroom.nouns.noun import Noun, noun_of, way_of
from homeroom.nouns.ordinary import Ordinary, ordinary
from homeroom.nouns.rows import Check
from homeroom.nouns.steps import Step

__all__ = [
    "Check",
    "Composite",
    "Draft",
    "DraftRow",
    "Noun",
    "NounColumn",
    "Ordinary",
    "Step",
    "noun_columns",
    "noun_of",
    "ordinary",
    "row_type",
    "way_of",
]
