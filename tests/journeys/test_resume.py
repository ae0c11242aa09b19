"""A training that is killed, and killed again, ends with the weights it would have had."""

import json
import signal
import time
from decimal import Decimal
from pathlib import Path

import pytest

import forking
from qinglan.demo.leave import OWN, ask_gate
from qinglan.training.recipe import Example, Recipe

for part in ("torch", "trl"):
    pytest.importorskip(part, reason="needs the training extra")

RECIPE = Recipe(
    steps=160, learning_rate=Decimal("0.004"), seed=1, batch_tokens=60, checkpoint_every=20
)


def learn(words: list[str]) -> int:
    """Train a tiny model to add: from which base, into which folder, where to tell the step."""
    from qinglan.training.run import train

    base, out, steps = map(Path, words)
    train(
        [Example(f"{a}+{b}=", f"{a + b}") for a in range(30) for b in range(30)],
        start=base,
        out=out,
        recipe=RECIPE,
        release="journey",
        root="a" * 64,
        permit=ask_gate([OWN]),
        progress=lambda progress: steps.write_text(str(progress.step)),
    )
    return 0


def start(base: Path, out: Path, steps: Path) -> forking.Forked:
    steps.unlink(missing_ok=True)
    return forking.start(
        str(base), str(out), str(steps), cwd=base.parent, call="test_resume:learn",
        loads=forking.TRAINING,
    )  # fmt: skip


def kill_after(step: int, base: Path, out: Path, steps: Path) -> None:
    """Start a training and kill it, without warning, once it has done ``step`` steps."""
    running = start(base, out, steps)
    deadline = time.monotonic() + 240
    while not steps.exists() or int(steps.read_text() or 0) < step:
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.005)
    running.kill()
    assert running.wait() == -signal.SIGKILL
    assert not (out / "run.json").exists()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training that nobody disturbed; its base lies beside it."""
    from qinglan.training import tiny

    place = tmp_path_factory.mktemp("resume")
    tiny.make(place / "base", texts=["0123456789+="], seed=1, width=32, layers=1, heads=2)
    running = start(place / "base", place / "whole", place / "steps")
    assert running.wait(240) == 0, running.communicate()
    return place / "whole"


def test_killed_twice_and_none_the_wiser(whole: Path, tmp_path: Path) -> None:
    base, steps, out = whole.parent / "base", tmp_path / "steps", tmp_path / "cut"
    kill_after(50, base, out, steps)
    kill_after(110, base, out, steps)
    # What a kill in the middle of a checkpoint leaves behind: files, and no mark.
    torn = out / "checkpoints" / "checkpoint-159"
    torn.mkdir()
    (torn / "trainer_state.json").write_text("{")
    assert start(base, out, steps).wait(240) == 0

    undisturbed = json.loads((whole / "run.json").read_text())
    cut = json.loads((out / "run.json").read_text())
    assert (undisturbed["resumed"], cut["resumed"]) == (0, 2)
    assert cut["weights"] == undisturbed["weights"]
    assert cut["curve"] == undisturbed["curve"]
    assert cut["completion_tokens"] == undisturbed["completion_tokens"]


def test_killed_after_the_last_step(whole: Path, tmp_path: Path) -> None:
    """All steps are done and sealed, weights not yet written: the rerun only writes them."""
    base, out, steps = whole.parent / "base", tmp_path / "late", tmp_path / "steps"
    kill_after(157, base, out, steps)
    assert start(base, out, steps).wait(240) == 0
    late = "model.safetensors"
    assert (out / late).read_bytes() == (whole / late).read_bytes()
    told = [json.loads((folder / "run.json").read_text())["weights"] for folder in (whole, out)]
    assert told[0] == told[1]
