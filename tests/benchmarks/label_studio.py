"""Label Studio beside us: ``bench_desk.py --desk label_studio:LabelStudio --files 20000``.

It is not installed with qinglan. Give its command's place in ``LABEL_STUDIO``, of an environment of
its own (``pip install label-studio==1.23.2``); it keeps its data, SQLite, in the run's folder.
Its API takes answers only with their tasks, so that step brings both into a second project, and
what is exported is that one.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from desks import Visitor, free_port, until_healthy

TOKEN = "0123456789abcdef0123456789abcdef01234567"
CONFIG = """<View><Text name="q" value="$q"/>
<Pairwise name="pw" toName="a,b"/><Text name="a" value="$a"/><Text name="b" value="$b"/></View>"""


class LabelStudio:
    """A server of its own, with one user and a token."""

    overlap = 2

    def __init__(self, folder: Path, people: int, tasks: int, database: str | None) -> None:
        if people or tasks or database:
            raise SystemExit("of Label Studio only --files is measured here, on SQLite")
        folder.mkdir()
        self._port = free_port()
        own = {
            "LABEL_STUDIO_BASE_DATA_DIR": str(folder), "LABEL_STUDIO_DISABLE_SIGNUP": "true",
            "COLLECT_ANALYTICS": "0", "LATEST_VERSION_CHECK": "0", "SENTRY_DSN": "",
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "DATA_UPLOAD_MAX_MEMORY_SIZE": str(2**31), "TASKS_MAX_NUMBER": "2000000",
        }  # fmt: skip
        words = [
            os.environ["LABEL_STUDIO"], "start", "--no-browser", "--port", str(self._port),
            "--internal-host", "127.0.0.1", "--username", "bench@example.org",
            "--password", "correct horse battery", "--user-token", TOKEN,
        ]  # fmt: skip
        began = time.perf_counter()
        self._log = (folder / "log").open("wb")
        self._server = subprocess.Popen(
            words, env={**os.environ, **own}, stdout=self._log, stderr=subprocess.STDOUT
        )
        self.pid = self._server.pid
        until_healthy(self._server, self._port, "/health")
        self.healthy = time.perf_counter() - began

    def visitors(self) -> list[Visitor]:
        return []

    def bring(self, file: Path) -> int:
        return self._import(file.read_text().splitlines())

    def answer(self, file: Path) -> int:
        rows = (file.parent / "tasks.jsonl").read_text().splitlines()
        said = {"value": {"selected": "left"}, "from_name": "pw", "to_name": "a,b"}
        result = json.dumps([{"result": [{**said, "type": "pairwise"}]}])
        whole = [f'{{"data": {row}, "annotations": {result}}}' for row in rows]
        return self._import(whole)

    def take(self, file: Path) -> None:
        path = f"/api/projects/{self._project}/export?exportType=JSON&download_all_tasks=true"
        status, body = self._ask("GET", path)
        assert status == 200, body[:300]
        # One a line, as it is counted.
        file.write_text("".join(f"{json.dumps(one)}\n" for one in json.loads(body)))

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait()
        self._log.close()

    def kept(self) -> Counter[tuple[str, str]]:
        return Counter()

    def _import(self, rows: list[str]) -> int:
        made = {"title": f"p{time.time_ns()}"[:50], "label_config": CONFIG}
        status, body = self._ask("POST", "/api/projects", json.dumps(made))
        assert status == 201, body[:300]
        self._project = int(json.loads(body)["id"])
        status, body = self._ask(
            "POST", f"/api/projects/{self._project}/import", f"[{','.join(rows)}]"
        )
        assert status == 201, body[:300]
        return int(json.loads(body)["task_count"])

    def _ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        line = HTTPConnection("127.0.0.1", self._port, timeout=600)
        head = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
        line.request(method, path, body, head)
        answer = line.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            line.close()
