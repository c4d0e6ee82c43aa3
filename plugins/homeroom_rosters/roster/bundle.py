"""Opening a bundle (a zip, a folder, or files in memory) and writing one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

from homeroom.reading.archives import BadArchive, checked_size, unpacked
from homeroom.reading.faults import Fault, FileRefused
from homeroom.reading.refusals import BAD_ZIP
from homeroom.refusals import Code
from homeroom_rosters.refusals import (
    BUNDLE_TOO_LARGE,
    CSV_FILES,
    DUPLICATE_FILE,
    EMPTY_BUNDLE,
    ROSTER_MISSING,
    SEVERAL_FOLDERS,
)

#: The most that the files of one bundle may hold together, unpacked: a zip can promise little and hold much.
MAX_BUNDLE_BYTES: Final = 128 * 1024 * 1024
_MAX_FILES: Final = 64
#: All entries of a zip, with folders and what is no CSV.
_MAX_ENTRIES: Final = 2_000

Bundle = Mapping[str, bytes]


def _refuse(code: Code, file: str = "", **values: Any) -> FileRefused:
    return FileRefused([Fault(file, 0, "", code, **values)])


def _unzip(source: Path | bytes) -> dict[str, bytes]:
    name = ""
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            checked_size(archive, most_bytes=2**40, most_entries=_MAX_ENTRIES)
            entries = [
                entry
                for entry in archive.infolist()
                if not entry.is_dir() and entry.filename.lower().endswith(".csv") and "__MACOSX" not in entry.filename
            ]
            _check_size(entry.file_size for entry in entries)
            if len({str(PurePosixPath(entry.filename).parent) for entry in entries}) > 1:
                raise _refuse(SEVERAL_FOLDERS)
            files: dict[str, bytes] = {}
            for entry in entries:
                name = PurePosixPath(entry.filename).name
                if name in files:
                    raise _refuse(DUPLICATE_FILE, name)
                # Read no more than was promised: the size in the directory may be a lie.
                files[name] = unpacked(archive, entry, entry.file_size)
            return files
    except FileRefused:
        raise
    except BadArchive as fault:
        raise FileRefused([Fault.of(name, 0, "", fault.message)]) from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, ValueError) as fault:
        raise _refuse(BAD_ZIP, detail=str(fault)) from None


def _check_size(sizes: Iterable[int]) -> None:
    listed = list(sizes)
    if len(listed) > _MAX_FILES:
        raise _refuse(CSV_FILES, most=_MAX_FILES)
    if sum(listed) > MAX_BUNDLE_BYTES:
        raise _refuse(BUNDLE_TOO_LARGE)


def open_bundle(source: Path | bytes | Bundle) -> dict[str, bytes]:
    """The CSV files of a bundle by name.

    Args:
        source: a folder, a zip file or its bytes, or the files themselves.

    Raises `FileRefused` where there is nothing to read, or more than a bundle may hold.
    """
    if isinstance(source, Path) and source.is_dir():
        found = sorted(path for path in source.iterdir() if path.is_file() and path.suffix.lower() == ".csv")
        _check_size(path.stat().st_size for path in found)
        files = {path.name: path.read_bytes() for path in found}
    elif isinstance(source, Mapping):
        _check_size(map(len, source.values()))
        files = dict(source)
    elif isinstance(source, bytes) or source.is_file():
        _check_size([len(source) if isinstance(source, bytes) else source.stat().st_size])
        files = _unzip(source)
    else:
        raise _refuse(ROSTER_MISSING)
    if not files:
        raise _refuse(EMPTY_BUNDLE)
    return files


def write_zip(bundle: Bundle) -> bytes:
    """A zip of the files, byte for byte the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(bundle):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, bundle[name])
    return buffer.getvalue()
