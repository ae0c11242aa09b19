"""Work that is done in a process of its own, at the same time as that of this one's threads.

Python runs one thread at a time, so what is work from end to end, such as reading a large file, and
other work go on together only in two processes. To start one takes as long as reading ten thousand
rows; to fork one that has all loaded takes some milliseconds, but only what has one thread can be
forked safely. So a command that may need others forks one at its start, while it has one thread
still, which does nothing but fork again whenever one is needed. Those know nothing of what came
after but what they are sent, and end when we do, however we end.
"""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any, Literal, NoReturn, TypeAlias, TypeVar

from qinglan.cores import part
from qinglan.errors import ProcessLost

__all__ = ["elsewhere", "prepare"]

T = TypeVar("T")

Said: TypeAlias = tuple[Literal["item", "error", "end"], Any]

_PIPE = 2**20
"""Bytes that wait in a pipe, so that the next item is made before anybody took the last: as many as
Linux lets anybody have."""

_forks: socket.socket | None = None
"""Whom to ask for a process."""
_room = threading.Semaphore(0)
"""As many processes more as there are cores for."""


def prepare() -> None:
    """Be able to have other processes, which have loaded what is loaded now.

    Call it while there is one thread, and before any database is opened. Where it was not called,
    work is done here. Linux alone is known to bear it.
    """
    global _forks, _room
    if sys.platform != "linux" or _forks is not None:
        return
    cores = len(os.sched_getaffinity(0))
    if cores < 2:
        return
    ours, theirs = socket.socketpair()
    gc.freeze()  # what nobody looks through stays shared
    if os.fork() == 0:
        ours.close()
        _fork_on_demand(theirs)
    gc.unfreeze()
    theirs.close()
    _forks, _room = ours, threading.Semaphore(cores - 1)


def elsewhere(items: Iterable[T]) -> Generator[T, None, None]:
    """``items``, each made by another process; here, where there is none, or no core for it.

    One is made ahead of what is asked for. What making one raises is raised here. Close it when it
    is left before its end.

    Args:
        items: goes there and comes from there as ``pickle`` has it, as does what it gives.

    Raises:
        ProcessLost: the other process was killed, or ended for want of memory.
    """
    if not _room.acquire(blocking=False):
        yield from items
        return
    try:
        other = _another()
        if other is None:
            yield from items
            return
        asks, says = other
        with asks, says:
            with _heard():
                asks.send(items)
            while True:
                with _heard():
                    kind, said = says.recv()
                if kind == "error":
                    raise said
                if kind == "end":
                    return
                yield said
    finally:
        _room.release()


@contextmanager
def _heard() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError):
        raise ProcessLost("flow.lost_process") from None


def _another() -> tuple[Connection, Connection] | None:
    """Our ends of the pipes to a new process; ``None`` where there can be none any more."""
    assert _forks is not None  # noqa: S101 - or there had been no room
    asked, asks = Pipe(duplex=False)
    says, said = Pipe(duplex=False)
    try:
        with asked, said:
            with suppress(OSError):
                fcntl.fcntl(said.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
            socket.send_fds(_forks, [b"1"], [asked.fileno(), said.fileno()])
        part(says.recv())
    except (EOFError, OSError):
        asks.close()
        says.close()
        return None
    return asks, says


def _fork_on_demand(line: socket.socket) -> NoReturn:
    """Fork whenever somebody sends the ends of two pipes, until nobody is there to send them."""
    try:
        # Ctrl-C goes to all processes of a terminal; when we are to end, the line says so.
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(name, signal.SIG_IGN)
        while ends := socket.recv_fds(line, 1, 2)[1]:
            with suppress(OSError):  # no room for another one
                if os.fork() == 0:
                    line.close()
                    _serve(*ends)
            for end in ends:
                os.close(end)
    finally:
        os._exit(0)


def _serve(asked: int, said: int) -> NoReturn:
    """Go through what is sent, until that ends or nobody listens."""
    try:
        with Connection(asked, writable=False) as asks, Connection(said, readable=False) as says:
            says.send(os.getpid())  # it is ready
            for one in _answers(asks.recv_bytes()):
                says.send_bytes(pickle.dumps(one, pickle.HIGHEST_PROTOCOL))
    except (EOFError, OSError):
        pass  # nobody listens
    except BaseException:
        traceback.print_exc()  # whoever asked is told that we ended, and here is why
    finally:
        os._exit(0)


def _answers(asked: bytes) -> Iterator[Said]:
    try:
        for item in pickle.loads(asked):  # noqa: S301 - of whom we were forked from
            yield "item", item
    except Exception as error:
        error.add_note(traceback.format_exc())
        yield "error", error
    else:
        yield "end", None
