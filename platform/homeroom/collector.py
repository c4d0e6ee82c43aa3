"""Python's collector of cyclic garbage, for processes that load a host."""

from __future__ import annotations

import gc

__all__ = ["collect_rarely"]

#: New objects until the collector looks at the youngest; Python's own number is 700.
_OBJECTS = 50_000


def collect_rarely() -> None:
    """Have the collector run rarely. Called first by a process that loads a few hundred modules.

    Nearly all of their objects stay, and the collector would take a fifth of the start to look at them again and again.
    Requests make hardly any cycles: their objects are freed as soon as nobody needs them. Saving the marks of a class
    would start the collector several times, for nothing.
    """
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
