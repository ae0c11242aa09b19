"""Two sources of tasks, three people of whom one will withdraw, and a search for their words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import qinglan
from keeping_example import PEOPLE, everything, lines
from qinglan.storage.tables import metadata

BORROWED = qinglan.Terms(channel="published", licence="MIT", name="borrowed")
OWN = qinglan.Terms(channel="own", licence="Apache-2.0", name="own")
TASK_FIELDS = ["id=id", "prompt=prompt", "key=key"]
ANSWER_FIELDS = ["task=task", "annotator=annotator", "answer=answer"]

SECRET = "青鸾-the-words-of-mei"
"""What one person, mei, wrote; it stands in no other file."""
LENT = "借来的题目-from-elsewhere"
"""What one source says."""


def needles(words: str) -> list[bytes]:
    """The words as a file may hold them: as they are, and escaped as JSON escapes."""
    return [words.encode(), json.dumps(words)[1:-1].encode(), words.encode("utf-16-le")]


def traces(folder: Path, words: str) -> list[str]:
    """Files below ``folder`` that hold the words, releases apart."""
    return [
        name
        for name, data in everything(folder).items()
        if not name.startswith("releases/") and any(n in data for n in needles(words))
    ]


def fill(ws: qinglan.Workspace, files: Path) -> None:
    """Two sources of tasks, three people; mei alone answers some tasks."""
    for terms, words, start in ((OWN, "Compute", 0), (BORROWED, LENT, 100)):
        asked: list[dict[str, Any] | str] = [
            {"id": f"q{n}", "prompt": f"{words} {n}+{n}.", "key": str(2 * n)}
            for n in range(start, start + 8)
        ]
        twice = {"id": words, "prompt": f"{words} 1+1, twice.", "key": "2"}
        asked += [twice, twice]  # the second is set aside, and quotes the first
        ws.load("p", lines(files / f"{terms.name}.jsonl", asked), fields=TASK_FIELDS, terms=terms)
    for terms, start in ((OWN, 0), (BORROWED, 100)):
        given: list[dict[str, Any] | str] = []
        for n in range(start, start + 8):
            people = ("mei",) if n % 8 == 7 else ("ann", "bob", "mei")
            for who in people:
                words = SECRET if who == "mei" else "I think"
                quoted = f" ({LENT})" if start else ""
                given.append(
                    {
                        "task": f"q{n}",
                        "annotator": who,
                        "answer": f"{words}{quoted}. So the answer is {2 * n}.",
                    }
                )
        given.append({"task": SECRET[:40], "annotator": "mei", "answer": SECRET})
        ws.load_answers(
            "p", lines(files / f"{terms.name}-answers.jsonl", given), fields=ANSWER_FIELDS,
            terms=PEOPLE, annotator_type="person", tasks_from=terms.name,
        )  # fmt: skip
    ws.verify("p")
    ws.judge("p")


def rows_with(ws: qinglan.Workspace, words: str) -> list[str]:
    """Tables that hold the words, looked at through the database itself."""
    found = []
    with ws._context.storage.read() as conn:
        for table in metadata.sorted_tables:
            for row in conn.execute(table.select()):
                said = json.dumps([str(value) for value in row], ensure_ascii=False)
                if any(n.decode("utf-8", "ignore") in said for n in needles(words)[:2]):
                    found.append(table.name)
                    break
    return found
