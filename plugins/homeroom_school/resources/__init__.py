"""What can be read of the registry, and which rows each scope lets through.

Scopes: ``school`` (all), ``own_class`` (the caller is homeroom teacher of the class today), ``own_teaching``
(the caller teaches the class today), ``self`` (the caller is the person), ``children`` (the caller is
guardian of the person today).
"""
