"""The host and the schools of the registry's tests, for those of rosters."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # one file of tests uses helpers of another

# A conftest is no module that another one could import.
_spec = spec_from_file_location("registry_conftest", Path(__file__).parents[1] / "homeroom_school" / "conftest.py")
assert _spec is not None
assert _spec.loader is not None
_module = sys.modules[_spec.name] = module_from_spec(_spec)
_spec.loader.exec_module(_module)

host, make_school, school = _module.host, _module.make_school, _module.school
