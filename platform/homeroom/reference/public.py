"""The modules that plugins may import from the host.

This list is the only one. ``docs/reference/python.md`` shows these modules, and the import rules of the checkout
(``lint-imports``, :mod:`tests.import_contract`) refuse a domain plugin that imports another one of the host.
"""

from __future__ import annotations

from typing import Final

__all__ = ["HOST_PACKAGES", "PUBLIC"]

#: The packages of the host. What a plugin imports from them is in :data:`PUBLIC`.
HOST_PACKAGES: Final = ("homeroom", "homeroom_tenants", "homeroom_policies", "homeroom_graphql", "homeroom_documents")

#: Modules whose names in ``__all__`` are for plugins, in the order of the page.
PUBLIC: Final = (
    # A plugin, and what it declares.
    "homeroom",
    "homeroom.plugins",
    "homeroom.parts",
    "homeroom.hookspecs",
    "homeroom.columns",
    "homeroom.nouns",
    "homeroom.nouns.dating",
    "homeroom.nouns.bounds",
    "homeroom.database.tables",
    "homeroom.database.migrations",
    "homeroom.database.dated",
    "homeroom.database.twins",
    "homeroom.database.within",
    "homeroom.database.ids",
    "homeroom.resources",
    "homeroom.commands",
    "homeroom.computed_queries",
    "homeroom.context",
    "homeroom.callers",
    "homeroom.permissions",
    "homeroom.presets",
    "homeroom.refusals",
    "homeroom.errors",
    "homeroom.messages",
    "homeroom.labels",
    "homeroom.removal",
    "homeroom.merging",
    "homeroom.jobs",
    "homeroom.background",
    "homeroom.subscriptions",
    "homeroom.notices",
    "homeroom.recipients",
    "homeroom.documents",
    "homeroom.sheets",
    # Files.
    "homeroom.uploads",
    "homeroom.files.attachments",
    "homeroom.files.tables",
    "homeroom.files.keeping",
    "homeroom.files.kinds",
    "homeroom.files.pictures",
    "homeroom.files.picture_archives",
    "homeroom.files.addresses",
    "homeroom.files.forgetting",
    "homeroom.reading.apart",
    "homeroom.reading.archives",
    "homeroom.reading.dates",
    "homeroom.reading.faults",
    "homeroom.reading.layouts",
    "homeroom.reading.records",
    "homeroom.reading.refusals",
    "homeroom.reading.tables",
    "homeroom.reading.texts",
    "homeroom.reading.workbooks",
    "homeroom.reading.writing",
    "homeroom.imports",
    "homeroom.imports.cli",
    "homeroom.imports.exchanging",
    "homeroom.imports.journal",
    "homeroom.imports.refusals",
    "homeroom.imports.report",
    "homeroom.imports.runs",
    "homeroom.imports.stops",
    "homeroom.imports.sync",
    # Schools, and the people in them.
    "homeroom.code_tables",
    "homeroom.custom",
    "homeroom.school_settings",
    "homeroom.personal_data",
    "homeroom.privacy.consent",
    "homeroom.privacy.events",
    "homeroom.privacy.proposals",
    "homeroom.privacy.purposes",
    "homeroom.texts",
    "homeroom.names",
    "homeroom.identifiers",
    "homeroom.numbers",
    "homeroom.worked_examples",
    "homeroom.dates",
    # The running host.
    "homeroom.cli",
    "homeroom.cli.days",
    "homeroom.cli.group",
    "homeroom.cli.runtime",
    "homeroom.database.declarations",
    "homeroom.hooks",
    "homeroom.host",
    "homeroom.origins",
    "homeroom.variants",
    "homeroom_tenants.leaving",
    "homeroom_tenants.parting",
    "homeroom.testing",
)
