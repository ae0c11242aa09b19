"""A real chat server on 127.0.0.1 that can be as bad as servers are."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
"""Status, headers, body. A ``Content-Length`` among the headers is sent as it is, though it be a
lie; one that is empty is left out."""


class ChatServer:
    """Answers each request by ``script``, and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], Body]] = []
        self.answered: Counter[bytes] = Counter()
        """How often each request was answered with 200, to the last byte, as far as we can see."""
        self.script: Callable[[Body, int], Answer] = lambda body, turn: echo(body)
        self.drip = 0.0
        self.under_way = self.most_under_way = 0
        self._lock = threading.Lock()
        # Here client and server share one interpreter, and must not wait for each other's turns.
        self._switch = sys.getswitchinterval()
        sys.setswitchinterval(0.0002)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                body = json.loads(data)
                with outer._lock:
                    outer.asked.append((self.path, dict(self.headers), body))
                    turn = len(outer.asked)
                    outer.under_way += 1
                    outer.most_under_way = max(outer.most_under_way, outer.under_way)
                try:
                    self.answer(outer.script(body, turn), data)
                except OSError:
                    pass  # the client has had enough, which is what some tests are about
                finally:
                    with outer._lock:
                        outer.under_way -= 1

            def answer(self, answer: Answer, asked: bytes) -> None:
                status, headers, data = answer
                length = headers.get("Content-Length", str(len(data)))
                self.close_connection = length != str(len(data))
                self.send_response(status)
                for name, value in ({"Content-Length": length} | headers).items():
                    if value:
                        self.send_header(name, value)
                self.end_headers()
                size = 20 if outer.drip else max(1, len(data))
                for place in range(0, len(data), size):
                    self.wfile.write(data[place : place + size])
                    self.wfile.flush()
                    time.sleep(outer.drip)
                if status == 200:
                    with outer._lock:
                        outer.answered[asked] += 1

            def log_message(self, *args: object) -> None:
                pass

        class Listener(ThreadingHTTPServer):
            request_queue_size = 256  # callers come all at once

            def handle_error(self, request: object, client_address: object) -> None:
                if not isinstance(sys.exception(), OSError):  # callers are killed, too
                    super().handle_error(request, client_address)  # type: ignore[arg-type]

        self.http = Listener(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.http.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/v1"

    @property
    def paid_twice(self) -> list[bytes]:
        return [request for request, times in self.answered.items() if times > 1]

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()
        sys.setswitchinterval(self._switch)


def reply(text: str | None, **more: Any) -> Answer:
    """A well-made reply; ``finish``, ``usage`` and ``message`` change parts of it."""
    message = {"role": "assistant", "content": text} | more.get("message", {})
    usage = more.get("usage", {"prompt_tokens": 11, "completion_tokens": 5})
    content = {
        "model": more.get("model", "tiny"),
        "choices": [{"index": 0, "message": message, "finish_reason": more.get("finish", "stop")}],
        "usage": usage,
    }
    return 200, {"Content-Type": "application/json"}, json.dumps(content).encode()


def prompt_of(body: Body) -> str:
    return str(body["messages"][-1]["content"])


def echo(body: Body) -> Answer:
    return reply(f"{prompt_of(body)}!{body['seed']}")


def sums(body: Body) -> Answer:
    """Answers "Compute 3+3." in two lines."""
    found = re.search(r"(\d+)\+(\d+)", prompt_of(body))
    assert found is not None
    total = int(found[1]) + int(found[2])
    return reply(f"I add {found[1]} and {found[2]}, which makes {total}.\nAnswer: {total}")
