"""What can be read of the gradebook, and which rows each scope lets through.

Scopes: ``school`` (all), ``own_teaching`` (books of the classes and subjects that the caller teaches today),
``own_class`` (books of the class whose homeroom teacher the caller is today), ``self`` and ``children`` (the
student's own lines). Nothing ranks students or compares them.
"""

from __future__ import annotations

from homeroom_gradebook.resources.books import BOOKS
from homeroom_gradebook.resources.extensions import EXTENSIONS
from homeroom_gradebook.resources.results import RESULTS

__all__ = ["EXTENSIONS", "RESOURCES"]

RESOURCES = (*BOOKS, *RESULTS)
