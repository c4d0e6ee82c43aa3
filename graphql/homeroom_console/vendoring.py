"""The build step that takes htmx out of a wheel that carries it, into the console's files.

The package django-htmx on PyPI has the file as its authors publish it. That one file is taken, with its hash checked:
neither Django nor a registry of JavaScript packages is needed, and the repository holds nothing that others wrote.
Hatchling runs this when it builds a wheel and when it installs an editable checkout.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["HtmxHook"]

_FILE: Final = "django_htmx/static/django_htmx/htmx-2.min.js"
_SHA256: Final = "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"
_TARGET: Final = "graphql/homeroom_console/assets/vendor/htmx.js"


class HtmxHook(BuildHookInterface[Any]):
    """Copies htmx."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Copy the file; raises RuntimeError where it is not there or another one."""
        try:
            content = Path(str(distribution("django-htmx").locate_file(_FILE))).read_bytes()
        except (PackageNotFoundError, OSError) as error:
            raise RuntimeError(f"the build needs the file {_FILE} of the package django-htmx: {error}") from error
        if hashlib.sha256(content).hexdigest() != _SHA256:
            raise RuntimeError(f"{_FILE} of django-htmx is another file than the one that was tested")
        target = Path(self.root, _TARGET)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)
        build_data["force_include"][str(target)] = "homeroom_console/assets/vendor/htmx.js"
