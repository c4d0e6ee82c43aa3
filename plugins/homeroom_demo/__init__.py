"""A district with three schools of generated people, for trying Homeroom and for checking an installation.

Every person is made up from lists of syllables: nobody of these names is meant. They carry codes that begin with
DEMO and addresses under ``demo.invalid``, a domain that cannot exist (RFC 2606).
"""

from __future__ import annotations

__all__: list[str] = []
