"""Reading a file in a process apart: see :mod:`homeroom.reading`.

A call waits for one of a few places that the serving process gives to readers. A school has one of them at a time, and
a short queue of its own; calls of different schools are served in the order in which they came. So a school that sends
many bad files refuses itself and nobody else.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec

from homeroom.errors import Refusal
from homeroom.reading.faults import Fault, FileRefused
from homeroom.reading.protocol import (
    ENDED,
    FAILED,
    NOTED,
    PIECE,
    REFUSED,
    Job,
    decode_faults,
    encode,
    frames,
    send_frame,
)
from homeroom.reading.refusals import FILE_TOO_LARGE, TAKES_TOO_LONG
from homeroom.refusals import BUSY

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.settings import Settings

__all__ = ["Busy", "Reader", "ReadingLimits", "read_apart", "read_apart_now"]

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

#: Calls of one school that a process takes on: one that runs and one that waits.
_OF_A_SCHOOL: Final = 2
#: Calls that wait for a place, of all schools. Each holds a connection to the database.
_WAITING: Final = 4
#: Seconds that one waits at most.
_LONGEST_WAIT: Final = 15.0
#: Wall clock that a reader may take, times its processor time: the machine may be busy.
_WALL: Final = 3.0
_LARGEST_ANSWER: Final = 64 * 1024 * 1024


class Busy(Refusal):
    """Too many files are being read; the same file may be taken a little later."""

    def __init__(self) -> None:
        super().__init__(BUSY)


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What one call of a reader may take.

    Args:
        seconds: Of processor time.
        memory: Bytes, beyond what the process has at its start.
    """

    seconds: float = 6.0
    memory: int = 512_000_000

    @classmethod
    def of(cls, settings: Settings) -> ReadingLimits:
        """Those of an installation."""
        return cls(settings.reading_seconds, settings.reading_memory)


#: For an operator at the command line, who waits for nobody else: a whole district in one bundle.
GENEROUS: Final = ReadingLimits(600.0, 4_000_000_000)


@dataclass(frozen=True)
class Reader(Generic[Answer]):
    """A function that reads a file, and is run apart.

    The function is plain and pure: it takes keyword arguments of plain values and bytes (and ``file``, an open file, if
    one is passed), and returns or yields values that msgspec knows. It raises
    :class:`~homeroom.reading.faults.FileRefused` for what is wrong with the file.

    Args:
        place: ``package.module:function``.
        answer: The type of what it returns, or of each piece that it yields.
        preload: Modules that it needs and that take long to load.
    """

    place: str
    answer: type[Answer]
    preload: Sequence[str] = ()
    _decode: Callable[[bytes], Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_decode", msgspec.msgpack.Decoder(self.answer).decode)

    def job(self, limits: ReadingLimits, arguments: dict[str, Any]) -> Job:
        """One call."""
        module, _, function = self.place.partition(":")
        wall = limits.seconds * _WALL
        return Job(module, function, arguments, limits.seconds, wall, limits.memory, _LARGEST_ANSWER)

    @property
    def modules(self) -> bytes:
        """The modules that it needs, as the process that splits off others is given them."""
        return " ".join((self.place.partition(":")[0], *self.preload)).encode()

    def decoded(self, piece: bytes) -> Answer:
        """A piece of an answer."""
        made: Answer = self._decode(piece)
        return made


class _Template:
    """The process from which the processes of calls are split off; started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def open(self, modules: bytes, file: int | None) -> socket.socket:
        """A connection to a process that waits for a job."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            handles = [theirs.fileno(), *([file] if file is not None else [])]
            try:
                socket.send_fds(self._started(), [modules], handles)
            except OSError:
                # It ended because nobody asked for long, or somebody killed it.
                self.close()
                try:
                    socket.send_fds(self._started(), [modules], handles)
                except BaseException:
                    ours.close()
                    raise
        return ours

    def close(self) -> None:
        """End it. The next call starts another."""
        if self._owner == os.getpid():
            if self._control is not None:
                self._control.close()
            if self._process is not None:
                self._process.wait()
        self._control = self._process = None

    def _started(self) -> socket.socket:
        if self._control is None or self._owner != os.getpid():
            control, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
            # Neither the key nor the database's address are for it: it gets none of our variables.
            plain = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "homeroom.reading.process", str(theirs.fileno())],
                    env={**plain, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,  # what a parser has to say when it ends is no line of our log
                    pass_fds=[theirs.fileno()],
                )
            self._control, self._owner = control, os.getpid()
        return self._control


_template: Final = _Template()
atexit.register(_template.close)


