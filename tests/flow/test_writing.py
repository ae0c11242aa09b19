"""The kinds in which experts write, along the whole line: import, judge, release, export."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flow_example import OWN, SIMULATED

import qinglan

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data"))
Write = Callable[..., Path]


def test_prm800k_along_the_line_and_out_again(
    ws: qinglan.Workspace, write: Write, tmp_path: Path
) -> None:
    from qinglan.flow.export import export_answers

    file = DATA / "math500" / "samples_prm800k.jsonl"
    if not file.exists():
        pytest.skip(f"no {file}")
    records = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    rows = write("prm.jsonl", records)
    ws.load("m", rows, kind="alternatives", terms=OWN,
            fields=["prompt=question.problem", "steps=label.steps"])  # fmt: skip
    read = ws.load_answers(
        "m", rows, terms=SIMULATED, annotator_type="model", tasks_from="questions",
        fields=["annotator=labeler", "steps=label.steps", "finish=label.finish_reason"],
    )  # fmt: skip
    assert (read.new, read.set_aside) == (6, 0)
    other = [{"task": "1", "annotator": "bob", "steps": [["right"]]}]
    other[0]["steps"] = [{"ratings": ["right", "right"], "chosen": 0}]
    again = ws.load_answers(
        "m", write("bob.jsonl", other), terms=SIMULATED, annotator_type="model",
        fields=["task=task", "annotator=annotator", "steps=steps"], tasks_from="questions",
    )  # fmt: skip
    assert (again.new, again.reasons) == (0, {"bad_value": 1})
    judged = ws.judge("m", threshold="0.1")
    assert (judged.method, judged.accepted) == ("first-wrong-step", 6)
    out = tmp_path / "out.jsonl"
    export_answers(ws._context, ws._actor, "m", out, shape="prm800k")
    told = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    key = lambda one: one["question"]["problem"]  # noqa: E731
    for mine, theirs in zip(sorted(told, key=key), sorted(records, key=key), strict=True):
        assert mine["labeler"] == theirs["labeler"]
        for step in theirs["label"]["steps"]:
            for one in step["completions"] or ():
                one["flagged"] = bool(one["flagged"])
        assert mine["label"]["steps"] == theirs["label"]["steps"]
    back = ws.load("n", out, kind="alternatives", terms=OWN,
                   fields=["prompt=question.problem", "steps=label.steps"])  # fmt: skip
    assert back.new == 6
    _, folder = ws.release("m", name="m-1", purpose="training")
    lines = "".join(
        (folder / f"data/{part}.jsonl").read_text("utf-8") for part in ("train", "dev", "test")
    )
    released = [json.loads(line) for line in lines.splitlines()]
    assert {row["value"] for row in released} == {"none", "2", "7", "8"}
    assert all(row["messages"] == [] and json.loads(row["answer"])["steps"] for row in released)
    assert qinglan.check_release(folder).ok
