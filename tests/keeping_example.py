"""A judged and released line on either engine, for the tests of backups and of withdrawal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import qinglan
from qinglan.storage.dialects import parse_url

OWNER = qinglan.Actor(name="me", role=qinglan.Role.OWNER)
OWN = qinglan.Terms(channel="own", licence="Apache-2.0", name="questions")
PEOPLE = qinglan.Terms(channel="person", licence="Apache-2.0", name="answers")


def lines(path: Path, rows: list[dict[str, Any] | str]) -> Path:
    """Rows, or raw lines, as JSONL."""
    text = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return path


def line_of_work(ws: qinglan.Workspace, files: Path, tasks: int = 12) -> None:
    """Tasks, three people's answers, verdicts and a release."""
    asked: list[dict[str, Any] | str] = [
        {"id": f"q{n}", "prompt": f"Compute {n}+{n}.", "key": str(2 * n)} for n in range(tasks)
    ]
    given: list[dict[str, Any] | str] = [
        {"task": f"q{n}", "annotator": who, "answer": f"{who}：答案是 {2 * n}。"}
        for n in range(tasks)
        for who in ("ann", "bob", "cho")
    ]
    ws.load(
        "p", lines(files / "questions.jsonl", asked),
        fields=["id=id", "prompt=prompt", "key=key"], terms=OWN,
    )  # fmt: skip
    ws.load_answers(
        "p", lines(files / "answers.jsonl", given),
        fields=["task=task", "annotator=annotator", "answer=answer"], terms=PEOPLE,
        annotator_type="person", tasks_from="questions",
    )  # fmt: skip
    ws.verify("p")
    ws.judge("p")
    ws.release("p", name="first", purpose="training")


def with_password(url: str, password: str) -> str:
    """The address of a local server that asks for no password, with one all the same."""
    return parse_url(url).set(password=password).render_as_string(hide_password=False)


def everything(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
