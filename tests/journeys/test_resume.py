"""A training that is killed, and killed again, ends with the weights it would have had."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

for part in ("torch", "trl"):
    pytest.importorskip(part, reason="needs the training extra")

SCRIPT = """
import sys
from decimal import Decimal
from pathlib import Path
from qinglan.demo.leave import OWN, ask_gate
from qinglan.training import tiny
from qinglan.training.recipe import Example, Recipe
from qinglan.training.run import train

base, out, steps_file = map(Path, sys.argv[1:])
if not (base / "tokenizer.json").exists():
    tiny.make(base, texts=["0123456789+="], seed=1, width=32, layers=1, heads=2)
train(
    [Example(f"{a}+{b}=", f"{a + b}") for a in range(30) for b in range(30)],
    start=base,
    out=out,
    recipe=Recipe(
        steps=160, learning_rate=Decimal("0.004"), seed=1, batch_tokens=60, checkpoint_every=20
    ),
    release="journey",
    root="a" * 64,
    permit=ask_gate([OWN]),
    progress=lambda progress: steps_file.write_text(str(progress.step)),
)
"""


def start(base: Path, out: Path, steps: Path) -> subprocess.Popen[bytes]:
    steps.unlink(missing_ok=True)
    command = [sys.executable, "-c", SCRIPT, str(base), str(out), str(steps)]
    return subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})


def kill_after(step: int, base: Path, out: Path, steps: Path) -> None:
    """Start a training and kill it, without warning, once it has done ``step`` steps."""
    running = start(base, out, steps)
    deadline = time.monotonic() + 240
    while not steps.exists() or int(steps.read_text() or 0) < step:
        assert running.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert not (out / "run.json").exists()


def test_killed_twice_and_none_the_wiser(tmp_path: Path) -> None:
    base, steps = tmp_path / "base", tmp_path / "steps"
    assert start(base, tmp_path / "whole", steps).wait() == 0
    kill_after(50, base, tmp_path / "cut", steps)
    kill_after(110, base, tmp_path / "cut", steps)
    # What a kill in the middle of a checkpoint leaves behind: files, and no mark.
    torn = tmp_path / "cut" / "checkpoints" / "checkpoint-159"
    torn.mkdir()
    (torn / "trainer_state.json").write_text("{")
    assert start(base, tmp_path / "cut", steps).wait() == 0

    whole = json.loads((tmp_path / "whole" / "run.json").read_text())
    cut = json.loads((tmp_path / "cut" / "run.json").read_text())
    assert (whole["resumed"], cut["resumed"]) == (0, 2)
    assert cut["weights"] == whole["weights"]
    assert cut["curve"] == whole["curve"]
    assert cut["completion_tokens"] == whole["completion_tokens"]


def test_killed_after_the_last_step(tmp_path: Path) -> None:
    """All steps are done and sealed, weights not yet written: the rerun only writes them."""
    base, out, steps = tmp_path / "base", tmp_path / "run", tmp_path / "steps"
    assert start(base, out, steps).wait() == 0
    record = json.loads((out / "run.json").read_text())
    weights = (out / "model.safetensors").read_bytes()
    kill_after(157, base, tmp_path / "late", steps)
    assert start(base, tmp_path / "late", steps).wait() == 0
    assert (tmp_path / "late" / "model.safetensors").read_bytes() == weights
    assert json.loads((tmp_path / "late" / "run.json").read_text())["weights"] == record["weights"]
