"""Names of a package that are imported when somebody asks for them.

A part of the host lies in a package that also has its plugin, and the plugin is imported by every command line. What
needs the database must not come with it::

    if TYPE_CHECKING:
        from homeroom.code_tables.declare import CodeTable

    __getattr__ = on_demand(__name__, CodeTable="declare")
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["on_demand"]


def on_demand(package: str, **modules: str) -> Callable[[str], Any]:
    """A package's ``__getattr__`` (PEP 562).

    Args:
        package: Its name.
        modules: Name to the module of the package that has it.
    """

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{modules[name]}"), name)

    return get
