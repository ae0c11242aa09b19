"""The demo's questions and its simulated annotators, written as files like anybody's."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from qinglan.sources import arithmetic


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulated annotator: wrong with probability ``error``, and absent from some tasks."""

    name: str
    error: float
    coverage: float = 1.0


ANNOTATORS = (
    Simulated("simulated-a", 0.04),
    Simulated("simulated-b", 0.12),
    Simulated("simulated-c", 0.25),
    Simulated("simulated-d", 0.45, 0.8),
)
"""Four of known skill, so that the report can show whether quality finds it."""


def write_questions(folder: Path, *, per_skill: int, seed: int) -> tuple[Path, Path]:
    """Write ``questions.jsonl`` and ``answers.jsonl``; half of each skill in each language.

    Two rows of the questions are broken on purpose, to show where set-aside rows go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    half = per_skill // 2
    questions = list(
        chain(
            arithmetic.generate(per_skill=half, seed=seed, language="en"),
            arithmetic.generate(per_skill=half, seed=seed + 1, language="zh"),
        )
    )
    tasks = folder / "questions.jsonl"
    with tasks.open("w", encoding="utf-8") as out:
        for number, question in enumerate(questions):
            row = {
                "id": f"q{number:05}",
                "prompt": question.prompt,
                "key": question.key,
                "skill": question.skill,
                "group": question.group,
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        out.write('{"id": "broken-1", "prompt": "Compute 1+\n')
        out.write('{"id": "broken-2", "key": "3"}\n')
    answers = folder / "answers.jsonl"
    with answers.open("w", encoding="utf-8") as out:
        for answer in _answers(questions, seed):
            out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return tasks, answers


def _answers(questions: list[arithmetic.Question], seed: int) -> Iterator[dict[str, object]]:
    for annotator in ANNOTATORS:
        rng = random.Random(f"{seed} {annotator.name}")
        for number, question in enumerate(questions):
            if rng.random() >= annotator.coverage:
                continue
            working = arithmetic.slipped(question, rate=annotator.error, rng=rng)
            yield {
                "task": f"q{number:05}",
                "annotator": annotator.name,
                "steps": list(working.steps),
                "final": working.answer,
            }
