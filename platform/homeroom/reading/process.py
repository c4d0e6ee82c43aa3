"""The process that reads files: ``python -m homeroom.reading.process FD``.

It loads what readers need once, and splits off a copy of itself for each call, which is gone afterwards: nothing that a
file does to a parser outlives the call. A copy has limits of memory, processor time and wall clock that the kernel
keeps, writes no files, and runs behind everything else of the machine. It inherits neither keys nor connections.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import signal
import socket
import sys
from types import GeneratorType
from typing import Final, NoReturn

from homeroom.reading.faults import Fault, FileRefused
from homeroom.reading.protocol import (
    ENDED,
    FAILED,
    NOTED,
    PIECE,
    REFUSED,
    STARTED,
    Job,
    decode_job,
    encode,
    encode_faults,
    frames,
    send_frame,
)
from homeroom.reading.refusals import UNREADABLE

__all__ = ["main"]

#: Seconds without a call after which the process ends; the next call starts another.
_IDLE: Final = 300.0
_LARGEST_JOB: Final = 1 << 31
_LONGEST_MESSAGE: Final = 4096
#: Behind requests, and yet not starved on a busy machine.
_NICE: Final = 5
_OPEN_FILES: Final = 64


def main(number: int) -> None:
    """Serve calls until the caller is gone.

    Args:
        number: The file descriptor of the connection on which calls arrive: each a message that names the modules that
            its reader needs, with the connection for the call and, where there is one, the file.
    """
    # Ctrl-C and a service manager end those who ask; this process ends when they are gone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel forgets copies that have ended
    control = socket.socket(fileno=number)
    control.settimeout(_IDLE)
    while True:
        try:
            modules, handles, _, _ = socket.recv_fds(control, _LONGEST_MESSAGE, 2)
        except TimeoutError:
            return
        if not modules:
            return
        for module in modules.decode().split():
            with contextlib.suppress(Exception):  # the copy finds the same, and reports it
                importlib.import_module(module)
        # What was loaded stays as it is, so that copies share it.
        gc.freeze()
        # The job may be long, and its sender gone: the copy takes it, not this process.
        child = os.fork()
        if child == 0:
            control.close()
            _serve(socket.socket(fileno=handles[0]), handles[1] if len(handles) > 1 else None)
        for handle in handles:
            os.close(handle)


def _serve(connection: socket.socket, file: int | None) -> NoReturn:
    """In the copy: take one job, do it, and end."""
    try:
        connection.settimeout(30.0)
        job = decode_job(next(frames(connection, _LARGEST_JOB))[1])
        function = getattr(importlib.import_module(job.module), job.function)
        arguments = job.arguments if file is None else {**job.arguments, "file": os.fdopen(file, "rb")}
        _limit(job)
        send_frame(connection, STARTED)
    except BaseException as error:  # noqa: BLE001 - the copy ends here, whatever it was
        _tell(connection, FAILED, error)
        os._exit(1)
    try:
        answer = function(**arguments)
        # One frame at a time: the caller decodes them so, and is never held up for long.
        for piece in answer if isinstance(answer, GeneratorType) else (answer,):
            send_frame(connection, PIECE, encode(piece))
        send_frame(connection, ENDED)
    except FileRefused as fault:
        send_frame(connection, REFUSED, encode_faults(fault.problems))
    except MemoryError:
        os._exit(2)
    except BaseException as error:  # noqa: BLE001 - a parser that a file brings out of step raises anything
        _tell(connection, NOTED, error)
        send_frame(connection, REFUSED, encode_faults([Fault("", 0, "", UNREADABLE, detail=type(error).__name__)]))
    os._exit(0)


def _tell(connection: socket.socket, kind: bytes, error: BaseException) -> None:
    with contextlib.suppress(OSError):
        send_frame(connection, kind, f"{error!r:.500}".encode(errors="replace"))


def _limit(job: Job) -> None:
    """Have the kernel end this process when it takes more than the job may."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - before anything else may be opened
        present = int(statm.read().split()[0]) * resource.getpagesize()
    seconds = max(1, round(job.seconds))
    for what, most in (
        (resource.RLIMIT_AS, present + job.memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, job.wall_seconds)
    os.nice(_NICE)
    gc.disable()  # the process ends before it would matter


if __name__ == "__main__":
    main(int(sys.argv[1]))
