"""Running the workbench until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
from socket import socket

import uvicorn

from qinglan.flow.context import Context
from qinglan.flow.delivering import courier
from qinglan.web.app import make_app
from qinglan.web.render import warm

CLOSING_SECONDS = 10
"""How long requests under way may take once the server is told to stop."""

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

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen; then make ready."""
        await super().startup(sockets)
        asyncio.get_running_loop().run_in_executor(None, warm)


def serve(context: Context, host: str, port: int) -> None:
    """Answer requests at ``host`` and ``port`` until Ctrl-C or SIGTERM."""
    server = _Server(configure(context, host, port))
    # What is loaded by now stays: it need not be looked through for garbage again and again.
    gc.collect()
    gc.freeze()
    with courier(context):
        server.run()
