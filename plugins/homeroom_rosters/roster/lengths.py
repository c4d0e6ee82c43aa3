"""Letters that values of a roster may have: as many as the rows of the registry that they become can hold.

A value is never shortened: one that is longer is a fault of its line.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CODE", "EMAIL", "NAME", "PHONE", "SOURCE_ID", "SUBJECT_CODE", "TERM", "TITLE", "YEAR"]

#: The id of a record in the other system.
SOURCE_ID: Final = 255
#: One part of a person's name.
NAME: Final = 120
EMAIL: Final = 254
PHONE: Final = 40
#: Of a person or a class.
CODE: Final = 60
#: Of a class or a subject.
TITLE: Final = 120
SUBJECT_CODE: Final = 40
#: Of a school year.
YEAR: Final = 40
#: Of a term, or of a session before it is known to be a year.
TERM: Final = 60
