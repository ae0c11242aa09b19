"""A workspace with releases to train on, and a model small enough to train in a test."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import qinglan

QUESTIONS = qinglan.Terms(channel="published", licence="MIT", name="sums")
SIMULATED = qinglan.Terms(channel="simulated", name="simulated")
CHARACTERS = ["0123456789+-=.ABCDabcdefghijklmnopqrstuvwxyz \n?"]


def tiny_model(folder: Path, **shape: Any) -> Path:
    """An untrained model of some thousand parameters over single characters."""
    from qinglan.training import tiny

    return tiny.make(
        folder, texts=CHARACTERS, **{"seed": 1, "width": 32, "layers": 1, "heads": 2} | shape
    )


def sums(n: int, skill: str = "sum", key: str | None = None) -> list[dict[str, Any]]:
    return [
        {"id": f"q{i}", "prompt": f"{i}+{i % 7}=", "key": key or str(i + i % 7), "skill": skill}
        for i in range(n)
    ]


def write(folder: Path, name: str, rows: Iterable[Mapping[str, Any]]) -> Path:
    file = folder / f"{name}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def fill(ws: qinglan.Workspace, project: str, n: int = 40, *, kind: str = "steps") -> None:
    """Judged sums, each with one right answer by a simulated annotator."""
    rows = sums(n)
    fields = ["id=id", "prompt=prompt", "skill=skill"]
    match kind:
        case "choice":
            rows = [row | {"options": [row["key"], "no"], "key": "A"} for row in rows]
            fields += ["options=options", "key=key"]
        case "preference":
            rows = [row | {"left": row["key"], "right": "no"} for row in rows]
            fields += ["left=left", "right=right"]
        case _:
            fields.append("key=key")
    file = write(ws.folder, f"{project}-questions", rows)
    ws.load(project, file, kind=kind, fields=fields, terms=QUESTIONS)
    given: list[dict[str, Any]] = []
    for row in sums(n):
        answer: dict[str, Any] = {"task": row["id"], "annotator": "anna"}
        match kind:
            case "steps":
                answer |= {"steps": [row["prompt"]], "final": row["key"]}
            case "free":
                answer |= {"answer": row["key"]}
            case "choice":
                answer |= {"option": "A"}
            case "preference":
                answer |= {"winner": "left"}
        given.append(answer)
    names = [name for name in given[0] if name not in ("task", "annotator")]
    ws.load_answers(
        project, write(ws.folder, f"{project}-answers", given), terms=SIMULATED,
        fields=["task=task", "annotator=annotator", *(f"{name}={name}" for name in names)],
        annotator_type="person", tasks_from="sums",
    )  # fmt: skip
    ws.verify(project)
    ws.judge(project)
