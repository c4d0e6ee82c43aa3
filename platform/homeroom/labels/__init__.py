"""What people call things: nouns, fields, verbs, arguments, values, roles, plugins and so on, in each language.

Every name gives an English label (``starts_on``: Starts on; ``createRoom``: Create room). Where that reads badly, a
plugin says better in its module ``labels``::

    LABELS = {
        "GraphQLDocument": "Registered document",        # a noun
        "graphqlDocuments": "Registered documents",      # several of it
        "Job.duration_ms": "Duration (ms)",              # a field
        "school.student.create": "Add a student",        # a verb
        "school.student.create.starts_on": "First day",  # an argument of a verb; RoomRow.capacity of a row
        "Script.han_simplified": "Simplified Chinese",   # a value of an enum
    }

The catalogues of the plugin (``locale/vi.po``) translate the English labels. What a plugin's own catalogue lacks is
looked for in those of the plugins that it requires and in the host's, so that common labels are translated once. A
message with a context (``msgctxt``) is the label at one place: the context is the name of the resource, the verb, the
row or the enum.
"""

from __future__ import annotations

from homeroom.labels.labels import Labels, labels_in
from homeroom.labels.names import words

__all__ = ["Labels", "labels_in", "words"]
