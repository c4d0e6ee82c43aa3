"""A rule for ``lint-imports``: domain plugins import from the host what ``docs/reference/python.md`` lists."""

from __future__ import annotations

from importlib import import_module

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

from homeroom.reference.public import HOST_PACKAGES, PUBLIC


def _is_a_name(imported: str) -> bool:
    """Whether a public package has a name of its own that is called as the module: ``homeroom.nouns.ordinary``."""
    package, _, name = imported.rpartition(".")
    return package in PUBLIC and name in getattr(import_module(package), "__all__", ())


class PublicContract(Contract):
    """Every package but those of the host imports from the host those modules alone that are for plugins."""

    #: Packages that show or measure the host, and may look into it.
    exempt = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find the imports of other modules."""
        found = [
            (importer, imported)
            for importer in sorted(graph.modules)
            if importer.partition(".")[0] not in {*HOST_PACKAGES, *self.exempt}
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.partition(".")[0] in HOST_PACKAGES and imported not in PUBLIC and not _is_a_name(imported)
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say what is imported, and what to do."""
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}, which is not in PUBLIC of homeroom.reference.public")
