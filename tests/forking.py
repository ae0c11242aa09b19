"""Runs Python code in processes of their own, without the second that each would take to start.

A fresh Python loads pydantic, SQLAlchemy, NumPy and more before it does a millisecond's work, and
the tests start hundreds. So one process loads all that once and forks for each run: the fork has
its own memory, files, folder, environment and signals, and can be killed like any other. What a
fresh start itself does (``-m``, the locale, imports that must stay lazy, help texts made at
import) is tested where a real one is started.

This file is that process, too; tests talk to it through ``forked``.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

LOADED = (
    "alembic.command", "altair", "numpy", "psycopg", "pyarrow.compute", "pyarrow.parquet",
    "rich.markdown", "rich.progress", "scipy.sparse", "scipy.stats",
    "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite", "tarfile",
    "typer.rich_utils",
    *(f"qinglan.flow.{name}" for name in (
        "evaluate", "headroom", "init", "judge", "load", "release", "report", "status", "trace",
        "verify",
    )),
)  # fmt: skip
"""What commands load on the way. Not ``qinglan.cli``: its help texts are made at import, in the
language of the run."""

TRAINING = ("torch", "transformers", "trl", "datasets", "qinglan.training.sft")
"""What a training loads besides."""


class Forked:
    """A forked process; as ``subprocess.Popen``, with its output in files until it is asked for."""

    def __init__(self, server: Server, pid: int, words: list[str], folder: Path) -> None:
        self._server, self._folder = server, folder
        self.pid, self.args = pid, words
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code (-9: killed), or ``None`` while it runs."""
        if self.returncode is None:
            self.returncode = self._server.ask({"ended": self.pid})["code"]
        return self.returncode

    def wait(self, timeout: float = 120) -> int:
        """The exit code, once there is one."""
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                self.kill()
                raise subprocess.TimeoutExpired(self.args, timeout)
            time.sleep(0.002)
        return code

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        """What it wrote to standard output and standard error, once it has ended."""
        self.wait(timeout)
        told, said = ((self._folder / name).read_text("utf-8") for name in ("out", "err"))
        return told, said

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Server:
    """The process that forks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="qinglan-forks-")
        self._runs = 0
        path = os.pathsep.join(p for p in sys.path if p)
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={
                **os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
        )  # fmt: skip
        atexit.register(self.close)

    def start(
        self, call: str, words: list[str], cwd: Path, env: dict[str, str], loads: tuple[str, ...]
    ) -> Forked:
        """Fork, and run ``call``."""
        self._runs += 1
        folder = Path(self._folder.name) / str(self._runs)
        folder.mkdir()
        pid = self.ask({
            "call": call, "words": words, "cwd": str(cwd), "env": env, "loads": loads,
            "folder": str(folder),
        })["pid"]  # fmt: skip
        return Forked(self, pid, words, folder)

    def ask(self, what: dict[str, Any]) -> dict[str, Any]:
        """One request, one answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        assert line, "the forking process is gone"
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """End it; it ends when its input does."""
        self._process.communicate(timeout=60)
        self._folder.cleanup()


@cache
def server() -> Server:
    """The one of this process."""
    return Server()


def start(
    *words: str,
    cwd: Path,
    call: str = "qinglan.cli:main",
    loads: tuple[str, ...] = (),
    **env: str,
) -> Forked:
    """Start a command, or another function of a list of words, in a process of its own.

    Args:
        words: the words of the command.
        cwd: in which folder.
        call: module and function; it is given the words, and returns the exit code.
        loads: modules that the forking process loads before, once.
        env: added to the environment of the tests.
    """
    return server().start(call, list(words), cwd, {**os.environ, **env}, loads)


def run(*words: str, cwd: Path, timeout: float = 120, **more: Any) -> Any:
    """Run a command to its end, as ``subprocess.run`` with captured text would."""
    running = start(*words, cwd=cwd, **more)
    told, said = running.communicate(timeout)
    return subprocess.CompletedProcess(words, running.returncode or 0, told, said)


def _become(asked: dict[str, Any], talk: int) -> int:
    """In the fork, which has no part in the talk of the one that forked."""
    os.close(talk)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for handle, name in ((1, "out"), (2, "err")):
        os.dup2(
            os.open(f"{asked['folder']}/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND), handle
        )
    module, _, name = asked["call"].partition(":")
    result: int = getattr(import_module(module), name)(asked["words"])
    return result


def _answer(asked: dict[str, Any], talk: int) -> dict[str, Any]:
    if "ended" in asked:
        pid, status = os.waitpid(asked["ended"], os.WNOHANG)
        return {"code": os.waitstatus_to_exitcode(status) if pid else None}
    for name in asked["loads"]:
        import_module(name)
    child = os.fork()
    if child:
        return {"pid": child}
    code = 1
    try:
        code = _become(asked, talk)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops the tests stops us by our input's end
    for name in LOADED:
        with suppress(ImportError):
            import_module(name)
    talk = os.dup(1)
    for line in sys.stdin:
        os.write(talk, json.dumps(_answer(json.loads(line), talk)).encode() + b"\n")


if __name__ == "__main__":
    _main()
