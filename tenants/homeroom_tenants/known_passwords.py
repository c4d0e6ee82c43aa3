"""Passwords that others know: the commonest, and those of a file of leaked ones.

NIST SP 800-63B, 5.1.1.2: a new password is compared with those that are commonly used, expected or compromised (ASVS
5.0, 6.2.4). Nothing leaves the machine for it.
"""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path
from typing import BinaryIO, Final

__all__ = ["KnownPasswords"]

_DIGITS: Final = 40  # of SHA-1 in hexadecimal
_LONGEST_LINE: Final = 64


@functools.cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # large, and wanted only when somebody chooses a password

    return frozenset(FREQUENCY_LISTS["passwords"])


class KnownPasswords:
    """Looks passwords up.

    Args:
        breached: A file of SHA-1 digests in ascending order, one a line, each perhaps with a count after a colon.
    """

    def __init__(self, breached: Path | None = None) -> None:
        self._breached = breached

    def knows(self, password: str) -> bool:
        """Whether a password is known, in small letters or as it is.

        Raises:
            OSError: The file cannot be read. A password that cannot be looked up is not taken for a good one.
        """
        if password in _common() or password.casefold() in _common():
            return True
        if self._breached is None:
            return False
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        with self._breached.open("rb") as file:
            return _has_line(file, digest)


def _has_line(file: BinaryIO, digest: bytes) -> bool:
    """Whether a sorted file has a line that begins so: by halves, since it has forty gigabytes."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        # The first whole line after the middle; a line that begins right there is found through the byte before it.
        file.seek(max(middle - 1, 0))
        if middle > 0:
            file.readline(_LONGEST_LINE)
        line = file.readline(_LONGEST_LINE)
        found = line[:_DIGITS].upper()
        if found == digest:
            return True
        if line and found < digest:
            low = file.tell()
        else:
            high = middle
    return False
