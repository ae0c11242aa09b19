"""Running the workbench until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from socket import socket

import uvicorn
from starlette.applications import Starlette

from qinglan.cores import Core, apart, share
from qinglan.flow.context import Context
from qinglan.flow.delivering import courier
from qinglan.web import render
from qinglan.web.api import app as api
from qinglan.web.app import make_app

CLOSING_SECONDS = 10
"""How long requests under way may take once the server is told to stop."""

SWITCH_SECONDS = 0.001
"""How long one thread may hold the interpreter while others wait for it, a fifth of what Python
allows: the thread that writes lets go of it at every statement, and has to come back."""

CORE_SECONDS = 5.0 + os.getpid() % 10 / 5
"""How often the server looks whether something else keeps its core busy: two that met on one core
do not leave it at the same moment for the same other.
"""

KEPT_SECONDS = 75
"""How long a connection waits for its next request: somebody reads a task meanwhile."""


def configure(context: Context, host: str, port: int) -> uvicorn.Config:
    """How the server is set up; port 0 takes a free one.

    No access log: the path of an invitation is a secret while it is open.
    """
    return uvicorn.Config(
        make_app(context), host=host, port=port, log_level="warning", access_log=False,
        server_header=False, timeout_graceful_shutdown=CLOSING_SECONDS, ws="none",
        lifespan="off", timeout_keep_alive=KEPT_SECONDS,
    )  # fmt: skip


class _Server(uvicorn.Server):
    """Answers as soon as it can, and makes itself ready for the first pages beside that."""

    def __init__(self, config: uvicorn.Config, core: Core | None) -> None:
        super().__init__(config)
        self._core = core

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen; then make ready."""
        await super().startup(sockets)
        loop = asyncio.get_running_loop()
        loop.run_in_executor(None, _warm, self.config.app)
        if self._core is not None:
            loop.call_later(CORE_SECONDS, self._look, loop, self._core)

    def _look(self, loop: asyncio.AbstractEventLoop, core: Core) -> None:
        core.look()
        loop.call_later(CORE_SECONDS, self._look, loop, core)


def _warm(app: object) -> None:
    apart()
    render.warm()
    if isinstance(app, Starlette):
        api.warm(app)


def serve(context: Context, host: str, port: int, *, any_core: bool = False) -> None:
    """Answer requests at ``host`` and ``port`` until Ctrl-C or SIGTERM.

    The threads that answer share a core, unless they may use ``any_core``.
    """
    config = configure(context, host, port)
    # What is loaded by now stays: it need not be looked through for garbage again and again.
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)
    with courier(context):
        core = None if any_core else share(context.storage.threads)
        _Server(config, core).run()
