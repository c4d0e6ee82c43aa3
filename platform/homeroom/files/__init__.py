"""Files that people give a school: their content outside the database under its digest, a row within it.

A command takes an :class:`~homeroom.uploads.Upload`, keeps it with :func:`~homeroom.files.keeping.keep_file` and
stores the row's id in a column of its own table (``belongs_to(StoredFile)``). A resource shows the file's address with
:func:`~homeroom.files.addresses.file_address`; everybody who may read that field of some row may fetch the file, and
nobody else. "Not there" and "not yours" are one answer.
"""
