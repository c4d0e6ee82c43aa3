"""Files that people give a school: their content outside the database under its digest, a row within it.

A command takes an :class:`Upload`, keeps it with :func:`keep_file` and stores the row's id in a column of its own
table (``belongs_to(StoredFile)``). A resource shows the file's address with :func:`file_address`; whoever may read that
field of some row may fetch the file, and nobody else. "Not there" and "not yours" are one answer.
"""

from __future__ import annotations

from homeroom.files.addresses import file_address
from homeroom.files.keeping import Upload, keep_file
from homeroom.files.kinds import DOCUMENTS, IMAGES, SHEETS
from homeroom.files.tables import StoredFile

__all__ = ["DOCUMENTS", "IMAGES", "SHEETS", "StoredFile", "Upload", "file_address", "keep_file"]
