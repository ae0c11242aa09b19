"""What a recipe costs: tokens a second and peak memory of trainings through the adapter.

    python tests/benchmarks/bench_training.py --width 1024 --layers 24 --steps 24

A Llama of that size with random weights learns made-up text, whose lengths are spread like those of
reasoning traces (log-normal, mean about 350 characters, a token each). Steps from the sixth on are
timed, so that compiling is not. On a machine without an accelerator take a small width.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import string
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from qinglan import policy
from qinglan.records import Origin, Purpose
from qinglan.training import tiny
from qinglan.training.recipe import Example, Progress, Recipe
from qinglan.training.run import train

RECIPES: dict[str, dict[str, Any]] = {
    "float32, padded": {"accumulate": 4},
    "bfloat16, padded": {"precision": "bfloat16", "accumulate": 2},
    "bfloat16, flat": {"precision": "bfloat16", "accumulate": 2, "flat": True},
    "bfloat16, flat, recompute": {"precision": "bfloat16", "accumulate": 2, "flat": True,
                                  "recompute": True},
    "bfloat16, flat, LoRA 16": {"precision": "bfloat16", "accumulate": 2, "flat": True,
                                "lora_rank": 16},
}  # fmt: skip
WARM = 5


def text(dice: random.Random, length: int) -> str:
    return "".join(dice.choices(string.ascii_letters, k=length))


def measure(base: Path, out: Path, examples: list[Example], recipe: Recipe) -> dict[str, Any]:
    """One training; tokens are those of prompts and completions, padding not counted."""
    import torch

    marks: dict[int, float] = {}

    def mark(progress: Progress) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        marks[progress.step] = time.perf_counter()

    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    today = datetime.datetime.now(datetime.UTC).date()
    origin = Origin(source="own", channel="own")
    leave = policy.judge((origin,), Purpose.TRAINING, today=today, registry=policy.load())
    record = train(
        examples, start=base, out=out, recipe=recipe, release="bench", root="0" * 64,
        permit=leave, progress=mark,
    )  # fmt: skip
    timed = record.tokens * (recipe.steps - WARM) / recipe.steps
    peak = torch.cuda.max_memory_allocated() / 2**30 if torch.cuda.is_available() else None
    return {
        "tokens/s": round(timed / (marks[recipe.steps] - marks[WARM])),
        "peak GiB": None if peak is None else round(peak, 1),
        "parameters": record.parameters,
        "loss": [str(record.curve[0].loss), str(record.curve[-1].loss)],
        "device": record.device,
    }


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    for name, value in (("width", 1024), ("layers", 24), ("steps", 24), ("batch", 32)):
        reader.add_argument(f"--{name}", type=int, default=value)
    asked = reader.parse_args()
    dice = random.Random(0)
    lengths = [min(1800, max(40, int(dice.lognormvariate(5.6, 0.7)))) for _ in range(2048)]
    examples = [Example(text(dice, 24), text(dice, length)) for length in lengths]
    with tempfile.TemporaryDirectory() as folder:
        base = tiny.make(
            Path(folder) / "base", texts=[string.ascii_letters], seed=1, width=asked.width,
            layers=asked.layers, heads=max(1, asked.width // 64), inner=asked.width * 11 // 4,
            window=2048,
        )  # fmt: skip
        for name, changes in RECIPES.items():
            recipe = Recipe(
                steps=asked.steps, learning_rate=Decimal("0.0001"), seed=1, batch=asked.batch,
                checkpoint_every=1000, **changes,
            )  # fmt: skip
            out = Path(folder) / name
            try:
                found: dict[str, Any] = measure(base, out, examples, recipe)
            except Exception as error:
                found = {"failed": f"{type(error).__name__}: {error}"[:300]}
            print(json.dumps({"recipe": name, **found}), flush=True)


if __name__ == "__main__":
    main()
