"""The adapter to TRL: our rows and our plan in, a loss curve and weights out.

Nothing else in the house knows TRL. We give its ``SFTTrainer`` ready token rows with the loss on
completions only, and take three things out of its hands: the order of the data (``batches``), the
certainty of checkpoints (``checkpoints``), and talk with the outside (telemetry, model cards).
A model that went through TRL keeps a ``forward`` bound to itself, so a deep copy of it would
still answer with the original's weights: models are handed on as folders, never as objects.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from torch.utils.data import DataLoader
from transformers import PrinterCallback, TrainerCallback
from trl import SFTConfig, SFTTrainer

from qinglan.errors import CheckFailed
from qinglan.training.batches import Row, portion
from qinglan.training.checkpoints import Checkpoint, seal
from qinglan.training.recipe import Point, Progress, Recipe

POINTS = 100
"""Points of a loss curve, at most."""


class _Planned(SFTTrainer):  # type: ignore[misc]
    """``SFTTrainer`` that takes its batches from a plan and keeps to itself."""

    def __init__(self, *, plan: Sequence[Sequence[int]], **kwargs: Any) -> None:  # noqa: ANN401
        self.plan = plan
        super().__init__(**kwargs)

    def get_train_dataloader(self) -> DataLoader:
        # Not prepared by accelerate: one process, one device, and the skipping of batches on
        # resume works on any loader.
        return DataLoader(
            self.train_dataset, batch_sampler=list(self.plan), collate_fn=self.data_collator
        )

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """The card is ours to write, with the release's root hash in it."""

    def _send_telemetry(self) -> None:
        """Nobody outside is told that a run took place."""


class _Watch(TrainerCallback):  # type: ignore[misc]
    """Reports progress, seals checkpoints, and stops a run whose loss is no number."""

    def __init__(
        self, steps: int, spent: float, begun_at: int, tell: Callable[[Progress], None]
    ) -> None:
        self.steps = steps
        self.spent = spent
        self.begun_at = begun_at
        self.tell = tell
        self.started = time.monotonic()
        self.loss: float | None = None

    def seconds(self) -> float:
        return self.spent + time.monotonic() - self.started

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401
        done = state.global_step - self.begun_at
        rate = (time.monotonic() - self.started) / done if done else None
        left = rate * (self.steps - state.global_step) if rate is not None else None
        self.tell(Progress(state.global_step, self.steps, self.loss, left))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:  # noqa: ANN401
        if logs and "loss" in logs:
            self.loss = float(logs["loss"])
            if not math.isfinite(self.loss):
                raise CheckFailed("training.diverged", step=state.global_step)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        seal(folder, step=state.global_step, seconds=self.seconds())


def attention(recipe: Recipe) -> str | None:
    """The implementation of attention that a model is loaded with; ``None`` leaves it the choice.

    Examples end to end in one row need one that skips what lies between them; else each step pays
    for the square of the whole row.
    """
    import torch
    from transformers.utils import is_flash_attn_2_available

    if not (recipe.flat and torch.cuda.is_available()):
        return None
    halves = recipe.precision == "bfloat16" and is_flash_attn_2_available()
    return "flash_attention_2" if halves else "flex_attention"


def _lay_flat(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One row of all: positions begin anew at each example, by which the models part them."""
    import torch

    lengths = [len(row["input_ids"]) for row in rows]
    return {
        "input_ids": torch.tensor([[token for row in rows for token in row["input_ids"]]]),
        "labels": torch.tensor([[label for row in rows for label in row["labels"]]]),
        "position_ids": torch.cat([torch.arange(length) for length in lengths])[None],
    }


def fit(
    model: Any,  # noqa: ANN401
    tokenizer: Any,  # noqa: ANN401
    rows: Sequence[Row],
    plan: Sequence[Sequence[int]],
    recipe: Recipe,
    *,
    folder: Path,
    resume: Checkpoint | None,
    progress: Callable[[Progress], None],
) -> tuple[tuple[Point, ...], float]:
    """Train ``model`` in place; checkpoints go to ``folder``. The loss curve and wall seconds.

    Raises:
        CheckFailed: the loss is not finite any more.
        UsageError: a step has fewer examples than the recipe has parts.
    """
    import datasets

    data = datasets.Dataset.from_dict(
        {"input_ids": [list(row.ids) for row in rows], "labels": [row.labels() for row in rows]}
    )
    watch = _Watch(
        recipe.steps, resume.seconds if resume else 0.0, resume.step if resume else 0, progress
    )
    batches = portion(plan, recipe.accumulate)
    with warnings.catch_warnings():
        # What the libraries say to their own developers is no news to whoever trains a model.
        warnings.simplefilter("ignore")
        trainer = _Planned(
            plan=batches,
            model=model,
            args=_settings(recipe, folder),
            train_dataset=data,
            processing_class=tokenizer,
            data_collator=_lay_flat if recipe.flat else None,
            callbacks=[watch],
        )
        trainer.remove_callback(PrinterCallback)  # what to show is the caller's to say
        trainer.train(resume_from_checkpoint=str(resume.folder) if resume else None)
    curve = tuple(
        Point(int(entry["step"]), Decimal(f"{entry['loss']:.6f}"))
        for entry in trainer.state.log_history
        if "loss" in entry
    )
    return curve, watch.seconds()


def _stride(recipe: Recipe) -> int:
    """Steps between two points of the curve: a divisor of the checkpoints' distance, so that no
    mean spans a checkpoint, which would forget its first part.
    """
    every = recipe.checkpoint_every
    least = min(every, math.ceil(recipe.steps / POINTS))
    return next(stride for stride in range(least, every + 1) if every % stride == 0)


def _settings(recipe: Recipe, folder: Path) -> SFTConfig:
    import torch

    return SFTConfig(
        output_dir=str(folder),
        max_steps=recipe.steps,
        per_device_train_batch_size=recipe.batch,
        gradient_accumulation_steps=recipe.accumulate,
        learning_rate=float(recipe.learning_rate),
        lr_scheduler_type="cosine",
        warmup_steps=math.ceil(recipe.steps * recipe.warmup),
        weight_decay=float(recipe.weight_decay),
        adam_beta2=float(recipe.beta2),
        max_grad_norm=float(recipe.clip),
        optim="adamw_torch_fused",
        seed=recipe.seed,
        max_length=None,
        packing=False,
        completion_only_loss=True,
        logging_steps=_stride(recipe),
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=recipe.checkpoint_every,
        save_total_limit=2,
        report_to="none",
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
        bf16=recipe.precision == "bfloat16",
        fp16=False,
        gradient_checkpointing=recipe.recompute,
        dataloader_pin_memory=False,
    )
