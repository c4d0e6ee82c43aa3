"""Style sheets and scripts: read once, compressed once, and kept by browsers for ever under an address with a hash."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ASSETS", "Asset", "Assets"]

#: Where the console's own files lie.
ASSETS: Final = Path(__file__).parent / "assets"
#: The parts of ``<hr-grid>``, each after those that it needs.
_GRID: Final = ("values", "table", "choosing", "editor", "clipboard", "steps", "saving", "asking", "words", "element")
#: Files that become one, in this order.
_TOGETHER: Final = {
    "console.css": ("base.css", "elements.css", "shell.css", "lists.css", "forms.css", "grid/grid.css"),
    "console.js": ("vendor/htmx.js", "session.js", "console.js", "find.js", "live.js"),
    "grid.js": tuple(f"grid/{each}.js" for each in _GRID),
}
_ADDRESS: Final = "/console/assets/"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that browsers load.

    Args:
        name: In its address, without the hash.
        address: Where browsers get it.
        media_type: What it is.
        content: Its bytes.
        compressed: The same by gzip.
    """

    name: str
    address: str
    media_type: str
    content: bytes
    compressed: bytes

    @classmethod
    def of(cls, name: str, content: bytes) -> Asset:
        """A file with an address that changes with its content."""
        digest = hashlib.sha256(content).hexdigest()[:12]
        stem, dot, ending = name.rpartition(".")
        media_type = (
            "text/javascript" if ending == "js" else mimetypes.guess_type(name)[0] or "application/octet-stream"
        )
        address = f"{_ADDRESS}{stem}.{digest}{dot}{ending}"
        return cls(name, address, media_type, content, gzip.compress(content, 9, mtime=0))


class Assets:
    """The files of one host.

    Args:
        files: The scripts and style sheets of pages and widgets, each with its plugin. All of them are known from the
            start: another process than the one that showed a page may be asked for them.
    """

    def __init__(self, files: Iterable[tuple[str, Path]] = ()) -> None:
        self._by_address: dict[str, Asset] = {}
        self._by_path: dict[Path, Asset] = {}
        self._by_name = {name: self._keep(Asset.of(name, _joined(files))) for name, files in _TOGETHER.items()}
        for each in ASSETS.glob("*.js"):
            self.address(each.name)
        for plugin, path in files:
            self.of_plugin(plugin, path)

    def address(self, name: str) -> str:
        """Where one of the console's own files is: ``console.css``, or a module such as ``grid.js``."""
        found = self._by_name.get(name)
        if found is None:
            found = self._by_name[name] = self._keep(Asset.of(name, (ASSETS / name).read_bytes()))
        return found.address

    def of_plugin(self, plugin: str, path: Path) -> str:
        """Where a script or a style sheet of a plugin's page is.

        Args:
            plugin: The plugin.
            path: The file.
        """
        found = self._by_path.get(path)
        if found is None:
            found = self._by_path[path] = self._keep(Asset.of(f"{plugin}-{path.name}", path.read_bytes()))
        return found.address

    def at(self, address: str) -> Asset | None:
        """The file at an address; none if no page has named it."""
        return self._by_address.get(address)

    def _keep(self, asset: Asset) -> Asset:
        self._by_address[asset.address] = asset
        return asset


def _joined(files: tuple[str, ...]) -> bytes:
    return b"\n".join((ASSETS / each).read_bytes() for each in files)
