"""A workspace, and small files to bring into it."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flow_example import ANSWER_FIELDS, OWN, SIMULATED, TASK_FIELDS, answers, questions

import qinglan
from chat_server import ChatServer, sums
from qinglan.flow import passwords
from qinglan.flow.context import Context
from qinglan.flow.init import init


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[qinglan.Workspace]:
    with qinglan.init(tmp_path / "工作 区") as workspace:
        yield workspace


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Iterable[dict[str, Any] | str]], Path]:
    """Write rows (or raw lines) as JSONL."""

    def make(name: str, rows: Iterable[dict[str, Any] | str]) -> Path:
        path = tmp_path / name
        lines = [
            row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return make


@pytest.fixture
def filled(
    ws: qinglan.Workspace, write: Callable[[str, Iterable[dict[str, Any] | str]], Path]
) -> qinglan.Workspace:
    """Thirty tasks, three annotators: one never wrong, one at each fifth, one at each third."""
    ws.load("p", write("questions.jsonl", questions(30)), fields=TASK_FIELDS, terms=OWN)
    given = answers(
        30, {"good": lambda _: False, "fair": lambda i: i % 5 == 0, "poor": lambda i: i % 3 == 0}
    )
    ws.load_answers(
        "p", write("answers.jsonl", given), fields=ANSWER_FIELDS, terms=SIMULATED,
        annotator_type="person", tasks_from="questions",
    )  # fmt: skip
    return ws


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """Where a workspace keeps its tables: SQLite in its folder, or PostgreSQL."""
    if request.param == "sqlite":
        return None
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A server that adds up what it is asked."""
    running = ChatServer()
    running.script = lambda body, turn: sums(body)
    yield running
    running.stop()


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that cost microseconds, not a fifth of a second and 64 MiB each."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: cheap)


@pytest.fixture
def context(tmp_path: Path, database: str | None, cheap_passwords: None) -> Iterator[Context]:
    """An open workspace, on both engines."""
    with init(tmp_path / "ws", database=database) as opened:
        yield opened


@pytest.fixture
def lone(tmp_path: Path, cheap_passwords: None) -> Iterator[Context]:
    """The same on SQLite alone, where the engine makes no difference."""
    with init(tmp_path / "ws") as opened:
        yield opened
