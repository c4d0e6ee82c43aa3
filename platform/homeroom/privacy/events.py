"""The events of consent, which plugins hear of by the hook ``event``."""

from __future__ import annotations

from typing import Final

__all__ = ["CONSENT_GIVEN", "CONSENT_LAPSED", "CONSENT_WITHDRAWN"]

#: The consent of a ``person`` (of ``person_kind``) to a ``purpose`` holds from now on.
CONSENT_GIVEN: Final = "privacy.consent.given"
#: It does not hold any more.
CONSENT_WITHDRAWN: Final = "privacy.consent.withdrawn"
#: A ``purpose`` has another text, to which nobody has consented yet.
CONSENT_LAPSED: Final = "privacy.consent.lapsed"
