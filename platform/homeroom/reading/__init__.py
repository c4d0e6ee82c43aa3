"""Files that people send: read apart from the process that serves, and within bounds.

A parser of any format meets files that were made to harm, and files that are merely huge. Neither may cost other
schools more than a moment. So a plugin writes its parser as a plain function (:class:`~homeroom.reading.apart.Reader`),
which runs in a process of its own with limits of memory and time (:mod:`homeroom.reading.apart`), and builds it from
the parts here: tables by their columns (:mod:`homeroom.reading.layouts`), lines of CSV and of workbooks
(:mod:`homeroom.reading.tables`), texts in any usual encoding (:mod:`homeroom.reading.texts`), dates
(:mod:`homeroom.reading.dates`) and archives (:mod:`homeroom.reading.archives`). Whatever is wrong with a file is a
:class:`~homeroom.reading.faults.Fault` with file, line and column.
"""
