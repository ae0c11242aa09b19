"""GSM8K's 1,319 test problems with four models' real solutions, through the line.

Reads ``$QINGLAN_DATA/gsm8k`` (default ``../shared/data``). The solutions were written by a
vendor's models on a test split: the gate admits them as a published data set under MIT, and only
into an evaluation release.

    python examples/gsm8k/run.py [FOLDER]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

import qinglan
from qinglan import Terms

MODELS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")
PROJECT = "gsm8k"


@dataclass
class Result:
    """What the example measured, each figure computed in this run."""

    tasks: int = 0
    answers: int = 0
    agreement: dict[str, int] = field(default_factory=dict)
    """(our outcome, the file's ``is_correct``) → answers."""
    undecided: dict[str, int] = field(default_factory=dict)
    accuracy: dict[str, float] = field(default_factory=dict)
    majority: float = 0.0
    consensus: float = 0.0
    accepted: int = 0
    """Verdicts whose posterior reaches the threshold, and the share of them that is right."""
    accepted_right: float = 0.0
    any_of_four: float = 0.0
    solved_by_none: int = 0
    release: str = ""
    training_refused: str = ""
    rows: int = 0


def run(folder: Path, data: Path) -> Result:
    """Import, verify, judge without keys, release; refuse a training release."""
    file = data / "gsm8k" / "example_model_solutions.jsonl"
    published = {"channel": "published", "licence": "MIT", "part": "test"}
    result = Result()
    with qinglan.init(folder) as ws:
        ws.load(
            PROJECT, file, kind="free", fields=["prompt=question", "key=ground_truth|after:A:"],
            terms=Terms(**published, name="gsm8k-test"),
        )  # fmt: skip
        ws.load_answers(
            PROJECT, file, fields=[f"answer@{m}={m}.solution" for m in MODELS],
            terms=Terms(**published, name="gsm8k-solutions", family="OpenAI"),
            annotator_type="model", tasks_from="gsm8k-test",
        )  # fmt: skip
        ws.verify(PROJECT)
        ws.judge(PROJECT, use_keys=False)
        _measure(ws, result, _declared(file))
        release, where = ws.release(PROJECT, name="gsm8k-evaluation", purpose="evaluation")
        result.release, result.rows = str(where), release.rows
        try:
            ws.release(PROJECT, name="gsm8k-training", purpose="training")
        except qinglan.Refused as refusal:
            result.training_refused = str(refusal)
        ws.report(PROJECT)
    return result


def _declared(file: Path) -> dict[tuple[int, str], bool]:
    """The file's own ``is_correct`` for (row, model)."""
    with file.open(encoding="utf-8") as lines:
        return {
            (row, model): record[model]["is_correct"]
            for row, record in enumerate(map(json.loads, lines), 1)
            for model in MODELS
        }


def _measure(ws: qinglan.Workspace, result: Result, declared: dict[tuple[int, str], bool]) -> None:
    right: Counter[str] = Counter()
    agreement: Counter[str] = Counter()
    undecided: Counter[str] = Counter()
    for line in ws.answers(PROJECT):
        result.answers += 1
        said = "correct" if declared[line.row, line.annotator] else "incorrect"
        agreement[f"{line.outcome} / {said}"] += 1
        if line.reason is not None:
            undecided[line.reason.value] += 1
        right[line.annotator] += line.outcome == "verified"
    tasks = list(ws.tasks(PROJECT))
    result.tasks = len(tasks)
    result.agreement = dict(sorted(agreement.items()))
    result.undecided = dict(sorted(undecided.items()))
    result.accuracy = {model: right[model] / len(tasks) for model in MODELS}
    result.majority = fmean(t.majority for t in tasks if t.majority is not None)
    result.consensus = fmean(t.consensus for t in tasks if t.consensus is not None)
    accepted = [t for t in tasks if t.value is not None]
    result.accepted = len(accepted)
    result.accepted_right = sum(t.right == "verified" for t in accepted) / len(accepted)
    result.any_of_four = sum(bool(t.any_right) for t in tasks) / len(tasks)
    result.solved_by_none = sum(not t.any_right for t in tasks)


def data_folder() -> Path:
    """Where the real data lies."""
    return Path(os.environ.get("QINGLAN_DATA", "../shared/data"))


def _show(value: dict[str, Any]) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    _show(asdict(run(target, data_folder())))
