"""``qinglan train`` killed and run again: one training, recorded once."""

import json
import signal
import time
from pathlib import Path

import pytest

import forking
import qinglan

for part in ("torch", "trl"):
    pytest.importorskip(part, reason="needs the training extra")

RECIPE = "steps = 160\nbatch = 8\nlearning_rate = 0.004\ncheckpoint_every = 40\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from qinglan.training import tiny

    tiny.make(tmp_path / "base", texts=["0123456789+="], seed=1, width=32, layers=1, heads=2)
    (tmp_path / "recipe.toml").write_text(RECIPE)
    sums = [(f"{a}+{b}=", str(a + b)) for a in range(12) for b in range(12)]
    tasks = [{"id": f"q{i}", "prompt": q, "key": key} for i, (q, key) in enumerate(sums)]
    given = [{"task": f"q{i}", "annotator": "a", "answer": key} for i, (_, key) in enumerate(sums)]
    for name, rows in (("tasks", tasks), ("answers", given)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    with qinglan.init(tmp_path / "w") as ws:
        ws.load(
            "sums", tmp_path / "tasks.jsonl", fields=["id=id", "prompt=prompt", "key=key"],
            terms=qinglan.Terms(channel="own"),
        )  # fmt: skip
        ws.load_answers(
            "sums", tmp_path / "answers.jsonl", tasks_from="tasks", annotator_type="person",
            fields=["task=task", "annotator=annotator", "answer=answer"],
            terms=qinglan.Terms(channel="person"),
        )  # fmt: skip
        ws.judge("sums")
        ws.release("sums", name="v1", purpose="training")
    return tmp_path


def start(folder: Path, *words: str) -> forking.Forked:
    return forking.start(
        "train", "sums/v1", "--base", "base", "--recipe", "recipe.toml", "-w", "w", *words,
        cwd=folder, loads=forking.TRAINING, QINGLAN_LANG="en",
    )  # fmt: skip


def stop_after(step: int, folder: Path, how: signal.Signals) -> forking.Forked:
    """Start the command and send it ``how`` once the checkpoint of ``step`` is whole."""
    running = start(folder)
    mark = folder / "w" / "models" / "v1" / "checkpoints" / f"checkpoint-{step}" / "whole.json"
    deadline = time.monotonic() + 240
    while not mark.exists():
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.002)
    running.send_signal(how)
    return running


def test_killed_it_goes_on_and_is_recorded_once(folder: Path) -> None:
    model = folder / "w" / "models" / "v1"
    killed = stop_after(80, folder, signal.SIGKILL)
    killed.communicate(timeout=300)
    assert killed.returncode == -signal.SIGKILL
    assert not (model / "run.json").exists()

    last = start(folder, "--json")
    told, said = last.communicate(timeout=300)
    assert last.returncode == 0, said
    done = json.loads(told)
    assert done["resumed"] == 1
    assert [point[0] for point in done["curve"]][-1] == 160
    assert float(done["curve"][-1][1]) < float(done["curve"][0][1])
    with qinglan.open(folder / "w") as ws:
        lines = [text for _, text in ws.trace(done["id"]).walk()]
    assert sum(line.startswith("release rel_") for line in lines) == 1
    assert any("source=tasks" in line for line in lines)
