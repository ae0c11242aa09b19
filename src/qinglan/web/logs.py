"""One line of JSON for each request, and an id under which to find it.

A line holds what somebody who runs the server needs, and nothing that opens a door: the route as
it is written, not the path (that of an invitation is a secret), and the id of a token, not its
words. There is no query, no header, no body, no address and no name in it.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("qinglan.requests")


class Requests:
    """Gives each request its id, tells the browser, and writes the line at the end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and look at what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = scope["qinglan.request"] = secrets.token_hex(8)
        began, status, size = time.perf_counter(), 0, 0

        async def sending(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", request.encode()))
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            if LOG.isEnabledFor(logging.INFO):
                line = {
                    "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "request": request, "method": scope["method"], "route": _route(scope),
                    "status": status, "bytes": size,
                    "ms": round(1000 * (time.perf_counter() - began), 1),
                    "token": scope.get("qinglan.token"),
                }  # fmt: skip
                LOG.info(json.dumps(line))


def write_lines() -> None:
    """Let the lines go to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False


def _route(scope: Scope) -> str:
    """The path as the route has it, with names where values were; ``-`` where there is none."""
    route = getattr(scope.get("route"), "path", None)
    if route is not None:
        named = re.sub(r":\w+\}", "}", str(route))  # as {path:path} says how it is read
        return f"{scope.get('root_path', '')}{named}"
    if "endpoint" not in scope:
        return "-"
    path = str(scope["path"])
    for name, value in scope.get("path_params", {}).items():
        path = re.sub(f"/{re.escape(str(value))}(?=/|$)", f"/{{{name}}}", path)
    return path
