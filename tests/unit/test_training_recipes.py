"""Ways to train that save memory: the same lesson learnt, and a plain model at the end."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from permit_example import OWN, permit

from qinglan.training.recipe import Example, Recipe, RunRecord
from qinglan.training.run import train

torch = pytest.importorskip("torch", reason="needs the training extra")
pytest.importorskip("peft", reason="needs the training extra")

SUMS = [Example(f"{a}+{b}=", str(a + b)) for a in range(12) for b in range(12)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from qinglan.training import tiny

    folder = tmp_path_factory.mktemp("models") / "base"
    tiny.make(folder, texts=["0123456789+="], seed=1, width=32, layers=2, heads=2)
    return folder


def run(base: Path, out: Path, **changes: Any) -> RunRecord:
    given: dict[str, Any] = {
        "steps": 15, "learning_rate": Decimal("0.004"), "seed": 1, "batch": 12,
        "checkpoint_every": 5,
    }  # fmt: skip
    recipe = Recipe(**(given | changes))
    return train(
        SUMS, start=base, out=out, recipe=recipe, release="r", root="a" * 64, permit=permit(OWN)
    )


@pytest.fixture(scope="module")
def plain(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunRecord, Path]:
    out = tmp_path_factory.mktemp("plain") / "out"
    return run(base, out), out


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))


@pytest.mark.parametrize(
    "changes", [{"accumulate": 3}, {"recompute": True}, {"flat": True}], ids=lambda c: next(iter(c))
)
def test_in_parts_laid_flat_or_computed_anew_it_learns_the_same(
    changes: dict[str, Any], base: Path, plain: tuple[RunRecord, Path], tmp_path: Path
) -> None:
    record = run(base, tmp_path / "out", **changes)
    assert (record.completion_tokens, record.examples_seen) == (
        plain[0].completion_tokens, plain[0].examples_seen,
    )  # fmt: skip
    for point, other in zip(record.curve, plain[0].curve, strict=True):
        assert point.step == other.step
        assert abs(point.loss - other.loss) < Decimal("0.002"), point
    before, after = weights(plain[1]), weights(tmp_path / "out")
    for name, tensor in after.items():
        assert torch.allclose(tensor, before[name], atol=2e-3), name


def test_half_the_digits_are_enough(
    base: Path, plain: tuple[RunRecord, Path], tmp_path: Path
) -> None:
    record = run(base, tmp_path / "out", precision="bfloat16")
    assert {tensor.dtype for tensor in weights(tmp_path / "out").values()} == {torch.float32}
    assert record.curve != plain[0].curve
    assert abs(record.curve[-1].loss - plain[0].curve[-1].loss) < Decimal("0.1")


def test_adapters_are_merged_into_a_plain_model(base: Path, tmp_path: Path) -> None:
    record = run(base, tmp_path / "out", lora_rank=4, learning_rate=Decimal("0.02"))
    assert record.curve[-1].loss < record.curve[0].loss * Decimal("0.9")
    before, after = weights(base), weights(tmp_path / "out")
    assert after.keys() == before.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {name for name in before if "proj" in name}
    for name in changed:
        assert torch.linalg.matrix_rank(after[name] - before[name], atol=1e-5) <= 4, name
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tmp_path / "out", local_files_only=True)
    assert record.parameters == sum(p.numel() for p in model.parameters())


def test_adapters_go_on_where_they_stopped(base: Path, tmp_path: Path) -> None:
    """Cut off after its second checkpoint, the run ends with the weights it would have had."""
    whole = run(base, tmp_path / "whole", lora_rank=4, accumulate=2)

    class Cut(BaseException):
        pass

    def cut(progress: Any) -> None:
        if progress.step == 12:
            raise Cut

    recipe = whole.recipe
    given: dict[str, Any] = {
        "start": base, "out": tmp_path / "cut", "recipe": recipe, "release": "r", "root": "a" * 64,
        "permit": permit(OWN),
    }  # fmt: skip
    with pytest.raises(Cut):
        train(SUMS, **given, progress=cut)
    kept = sorted(path.name for path in (tmp_path / "cut" / "checkpoints").iterdir())
    assert kept == ["checkpoint-10", "checkpoint-5"]
    again = train(SUMS, **given)
    assert again.resumed == 1
    assert (again.weights, again.curve) == (whole.weights, whole.curve)
