"""CMATH's 600 Chinese primary-school problems, through the line.

Reads ``$QINGLAN_DATA/cmath`` (default ``../shared/data``). The published set has keys and no
answers, so four *simulated* annotators of stated error rates answer; they say so everywhere.

    python examples/cmath/run.py [FOLDER]
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean

import qinglan
from qinglan import Terms

PROJECT = "cmath"
ERRORS = {"simulated-a": 0.03, "simulated-b": 0.1, "simulated-c": 0.2, "simulated-d": 0.4}


@dataclass
class Result:
    """What the example measured, each figure computed in this run."""

    tasks: int = 0
    set_aside: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    accuracy_of_simulated: dict[str, float] = field(default_factory=dict)
    majority: float = 0.0
    consensus: float = 0.0
    release: str = ""


def run(folder: Path, data: Path, seed: int = 7) -> Result:
    """Import, simulate answers, verify, judge without keys, release for evaluation."""
    file = data / "cmath" / "cmath_dev.jsonl"
    result = Result()
    with qinglan.init(folder) as ws:
        done = ws.load(
            PROJECT, file, kind="free", fields=["prompt=input", "key=golden", "skill=grade"],
            terms=Terms(channel="published", licence="CC-BY-4.0", part="dev", name="cmath"),
        )  # fmt: skip
        result.tasks, result.set_aside = done.new, done.set_aside
        ws.load_answers(
            PROJECT, _simulate(file, folder / "simulated-answers.jsonl", seed),
            fields=["task=row", "annotator=annotator", "answer=answer"],
            terms=Terms(channel="simulated"), annotator_type="person", tasks_from="cmath",
        )  # fmt: skip
        result.outcomes = ws.verify(PROJECT).outcomes
        ws.judge(PROJECT, use_keys=False)
        right: Counter[str] = Counter()
        asked: Counter[str] = Counter()
        for line in ws.answers(PROJECT):
            asked[line.annotator] += 1
            right[line.annotator] += line.outcome == "verified"
        result.accuracy_of_simulated = {name: right[name] / asked[name] for name in sorted(asked)}
        tasks = list(ws.tasks(PROJECT))
        result.majority = fmean(t.majority for t in tasks if t.majority is not None)
        result.consensus = fmean(t.consensus for t in tasks if t.consensus is not None)
        _, where = ws.release(PROJECT, name="cmath-evaluation", purpose="evaluation")
        result.release = str(where)
        ws.report(PROJECT)
    return result


def _simulate(file: Path, target: Path, seed: int) -> Path:
    """Answers in the many ways in which people write them in Chinese; wrong ones are off by one."""
    forms = ("答案是{}。", "答：{}。", "所以答案：{}", "因此，最后的答案是 {}。")
    rng = random.Random(seed)
    with file.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as out:
        for row, line in enumerate(lines, 1):
            key = json.loads(line)["golden"]
            for name, error in ERRORS.items():
                value = key if rng.random() >= error else _wrong(key)
                answer = {
                    "row": str(row),
                    "annotator": name,
                    "answer": rng.choice(forms).format(value),
                }
                out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return target


def _wrong(key: str) -> str:
    """The key with its first number one larger: 12% becomes 13%, 3/8 becomes 4/8."""
    return re.sub(r"\d+", lambda number: str(int(number[0]) + 1), key, count=1)


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    source = Path(os.environ.get("QINGLAN_DATA", "../shared/data"))
    print(json.dumps(asdict(run(place, source)), indent=2, ensure_ascii=False))
