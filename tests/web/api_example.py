"""A workspace that programs ask, and programs of every role, over HTTP on a real port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from web_example import OWNER, workspace

from qinglan.flow import desk, judge, load, standing, tokens, verify
from qinglan.flow.context import Context
from qinglan.flow.release import build_release
from qinglan.flow.terms import Terms
from qinglan.records import Actor, Kind, Purpose, Role
from qinglan.work import Rules

OWN = Terms(channel="own")
FIELDS = ["id=id", "prompt=q", "key=a", "skill=s"]
TASKS = 12


@dataclass
class Reply:
    """A response, read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def key(self) -> str:
        """Of the problem."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        return str(self.json["key"])


@dataclass
class Program:
    """Asks the API by one token, or by none."""

    port: int
    token: str | None = None

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Reply:
        sent = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, f"/api/v1{path}", body, {**sent, **(headers or {})})
            got = connection.getresponse()
            named = {name.lower(): value for name, value in got.getheaders()}
            return Reply(got.status, named, got.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, headers=_named(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.ask("POST", path, body, _named(headers))

    def put(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.ask("PUT", path, body, _named(headers))

    def send(self, path: str, rows: list[Any], **headers: str) -> Reply:
        """A file of rows; text is sent as it stands."""
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        body = "".join(f"{line}\n" for line in lines).encode()
        media = {"Content-Type": "application/x-ndjson"}
        return self.ask("POST", path, body, {**media, **_named(headers)})


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def token_for(context: Context, name: str, role: Role, *scopes: str) -> str:
    """The words of a token for a program's account; all scopes of its role unless some are said."""
    chosen = [tokens.scope_named(word) for word in scopes] or tokens.scopes_of(role)
    return tokens.create(context, OWNER, name, role=role, scopes=chosen).token


@contextmanager
def line(folder: Path) -> Iterator[Context]:
    """Project ``p``: a desk with gold, answers, verdicts and a release; project ``q`` is secret."""
    with workspace(folder) as context:
        for project in ("p", "q"):
            file = folder / "questions.jsonl"
            rows = [
                {"id": f"t{n:02}", "q": f"{project}: {n:02}+{n:02}.", "a": str(2 * n), "s": "sum"}
                for n in range(TASKS)
            ]
            file.write_text("".join(json.dumps(row) + "\n" for row in rows))
            load.make_project(context, OWNER, project, Kind.FREE, en="Add.", zh="相加。")
            load.load_tasks(context, OWNER, project, file, load.task_mapping(FIELDS), OWN)
            desk.open_desk(context, OWNER, project, Rules(overlap=2))
        given = folder / "answers.jsonl"
        given.write_text(
            "".join(
                json.dumps({"t": f"t{n:02}", "w": "old hand", "x": f"It is {2 * n}."}) + "\n"
                for n in range(TASKS)
            )
        )
        mapping = load.answer_mapping(["task=t", "annotator=w", "answer=x"])
        load.load_answers(
            context, OWNER, "q", given, mapping, OWN, annotator_type="program",
            tasks_from="questions",
        )  # fmt: skip
        verify.verify(context, OWNER, "q")
        judge.judge(context, OWNER, "q")
        build_release(context, OWNER, "q", name="r1", purpose=Purpose.EVALUATION)
        yield context


def seat(context: Context, project: str, *names: str) -> None:
    for name in names:
        desk.seat(context, OWNER, project, name, licence="CC-BY-4.0")
        standing.tell(context, Actor(name=name, role=Role.ANNOTATOR), project)


def person(name: str) -> Actor:
    return Actor(name=name, role=Role.ANNOTATOR)
