"""A workbench on a real port, and people who visit it: over HTTP, with nothing in between."""

from __future__ import annotations

import html
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn

from qinglan.flow import desk, entrance, load, passwords, people, standing
from qinglan.flow.context import Context
from qinglan.flow.init import init
from qinglan.flow.terms import Terms
from qinglan.records import Actor, Kind, Role
from qinglan.web.serving import configure
from qinglan.work import Rules

OWNER = Actor(name="owner", role=Role.OWNER)
PASSWORD = "correct horse battery"
RULES = Rules()
real_hasher = passwords._hasher
"""As it is before the tests make it cheap."""
STEPS = ["The rule gives $2x$.", "At 3 that is **6**.", "So 6 + 1 = 8."]
CRITERIA = ["accuracy:1-5", "tone:0-2"]
PASSAGE = "Marie Curie 生于华沙，\nthen lived in Paris."

KINDS: dict[Kind, tuple[list[str], dict[str, Any]]] = {
    Kind.MARKS: (["prompt=q", "steps=s"], {"s": STEPS}),
    Kind.PREFERENCE: (["prompt=q", "left=a", "right=b"], {"a": "first reply", "b": "second reply"}),
    Kind.CHOICE: (["prompt=q", "options=o"], {"o": ["red", "green", "blue"]}),
    Kind.ALTERNATIVES: (["prompt=q", "steps=s"], {"s": [STEPS[:2], [STEPS[2]], ["So $7$.", "7"]]}),
    Kind.CHAT: (["prompt=q", "system=s"], {"s": "Be *brief*."}),
    Kind.EDIT: (["prompt=q", "original=o"], {"o": "At 3 that is **6**, so 8."}),
    Kind.ITEM: (["prompt=q"], {}),
    Kind.FREE: (["prompt=q"], {}),
    Kind.NUMBER: (["prompt=q", "unit=u", "low=l", "high=h"], {"u": "kg", "l": 0, "h": 500}),
    Kind.RUBRIC: (["prompt=q", "text=t", "criteria=c"], {"t": "A *reply*.", "c": CRITERIA}),
    Kind.RANKING: (["prompt=q", "items=o"], {"o": ["first", "second", "third"]}),
    Kind.COMPARISON: (
        ["prompt=q", "left=a", "right=b", "criteria=c"],
        {"a": "first reply", "b": "second reply", "c": CRITERIA},
    ),
    Kind.SPANS: (["prompt=q", "text=t", "labels=c"], {"t": PASSAGE, "c": ["person", "place"]}),
    Kind.STEPS: (["prompt=q"], {}),
}


def fill(
    context: Context, folder: Path, project: str, kind: Kind, rows: list[dict[str, Any]],
    *seated: str, rules: Rules = RULES, fields: list[str] | None = None,
) -> None:  # fmt: skip
    """A project with its desk open and people seated; a row needs ``q`` alone."""
    file = folder / f"{project}.jsonl"
    file.write_text("".join(json.dumps({**KINDS[kind][1], **row}) + "\n" for row in rows))
    load.make_project(context, OWNER, project, kind, en="Be *fair*.", zh="请*公正*评判。")
    mapping = load.task_mapping(fields or KINDS[kind][0])
    original = Terms(channel="own", name="answers") if kind is Kind.EDIT else None
    load.load_tasks(context, OWNER, project, file, mapping, Terms(channel="own"), original=original)
    desk.open_desk(context, OWNER, project, rules)
    for name in seated:
        seat(context, project, name)


def seat(context: Context, project: str, name: str) -> None:
    """Give ``name`` a seat; they have read what is recorded."""
    desk.seat(context, OWNER, project, name, licence="CC-BY-4.0")
    standing.tell(context, Actor(name=name, role=Role.ANNOTATOR), project)


def join(context: Context, name: str, role: Role = Role.ANNOTATOR) -> str:
    """Make an account; the token of its session."""
    return entrance.accept(context, people.invite(context, OWNER, name, role), PASSWORD)


@contextmanager
def serving(context: Context) -> Iterator[int]:
    """The workbench on a free port of this machine; the port."""
    server = uvicorn.Server(configure(context, "127.0.0.1", 0))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def workspace(folder: Path, database: str | None = None) -> Iterator[Context]:
    with init(folder, database=database) as context:
        yield context


@dataclass
class Answer:
    """A response, read to its end."""

    status: int
    headers: dict[str, str]
    text: str
    cookies: list[str]

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


@dataclass
class Client:
    """One browser without a script: keeps cookies, sends forms as they stand in the page."""

    port: int
    session: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def __post_init__(self) -> None:
        if self.session:
            self.cookies["qinglan"] = self.session

    def ask(self, method: str, path: str, body: str | None = None, **headers: str | None) -> Answer:
        sent: dict[str, str] = {"cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        if body is not None:
            sent["content-type"] = "application/x-www-form-urlencoded"
        for name, value in headers.items():
            if value is not None:
                sent[name.replace("_", "-")] = value
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, sent)
            got = connection.getresponse()
            text = got.read().decode("utf-8", "replace")
            cookies = got.headers.get_all("set-cookie") or []
            answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, text, cookies)
        finally:
            connection.close()
        for cookie in cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        if found := re.search(r'name="csrf" value="([0-9a-f]+)"', text):
            self.csrf = found[1]
        return answer

    def get(self, path: str, **headers: str | None) -> Answer:
        return self.ask("GET", path, **headers)

    def post(
        self, path: str, *, csrf: str | None = None, headers: Any = None, **form: Any
    ) -> Answer:
        """Send a form with the secret of the last page seen, or the one given."""
        fields = {"csrf": self.csrf if csrf is None else csrf, **form}
        return self.ask("POST", path, urlencode(fields), **(headers or {}))

    def sign_in(self, name: str, password: str = PASSWORD, **form: str) -> Answer:
        self.get("/sign-in")
        return self.post("/sign-in", name=name, password=password, **form)

    def settled(self, path: str) -> Answer:
        """The page of a job, once the job is over."""
        until = time.monotonic() + 60
        while 'http-equiv="refresh"' in (seen := self.get(path)).text:
            assert time.monotonic() < until, seen.text
            time.sleep(0.1)
        return seen

    def task(self, project: str) -> dict[str, str]:
        """The hidden fields of the task at the desk, and where its form goes."""
        page = self.get(f"/desk/{project}").text
        return self.form_of(page)

    def form_of(self, page: str) -> dict[str, str]:
        found = re.search(r'action="(/desk/[^"]+/task/([^/"]+)/submit)"', page)
        assert found, page[:2000]
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
        fields = {name: html.unescape(value) for name, value in fields.items()}
        return {**fields, "action": found[1], "task": found[2]}

    def submit(self, project: str, **form: Any) -> Answer:
        """Answer the task at the desk."""
        task = self.task(project)
        kept = {name: task[name] for name in ("token", "kind", "options")}
        return self.post(task["action"], **{**kept, **form})
