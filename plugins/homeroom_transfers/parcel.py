"""What one school sends to another with a student."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from homeroom.errors import ConfigurationError, Refusal
from homeroom_transfers.refusals import PARCEL_TOO_LARGE

#: Bytes of all files of a parcel together.
MOST_BYTES: Final = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ParcelFile:
    """A file that is sent.

    Args:
        name: What it is called.
        media_type: What it is.
        content: Its bytes.
    """

    name: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class Parcel:
    """A parcel that is being packed.

    Args:
        content: What the registry itself sends, JSON values.
        files: Files, by number.
    """

    content: dict[str, Any] = field(default_factory=dict)
    files: list[ParcelFile] = field(default_factory=list)

    def record(
        self, kind: str, title: Mapping[str, str], content: Mapping[str, Any], file: ParcelFile | None = None
    ) -> None:
        """Put in a record of a plugin, sealed.

        Args:
            kind: Dotted, the plugin's name first, such as ``gradebook.results``; once in a parcel.
            title: For the people of the other school, in four languages; see :func:`homeroom.code_tables.titles`.
            content: JSON values; with words for people, for the other school may lack the plugin.
            file: The same as a paper, if there is one: PDF, a picture or an office document.

        Raises:
            ConfigurationError: The kind is not dotted, or is in the parcel already.
        """
        records = self.content.setdefault("records", [])
        if "." not in kind or any(each["kind"] == kind for each in records):
            raise ConfigurationError(f"a record of a parcel has a dotted kind of its own: {kind!r}")
        number = self.add_file(file) if file is not None else None
        sealed = seal_of(content)
        records.append({"kind": kind, "title": dict(title), "content": content, "file": number, "digest": sealed})

    def add_file(self, file: ParcelFile) -> int:
        """Put in a file and give its number. Raises Refusal where the parcel becomes too large."""
        self.files.append(file)
        if sum(len(each.content) for each in self.files) > MOST_BYTES:
            raise Refusal(PARCEL_TOO_LARGE, "parts", most=MOST_BYTES)
        return len(self.files)

    @property
    def seal(self) -> str:
        """SHA-256 of all that is in it, hexadecimal: both schools keep it."""
        digests = [hashlib.sha256(each.content).hexdigest() for each in self.files]
        return seal_of({"content": self.content, "files": digests})


def seal_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of JSON values in one form, hexadecimal."""
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()
