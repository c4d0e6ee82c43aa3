"""Setting a paper with Typst, off the event loop and a few at a time.

Letters come from a pinned package, never from the machine: a paper looks the same wherever it is set.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom.errors import Failure
from homeroom.refusals import TOO_BUSY
from homeroom_documents.refusals import NOT_SET, PRINTING_BUSY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["PAPER", "PaperPress", "TooBusyToPrint", "typeset"]

logger = logging.getLogger(__name__)
PAPER: Final = Path(__file__).parent / "paper.typ"
#: Papers that may wait; a paper takes a fraction of a second, and nobody waits for the fiftieth.
_WAITING: Final = 48


class TooBusyToPrint(Failure):
    """More papers at once than the machine can set."""

    code: Any = TOO_BUSY


@functools.cache
def _fonts() -> Any:
    import noto_cjk_sans_otc
    import typst

    folder = Path(str(noto_cjk_sans_otc.FONT_PATH)).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])


class PaperPress:
    """Sets papers in threads of its own.

    Args:
        threads: How many at the same time.
    """

    def __init__(self, threads: int = 2) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="homeroom-paper")
        self._busy = 0

    async def set(
        self, template: Path, answer: Any, school: Mapping[str, str], language: Mapping[str, Any], at: datetime
    ) -> bytes:
        """A paper as PDF; the same input gives the same bytes.

        Args:
            template: The Typst file.
            answer: What the query answered.
            school: Name, region, locale and the line of the foot.
            language: How the paper speaks; see :func:`homeroom_documents.speech.speech_of`.
            at: When, for the file's own record.

        Raises:
            TooBusyToPrint: Too many are waiting already.
            Failure: The template is wrong; what exactly is in the log.
        """
        if self._busy >= _WAITING:
            raise TooBusyToPrint(PRINTING_BUSY)
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, functools.partial(_set, template, answer, school, language, at)
            )
        finally:
            self._busy -= 1

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _set(template: Path, answer: Any, school: Mapping[str, str], language: Mapping[str, Any], at: datetime) -> bytes:
    import typst

    try:
        return typeset(template, answer, school, language, at)
    except typst.TypstError as error:
        logger.exception("the template %s cannot be set: %s", template, error.diagnostic)
        raise Failure(NOT_SET) from None


def typeset(template: Path, answer: Any, school: Mapping[str, str], language: Mapping[str, Any], at: datetime) -> bytes:
    """A paper as PDF; see :meth:`PaperPress.set` for the arguments. Raises ``typst.TypstError``."""
    import typst

    # A folder of its own is all that the template can read.
    with tempfile.TemporaryDirectory(prefix="homeroom-paper-") as folder:
        root = Path(folder)
        (root / PAPER.name).write_bytes(PAPER.read_bytes())
        main = root / "main.typ"
        main.write_bytes(template.read_bytes())
        given = {"answer": answer, "school": school, "language": language}
        made = typst.compile(
            str(main),
            root=folder,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={name: msgspec.json.encode(value).decode() for name, value in given.items()},
            timestamp=at.replace(microsecond=0),
        )
    assert isinstance(made, bytes)
    return made
