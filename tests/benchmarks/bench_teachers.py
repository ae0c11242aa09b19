"""Teacher calls against a 50 ms server, 256 under way, every reply durable: calls a second, CPU.

Run by hand, never as a timed test::

    PYTHONPATH=src python tests/benchmarks/bench_teachers.py [CALLS] [UNDER-WAY]

The server is aiohttp's own, in a process of its own on the same machine, so it takes its share of
the cores. Printed: raw aiohttp that keeps nothing (what the wire alone costs), our calls with
a journal on the disk, the whole verb ``generate``, and the same again when nothing is left to ask.
CPU is that of the calling process, all its threads.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
from aiohttp import web

import qinglan
from qinglan import policy
from qinglan.endpoints.asking import Outcome, Sampling, make_ask
from qinglan.endpoints.budget import Budget, Purse
from qinglan.endpoints.http import OpenAICompatible
from qinglan.endpoints.journal import Journal
from qinglan.records import Origin, Purpose

DELAY = 0.05
TEXT = "First, 6 times 7 is 42. Then nothing else is asked. " * 12 + "\nAnswer: 42"
REPLY = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "bench",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": TEXT},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 60, "completion_tokens": 180, "total_tokens": 240},
    }
).encode()
ORIGIN = Origin(source="bench", channel="own")


def serve(ready: Connection) -> None:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(DELAY)
        return web.Response(body=REPLY, content_type="application/json")

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        assert site._server is not None
        ready.send(site._server.sockets[0].getsockname()[1])  # type: ignore[attr-defined]
        while os.getppid() != 1:
            await asyncio.sleep(1)

    asyncio.run(run())


def measured(name: str, calls: int, work: Callable[[], None]) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{name:<46} {calls / wall:>7,.0f} calls/s   {1000 * cpu / calls:.2f} ms CPU a call")


def raw(url: str, calls: int, under_way: int) -> None:
    body = json.dumps({"model": "bench", "messages": [{"role": "user", "content": "x" * 300}]})

    async def run() -> None:
        left = iter(range(calls))
        connector = aiohttp.TCPConnector(limit=under_way)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def worker() -> None:
                for _ in left:
                    async with session.post(url + "/chat/completions", data=body) as response:
                        await response.read()

            await asyncio.gather(*(worker() for _ in range(under_way)))

    asyncio.run(run())


def journalled(url: str, calls: int, under_way: int, folder: Path) -> None:
    permit = policy.judge([ORIGIN], Purpose.TRAINING, today=date.today(), registry=policy.load())
    model = OpenAICompatible(url, "bench", origin=ORIGIN, permit=permit, parallel=under_way)
    kept: list[Outcome] = []
    with Journal.open(folder / "bench.jsonl") as journal:
        asks = (
            make_ask(model, f"tsk_{n}", 1, f"{n} " + "x" * 300, Sampling()) for n in range(calls)
        )
        model.ask_all(asks, journal=journal, purse=Purse(Budget(), journal.tally), keep=kept.extend)
    with Journal.open(folder / "bench.jsonl") as journal:
        assert len(kept) == journal.tally.replies == calls


def answered(ws: qinglan.Workspace, url: str, calls: int, under_way: int) -> None:
    terms = qinglan.Terms(channel="own", name="bench")
    done = ws.generate("p", model="bench", endpoint=url, terms=terms, parallel=under_way)
    assert (done.new, done.replies, done.left) == (calls, calls, 0)


def answered_before(ws: qinglan.Workspace, url: str, under_way: int) -> None:
    terms = qinglan.Terms(channel="own", name="bench")
    done = ws.generate("p", model="bench", endpoint=url, terms=terms, parallel=under_way)
    assert (done.new, done.replies) == (0, 0)


def workspace(folder: Path, calls: int) -> qinglan.Workspace:
    """One with as many tasks as there are calls."""
    file = folder / "tasks.jsonl"
    with file.open("w") as lines:
        for number in range(calls):
            lines.write(json.dumps({"prompt": f"{number} " + "x" * 300}) + "\n")
    ws = qinglan.init(folder / "w")
    ws.load("p", file, kind="steps", fields=["prompt=prompt"], terms=qinglan.Terms(channel="own"))
    return ws


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    under_way = int(sys.argv[2]) if len(sys.argv) > 2 else 256
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}/v1"
    print(
        f"{calls:,} calls, {under_way} under way, {1000 * DELAY:.0f} ms server, "
        f"load {os.getloadavg()[0]:.1f} before"
    )
    try:
        with tempfile.TemporaryDirectory() as folder:
            measured("raw aiohttp, nothing kept", calls, lambda: raw(url, calls, under_way))
            measured(
                "our calls, every reply durable", calls,
                lambda: journalled(url, calls, under_way, Path(folder)),
            )  # fmt: skip
            with workspace(Path(folder), calls) as ws:
                measured(
                    "qinglan generate, answers in the database too", calls,
                    lambda: answered(ws, url, calls, under_way),
                )  # fmt: skip
                measured(
                    "qinglan generate again, nothing left to ask", calls,
                    lambda: answered_before(ws, url, under_way),
                )  # fmt: skip
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
