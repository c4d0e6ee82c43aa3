"""Whether the files of pages come with the plugin."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from homeroom.pages import Figure, Page
from homeroom_console.acceptance.parts import asked_by, called, documents_of, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from homeroom.acceptance import Subject
    from homeroom.pages import Widget

__all__ = ["file_faults"]


def file_faults(subject: Subject) -> Iterator[str]:
    """Files that lie outside the package, or that no wheel has; and two places for one part."""
    folder = subject.folder
    if (folder / "pages.py").is_file() and (folder / "pages").is_dir():
        yield f"{place_of(subject, folder / 'pages.py')} lies beside a folder pages; put it there as __init__.py"
    files = {file.resolve(): what for what in asked_by(subject) for file in _files_of(what)}
    outside = [file for file in files if not file.is_relative_to(folder.resolve())]
    for file in outside:
        yield f"the {called(files[file])}: {file} lies outside the package {subject.package}"
    packed = _packed(subject)
    for file, what in files.items():
        if packed is not None and file not in packed and file not in outside:
            yield f"the {called(what)}: {place_of(subject, file)} would not be in a wheel of the plugin"


def _files_of(what: Page | Widget | Figure) -> Iterator[Path]:
    from pathlib import Path

    yield from (source for _, source, _ in documents_of(what) if isinstance(source, Path))
    if isinstance(what, Figure):
        return
    yield what.template
    yield from what.modules
    if isinstance(what, Page):
        yield from what.styles


def _packed(subject: Subject) -> frozenset[Path] | None:
    """The files that hatchling would put into a wheel of the source.

    None if the plugin was not installed from a folder, and so from a wheel, or is built by something else.
    """
    from pathlib import Path

    source = subject.source
    project = source / "pyproject.toml" if source is not None else None
    if source is None or project is None or not project.is_file():
        return None
    if tomllib.loads(project.read_text("utf-8")).get("build-system", {}).get("build-backend") != "hatchling.build":
        return None
    try:
        from hatchling.builders.wheel import WheelBuilder
    except ImportError:
        return None
    return frozenset(Path(each.path).resolve() for each in WheelBuilder(str(source)).recurse_included_files())