def _ask(modules: bytes, place: str, content: bytes, file: int | None, job: Job) -> list[bytes] | None:
    """The pieces of an answer, or none if nobody took the job. Blocks; raises FileRefused."""
    pieces: list[bytes] = []
    began = False
    with _template.open(modules, file) as connection:
        connection.settimeout(job.wall_seconds + 60)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
                send_frame(connection, b"J", content)
                for kind, piece in frames(connection, job.answer):
                    began = True
                    if kind == PIECE:
                        pieces.append(piece)
                    elif kind == REFUSED:
                        raise FileRefused(decode_faults(piece))
                    elif kind == NOTED:
                        logger.warning("%s could not read a file: %s", place, piece.decode(errors="replace"))
                    elif kind == FAILED:
                        raise RuntimeError(f"{place}: {piece.decode(errors='replace')}")
                    elif kind == ENDED:
                        return pieces
        except OverflowError:
            raise FileRefused([Fault("", 0, "", FILE_TOO_LARGE)]) from None
    if began:
        raise FileRefused([Fault("", 0, "", TAKES_TOO_LONG)])
    return None


def _asked(
    reader: Reader[Any], limits: ReadingLimits, file: IO[bytes] | None, arguments: dict[str, Any]
) -> list[bytes]:
    handle = file.fileno() if file is not None else None
    job = reader.job(limits, arguments)
    content = encode(job)
    for _ in (1, 2):  # the process that takes jobs may just have ended
        pieces = _ask(reader.modules, reader.place, content, handle, job)
        if pieces is not None:
            return pieces
    raise RuntimeError("no process takes a file to be read")


def read_apart_now(
    reader: Reader[Answer], limits: ReadingLimits = GENEROUS, *, file: IO[bytes] | None = None, **arguments: Any
) -> list[Answer]:
    """Read a file in a process apart, and wait for it: for the command line.

    Args:
        reader: The reader.
        limits: What it may take.
        file: An open file that the reader gets, if it wants one.
        arguments: Of the reader.

    Raises:
        FileRefused: The file is wrong, or takes more than it may.
    """
    return [reader.decoded(piece) for piece in _asked(reader, limits, file, arguments)]


class _Places:
    """The places of one event loop, and who waits for them.

    Args:
        count: Readers that may run at once.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._running: set[Hashable] = set()
        self._calls: Counter[Hashable] = Counter()
        self._waiting: list[tuple[Hashable, asyncio.Future[None]]] = []
        self.threads = ThreadPoolExecutor(count, thread_name_prefix="homeroom-reading")

    async def take(self, school: Hashable) -> Callable[[], None]:
        """Wait for a place; gives what is called when it is free again. Raises Busy."""
        if self._calls[school] >= _OF_A_SCHOOL:
            raise Busy
        if len(self._waiting) >= _WAITING:
            raise Busy
        self._calls[school] += 1
        try:
            await self._take(school)
        except BaseException:
            self._forget(school)
            raise

        def free() -> None:
            self._forget(school)
            self._give_back(school)

        return free

    def _forget(self, school: Hashable) -> None:
        self._calls[school] -= 1
        if not self._calls[school]:
            del self._calls[school]

    def _give_back(self, school: Hashable) -> None:
        self._free += 1
        self._running.discard(school)
        self._next()

    async def _take(self, school: Hashable) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (school, mine)
        self._waiting.append(entry)
        self._next()
        try:
            async with asyncio.timeout(_LONGEST_WAIT):
                await mine
        except (TimeoutError, asyncio.CancelledError) as error:
            if entry in self._waiting:
                self._waiting.remove(entry)
            elif mine.done() and not mine.cancelled():  # it was given the place at the same moment
                self._give_back(school)
            if isinstance(error, TimeoutError):
                raise Busy from None
            raise

    def _next(self) -> None:
        for entry in list(self._waiting):
            school, future = entry
            if not self._free:
                return
            if school in self._running or future.done():
                continue
            self._waiting.remove(entry)
            self._free -= 1
            self._running.add(school)
            future.set_result(None)


_places: Final[weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Places]] = weakref.WeakKeyDictionary()


async def read_apart(
    context: Context, reader: Reader[Answer], /, *, file: IO[bytes] | None = None, **arguments: Any
) -> list[Answer]:
    """Read a file of a school in a process apart, within the installation's limits.

    The installation itself, such as an operator at the command line, has limits that a whole district fits into.

    Args:
        context: A command's or a job's; tells whose file it is.
        reader: The reader.
        file: An open file that the reader gets, if it wants one.
        arguments: Of the reader.

    Returns:
        What the reader returned, or each piece that it yielded.

    Raises:
        FileRefused: The file is wrong, or takes more than it may (``file_too_large``).
        Busy: Too many files are being read.
    """
    settings = context.host.settings
    limits = GENEROUS if context.caller.account is None else ReadingLimits.of(settings)
    loop = asyncio.get_running_loop()
    places = _places.get(loop)
    if places is None:
        places = _places[loop] = _Places(settings.readers)
    free = await places.take(context.space.id)
    running = loop.run_in_executor(places.threads, _asked, reader, limits, file, arguments)

    def over(done: asyncio.Future[list[bytes]]) -> None:
        if not done.cancelled():
            done.exception()  # looked at: a request that was given up no longer receives it
        free()

    # A request that is given up does not end its reader: the place is free when the process is gone.
    running.add_done_callback(over)
    pieces = await asyncio.shield(running)
    answer: list[Answer] = []
    for piece in pieces:
        answer.append(reader.decoded(piece))
        await asyncio.sleep(0)
    return answer
