"""Small questions and answers for the tests of the line."""

from collections.abc import Callable
from typing import Any

import qinglan

OWN = qinglan.Terms(channel="own", licence="Apache-2.0", name="questions")
SIMULATED = qinglan.Terms(channel="simulated", name="simulated")
TASK_FIELDS = ["id=id", "prompt=prompt", "key=key", "skill=skill"]
ANSWER_FIELDS = ["task=task", "annotator=annotator", "answer=answer"]


def questions(n: int) -> list[dict[str, Any]]:
    return [
        {"id": f"q{i}", "prompt": f"Compute {i}+{i}.", "key": str(2 * i), "skill": f"s{i % 3}"}
        for i in range(n)
    ]


def answers(n: int, errors: dict[str, Callable[[int], bool]]) -> list[dict[str, Any]]:
    """Each annotator's answers, wrong by one where its function says so."""
    return [
        {"task": f"q{i}", "annotator": name, "answer": f"So the answer is {2 * i + wrong(i)}."}
        for name, wrong in errors.items()
        for i in range(n)
    ]
