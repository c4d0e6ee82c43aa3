"""The host and the schools of the registry's tests, which have the calendar on."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_PATH = Path(__file__).parent.parent / "homeroom_school" / "conftest.py"
_SPEC = spec_from_file_location("registry_conftest", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
_registry = sys.modules[_SPEC.name] = module_from_spec(_SPEC)
_SPEC.loader.exec_module(_registry)

host, make_school, school, taught = _registry.host, _registry.make_school, _registry.school, _registry.taught
